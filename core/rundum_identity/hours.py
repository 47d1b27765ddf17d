"""When people answer: waking hours, a desk's opening hours, and deadlines counted in them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from rundum_core.clock import BERLIN

WAKING = (7, 21)
# A desk that opens on none of so many days is taken as having no hours at all.
HORIZON_DAYS = 60

Interval = tuple[datetime, datetime]


class Span(msgspec.Struct, frozen=True, array_like=True):
    """From one wall time to a later one of the same day: `["08:00:00", "12:00:00"]`."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError("a desk closes after it has opened")


class OpeningHours(msgspec.Struct, frozen=True, kw_only=True):
    """A desk's usual week in Berlin wall time; a weekday without spans is closed."""

    monday: tuple[Span, ...] = ()
    tuesday: tuple[Span, ...] = ()
    wednesday: tuple[Span, ...] = ()
    thursday: tuple[Span, ...] = ()
    friday: tuple[Span, ...] = ()
    saturday: tuple[Span, ...] = ()
    sunday: tuple[Span, ...] = ()

    def week(self) -> tuple[tuple[Span, ...], ...]:
        """The spans of the seven weekdays, Monday first, each day's in rising order."""
        days = (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        )
        return tuple(tuple(sorted(day, key=lambda span: span.opens)) for day in days)


def waking_deadline(now: datetime, minutes: int, waking: tuple[int, int] = WAKING) -> datetime:
    """The moment (UTC) by which `minutes` of waking time have passed since `now`.

    `waking` are the hours of the Berlin clock between which people are awake. What is asked at
    20:30 with 60 minutes to answer may be answered until 7:30 on the next day.
    """
    deadline = _after(now, minutes, _waking_spans(now, waking))
    assert deadline is not None, "waking spans never end"
    return deadline


def desk_deadline(
    now: datetime,
    minutes: int,
    hours: OpeningHours,
    closing_days: Container[date],
    holidays: Container[date],
) -> datetime:
    """The moment (UTC) by which the desk has been open for `minutes` since `now`.

    A desk that closes for 60 days and more before that counts waking hours instead.
    """
    spans = _desk_spans(now, hours, closing_days, holidays)
    return _after(now, minutes, spans) or waking_deadline(now, minutes)


def is_open(
    now: datetime, hours: OpeningHours, closing_days: Container[date], holidays: Container[date]
) -> bool:
    """Whether somebody is at the desk at this moment."""
    opening = next_opening(now, hours, closing_days, holidays)
    return opening is not None and opening <= now


def next_opening(
    now: datetime, hours: OpeningHours, closing_days: Container[date], holidays: Container[date]
) -> datetime | None:
    """When the desk is open next (UTC): `now` itself if it is, None if not in 60 days."""
    spans = _desk_spans(now, hours, closing_days, holidays)
    return next((max(begin, now) for begin, end in spans if end > now), None)


def _after(now: datetime, minutes: int, spans: Iterable[Interval]) -> datetime | None:
    """`minutes` into those parts of the spans that lie after `now`; None when they end before.

    Spans come by rising begin; where two overlap the time counts once.
    """
    reached = now.astimezone(UTC)
    left = timedelta(minutes=minutes)
    for begin, end in spans:
        begin = max(begin, reached)
        if end <= begin:
            continue
        if left <= end - begin:
            return begin + left
        left -= end - begin
        reached = end
    return None


def _waking_spans(now: datetime, waking: tuple[int, int]) -> Iterator[Interval]:
    begin, end = waking
    if not 0 <= begin < end <= 23:
        raise ValueError("waking hours lie within one day")
    day = now.astimezone(BERLIN).date()
    while True:
        yield _moment(day, time(begin)), _moment(day, time(end))
        day += timedelta(days=1)


def _desk_spans(
    now: datetime, hours: OpeningHours, closing_days: Container[date], holidays: Container[date]
) -> Iterator[Interval]:
    """The desk's spans from the day of `now`; ends after 60 days on which it never opened."""
    week = hours.week()
    day = now.astimezone(BERLIN).date()
    closed = 0
    while closed <= HORIZON_DAYS:
        spans = week[day.weekday()]
        if not spans or day in closing_days or day in holidays:
            closed += 1
        else:
            closed = 0
            for span in spans:
                yield _moment(day, span.opens), _moment(day, span.closes)
        day += timedelta(days=1)


def _moment(day: date, wall: time) -> datetime:
    return datetime.combine(day, wall, BERLIN).astimezone(UTC)
