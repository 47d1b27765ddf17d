"""What prices left undecided, solved exactly: an integer program per independent component.

Nodes whose slack is larger than the gap can't be in any better plan; the rest falls into pieces
that share no person, visit or series. Each goes to HiGHS with cliques for people's times, rows
for hours and days, a team variable per start of a group, a hand variable per series.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

import highspy
import numpy as np
import numpy.typing as npt

from rundum_engine.index import Index
from rundum_engine.scoring import fairness_slopes
from rundum_engine.snapshot import Cap, Provider, Rest
from rundum_engine.snapshot import Days as WorkDays
from rundum_engine.solver.cliques import cliques
from rundum_engine.solver.pairs import Nodes
from rundum_engine.solver.world import (
    COST,
    COUNT,
    EXTRA,
    GROUPS,
    HAND,
    I64,
    REQUIRED,
    VARIANTS,
    WISH,
    World,
)

HEURISTICS = (
    "rens",
    "rins",
    "root_reduced_cost",
    "shifting",
    "zi_round",
    "feasibility_jump",
)
"""HiGHS's own, left out: it begins with a good plan, and they take half of its time."""
BATCH = 400
"""Components are solved together until they have so many nodes."""


class Task(NamedTuple):
    """What to maximise: points per visit, per node, per node of a wished series in one hand.

    `floor` is what `first` (points of the first tier per visit and node) must reach; where only
    one way leads there, `must` is what each visit must reach of it, and pieces stay apart. Without
    `fair` (in the first tier itself) fairness, extra seats and costs of a start count nothing.
    """

    value: I64
    score: I64
    wish: int
    fair: bool
    first_visit: I64
    first_node: I64
    floor: int
    must: I64 | None = None


class Exact(NamedTuple):
    """The nodes chosen, and a bound on every plan that uses kept nodes only."""

    chosen: I64
    bound: int
    solved: bool


def solve_core(
    world: World,
    nodes: Nodes,
    task: Task,
    kept: I64,
    start: I64,
    seconds: float,
    over: Callable[[], bool] | None = None,
) -> Exact | None:
    """The best plan on the kept nodes (ascending); None if time was up without one."""
    chosen: list[I64] = []
    bound = 0
    solved = True
    pieces = [kept] if task.floor > 0 and task.must is None else _batches(world, nodes, kept)
    for piece in pieces:
        if over is not None and over():
            return None
        part = _Model(world, nodes, task, piece).solve(seconds, start)
        if part is None:
            return None
        chosen.append(part.chosen)
        bound += part.bound
        solved = solved and part.solved
    merged = np.concatenate(chosen) if chosen else np.zeros(0, np.int64)
    return Exact(np.sort(merged), bound, solved)


