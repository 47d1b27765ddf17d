"""How many people a group of children needs."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundum_providers.ratios import RATIOS, TooManyChildren, people_needed
from rundum_providers.rules import CentreRule, rulebook

COUNTS = st.dictionaries(st.sampled_from(sorted(RATIOS)), st.integers(0, 60))


@pytest.mark.parametrize(
    ("bands", "kind", "people"),
    [
        ({"0-1": 3}, "household", 1),
        ({"0-1": 4}, "household", 2),
        ({"2-3": 6}, "household", 1),
        ({"2-3": 7}, "household", 2),
        ({"4-6": 5, "7-10": 3}, "household", 1),
        ({"4-6": 5, "7-10": 4}, "household", 2),
        ({"0-1": 2, "4-6": 2}, "household", 1),
        ({"0-1": 3, "4-6": 1}, "household", 2),
        ({}, "household", 1),
        ({"4-6": 1}, "event", 2),
        ({"4-6": 40}, "event", 5),
        ({"4-6": 41}, "event", 6),
    ],
)
def test_people_for_children(
    bands: dict[str, int], kind: Literal["household", "event"], people: int
) -> None:
    assert people_needed(bands, kind) == people


def test_forty_children_are_an_event_and_a_mistake_for_a_household() -> None:
    assert people_needed({"7-10": 40}, "event") == 5
    with pytest.raises(TooManyChildren) as mistake:
        people_needed({"7-10": 40}, "household")
    assert (mistake.value.have, mistake.value.most) == (40, 12)
    assert people_needed({"7-10": 12}, "household") == 2


def test_a_centre_sets_its_own_ratios() -> None:
    row = CentreRule(key="ratio_from_4", value=4, source="board", valid_from=date(2026, 6, 1))
    book = rulebook([row])
    assert people_needed({"4-6": 8}, "household", book, date(2026, 5, 31)) == 1
    assert people_needed({"4-6": 8}, "household", book, date(2026, 6, 1)) == 2


def test_a_band_that_does_not_exist_and_negative_children_are_refused() -> None:
    with pytest.raises(KeyError):
        people_needed({"3-4": 1}, "event")
    with pytest.raises(ValueError, match="negative"):
        people_needed({"4-6": -1}, "event")


@given(COUNTS, COUNTS)
def test_two_groups_together_never_need_more_people_than_apart(
    a: dict[str, int], b: dict[str, int]
) -> None:
    both = {band: a.get(band, 0) + b.get(band, 0) for band in {*a, *b}}
    apart = people_needed(a, "event") + people_needed(b, "event")
    assert max(people_needed(a, "event"), people_needed(b, "event")) <= people_needed(both, "event")
    assert people_needed(both, "event") <= apart
