"""When somebody is free: her weekly plan and its exceptions, laid out over real days."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from rundum_core.clock import BERLIN
from rundum_core.localtime import to_minute, widest
from rundum_engine.snapshot import Minute, Span

# Alternating weeks are counted from this Monday, not by the number of the week in its year: after
# a year of 53 weeks "odd" and "even" would change places.
ANCHOR = date(1970, 1, 5)
_DAY = timedelta(days=1)


class Weekly(Protocol):
    """A line of a weekly plan. `wall_to` at or before `wall_from` is the next day's; both valid
    dates are inclusive and speak of the day on which the window begins."""

    @property
    def weekday(self) -> int: ...
    @property
    def wall_from(self) -> time: ...
    @property
    def wall_to(self) -> time: ...
    @property
    def every_n_weeks(self) -> int: ...
    @property
    def week_offset(self) -> int: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_until(self) -> date | None: ...
    @property
    def on_holidays(self) -> bool: ...


class Deviation(Protocol):
    """A time (aware) at which she can although her plan says nothing, or can't although it does."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def kind(self) -> Literal["free", "blocked"]: ...


def free_spans(
    weekly: Iterable[Weekly],
    deviations: Iterable[Deviation],
    horizon: Span,
    holidays: Container[date] = (),
    zone: ZoneInfo = BERLIN,
) -> tuple[Span, ...]:
    """Where she is free within the horizon: sorted, merged, half-open, minutes in UTC.

    What is blocked is never free, whatever else says so. A line without holidays gives nothing on
    a public holiday: a window that begins on one falls away, one that reaches into one ends at
    midnight. A window that begins or ends in the hour which the clock skips does so at 03:00, when
    the clock goes on; one that begins or ends in the hour which comes twice covers both.
    """
    spans = [span for line in weekly for span in _windows(line, horizon, holidays, zone)]
    blocked = []
    for one in deviations:
        if one.kind == "blocked":
            blocked.append(Span(to_minute(one.starts_at), _ceil(one.ends_at)))
        else:
            spans.append(Span(_ceil(one.starts_at), to_minute(one.ends_at)))
    taken = merged(blocked)
    return clipped(without(merged(spans), taken), horizon)


def week_of(day: date, every_n_weeks: int) -> int:
    """The `week_offset` that makes a line of every n-th week begin in the week of this day."""
    return (day - ANCHOR).days // 7 % every_n_weeks


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same minutes as sorted spans that neither overlap nor touch; empty ones vanish."""
    done: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if done and span.start <= done[-1].end:
            done[-1] = Span(done[-1].start, max(done[-1].end, span.end))
        else:
            done.append(span)
    return tuple(done)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """The minutes of `spans` that are not `taken`; both sorted and merged, and so is the answer."""
    left = list(spans)
    for hole in taken:
        cut = []
        for span in left:
            if hole.end <= span.start or span.end <= hole.start:
                cut.append(span)
                continue
            cut += [Span(span.start, hole.start), Span(hole.end, span.end)]
        left = [span for span in cut if span.start < span.end]
    return tuple(left)


def clipped(spans: Iterable[Span], frame: Span) -> tuple[Span, ...]:
    """What of the spans lies inside the frame."""
    inside = (Span(max(s.start, frame.start), min(s.end, frame.end)) for s in spans)
    return tuple(span for span in inside if span.start < span.end)


def local_days(frame: Span, zone: ZoneInfo = BERLIN) -> Iterator[date]:
    """The local days that a span touches, from the day before (whose nights reach into it)."""
    day, last = _local_date(frame.start, zone) - _DAY, _local_date(frame.end, zone)
    while day <= last:
        yield day
        day += _DAY


def _windows(
    line: Weekly, horizon: Span, holidays: Container[date], zone: ZoneInfo
) -> Iterator[Span]:
    overnight = line.wall_to <= line.wall_from
    day, last = _local_date(horizon.start, zone) - _DAY, _local_date(horizon.end, zone)
    day += timedelta(days=(line.weekday - day.weekday()) % 7)
    while day <= last:
        if _applies(line, day) and (line.on_holidays or day not in holidays):
            following = day + _DAY
            end_day, wall_to = (following, line.wall_to) if overnight else (day, line.wall_to)
            if overnight and not line.on_holidays and following in holidays:
                wall_to = time()
            start = instant(day, line.wall_from, zone)
            yield Span(start, instant(end_day, wall_to, zone, True))
        day += timedelta(days=7)


def _applies(line: Weekly, day: date) -> bool:
    if line.valid_from is not None and day < line.valid_from:
        return False
    if line.valid_until is not None and day > line.valid_until:
        return False
    return week_of(day, line.every_n_weeks) == line.week_offset


@lru_cache(maxsize=16384)
def instant(day: date, wall: time, zone: ZoneInfo = BERLIN, end: bool = False) -> Minute:
    """The minute at which a window that is told in wall time begins or, with `end`, ends: `widest`
    of `rundum_core.localtime`, remembered, since everybody's windows begin at the same few."""
    return to_minute(widest(day, wall, zone, end=end))


@lru_cache(maxsize=4096)
def _local_date(minute: Minute, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(minute * 60, zone).date()


def _ceil(moment: datetime) -> Minute:
    minute = to_minute(moment)
    return minute + (1 if moment.second or moment.microsecond else 0)
