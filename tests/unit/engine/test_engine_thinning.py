"""Where nodes are too many, the search looks at fewer: plans stay right, bounds hold for all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rundum_engine import Index, outcomes, plan, verify, worth
from rundum_engine.snapshot import Need
from rundum_engine.solver import thinning
from unit.engine.worlds import a_provider, a_random_world, a_seat, a_visit, a_world, at, best_worth


@pytest.fixture(autouse=True)
def dense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "DENSE", 0)
    monkeypatch.setattr(thinning, "BEST", 1)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6))
def test_a_thinned_plan_keeps_every_rule_and_no_bound_lies_below_the_best(seed: int) -> None:
    world = a_random_world(seed)
    found = plan(world)
    assert verify(world, found) == ()
    reached = worth(Index(world), found.assignments)[:2]
    urgent, value = found.certificates
    assert (urgent.objective, value.objective) == reached
    best = best_worth(world)
    assert urgent.bound >= best[0]
    if urgent.objective == best[0]:
        assert value.bound >= best[1]


def test_two_alike_visits_keep_different_people() -> None:
    people = tuple(a_provider(id) for id in (1, 2, 3, 4))
    visits = tuple(a_visit(id) for id in range(1, 9))
    found = plan(a_world(visits, people))
    assert len({a.provider for a in found.assignments}) > 1


def test_who_is_kept_out_of_the_search_is_still_a_candidate() -> None:
    people = tuple(a_provider(id) for id in (1, 2, 3))
    (outcome,) = plan(a_world((a_visit(),), people)).outcomes
    assert outcome.eligible == 3
    assert len(outcome.candidates) == 3


@pytest.mark.parametrize(("pairs", "asked"), [(2, [3]), (4, [1, 3]), (6, [1, 2, 3])])
def test_where_pairs_are_many_the_unfilled_and_then_the_soonest_get_their_funnel(
    monkeypatch: pytest.MonkeyPatch, pairs: int, asked: list[int]
) -> None:
    monkeypatch.setattr(outcomes, "MANY_PAIRS", pairs)
    nobody = a_visit(3, at(2, 10), seats=(a_seat(30, needs=(Need(skill="adult"),)),))
    visits = (a_visit(2, at(1, 10)), a_visit(1), nobody)
    people = (a_provider(1), a_provider(2, free=()))
    found = plan(a_world(visits, people)).outcomes
    assert sorted(o.visit for o in found if o.funnel) == asked
