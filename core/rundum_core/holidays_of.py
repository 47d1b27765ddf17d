"""The public and school holidays of a federal state, from the `holidays` package."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import msgspec


class Holidays(msgspec.Struct, frozen=True, kw_only=True):
    """`public` holidays, and the days of the `school` holidays (weekends inside them too)."""

    public: frozenset[date] = frozenset()
    school: frozenset[date] = frozenset()

    def lessons(self, day: date) -> bool:
        """Whether pupils are at school: Monday to Friday, outside all holidays."""
        return day.weekday() < 5 and day not in self.public and day not in self.school


@lru_cache(maxsize=64)
def holidays_of(state: str, first_year: int, last_year: int) -> Holidays:
    """Those of a German state (`ST`) from the first through the last year.

    School holidays are known some years ahead only; a year that isn't planned yet has none, and
    all its working days count as school days. Raises `ValueError` for an unknown state.
    """
    import holidays  # a third of a second that no start has to wait for

    years = range(first_year, last_year + 1)
    try:
        public = holidays.country_holidays("DE", subdiv=state, years=years)
        school = holidays.country_holidays("DE", subdiv=state, years=years, categories=("school",))
    except NotImplementedError as unknown:
        raise ValueError(f"no German state {state!r}") from unknown
    return Holidays(public=frozenset(public), school=frozenset(school))
