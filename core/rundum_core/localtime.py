"""Between the clock on the wall and instants: which moment a local date and time name, if one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rundum_core.clock import BERLIN

_MINUTE = timedelta(minutes=1)
_TICK = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NonexistentTime(ValueError):
    """The clock skipped this wall time; `alternatives` are the moments (aware, in the zone) that
    lie as far before and behind the skip: 02:30 on 2027-03-28 in Berlin offers 01:30 and 03:30."""

    def __init__(self, alternatives: tuple[datetime, datetime]) -> None:
        super().__init__("the clock skips this time")
        self.alternatives = alternatives


class AmbiguousTime(ValueError):
    """The wall time comes twice; `alternatives` are both moments (aware, in the zone), summer time
    first. Ask, and call again with `fold` 0 or 1."""

    def __init__(self, alternatives: tuple[datetime, datetime]) -> None:
        super().__init__("the clock shows this time twice")
        self.alternatives = alternatives


def wall_to_instant(
    day: date, wall: time, zone: ZoneInfo = BERLIN, fold: int | None = None
) -> datetime:
    """The moment (aware, in UTC) at which the clock of `zone` shows `wall` on `day`.

    `fold` tells which of two moments is meant: 0 the first, 1 the second; it changes nothing where
    there is one. Raises `NonexistentTime` for a skipped time, whatever the fold, and
    `AmbiguousTime` for a doubled one without a fold.
    """
    first, second = _readings(day, wall, zone)
    if first == second:
        return first
    if first > second:
        raise NonexistentTime((second.astimezone(zone), first.astimezone(zone)))
    if fold is None:
        raise AmbiguousTime((first.astimezone(zone), second.astimezone(zone)))
    return second if fold else first


def widest(day: date, wall: time, zone: ZoneInfo = BERLIN, *, end: bool = False) -> datetime:
    """Like `wall_to_instant`, for rules without anybody to ask; never raises.

    A skipped time is the moment at which the clock goes on. A doubled one is, as the start of a
    window, the first; as its `end` the second, if the window then holds a doubled minute at all:
    where 02:00 to 03:00 comes twice, a window until 02:30 covers both, one until 02:00 ends at the
    first 02:00.
    """
    if end:
        last = datetime.combine(day, wall.replace(tzinfo=None)) - _TICK
        first, second = _readings(last.date(), last.time(), zone)
        if first <= second:
            return second + _TICK
    else:
        first, second = _readings(day, wall, zone)
        if first <= second:
            return first
    return _resumption(second, first, zone)


def day_bounds(day: date, zone: ZoneInfo = BERLIN) -> tuple[datetime, datetime]:
    """From when (inclusive) until when (exclusive) it is `day` in the zone, in UTC: 23, 24 or 25
    hours."""
    return widest(day, time(), zone), widest(day + timedelta(days=1), time(), zone)


def to_minute(instant: datetime) -> int:
    """Whole minutes since 1970-01-01T00:00Z, rounded down: the engine's time."""
    return (instant - _EPOCH) // _MINUTE


def from_minute(minute: int) -> datetime:
    """The moment (in UTC) that `to_minute` counted."""
    return _EPOCH + minute * _MINUTE


def _readings(day: date, wall: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """What the wall time means with fold 0 and 1: equal normally, rising where the time comes
    twice, falling where it is skipped (PEP 495)."""
    local = datetime.combine(day, wall.replace(tzinfo=None), zone)
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def _resumption(before: datetime, behind: datetime, zone: ZoneInfo) -> datetime:
    """The first whole minute with the offset of `behind`, by halving."""
    offset = behind.astimezone(zone).utcoffset()
    low, high = to_minute(before), to_minute(behind)
    while high - low > 1:
        middle = (low + high) // 2
        if from_minute(middle).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return from_minute(high)
