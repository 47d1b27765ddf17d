"""How old somebody is on a day."""

from __future__ import annotations

from datetime import date


def age_on(birth_date: date, day: date) -> int:
    """Completed years of life at the beginning of `day`.

    A year is complete with the end of the day before the birthday (BGB §§ 187(2), 188(2)): who was
    born on 29 February completes it with 28 February, and in common years is older on 1 March.
    """
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def birthday(birth_date: date, years: int) -> date:
    """The first day on which `age_on` counts so many years."""
    year = birth_date.year + years
    try:
        return birth_date.replace(year=year)
    except ValueError:  # 29 February in a common year
        return date(year, 3, 1)
