"""Times for tests: a clock that stands, and short words for visits and weekly plans."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from rundum_core.clock import BERLIN
from rundum_core.localtime import wall_to_instant
from rundum_providers.models import WEEKDAYS, NewAvailability

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


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
    weekday, begin, end, weeks = _parsed(when)
    today = after.astimezone(BERLIN).date()
    day = today + timedelta(days=(weekday - today.weekday()) % 7 + 7 * weeks)
    if wall_to_instant(day, begin) <= after:
        day += timedelta(days=7)
    last = day + timedelta(days=1) if end <= begin else day
    return wall_to_instant(day, begin), wall_to_instant(last, end)


def weekly(free: str) -> list[NewAvailability]:
    """The lines of a weekly plan: `mon-fri 14-19, sat 18-23`; `fri 15-20 /2` every second week,
    beginning with the present one."""
    lines = []
    for part in filter(None, map(str.strip, free.split(","))):
        days, hours, *every = part.split()
        first, _, last = days.partition("-")
        numbers = range(_weekday(first), _weekday(last or first) + 1)
        for number in numbers:
            _, begin, end, _ = _parsed(f"{days[:3]} {hours}")
            lines.append(
                NewAvailability(
                    weekday=WEEKDAYS[number],
                    wall_from=begin,
                    wall_to=end,
                    every_n_weeks=int(every[0].lstrip("/")) if every else 1,
                )
            )
    return lines


_WHEN = re.compile(r"(\w{3})\S* (\d{1,2})(?::(\d\d))?-(\d{1,2})(?::(\d\d))?(?: \+(\d+))?")


def _parsed(when: str) -> tuple[int, time, time, int]:
    found = _WHEN.fullmatch(when)
    assert found is not None, f"{when!r} is no time; 'sat 19-22' is one"
    day, begin, begin_minute, end, end_minute, weeks = found.groups()
    return (
        _weekday(day),
        time(int(begin), int(begin_minute or 0)),
        time(int(end) % 24, int(end_minute or 0)),
        int(weeks or 0),
    )


def _weekday(short: str) -> int:
    return [day[:3] for day in WEEKDAYS].index(short[:3])
