"""What the engine is compared with: simpler methods on the same pairs and rules."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rundum_engine.index import Index
from rundum_engine.scoring import worth
from rundum_engine.snapshot import Snapshot
from rundum_engine.solver.book import Book, add, empty_book, fits
from rundum_engine.solver.core import Task, solve_core
from rundum_engine.solver.market import SCALE, Market, market
from rundum_engine.solver.pairs import Nodes, all_nodes
from rundum_engine.solver.search import construct, improve
from rundum_engine.solver.solve import assignments, chosen_nodes
from rundum_engine.solver.world import VALUE, World

Ints = npt.NDArray[np.int64]


class _Ground:
    """Pairs, market and an empty book of a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.index = Index(snapshot)
        self.world = World(self.index)
        self.nodes: Nodes = all_nodes(self.world)
        self.value: Ints = self.world.wanted.visits[:, VALUE].copy()
        self.nothing: Ints = np.zeros(len(self.nodes.start), np.int64)
        self.market: Market = market(self.world, self.nodes, self.value, self.nothing)
        self.book: Book = empty_book(self.market, self.world.wanted, self.nodes)

    def worth(self, chosen: Ints) -> int:
        return worth(self.index, assignments(self.world, self.nodes, chosen)).value

    def construct(self, order: Ints) -> None:
        facts, wanted = self.world.facts, self.world.wanted
        construct(facts, wanted, self.nodes, self.market, self.book, order, self.nothing)


def first_come(snapshot: Snapshot) -> tuple[int, None]:
    """Visit after visit as they came, each with the best people still free."""
    ground = _Ground(snapshot)
    ground.construct(np.arange(len(ground.value)))
    return ground.worth(chosen_nodes(ground.book)), None


def by_value(snapshot: Snapshot) -> tuple[int, None]:
    """The dearest visit first, then ejections as long as the plan gains."""
    ground = _Ground(snapshot)
    order = np.argsort(-ground.value, kind="stable")
    ground.construct(order)
    facts, wanted = ground.world.facts, ground.world.wanted
    improve(facts, wanted, ground.nodes, ground.market, ground.book, order, ground.nothing, 10)
    return ground.worth(chosen_nodes(ground.book)), None


def assignment_in_rounds(snapshot: Snapshot) -> tuple[int, None]:
    """Groups first by value; then the best assignment of people to single visits, one visit each,
    again and again with what fits into the gaps."""
    from scipy.optimize import linear_sum_assignment  # type: ignore[attr-defined]

    ground = _Ground(snapshot)
    m, nodes, book, wanted = ground.market, ground.nodes, ground.book, ground.world.wanted
    groups = np.flatnonzero(m.alone == 0)
    ground.construct(groups[np.argsort(-ground.value[groups], kind="stable")])
    single = m.alone[nodes.visit] == 1
    scratch = np.zeros((4, 128), np.int64)
    while True:
        free = np.flatnonzero(single & (book.variant[nodes.visit] < 0))
        fitting = [
            int(i)
            for i in free
            if fits(ground.world.facts, wanted, nodes, book, int(i), -1, scratch)
        ]
        if not fitting:
            break
        rows, visit_of = np.unique(nodes.visit[fitting], return_inverse=True)
        columns, person_of = np.unique(nodes.provider[fitting], return_inverse=True)
        gain = np.zeros((len(rows), len(columns)))
        best = np.full(gain.shape, -1)
        for i, v, p in zip(fitting, visit_of, person_of, strict=True):
            points = (m.top[nodes.visit[i]] + m.base[i]) / SCALE
            if points > gain[v, p]:
                gain[v, p], best[v, p] = points, i
        placed = 0
        for v, p in zip(*linear_sum_assignment(gain, maximize=True), strict=True):
            i = int(best[v, p])
            if i >= 0 and fits(ground.world.facts, wanted, nodes, book, i, -1, scratch):
                add(wanted, nodes, book, i)
                placed += 1
        if not placed:
            break
    return ground.worth(chosen_nodes(book)), None


def integer_program(snapshot: Snapshot, seconds: float) -> tuple[int, int | None]:
    """The whole model with cliques, as it is, given to HiGHS."""
    ground = _Ground(snapshot)
    size = len(ground.nodes.start)
    task = Task(
        ground.value, ground.nodes.score, ground.index.weights.series_same, True,
        ground.nothing, ground.nothing, 0,
    )  # fmt: skip
    everything = np.arange(size, dtype=np.int64)
    nobody = np.zeros(0, np.int64)
    found = solve_core(ground.world, ground.nodes, task, everything, nobody, seconds)
    if found is None:
        return 0, None
    return ground.worth(found.chosen), found.bound
