"""One round of the market: at given prices everybody takes what is best, and a bound adds up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from rundum_engine.solver.bundles import best_bundle
from rundum_engine.solver.market import Market, line_at_zero
from rundum_engine.solver.paths import Chains
from rundum_engine.solver.teams import best_team
from rundum_engine.solver.turns import Desk, best_turn, empty_desk
from rundum_engine.solver.world import I8, I32, I64


class Round(NamedTuple):
    """What the two sides make of prices: `desk.picks` and `visits` mark nodes, `bound` adds up.

    `paid`, `line`, `worth` and `hours` remember the last answers: where nothing a person is paid
    has moved, they hold.
    """

    desk: Desk
    visits: I8
    earned: I64  # per provider
    lines: I32
    paid: I64  # per node
    line: I32  # per turn, -1 before its first answer
    worth: I64
    hours: I64


NOTHING = -(1 << 62)


def empty_round(m: Market, c: Chains) -> Round:
    n, people, turns = len(m.visit), len(m.ptr) - 1, len(c.t_cap)
    return Round(
        desk=empty_desk(c),
        visits=np.zeros(n, np.int8),
        earned=np.zeros(people, np.int64),
        lines=np.zeros(people, np.int32),
        paid=np.full(n, NOTHING, np.int64),
        line=np.full(turns, -1, np.int32),
        worth=np.zeros(turns, np.int64),
        hours=np.zeros(turns, np.int64),
    )


@njit(cache=True)
def evaluate(m: Market, c: Chains, price_visit: I64, price_node: I64, r: Round) -> int:
    """The bound of these prices, times SCALE; `r` is filled."""
    total = 0
    for p in range(len(m.ptr) - 1):
        if _ask_again(m, c, p, price_visit, price_node, r):
            r.earned[p] = _best_of_person(m, c, p, r)
        total += r.earned[p]
    for v in range(len(m.top)):
        if m.priced[v]:
            total += max(0, m.top[v] - price_visit[v])
        elif not m.alone[v] and m.g_ptr[v + 1] > m.g_ptr[v]:
            total += best_team(m, v, price_node, r.visits)
    for s in range(len(m.series.wish)):
        total += best_bundle(m.series, s, m.visit, m.top, m.base, price_node, r.visits)
    return total


@njit(cache=True)
def _ask_again(m: Market, c: Chains, p: int, price_visit: I64, price_node: I64, r: Round) -> bool:
    """Note what she is paid now; whether any of her turns needs another answer."""
    anything = False
    for t in range(c.p_turn[p], c.p_turn[p + 1]):
        moved = False
        for i in range(c.block_ptr[c.turn_ptr[t]], c.block_ptr[c.turn_ptr[t + 1]]):
            v = m.visit[i]
            paid = price_visit[v] + m.base[i] if m.priced[v] else price_node[i]
            if paid != r.paid[i]:
                r.paid[i] = paid
                moved = True
        if moved:
            r.line[t] = -1
            anything = True
    return anything


@njit(cache=True)
def _best_of_person(m: Market, c: Chains, p: int, r: Round) -> int:
    """A bound on what p can earn at these prices; her best chain is marked in `desk.picks`.

    The concave bonus is bounded by one of its lines: exact if her hours end up where the line
    touches; else the neighbouring lines are tried and the lowest bound is kept. `lines[p]` is the
    line of the last call, where to start.
    """
    k = r.lines[p]
    least = 1 << 60
    tried = 0
    while True:
        tried |= 1 << k
        slope = m.slope[k]
        value, hours = line_at_zero(m, m.recent[p], k), m.recent[p]
        for t in range(c.p_turn[p], c.p_turn[p + 1]):
            if r.line[t] != k:
                first, last = c.block_ptr[c.turn_ptr[t]], c.block_ptr[c.turn_ptr[t + 1]]
                for i in range(first, last):
                    r.desk.weight[i] = r.paid[i] + slope * m.quarters[i]
                r.worth[t] = best_turn(c, t, r.desk)
                r.line[t] = k
                r.hours[t] = 0
                for i in range(first, last):
                    if r.desk.picks[i]:
                        r.hours[t] += m.quarters[i]
            value += r.worth[t]
            hours += r.hours[t]
        if value < least:
            least = value
            r.lines[p] = k
        low = 0 if k == 0 else m.slope_upto[k - 1]
        if low <= hours <= m.slope_upto[k]:
            return int(least)
        k = k + 1 if hours > m.slope_upto[k] else k - 1
        if tried & (1 << k):
            return int(least)
