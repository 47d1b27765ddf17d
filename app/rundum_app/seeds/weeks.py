"""Weekly plans in few words: `mon-fri 14-19, sat 18-23:30, fri 15-20 /2`."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import NamedTuple

from rundum_providers.models import WEEKDAYS, NewAvailability

_SHORT = [day[:3] for day in WEEKDAYS]
_HOURS = re.compile(r"(\d{1,2})(?::(\d\d))?-(\d{1,2})(?::(\d\d))?")
_EVERY = re.compile(r"/(\d)(?:\+(\d))?")


class Hours(NamedTuple):
    """From one wall time to another; 24 o'clock is midnight."""

    begin: time
    end: time


def weekly(words: str, today: date) -> tuple[NewAvailability, ...]:
    """The lines of a plan. `/2` is every second week beginning with that of `today`, `/2+1` with
    the one behind it."""
    lines = []
    for part in filter(None, map(str.strip, words.split(","))):
        days, clock, *every = part.split()
        begin, end = hours(clock)
        weeks, later = _every(every[0]) if every else (1, 0)
        first, _, last = days.partition("-")
        for number in range(_SHORT.index(first), _SHORT.index(last or first) + 1):
            lines.append(
                NewAvailability(
                    weekday=WEEKDAYS[number],
                    wall_from=begin,
                    wall_to=end,
                    every_n_weeks=weeks,
                    first_week=today + timedelta(weeks=later) if weeks > 1 else None,
                )
            )
    return tuple(lines)


def hours(words: str) -> Hours:
    """`5:30-8`, `18-24`."""
    found = _HOURS.fullmatch(words)
    if found is None:
        raise ValueError(f"{words!r} are no hours; '18-22:30' are")
    begin, begin_minute, end, end_minute = found.groups()
    return Hours(
        time(int(begin), int(begin_minute or 0)), time(int(end) % 24, int(end_minute or 0))
    )


def _every(words: str) -> tuple[int, int]:
    found = _EVERY.fullmatch(words)
    if found is None:
        raise ValueError(f"{words!r} is no rhythm; '/2' is")
    return int(found[1]), int(found[2] or 0)
