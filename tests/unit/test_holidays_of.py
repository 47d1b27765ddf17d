"""Holidays of a federal state."""

from __future__ import annotations

from datetime import date

import pytest

from rundum_core.holidays_of import holidays_of

ST = holidays_of("ST", 2026, 2027)


@pytest.mark.parametrize("day", [date(2027, 1, 6), date(2027, 10, 31), date(2026, 12, 25)])
def test_saxony_anhalt_keeps_its_public_holidays(day: date) -> None:
    assert day in ST.public


def test_a_neighbours_holiday_is_none_here() -> None:
    assert date(2026, 1, 6) not in holidays_of("BE", 2026, 2027).public


@pytest.mark.parametrize(
    ("day", "lessons"),
    [
        (date(2026, 11, 23), True),  # Monday
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 12, 21), False),  # school holidays begin
        (date(2026, 12, 18), True),  # the last Friday before
        (date(2027, 7, 12), False),  # summer
        (date(2027, 5, 6), False),  # Ascension Day
    ],
)
def test_pupils_are_at_school_on_working_days_outside_all_holidays(
    day: date, lessons: bool
) -> None:
    assert ST.lessons(day) is lessons


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="no German state 'XX'"):
        holidays_of("XX", 2026, 2027)


def test_holidays_are_computed_once() -> None:
    assert holidays_of("ST", 2026, 2027) is ST
