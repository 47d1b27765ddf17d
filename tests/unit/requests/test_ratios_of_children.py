"""How many people so many children need, and what a centre sets otherwise."""

from __future__ import annotations

from datetime import date

import pytest

from rundum_requests.models import NewChildren
from rundum_requests.ratios import CentreRatio, Ratios, ratios_on

DAY = date(2026, 11, 23)


def row(key: str, value: object, since: date = DAY) -> CentreRatio:
    return CentreRatio(key=key, value=value, valid_from=since)


@pytest.mark.parametrize(
    ("groups", "needed"),
    [
        ({}, 0),
        ({"0-1": 3}, 1),
        ({"0-1": 4}, 2),
        ({"2-3": 6}, 1),
        ({"4-6": 8}, 1),
        ({"14-17": 9}, 2),
        ({"0-1": 1, "2-3": 2, "4-6": 2}, 1),  # 1/3 + 2/6 + 2/8
        ({"0-1": 1, "2-3": 2, "4-6": 3}, 2),  # 1/24 more than one person
        ({"4-6": 20, "7-10": 20}, 5),
    ],
)
def test_people_are_counted_over_mixed_ages(groups: dict, needed: int) -> None:
    children = [NewChildren(band=band, count=count) for band, count in groups.items()]
    assert Ratios().people_needed(children) == needed


def test_what_a_centre_sets_holds_from_its_day() -> None:
    rows = [row("ratio_from_4", 5, date(2026, 11, 24)), row("ratio_from_4", 6, date(2026, 1, 1))]
    assert ratios_on(DAY, rows).from_4 == 6
    assert ratios_on(date(2026, 11, 24), rows).from_4 == 5
    assert ratios_on(date(2025, 12, 31), rows).from_4 == 8


@pytest.mark.parametrize("value", [None, 0, -3, True, "8", 2.5, [3]])
def test_what_is_no_positive_number_counts_as_not_set(value: object) -> None:
    assert ratios_on(DAY, [row("household_children", value)]) == Ratios()


def test_other_rules_of_a_centre_change_no_ratio() -> None:
    assert ratios_on(DAY, [row("minimum_wage", 1500)]) == Ratios()
