"""The plan as a whole: never wrong, never better than possible, bound never below the best."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rundum_engine import Index, eligible, plan, refusals, verify, worth
from rundum_engine.plan import Assignment
from unit.engine.worlds import a_random_world, accepted, best_worth


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_a_plan_of_a_tiny_world_is_the_best_there_is_and_proven(seed: int) -> None:
    world = a_random_world(seed)
    found = plan(world)
    assert verify(world, found) == ()
    best = best_worth(world)
    assert worth(Index(world), found.assignments)[:2] == best
    urgent, value = found.certificates
    assert (urgent.objective, urgent.bound, urgent.proven) == (best[0], best[0], True)
    assert (value.objective, value.bound, value.proven) == (best[1], best[1], True)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6))
def test_who_is_eligible_is_exactly_whom_the_verifier_accepts(seed: int) -> None:
    world = a_random_world(seed, visits=3, providers=4)
    index = Index(world)
    for visit in world.visits:
        required = [s for s in visit.seats if s.required and s.holder is None]
        for seat in visit.seats:
            if seat.holder is not None or any(other is not seat for other in required):
                continue
            for variant in visit.variants:
                for provider in world.providers:
                    alone = Assignment(
                        visit=visit.id,
                        seat=seat.id,
                        provider=provider.id,
                        start=variant.start + seat.begin,
                        end=variant.start + seat.end,
                    )
                    why = refusals(index, visit, seat, provider, variant)
                    assert eligible(index, visit, seat, provider, variant) == (not why)
                    assert accepted(world, (alone,)) == (not why), why


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6))
def test_the_same_snapshot_gives_the_same_plan(seed: int) -> None:
    assert plan(a_random_world(seed)) == plan(a_random_world(seed))
