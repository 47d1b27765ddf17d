"""Fields made of several inputs: a moment and a span of time in a zone's wall time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from datetime import date as Date
from datetime import time as WallTime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from rundum_core.clock import BERLIN
from rundum_core.errors import FieldError
from rundum_core.localtime import AmbiguousTime, NonexistentTime, wall_to_instant
from rundum_web.field import WRONG, Field, Sent, Wrong, attempt, first
from rundum_web.fields import Day, Time

_FOLDS = {"summer": 0, "winter": 1}
_MIDNIGHT = re.compile(r"24(?:[:.]?00)?(?: Uhr)?")


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A half-open interval between two aware moments (in UTC)."""

    start: datetime
    end: datetime


class Moment(Field[datetime]):
    """A day and a time of day: inputs `name.date`, `name.time`, and `name.fold` where the hour
    comes twice. In JSON an ISO 8601 text with offset; without one it is wall time in the zone."""

    kind = "moment"
    parts = ("date", "time", "fold")

    def __init__(self, *, zone: ZoneInfo = BERLIN, **more: Any) -> None:
        super().__init__(**more)
        self.zone = zone

    def read(self, name: str, sent: Sent, errors: list[FieldError]) -> Any:
        if not self.required and not first(sent, f"{name}.date") + first(sent, f"{name}.time"):
            return self.default
        day = Day().read(f"{name}.date", sent, errors)
        at = Time().read(f"{name}.time", sent, errors)
        if WRONG in (day, at):
            return WRONG
        return resolve(f"{name}.time", f"{name}.fold", day, at, self.zone, sent, errors)

    def read_json(self, name: str, value: Any, errors: list[FieldError]) -> Any:
        if value is None:
            return attempt(name, errors, self.empty)
        return instant_from_json(name, value, self.zone, errors)

    def raw(self, name: str, value: Any) -> dict[str, list[str]]:
        if value is None:
            return {}
        return _inputs(value, self.zone, f"{name}.date", f"{name}.time", f"{name}.fold")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


