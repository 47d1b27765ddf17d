"""A year of life is complete on the birthday, whatever the calendar does."""

from __future__ import annotations

from datetime import date

import pytest

from rundum_providers.ages import age_on


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2010, 6, 14), date(2026, 6, 13), 15),
        (date(2010, 6, 14), date(2026, 6, 14), 16),
        (date(2010, 12, 31), date(2026, 1, 1), 15),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (date(2012, 2, 29), date(2028, 2, 29), 16),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
    ],
)
def test_a_person_is_as_old_as_her_last_birthday_says(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age
