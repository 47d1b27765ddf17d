"""The method in its order: a plan, prices, a better plan, proof on what is left undecided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from rundum_engine.index import Index
from rundum_engine.plan import Assignment
from rundum_engine.scoring import worth
from rundum_engine.snapshot import Seat, Variant
from rundum_engine.solver.book import Book, add, empty_book
from rundum_engine.solver.core import Task, solve_core
from rundum_engine.solver.market import SCALE, Market, market
from rundum_engine.solver.pairs import Nodes, all_nodes
from rundum_engine.solver.paths import Chains, chains
from rundum_engine.solver.prices import Ascent, find_prices
from rundum_engine.solver.rounds import empty_round, evaluate
from rundum_engine.solver.search import construct, improve
from rundum_engine.solver.slacks import slacks
from rundum_engine.solver.teams import best_team
from rundum_engine.solver.thinning import thinned
from rundum_engine.solver.world import I32, I64, URGENT, VALUE, VARIANTS, VISIT, World

BOOST = 2
"""So many times more than its value an urgent visit is worth while the second tier is solved."""
GUIDE = 1000
"""Points by which a person's averaged wish for a visit outweighs her slack."""
WHOLE = 5_000
"""Up to so many undecided nodes are solved at once."""
FEW = 3_000
"""Else a first, small integer program takes about so many: it is after a better plan."""
STEPS = (200.0 * SCALE, 1.0 * SCALE)
"""The first and the last step of the prices, in parts of a point."""
WARM, WARM_STEPS = 80, (40.0 * SCALE, 1.0 * SCALE)
"""Iterations and steps where earlier prices are known."""
MOSTLY = 0.8
"""The share of the visits that earlier prices have to know."""
CORE = 20_000
"""The integer program takes at most so many nodes."""


class Effort(NamedTuple):
    """How far to go: iterations of prices, the gap (a share) at which to stop, seconds a core may
    take. Stopping at a gap keeps the plan as it is and its bound."""

    iterations: int | None = None
    gap: float = 0.0
    core_seconds: float = 20.0


class Tier(NamedTuple):
    """What was reached and is proven, in points of that tier."""

    objective: int
    bound: int
    iterations: int


Known = Mapping[tuple[int, ...], int]
"""Prices of an earlier run as points, by (visit,), or by (visit, provider, seat, start) where
groups and series have a price for each node."""


class Solution(NamedTuple):
    assignments: tuple[Assignment, ...]
    urgent: Tier
    value: Tier
    prices: dict[tuple[int, ...], int]
    eligible: dict[int, dict[int, tuple[Seat, Variant, int]]]


class _Best(NamedTuple):
    chosen: I64
    objective: int
    bound: int
    iterations: int
    prices: dict[tuple[int, ...], int]


def solve(
    index: Index,
    deadline: Callable[[], bool] | None = None,
    effort: Effort | None = None,
    warm: Known | None = None,
) -> Solution:
    """Assignments with proven bounds in both tiers; `warm` are an earlier run's prices.

    Where they know most visits, few iterations do. Deterministic as long as neither the deadline
    nor `core_seconds` bites.
    """
    return _Solve(index, deadline or (lambda: False), effort or Effort(), warm or {}).run()


