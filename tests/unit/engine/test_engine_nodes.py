"""Compiled eligibility says exactly what the plain function says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rundum_engine import Index, eligible, parts
from rundum_engine.index import open_seats
from rundum_engine.scoring import main_holder
from rundum_engine.solver.pairs import all_nodes
from rundum_engine.solver.world import VARIANTS, World
from unit.engine.worlds import a_random_world


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**6))
def test_the_nodes_are_the_eligible_pairs_with_their_scores(seed: int) -> None:
    snapshot = a_random_world(seed, visits=6, providers=5)
    index = Index(snapshot)
    expected = {}
    for visit in snapshot.visits:
        for number, variant in enumerate(visit.variants):
            for seat in open_seats(visit):
                for provider in snapshot.providers:
                    if eligible(index, visit, seat, provider, variant):
                        points = sum(p.points for p in parts(index, visit, seat, provider))
                        at = [s.id for s in visit.seats].index(seat.id)
                        series = visit.series
                        wished = series is not None and index.same.get(series) == "wished"
                        if series is not None and wished:
                            main = main_holder(index, (series, at)) == provider.id
                            points += index.weights.series_same if main else 0
                        expected[visit.id, number, seat.id, provider.id] = points
    world = World(index)
    nodes = all_nodes(world)
    found = {}
    for i in range(len(nodes.visit)):
        visit = snapshot.visits[nodes.visit[i]]
        number = int(nodes.variant[i] - world.wanted.visits[nodes.visit[i], VARIANTS])
        provider = snapshot.providers[nodes.provider[i]]
        for seat in world.groups[nodes.group[i]]:
            found[visit.id, number, seat.id, provider.id] = int(nodes.score[i])
    assert found == expected
