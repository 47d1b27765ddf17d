"""When a mail that wasn't taken is tried again, and when a call is due."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from rundum_core.clock import BERLIN

# after the first attempt, after the second …; then hourly, which makes it about a day
PAUSES = (
    *(timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5)),
    *(timedelta(minutes=15), timedelta(minutes=30)),
    *(timedelta(hours=1),) * 23,
)
# A letter that can't be written is a fault of ours: the desk hears of it within the hour.
WRITING_PAUSES = PAUSES[:5]

CALL_WITHIN = timedelta(hours=1)
NIGHT = (time(21), time(7))
MORNING = time(8)


def pause_after(attempts: int, pauses: tuple[timedelta, ...] = PAUSES) -> timedelta | None:
    """How long to wait after so many attempts (1 or more); None when it was the last."""
    if attempts > len(pauses):
        return None
    return pauses[attempts - 1]


def call_due(now: datetime) -> datetime:
    """When the desk should have called: within the hour, but nobody is called from 21 to 7."""
    due = (now + CALL_WITHIN).astimezone(BERLIN)
    if NIGHT[1] <= due.time() < NIGHT[0]:
        return due.astimezone(now.tzinfo)
    day = due.date() + timedelta(days=1) if due.time() >= NIGHT[0] else due.date()
    return datetime.combine(day, MORNING, BERLIN).astimezone(now.tzinfo)