class _Solve:
    def __init__(
        self,
        index: Index,
        over: Callable[[], bool],
        effort: Effort,
        warm: Known,
    ) -> None:
        self.index, self.over, self.effort, self.warm = index, over, effort, warm
        self.world = World(index)
        self.every = self.nodes = all_nodes(self.world)
        self.first_node = pins = self._pinned()
        visits = self.world.wanted.visits
        self.first_visit = visits[:, VALUE] * visits[:, URGENT]
        self.ceilings: tuple[int, int] | None = None
        kept = thinned(self.world, self.every, np.flatnonzero(pins))
        if kept is not None:
            self.ceilings = self._ceilings()
            self.nodes, self.first_node = _subset(self.every, kept), pins[kept]
        self.chains = chains(self.world.facts, self.world.wanted, self.nodes)

    def run(self) -> Solution:
        first = self._first_tier()
        value = self.world.wanted.visits[:, VALUE]
        reached = first.objective
        task = Task(
            value, self.nodes.score, self.index.weights.series_same, True,
            self.first_visit, self.first_node, reached, self._must(reached),
        )  # fmt: skip
        best = self._optimise(self.nodes, self.chains, task, first.chosen)
        if self.ceilings is not None:
            first = first._replace(bound=self.ceilings[0])
            best = best._replace(bound=self.ceilings[1])
        planned = tuple(assignments(self.world, self.nodes, best.chosen))
        return Solution(
            planned,
            Tier(first.objective, first.bound, first.iterations),
            Tier(best.objective, best.bound, best.iterations),
            best.prices,
            self._eligible(),
        )

    def _ceilings(self) -> tuple[int, int]:
        """What is proven of both tiers whatever is left out of the search."""
        value = self.world.wanted.visits[:, VALUE]
        nothing = np.zeros(len(self.every.start), np.int64)
        pins = self.every._replace(score=self.first_node)
        urgent = market(self.world, pins, self.first_visit, nothing, False)
        whole = market(self.world, self.every, value, nothing, True, self.index.weights.series_same)
        return self._alone_bound(urgent) // SCALE, self._alone_bound(whole) // SCALE

    def _eligible(self) -> dict[int, dict[int, tuple[Seat, Variant, int]]]:
        """By visit and provider the first seat and start she could take, and her points."""
        snapshot, w, nodes = self.index.snapshot, self.world.wanted, self.every
        found: dict[int, dict[int, tuple[Seat, Variant, int]]] = {}
        order = np.lexsort((nodes.group, nodes.variant, nodes.provider, nodes.visit))
        pair = nodes.visit[order] * np.int64(len(nodes.ptr)) + nodes.provider[order]
        for i in order[np.flatnonzero(np.diff(pair, prepend=-1))]:
            visit = snapshot.visits[nodes.visit[i]]
            variant = visit.variants[nodes.variant[i] - w.visits[nodes.visit[i], VARIANTS]]
            seat = self.world.groups[nodes.group[i]][0]
            person = snapshot.providers[nodes.provider[i]].id
            found.setdefault(visit.id, {})[person] = seat, variant, int(nodes.score[i])
        return found

    def _pinned(self) -> I64:
        """Points of pins per node."""
        points = np.zeros(len(self.nodes.start), np.int64)
        weight = self.index.weights.pinned
        for pin in self.index.snapshot.pins:
            v, p = self.world.v_at.get(pin.visit), self.world.p_at.get(pin.provider)
            if not pin.must or v is None or p is None:
                continue
            for i in range(self.nodes.ptr[p], self.nodes.ptr[p + 1]):
                if self.nodes.visit[i] == v:
                    points[i] = weight
        return points

    def _must(self, reached: int) -> I64 | None:
        """Per visit the most it could add to the first tier, if that is what was reached."""
        most = np.zeros(len(self.first_visit), np.int64)
        np.maximum.at(most, self.nodes.visit, self.first_node)
        done = np.zeros(len(most), bool)
        done[self.nodes.visit] = True
        most += np.where(done, self.first_visit, 0)
        return most if int(most.sum()) == reached else None

    def _first_tier(self) -> _Best:
        """Urgent visits and pins alone: nothing else matters, so nothing else is looked at."""
        matters = self.first_visit > 0
        pinned = np.unique(self.nodes.visit[self.first_node > 0])
        matters[pinned] = True
        kept = np.flatnonzero(matters[self.nodes.visit])
        if not len(kept):
            return _Best(np.zeros(0, np.int64), 0, 0, 0, {})
        nodes = _subset(self.nodes, kept)
        task = Task(
            self.first_visit, self.first_node[kept], 0, False,
            self.first_visit, self.first_node[kept], 0,
        )  # fmt: skip
        links = chains(self.world.facts, self.world.wanted, nodes)
        best = self._optimise(nodes, links, task, None)
        return best._replace(chosen=kept[best.chosen])

    def _optimise(self, nodes: Nodes, links: Chains, task: Task, start: I64 | None) -> _Best:
        world, size = self.world, len(nodes.start)
        facts, wanted = world.facts, world.wanted
        boost = BOOST if task.floor > 0 else 0
        extra = boost * task.first_node
        m = market(
            world, nodes._replace(score=task.score), task.value + boost * task.first_visit,
            extra, task.fair, task.wish,
        )  # fmt: skip
        shift = boost * task.floor * SCALE

        best_chosen, best_key = np.zeros(0, np.int64), (-1, -(1 << 60))

        def keep(book: Book) -> None:
            nonlocal best_chosen, best_key
            chosen = chosen_nodes(book)
            key = self._worth(nodes, chosen, task)
            if key > best_key:
                best_key, best_chosen = key, chosen

        order = np.argsort(-(m.value + m.top * m.alone), kind="stable")
        nothing = np.zeros(size, np.int64)
        book = empty_book(m, wanted, nodes)
        if start is not None and len(start):
            for i in start:
                add(wanted, nodes, book, int(i))
            best_chosen, best_key = start, self._worth(nodes, start, task)
        construct(facts, wanted, nodes, m, book, order, nothing)
        keep(book)
        improve(facts, wanted, nodes, m, book, order, nothing, 4)
        keep(book)
        bound = self._alone_bound(m) - shift
        if self._proven(bound, best_key[1]) or self.over():
            return self._done(best_chosen, best_key[1], bound, 0, {})

        warm = task.fair and self._is_warm()
        iterations, steps = (WARM, WARM_STEPS) if warm else (300 if size < 20_000 else 200, STEPS)
        iterations = self.effort.iterations or iterations
        u, lam = self._start_prices(m, nodes, book, warm)

        def enough(found: int) -> bool:
            return self.over() or self._proven(found - shift, best_key[1])

        ascent = find_prices(m, links, u, lam, steps, iterations, enough)
        bound = min(bound, ascent.prices.bound - shift)
        r = empty_round(m, links)
        # Slacks are subtracted from the bound of this very evaluation.
        relaxed = int(evaluate(m, links, ascent.prices.visit, ascent.prices.node, r)) - shift
        bound = min(bound, relaxed)
        slack = slacks(m, links, ascent.prices.node, r)
        guided = self._guided(m, nodes, ascent, slack, r.lines, order)
        for book in guided:
            keep(book)
        gap = bound - best_key[1] * SCALE
        small = self.effort.gap * abs(best_key[1]) * SCALE
        if not self._proven(bound, best_key[1]) and gap > small and not self.over():
            bound, best_chosen, best_key = self._core(
                nodes, task, relaxed, bound, slack, best_chosen, best_key
            )
        prices = self._known_prices(m, nodes, ascent) if task.fair else {}
        return self._done(best_chosen, best_key[1], bound, ascent.iterations, prices)

    def _core(
        self,
        nodes: Nodes,
        task: Task,
        relaxed: int,
        bound: int,
        slack: I64,
        chosen: I64,
        key: tuple[int, int],
    ) -> tuple[int, I64, tuple[int, int]]:
        """Solve the nodes whose slack leaves a chance: first few for a better plan, then, the gap
        being smaller, those that the proof needs. What is left out is bounded by its slack."""
        limit = max(0, relaxed - key[1] * SCALE)
        if np.count_nonzero(slack <= limit) > WHOLE:
            limit = int(np.partition(slack, FEW)[FEW])
        while True:
            limit = min(limit, max(0, relaxed - key[1] * SCALE))
            if np.count_nonzero(slack <= limit) > CORE:
                limit = int(np.partition(slack, CORE)[CORE]) - 1
                if limit < 0:
                    return bound, chosen, key
            kept = np.union1d(np.flatnonzero(slack <= limit), chosen)
            exact = solve_core(
                self.world, nodes, task, kept, chosen, self.effort.core_seconds, self.over
            )
            if exact is None:
                return bound, chosen, key
            found = self._worth(nodes, exact.chosen, task)
            if found > key:
                chosen, key = exact.chosen, found
            bound = min(bound, max(exact.bound * SCALE, relaxed - limit - 1))
            if self._proven(bound, key[1]) or not exact.solved or len(kept) > CORE // 4:
                return bound, chosen, key
            limit = max(8 * limit, 300 * SCALE)

    def _guided(
        self,
        m: Market,
        nodes: Nodes,
        ascent: Ascent,
        slack: I64,
        lines: I32,
        order: I64,
    ) -> list[Book]:
        facts, wanted = self.world.facts, self.world.wanted
        fair = m.slope[lines[nodes.provider]] * nodes.quarters
        wish = (ascent.averages * (GUIDE * SCALE)).astype(np.int64)
        guide = m.base + fair + slack - wish
        book = empty_book(m, wanted, nodes)
        construct(facts, wanted, nodes, m, book, order, guide)
        improve(facts, wanted, nodes, m, book, order, guide, 10)
        return [book]

    def _is_warm(self) -> bool:
        """Whether earlier prices know most of the visits."""
        visits = self.index.snapshot.visits
        known = {key[0] for key in self.warm}
        return sum(visit.id in known for visit in visits) >= MOSTLY * len(visits)

    def _start_prices(self, m: Market, nodes: Nodes, book: Book, warm: bool) -> tuple[I64, I64]:
        """Warm where an earlier price is known; else dear where the first plan found nobody."""
        unfilled = book.variant < 0
        seats = np.maximum(1, np.diff(book.seat_ptr))
        share = np.where(unfilled, 0.9, 0.1)
        u = np.where(unfilled, m.top, m.top // 10).astype(np.int64)
        lam = (m.base + (m.value / seats * share)[nodes.visit]).astype(np.int64)
        if warm:
            ids = [visit.id for visit in self.index.snapshot.visits]
            prices = np.array([self.warm.get((id,), -1) for id in ids], np.int64) * SCALE
            known = (prices >= 0) & (m.top > 0)
            u[known] = np.minimum(prices, m.top)[known]
            for state in (unfilled, ~unfilled):  # new ones at what is usual
                if (like := known & state).any():
                    usual = np.median(u[like] / m.top[like])
                    u[~known & state] = (m.top * usual).astype(np.int64)[~known & state]
            for i, key in self._node_keys(m, nodes):
                price = self.warm.get(key)
                if price is not None:
                    lam[i] = m.base[i] + price * SCALE
        return u, lam

    def _known_prices(self, m: Market, nodes: Nodes, ascent: Ascent) -> dict[tuple[int, ...], int]:
        """What a later run begins with."""
        visits, found = self.index.snapshot.visits, ascent.prices
        prices: dict[tuple[int, ...], int] = {
            (visits[v].id,): int(found.visit[v]) // SCALE for v in np.flatnonzero(m.priced)
        }
        for i, key in self._node_keys(m, nodes):
            prices[key] = int(found.node[i] - m.base[i]) // SCALE
        return prices

    def _node_keys(self, m: Market, nodes: Nodes) -> Iterator[tuple[int, tuple[int, ...]]]:
        """(node, its key in `Known`) of those with a price of their own."""
        snapshot, groups = self.index.snapshot, self.world.groups
        for i in np.flatnonzero(m.priced[nodes.visit] == 0):
            person = snapshot.providers[nodes.provider[i]].id
            visit, seat = snapshot.visits[nodes.visit[i]].id, groups[nodes.group[i]][0].id
            yield int(i), (visit, person, seat, int(nodes.start[i]))

    @staticmethod
    def _alone_bound(m: Market) -> int:
        """Every visit with its best people for itself, each at the dearest fairness."""
        best = np.full(len(m.top), -(1 << 60), np.int64)
        net = m.base + m.slope[0] * m.quarters
        net[m.series.nodes] += np.maximum(0, m.series.wish.max(initial=0))
        np.maximum.at(best, m.visit, net)
        total = int(np.maximum(0, m.top + best)[m.alone == 1].sum())
        prices = -m.slope[0] * m.quarters.astype(np.int64)
        taken = np.zeros(len(m.visit), np.int8)
        for v in np.flatnonzero(m.alone == 0):
            if m.g_ptr[v + 1] > m.g_ptr[v]:
                total += int(best_team(m, int(v), prices, taken))
        return total

    @staticmethod
    def _proven(bound: int, objective: int) -> bool:
        return bound // SCALE <= objective

    @staticmethod
    def _done(
        chosen: I64,
        objective: int,
        bound: int,
        iterations: int,
        prices: dict[tuple[int, ...], int],
    ) -> _Best:
        return _Best(chosen, objective, bound // SCALE, iterations, prices)

    def _worth(self, nodes: Nodes, chosen: I64, task: Task) -> tuple[int, int]:
        """(first tier up to its floor, this tier's points) of the chosen nodes."""
        reached = worth(self.index, assignments(self.world, nodes, chosen))
        if not task.fair:
            return 0, reached.urgent
        return min(reached.urgent, task.floor), reached.value


def assignments(world: World, nodes: Nodes, chosen: I64) -> list[Assignment]:
    """Chosen nodes as assignments; the seats of a group are given out by provider's identity."""
    snapshot, w = world.index.snapshot, world.wanted
    used: dict[int, int] = {}
    found = []
    ids = [(snapshot.providers[nodes.provider[i]].id, int(i)) for i in chosen]
    for provider, i in sorted(ids):
        group = int(nodes.group[i])
        seat = world.groups[group][used.get(group, 0)]
        used[group] = used.get(group, 0) + 1
        start = int(nodes.start[i])
        visit = snapshot.visits[w.groups[group, VISIT]]
        found.append(
            Assignment(
                visit=visit.id,
                seat=seat.id,
                provider=provider,
                start=start,
                end=start + seat.end - seat.begin,
            )
        )
    return sorted(found, key=lambda a: (a.visit, a.seat))


def chosen_nodes(book: Book) -> I64:
    """The nodes of a book, ascending."""
    used = [book.team[s : s + n] for s, n in zip(book.seat_ptr[:-1], book.team_count, strict=True)]
    return np.sort(np.concatenate(used)).astype(np.int64) if used else np.zeros(0, np.int64)


def _subset(nodes: Nodes, kept: I64) -> Nodes:
    """Some of the nodes (ascending), as nodes of the same people."""
    people = len(nodes.ptr) - 1
    counts = np.bincount(nodes.provider[kept], minlength=people)
    ptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    columns = {name: getattr(nodes, name)[kept] for name in Nodes._fields[1:]}
    return Nodes(ptr=ptr, **columns)
