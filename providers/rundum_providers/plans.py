"""From what somebody says about her time to what is kept: weekly plans and deviations. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from rundum_core.errors import FieldError
from rundum_core.localtime import (
    NonexistentTime,
    day_bounds,
    to_minute,
    wall_to_instant,
    widest,
)
from rundum_engine.snapshot import Span
from rundum_providers.models import (
    WEEKDAYS,
    AvailabilityRow,
    ComingBooking,
    NewAvailability,
    NewException,
)
from rundum_providers.windows import ANCHOR, Weekly, week_of

OVERNIGHT = timedelta(hours=14)  # a longer night is a mistyped end
LONGEST_DAILY = 62  # days on each of which the same hours deviate
LONGEST_WHOLE = 366
FAR = timedelta(days=3 * 366)

_DAY = timedelta(days=1)


def wrong_lines(lines: Sequence[NewAvailability]) -> list[FieldError]:
    """Ends before starts, and plans that end before they begin."""
    wrong: list[FieldError] = []
    for number, line in enumerate(lines):
        name = f"lines.{number}"
        if not _plausible(line.wall_from, line.wall_to):
            wrong.append(FieldError(f"{name}.wall_to", "providers.rule.end_before_start"))
        if line.valid_from and line.valid_until and line.valid_until < line.valid_from:
            wrong.append(FieldError(f"{name}.valid_until", "providers.rule.until_before_from"))
    return wrong


def stored_line(line: NewAvailability, person: int, today: date) -> AvailabilityRow:
    """The line as it is kept, its weeks counted from the house's anchor."""
    return AvailabilityRow(
        person=person,
        weekday=WEEKDAYS.index(line.weekday),
        wall_from=line.wall_from,
        wall_to=line.wall_to,
        every_n_weeks=line.every_n_weeks,
        week_offset=week_of(line.first_week or today, line.every_n_weeks),
        valid_from=line.valid_from,
        valid_until=line.valid_until,
        on_holidays=not line.except_holidays,
    )


def told_line(row: AvailabilityRow, today: date) -> NewAvailability:
    """The opposite: the line as she would say it today."""
    return NewAvailability(
        weekday=WEEKDAYS[row.weekday],
        wall_from=row.wall_from,
        wall_to=row.wall_to,
        every_n_weeks=row.every_n_weeks,
        first_week=next_week(row, today) if row.every_n_weeks > 1 else None,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        except_holidays=not row.on_holidays,
    )


def monday_of(day: date) -> date:
    return day - timedelta(days=(day - ANCHOR).days % 7)


def next_week(row: Weekly, today: date) -> date:
    """The Monday of the next week (the present one included) in which a line holds."""
    monday = monday_of(today)
    wait = (row.week_offset - week_of(monday, row.every_n_weeks)) % row.every_n_weeks
    return monday + 7 * wait * _DAY


def next_dates(row: Weekly, today: date, count: int) -> list[date]:
    """The next days on which a line holds, today included; fewer where it ends before."""
    day = next_week(row, today) + row.weekday * _DAY
    step = 7 * row.every_n_weeks * _DAY
    begin = max(today, row.valid_from or today)
    if day < begin:
        day += -(-(begin - day) // step) * step
    days = [day + n * step for n in range(count)]
    return [day for day in days if row.valid_until is None or day <= row.valid_until]


def wrong_exception(new: NewException, now: datetime, today: date) -> list[FieldError]:
    """Over already, backwards, too long, or at an hour that the clock skips."""
    wrong: list[FieldError] = []
    last = new.last_day or new.first_day
    daily = new.wall_from is not None and new.wall_to is not None
    if last < new.first_day:
        wrong.append(FieldError("last_day", "providers.rule.last_before_first"))
    elif (last - new.first_day).days >= (LONGEST_DAILY if daily else LONGEST_WHOLE):
        most = LONGEST_DAILY if daily else LONGEST_WHOLE
        wrong.append(FieldError("last_day", "providers.rule.many_days", {"most": most}))
    elif last > today + FAR:
        wrong.append(FieldError("last_day", "providers.rule.far_away"))
    if new.wall_from is not None and new.wall_to is None:
        wrong.append(FieldError("wall_to", "forms.missing.to"))
    if new.wall_to is not None and new.wall_from is None:
        wrong.append(FieldError("wall_from", "forms.missing.from"))
    if daily and not _plausible(new.wall_from, new.wall_to):
        wrong.append(FieldError("wall_to", "providers.rule.end_before_start"))
    if wrong:
        return wrong
    for day in _days(new.first_day, last):
        wrong += _skipped(new, day)
    if not wrong and max(end for _, end in spans_of(new)) <= now:
        wrong.append(FieldError("last_day" if new.last_day else "first_day", "providers.rule.over"))
    return wrong


def spans_of(new: NewException) -> list[tuple[datetime, datetime]]:
    """The moments (UTC) a deviation names: whole days as one span, hours as one span a day. An
    hour that comes twice is covered both times."""
    last = new.last_day or new.first_day
    if new.wall_from is None or new.wall_to is None:
        return [(day_bounds(new.first_day)[0], day_bounds(last)[1])]
    return [
        (
            widest(day, new.wall_from),
            widest(_end_day(day, new.wall_from, new.wall_to), new.wall_to, end=True),
        )
        for day in _days(new.first_day, last)
    ]


def affected(
    bookings: Iterable[ComingBooking], before: Sequence[Span], after: Sequence[Span]
) -> tuple[ComingBooking, ...]:
    """The bookings that lay in her free time before a change and don't any more."""
    return tuple(
        booking for booking in bookings if _inside(booking, before) and not _inside(booking, after)
    )


def overlapping(
    bookings: Iterable[ComingBooking], spans: Iterable[tuple[datetime, datetime]]
) -> tuple[ComingBooking, ...]:
    """The bookings that reach into one of the spans."""
    blocked = list(spans)
    return tuple(
        booking
        for booking in bookings
        if any(begin < booking.ends_at and booking.starts_at < end for begin, end in blocked)
    )


def _inside(booking: ComingBooking, free: Sequence[Span]) -> bool:
    start, end = to_minute(booking.starts_at), to_minute(booking.ends_at)
    return any(span.start <= start and end <= span.end for span in free)


def _plausible(wall_from: time | None, wall_to: time | None) -> bool:
    """An end after the start, or one of the next morning; midnight to midnight is a whole day."""
    assert wall_from is not None
    assert wall_to is not None
    if wall_to > wall_from or wall_to == time():
        return True
    length = datetime.combine(date.min + _DAY, wall_to) - datetime.combine(date.min, wall_from)
    return length <= OVERNIGHT


def _end_day(day: date, wall_from: time, wall_to: time) -> date:
    return day + _DAY if wall_to <= wall_from else day


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + number * _DAY


def _skipped(new: NewException, day: date) -> list[FieldError]:
    if new.wall_from is None or new.wall_to is None:
        return []
    wrong = []
    ends = {"wall_from": day, "wall_to": _end_day(day, new.wall_from, new.wall_to)}
    for name, on in ends.items():
        try:
            wall_to_instant(on, getattr(new, name), fold=0)
        except NonexistentTime:
            wrong.append(FieldError(name, "forms.time.never", {"day": on}))
    return wrong
