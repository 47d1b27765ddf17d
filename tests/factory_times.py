"""Times for tests: a clock that stands, and short words for visits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rundum_app.seeds.weeks import hours
from rundum_core.clock import BERLIN
from rundum_core.localtime import wall_to_instant
from rundum_providers.models import WEEKDAYS

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
_DAYS = [day[:3] for day in WEEKDAYS]


class Clock:
    """A clock that stands until it is turned: Monday, 23 November 2026, 8 o'clock in Berlin."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


def moments(when: str, after: datetime = NOW) -> tuple[datetime, datetime]:
    """The next `sat 19-22` or `wed 5:30-8` behind `after`, in UTC; `sat 19-22 +1` a week later. An
    end that is not after its start is the next day's."""
    weekday, clock, *later = when.split()
    begin, end = hours(clock)
    weeks = int(later[0]) if later else 0
    today = after.astimezone(BERLIN).date()
    day = today + timedelta(days=(_DAYS.index(weekday) - today.weekday()) % 7 + 7 * weeks)
    if wall_to_instant(day, begin) <= after:
        day += timedelta(days=7)
    last = day + timedelta(days=1) if end <= begin else day
    return wall_to_instant(day, begin), wall_to_instant(last, end)