class Period(Field[Span]):
    """A day, from and to: inputs `name.date`, `name.from`, `name.to` and the two folds.

    An end before the start is the next day's when the span is then at most `overnight` long,
    otherwise it is a mistake. In JSON an object of `start` and `end`, ISO 8601.
    """

    kind = "span"
    parts = ("date", "from", "to", "from_fold", "to_fold")

    def __init__(
        self,
        *,
        zone: ZoneInfo = BERLIN,
        longest: timedelta = timedelta(hours=24),
        overnight: timedelta = timedelta(hours=14),
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self.zone = zone
        self.longest = longest
        self.overnight = overnight

    def read(self, name: str, sent: Sent, errors: list[FieldError]) -> Any:
        given = "".join(first(sent, f"{name}.{part}") for part in ("date", "from", "to"))
        if not self.required and not given.strip():
            return self.default
        day = Day().read(f"{name}.date", sent, errors)
        start = Time(missing="forms.missing.from").read(f"{name}.from", sent, errors)
        to = first(sent, f"{name}.to").strip()
        if midnight := bool(_MIDNIGHT.fullmatch(to)):
            sent = {**sent, f"{name}.to": ["00:00"]}
        end = Time(missing="forms.missing.to").read(f"{name}.to", sent, errors)
        if WRONG in (day, start, end):
            return WRONG
        last = self._last_day(name, day, start, end, midnight, errors)
        if last is WRONG:
            return WRONG
        begin = resolve(f"{name}.from", f"{name}.from_fold", day, start, self.zone, sent, errors)
        finish = resolve(f"{name}.to", f"{name}.to_fold", last, end, self.zone, sent, errors)
        return self._span(f"{name}.to", begin, finish, errors)

    def read_json(self, name: str, value: Any, errors: list[FieldError]) -> Any:
        if value is None:
            return attempt(name, errors, self.empty)
        if not isinstance(value, dict):
            errors.append(FieldError(name, "forms.json.object"))
            return WRONG
        for unknown in value.keys() - {"start", "end"}:
            errors.append(FieldError(f"{name}.{unknown}", "forms.json.unknown"))
        begin = instant_from_json(f"{name}.start", value.get("start"), self.zone, errors)
        finish = instant_from_json(f"{name}.end", value.get("end"), self.zone, errors)
        return self._span(f"{name}.end", begin, finish, errors)

    def raw(self, name: str, value: Any) -> dict[str, list[str]]:
        if value is None:
            return {}
        ends = _inputs(value.end, self.zone, "", f"{name}.to", f"{name}.to_fold")
        begins = _inputs(
            value.start, self.zone, f"{name}.date", f"{name}.from", f"{name}.from_fold"
        )
        ends.pop("")
        return begins | ends

    def schema(self) -> dict[str, Any]:
        moment = {"type": "string", "format": "date-time"}
        return {
            "type": "object",
            "properties": {"start": moment, "end": moment},
            "required": ["start", "end"],
            "additionalProperties": False,
        }

    def _last_day(
        self,
        name: str,
        day: Date,
        start: WallTime,
        end: WallTime,
        midnight: bool,
        errors: list[FieldError],
    ) -> Any:
        if midnight:
            return day + timedelta(days=1)
        if end > start or (_twice(day, start, self.zone) and _twice(day, end, self.zone)):
            return day
        following = day + timedelta(days=1)
        length = datetime.combine(following, end) - datetime.combine(day, start)
        if length > self.overnight:
            errors.append(FieldError(f"{name}.to", "forms.span.end_before_start"))
            return WRONG
        return following

    def _span(self, end_name: str, start: Any, end: Any, errors: list[FieldError]) -> Any:
        if WRONG in (start, end):
            return WRONG
        if end <= start:
            errors.append(FieldError(end_name, "forms.span.end_before_start"))
            return WRONG
        if end - start > self.longest:
            hours = int(self.longest.total_seconds() // 3600)
            errors.append(FieldError(end_name, "forms.span.long", {"hours": hours}))
            return WRONG
        return Span(start=start, end=end)


def resolve(
    time_name: str,
    fold_name: str,
    day: Date,
    at: WallTime,
    zone: ZoneInfo,
    sent: Sent,
    errors: list[FieldError],
) -> Any:
    """The moment (UTC) of a wall time; the missing hour is refused, the doubled one is asked
    about under `fold_name` until `summer` or `winter` was sent there."""
    fold = _FOLDS.get(first(sent, fold_name))
    try:
        return wall_to_instant(day, at, zone, fold).astimezone(UTC)
    except NonexistentTime:
        errors.append(FieldError(time_name, "forms.time.never", {"day": day}))
    except AmbiguousTime:
        errors.append(FieldError(fold_name, "forms.time.twice", {"day": day}))
    return WRONG


def instant_from_json(name: str, value: Any, zone: ZoneInfo, errors: list[FieldError]) -> Any:
    """The moment (UTC) of an ISO 8601 text; without an offset wall time in the zone."""
    if value is None:
        errors.append(FieldError(name, "forms.missing.moment"))
        return WRONG
    try:
        if not isinstance(value, str) or len(value) > 40:
            raise Wrong("forms.json.moment")
        given = datetime.fromisoformat(value).replace(second=0, microsecond=0)
        if not 1900 <= given.year <= 2100 or "T" not in value.upper():
            raise Wrong("forms.json.moment")
    except (ValueError, Wrong):
        errors.append(FieldError(name, "forms.json.moment"))
        return WRONG
    if given.tzinfo is not None:
        return given.astimezone(UTC)
    try:
        return wall_to_instant(given.date(), given.time(), zone, None).astimezone(UTC)
    except NonexistentTime:
        errors.append(FieldError(name, "forms.time.never", {"day": given.date()}))
    except AmbiguousTime:
        errors.append(FieldError(name, "forms.json.twice", {"day": given.date()}))
    return WRONG


def _twice(day: Date, at: WallTime, zone: ZoneInfo) -> bool:
    try:
        wall_to_instant(day, at, zone)
    except AmbiguousTime:
        return True
    except NonexistentTime:
        return False
    return False


def _inputs(at: datetime, zone: ZoneInfo, day: str, time: str, fold: str) -> dict[str, list[str]]:
    local = at.astimezone(zone)
    other = local.replace(fold=1 - local.fold)
    written = {day: [local.date().isoformat()], time: [f"{local:%H:%M}"]}
    if other.utcoffset() != local.utcoffset():
        written[fold] = ["winter" if local.fold else "summer"]
    return written
