"""A plan begun with an earlier one's prices: the same worth in fewer rounds, and as certain."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from rundum_engine import Snapshot, plan, verify
from rundum_engine.invented import instance


@pytest.fixture(scope="module")
def district() -> Snapshot:
    return instance("district-scarce", 3)


def test_a_warm_plan_is_worth_as_much_in_fewer_rounds(district: Snapshot) -> None:
    cold = plan(district)
    warm = plan(district, prices=cold.prices)
    assert warm.certificates[1].objective == cold.certificates[1].objective
    assert warm.certificates[1].proven
    assert warm.certificates[1].iterations <= 80 < cold.certificates[1].iterations
    assert plan(district, prices=cold.prices) == warm


def test_prices_of_nearly_the_same_world_and_of_another_one_never_spoil_a_plan(
    district: Snapshot,
) -> None:
    before = plan(replace(district, visits=district.visits[10:], pins=()))
    strange = tuple((*key, 9 * price + 7) for *key, price in before.prices)
    for prices in (before.prices, strange, ((1, 10**9), (2, 3, 4, 5, -(10**9)))):
        found = plan(district, prices=prices)
        assert verify(district, found) == ()
        value = found.certificates[1]
        assert value.bound >= value.objective
    assert plan(district, prices=before.prices).certificates[1].proven