def _batches(world: World, nodes: Nodes, kept: I64) -> list[I64]:
    """Independent components of the kept nodes, gathered into batches."""
    visits, people = len(world.wanted.visits), len(nodes.ptr) - 1
    hands = world.wanted.groups[nodes.group[kept]][:, [HAND, WISH]].max(axis=1)
    parent = np.arange(visits + people + int(hands.max(initial=-1)) + 1)

    def root(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = int(parent[x])
        return x

    for i, hand in zip(kept, hands, strict=True):
        a = root(int(nodes.visit[i]))
        parent[root(visits + int(nodes.provider[i]))] = a
        if hand >= 0:
            parent[root(visits + people + int(hand))] = a
    roots = np.array([root(int(v)) for v in nodes.visit[kept]], np.int64)
    order = np.argsort(roots, kind="stable")
    cuts = np.flatnonzero(np.diff(roots[order])) + 1
    batches: list[list[I64]] = []
    size = BATCH
    for component in np.split(order, cuts):
        if size >= BATCH:
            batches.append([])
            size = 0
        batches[-1].append(kept[component])
        size += len(component)
    return [np.sort(np.concatenate(batch)) for batch in batches]


class _Model:
    """One integer program: columns and rows are gathered, then handed over at once."""

    def __init__(self, world: World, nodes: Nodes, task: Task, kept: I64) -> None:
        self.world, self.nodes, self.task, self.kept = world, nodes, task, kept
        self.cost: list[float] = []
        self.upper: list[float] = []
        self.integer: list[bool] = []
        self.row_start: list[int] = [0]
        self.row_index: list[int] = []
        self.row_value: list[float] = []
        self.row_lower: list[float] = []
        self.row_upper: list[float] = []
        self.extra = world.wanted.groups[:, EXTRA] * int(task.fair)
        self.late = world.wanted.variants[:, COST] * int(task.fair)
        for i in kept:
            self._column(float(task.score[i]))
        self._teams()
        self._times()
        self._series()
        by_person: dict[int, list[int]] = defaultdict(list)
        for x, i in enumerate(kept):
            by_person[int(nodes.provider[i])].append(x)
        for p, columns in by_person.items():
            provider = world.index.snapshot.providers[p]
            if task.fair:
                self._fairness(p, columns)
            if provider.caps or provider.days:
                self._limits(p, provider, columns)
        if task.floor > 0:
            self._first_tier()

    def _column(self, cost: float, upper: float = 1.0, integer: bool = True) -> int:
        self.cost.append(cost)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.cost) - 1

    def _row(self, terms: Iterable[tuple[int, float]], lower: float, upper: float) -> None:
        for column, value in terms:
            self.row_index.append(column)
            self.row_value.append(value)
        self.row_start.append(len(self.row_index))
        self.row_lower.append(lower)
        self.row_upper.append(upper)

    def _teams(self) -> None:
        """One start, all required seats or nobody, extra seats only beside a whole core."""
        w, nodes, task = self.world.wanted, self.nodes, self.task
        by_visit: dict[int, list[int]] = defaultdict(list)
        for x, i in enumerate(self.kept):
            by_visit[int(nodes.visit[i])].append(x)
        self.team_columns: dict[int, list[int]] = {}
        for v, columns in by_visit.items():
            groups = range(w.visits[v, GROUPS], w.visits[v, GROUPS + 1])
            if len(groups) == 1 and w.groups[groups[0], COUNT] == 1:
                required = w.groups[groups[0], REQUIRED]
                worth = task.value[v] if required else self.extra[groups[0]]
                for x in columns:
                    self.cost[x] += worth - self.late[nodes.variant[self.kept[x]]]
                if len(columns) > 1:
                    self._row([(x, 1.0) for x in columns], -np.inf, 1.0)
                continue
            cells: dict[tuple[int, int], list[int]] = defaultdict(list)
            for x in columns:
                i = self.kept[x]
                cells[int(nodes.variant[i]), int(nodes.group[i])].append(x)
            teams = []
            for a in range(w.visits[v, VARIANTS], w.visits[v, VARIANTS + 1]):
                y = self._column(float(task.value[v] - self.late[a]))
                teams.append(y)
                people: dict[int, list[int]] = defaultdict(list)
                for g in groups:
                    cell, count = cells.get((a, g), []), float(w.groups[g, COUNT])
                    for x in cell:
                        people[int(nodes.provider[self.kept[x]])].append(x)
                        if not w.groups[g, REQUIRED]:
                            self.cost[x] += self.extra[g]
                    low = 0.0 if w.groups[g, REQUIRED] else -np.inf
                    self._row([*((x, 1.0) for x in cell), (y, -count)], low, 0.0)
                for mine in people.values():
                    self._row([*((x, 1.0) for x in mine), (y, -1.0)], -np.inf, 0.0)
            self.team_columns[v] = teams
            self._row([(y, 1.0) for y in teams], -np.inf, 1.0)

    def _times(self) -> None:
        people = self.nodes.provider[self.kept]
        ptr = np.searchsorted(people, np.arange(len(self.nodes.ptr)))
        facts, wanted = self.world.facts, self.world.wanted
        offsets, members = cliques(facts, wanted, self.nodes, ptr.astype(np.int64), self.kept)
        for first, last in pairwise(offsets):
            self._row([(int(x), 1.0) for x in members[first:last]], -np.inf, 1.0)

    def _series(self) -> None:
        groups = self.world.wanted.groups
        hands: dict[tuple[int, int], dict[int, list[int]]] = {}
        self.main_of: dict[int, tuple[int, int]] = {}
        for x, i in enumerate(self.kept):
            for kind in (HAND, WISH):
                number = int(groups[self.nodes.group[i], kind])
                if number >= 0:
                    people = hands.setdefault((kind, number), {})
                    people.setdefault(int(self.nodes.provider[i]), []).append(x)
        for (kind, _), people in hands.items():
            mains = []
            for columns in people.values():
                main = self._column(0.0)
                mains.append((main, 1.0))
                for x in columns:
                    if kind == HAND:
                        self._row([(x, 1.0), (main, -1.0)], -np.inf, 0.0)
                        self.main_of[x] = main, x
                    elif self.task.wish:
                        same = self._column(float(self.task.wish), integer=False)
                        self._row([(same, 1.0), (x, -1.0)], -np.inf, 0.0)
                        self._row([(same, 1.0), (main, -1.0)], -np.inf, 0.0)
                        self.main_of[x] = main, same
            self._row(mains, -np.inf, 1.0)

    def _fairness(self, p: int, columns: list[int]) -> None:
        """The concave bonus: quarters fill its segments one after the other."""
        quarters = {x: int(self.nodes.quarters[self.kept[x]]) for x in columns}
        recent = self.world.index.snapshot.providers[p].recent_minutes // 15
        most, before = sum(quarters.values()), 0
        segments: list[tuple[int, int]] = []
        for upto, points in (*fairness_slopes(self.world.index.weights), (1 << 40, 0)):
            room = upto - max(recent, before)
            if room > 0:
                segments.append((room, points))
            before = upto
        if most <= segments[0][0]:
            for x, size in quarters.items():
                self.cost[x] += segments[0][1] * size
            return
        terms = [(x, float(size)) for x, size in quarters.items()]
        for room, points in segments:
            terms.append((self._column(float(points), float(min(room, most)), False), -1.0))
        self._row(terms, 0.0, 0.0)

    def _limits(self, p: int, provider: Provider, columns: list[int]) -> None:
        index, load = self.world.index, self.world.facts.load[p]
        days = len(index.days.midnights) - 1
        portions = {x: self._portions(index, x) for x in columns} if provider.caps else {}
        for cap in provider.caps:
            subject = {x for x in columns if self._subject(index, provider, cap, x)}
            touched = {d for x in subject for d, _ in portions[x]}
            for first, last in sorted(_periods(index, cap, touched)):
                first, last = max(first, 0), min(last, days)
                minutes = {
                    x: sum(m for d, m in parts if first <= d < last)
                    for x, parts in portions.items()
                }
                left = cap.minutes - int(load[last] - load[first])
                self._capped({x: m for x, m in minutes.items() if m}, subject, left)
        for limit in provider.days:
            subject = {x for x in columns if self._subject(index, provider, limit, x)}
            self._days(p, limit, columns, subject)

    def _capped(self, minutes: dict[int, int], subject: set[int], left: int) -> None:
        """Σ minutes ≤ left as soon as one of `subject` is among them."""
        excess = sum(minutes.values()) - left
        if excess <= 0:
            return
        terms = [(x, float(m)) for x, m in minutes.items()]
        if subject >= set(minutes):
            self._row(terms, -np.inf, float(left))
            self._hands_within(minutes, left)
            return
        for s in sorted(subject & set(minutes)):
            more = [(x, m + (excess if x == s else 0)) for x, m in terms]
            self._row(more, -np.inf, float(left + excess))

    def _hands_within(self, minutes: dict[int, int], left: int) -> None:
        """Whoever is main person of a series does no more of it than her hours allow: it follows
        from the rows there are, but not for fractions of her."""
        by_main: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for x, m in minutes.items():
            if x in self.main_of:
                main, same = self.main_of[x]
                by_main[main].append((same, m))
        for main, terms in by_main.items():
            lengths = sorted(m for _, m in terms)
            if sum(lengths) <= left:
                continue
            most = int(np.searchsorted(np.cumsum(lengths), left, side="right"))
            self._row([*((s, 1.0) for s, _ in terms), (main, -float(most))], -np.inf, 0.0)

    def _days(self, p: int, limit: WorkDays, columns: list[int], subject: set[int]) -> None:
        index, worked = self.world.index, self.world.facts.worked[p]
        start = {x: index.days.day(int(self.nodes.start[self.kept[x]])) for x in columns}
        for week in sorted({index.days.week(start[x]) for x in subject}):
            days = [d for d in sorted(set(start.values())) if index.days.week(d) == week]
            taken = sum(1 for d in range(len(worked)) if worked[d] and index.days.week(d) == week)
            terms = []
            for day in days:
                if day < len(worked) and worked[day]:
                    continue
                column = self._column(0.0)
                terms.append((column, 1.0))
                for x in columns:
                    if start[x] == day:
                        self._row([(x, 1.0), (column, -1.0)], -np.inf, 0.0)
            here = [x for x in columns if index.days.week(start[x]) == week]
            if set(here) <= subject:
                self._row(terms, -np.inf, float(limit.most - taken))
                continue
            for s in sorted(set(here) & subject):
                self._row([*terms, (s, 7.0)], -np.inf, float(limit.most - taken + 7))

    def _subject(
        self, index: Index, provider: Provider, limit: Cap | Rest | WorkDays, x: int
    ) -> bool:
        i = self.kept[x]
        visit = index.snapshot.visits[self.nodes.visit[i]]
        start = int(self.nodes.start[i])
        if not visit.asker & limit.askers:
            return False
        if limit.within is not None and not limit.within.start <= start < limit.within.end:
            return False
        return limit.hard or not index.waived(visit.id, provider.id, limit.reason)

    def _portions(self, index: Index, x: int) -> list[tuple[int, int]]:
        i = self.kept[x]
        return list(index.days.portions(int(self.nodes.start[i]), int(self.nodes.end[i])))

    def _first_tier(self) -> None:
        """The first tier keeps what it reached: visit by visit where that is known."""
        task, nodes, w = self.task, self.nodes, self.world.wanted
        terms: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for x, i in enumerate(self.kept):
            v = int(nodes.visit[i])
            points = float(task.first_node[i])
            if v not in self.team_columns and w.groups[nodes.group[i], REQUIRED]:
                points += float(task.first_visit[v])
            if points:
                terms[v].append((x, points))
        for v, teams in self.team_columns.items():
            terms[v] += [(y, float(task.first_visit[v])) for y in teams if task.first_visit[v]]
        if task.must is None:
            self._row([t for row in terms.values() for t in row], float(task.floor), np.inf)
            return
        for v, row in terms.items():
            if row and task.must[v]:
                self._row(row, float(task.must[v]), np.inf)

    def solve(self, seconds: float, start: I64) -> Exact | None:
        lp = highspy.HighsLp()
        columns, rows = len(self.cost), len(self.row_lower)
        lp.num_col_, lp.num_row_ = columns, rows
        lp.col_cost_ = -np.array(self.cost)
        lp.col_lower_ = np.zeros(columns)
        lp.col_upper_ = np.array(self.upper)
        lp.row_lower_ = np.array(self.row_lower)
        lp.row_upper_ = np.array(self.row_upper)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(self.row_start, np.int32)
        lp.a_matrix_.index_ = np.array(self.row_index, np.int32)
        lp.a_matrix_.value_ = np.array(self.row_value, np.float64)
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in self.integer]
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.silent()
        for option, setting in (
            ("threads", 1),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 0.9),
            ("mip_feasibility_tolerance", 1e-7),
            ("time_limit", seconds),
            ("random_seed", 0),
            ("mip_allow_restart", False),
            ("mip_detect_symmetry", False),
            *((f"mip_heuristic_run_{name}", False) for name in HEURISTICS),
        ):
            solver.setOptionValue(option, setting)
        solver.passModel(lp)
        if len(start):
            columns_of = np.arange(len(self.kept), dtype=np.int32)
            solver.setSolution(
                len(columns_of), columns_of, np.isin(self.kept, start).astype(np.float64)
            )
        solver.run()
        status = solver.getModelStatus()
        if not rows and not columns:
            return Exact(np.zeros(0, np.int64), 0, True)
        info = solver.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        values: npt.NDArray[np.float64] = np.array(solver.getSolution().col_value)
        solved = status == highspy.HighsModelStatus.kOptimal
        value = int(np.rint(-info.objective_function_value))
        # The objective is whole, and HiGHS stops when less than a point is open.
        bound = value if solved else int(np.floor(-info.mip_dual_bound + 1e-3))
        chosen = self.kept[np.flatnonzero(values[: len(self.kept)] > 0.5)]
        return Exact(chosen, bound, solved)


def _periods(index: Index, cap: Cap, touched: set[int]) -> set[tuple[int, int]]:
    """(first day, day after the last) of the cap's periods with these days."""
    if cap.per == "day":
        return {(day, day + 1) for day in touched}
    if cap.per == "week":
        first = index.days.first_weekday
        return {
            (index.days.week(day) * 7 - first, index.days.week(day) * 7 - first + 7)
            for day in touched
        }
    return {(day - back, day - back + cap.days) for day in touched for back in range(cap.days)}
