"""Plans, deviations and free time in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from rundum_core.clock import BERLIN
from rundum_core.i18n import Translator
from rundum_providers.models import WEEKDAYS, AvailabilityRow, ComingBooking, ExceptionRow
from rundum_providers.plans import monday_of, next_dates

SHOWN_DATES = 3
WEEKS = 8


def line_in_words(t: Translator, row: AvailabilityRow, today: date) -> str:
    """`Freitag, 18–22 Uhr, alle 2 Wochen: als Nächstes Fr, 11. Juni, Fr, 25. Juni und …`."""
    weekday = t(f"providers.weekday.{WEEKDAYS[row.weekday]}")
    hours = hours_in_words(t, row.wall_from, row.wall_to)
    dates = next_dates(row, today, SHOWN_DATES)
    limited = row.valid_from is not None or row.valid_until is not None
    if row.every_n_weeks == 1:
        words = t("providers.times.weekly", weekday=weekday, hours=hours)
    else:
        words = t("providers.times.every_n", weekday=weekday, hours=hours, count=row.every_n_weeks)
    if not row.on_holidays:
        words = t("providers.times.not_on_holidays", line=words)
    if not dates:
        return f"{words}: {t('providers.times.no_dates')}"
    if row.every_n_weeks > 1 or limited:
        return f"{words}: {t('providers.times.dates', dates=t.join(map(t.day, dates)))}"
    return words


def hours_in_words(t: Translator, begin: time, end: time) -> str:
    """`20–1 Uhr`; an end at midnight is `24 Uhr`."""
    written = t.time(end)
    if end == time():
        written = "24" if t.locale == "de" else "24:00"
    return t("core.clock", time=f"{t.time(begin)}–{written}")


def exception_in_words(t: Translator, row: ExceptionRow) -> str:
    """`Do, 10. Juni bis So, 27. Juni`, `Do, 10. Juni, ganzer Tag` or the hours of a day."""
    begin, end = row.starts_at.astimezone(BERLIN), row.ends_at.astimezone(BERLIN)
    if begin.time() != time() or end.time() != time():
        return t.span(row.starts_at, row.ends_at)
    first, last = begin.date(), end.date() - timedelta(days=1)
    if first == last:
        return t("providers.times.whole_day", day=t.day(first))
    return t("providers.times.whole_days", first=t.day(first), last=t.day(last))


def coming_weeks(t: Translator, today: date) -> list[tuple[str, str]]:
    """The next weeks as options: a Monday's date, and what people call that week. The present one
    is an empty text: a row in which nothing was chosen stays empty."""
    monday = monday_of(today)
    options = [("", t("providers.times.this_week", day=t.day(monday)))]
    for number in range(1, WEEKS):
        day = monday + timedelta(weeks=number)
        key = "next_week" if number == 1 else "week_from"
        options.append((day.isoformat(), t(f"providers.times.{key}", day=t.day(day))))
    return options


def rhythms(t: Translator) -> list[tuple[str, str]]:
    """How often a line may hold."""
    every = [(str(n), t("providers.times.every_weeks", count=n)) for n in range(2, WEEKS + 1)]
    return [("", t("providers.times.every_week")), *every]


def lies_within(booking: ComingBooking, free: Sequence[tuple[datetime, datetime]]) -> bool:
    return any(begin <= booking.starts_at and booking.ends_at <= end for begin, end in free)
