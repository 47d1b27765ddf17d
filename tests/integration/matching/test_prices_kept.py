"""Prices between runs: the next run begins with those of the last one."""

from __future__ import annotations

from helpers_placing import Placing
from rundum_engine import Prices
from rundum_engine.plan import Plan
from rundum_engine.snapshot import Snapshot
from rundum_matching import runs
from rundum_matching.solver import Solved, Solver


class Remembering(Solver):
    """Plans nothing, and notes with which prices it was to begin."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[Prices] = []

    async def make_ready(self) -> None:
        """There is nothing to compile."""

    async def plan(self, snapshot: Snapshot, prices: Prices = ()) -> Solved:
        self.given.append(prices)
        kept = ((1, 700), (2, 3, 4, 5, -60))
        plan = Plan(assignments=(), outcomes=(), certificates=(), prices=kept)
        return Solved(plan=plan, milliseconds=1)


async def test_a_run_begins_with_the_prices_of_the_last_one_and_only_those_are_kept(
    placing: Placing,
) -> None:
    solver = Remembering()
    for _ in range(2):
        assert await runs.run(placing.db, solver, trigger="demand") is not None
    assert solver.given == [(), ((1, 700), (2, 3, 4, 5, -60))]
    kept = await placing.rows("SELECT prices IS NOT NULL AS kept FROM run ORDER BY id")
    assert kept == [{"kept": False}, {"kept": True}]
