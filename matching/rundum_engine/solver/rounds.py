"""One round of the market: at given prices everybody takes what is best, and a bound adds up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from rundum_engine.solver.bundles import best_bundle
from rundum_engine.solver.market import Market, line_at_zero
from rundum_engine.solver.paths import Chains, best_chain
from rundum_engine.solver.teams import best_team
from rundum_engine.solver.world import I8, I32, I64


class Round(NamedTuple):
    """What the two sides make of prices: `persons` and `visits` mark nodes, `bound` adds up."""

    persons: I8
    visits: I8
    earned: I64  # per provider
    gain: I64
    via: I32
    weight: I64
    block_best: I64
    lines: I32


def empty_round(m: Market, c: Chains) -> Round:
    n, people = len(m.visit), len(m.ptr) - 1
    return Round(
        persons=np.zeros(n, np.int8),
        visits=np.zeros(n, np.int8),
        earned=np.zeros(people, np.int64),
        gain=np.zeros(n, np.int64),
        via=np.zeros(n, np.int32),
        weight=np.zeros(n, np.int64),
        block_best=np.zeros(len(c.b_week), np.int64),
        lines=np.zeros(people, np.int32),
    )


@njit(cache=True)
def evaluate(m: Market, c: Chains, price_visit: I64, price_node: I64, r: Round) -> int:
    """The bound of these prices, times SCALE; `r` is filled."""
    total = 0
    for p in range(len(m.ptr) - 1):
        r.earned[p] = best_of_person(
            m, c, p, price_visit, price_node, r.lines, r.weight, r.gain, r.via, r.persons,
            r.block_best,
        )  # fmt: skip
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
def best_of_person(
    m: Market,
    c: Chains,
    p: int,
    price_visit: I64,
    price_node: I64,
    lines: I32,
    weight: I64,
    gain: I64,
    via: I32,
    picks: I8,
    block_best: I64,
) -> int:
    """A bound on what p can earn at these prices; her best chain is marked in `picks`.

    The concave bonus is bounded by one of its lines: exact if her hours end up where the line
    touches; else the neighbouring lines are tried and the lowest bound is kept. `lines[p]` is the
    line of the last call, where to start.
    """
    first, last = m.ptr[p], m.ptr[p + 1]
    if first == last:
        return 0
    k = lines[p]
    least = 1 << 60
    tried = 0
    while True:
        tried |= 1 << k
        slope = m.slope[k]
        for i in range(first, last):
            v = m.visit[i]
            paid = price_visit[v] + m.base[i] if m.priced[v] else price_node[i]
            weight[i] = paid + slope * m.quarters[i]
        value = best_chain(c, p, weight, gain, via, picks, block_best)
        value = int(value + line_at_zero(m, m.recent[p], k))
        if value < least:
            least = value
            lines[p] = k
        hours = m.recent[p]
        for i in range(first, last):
            if picks[i]:
                hours += m.quarters[i]
        low = 0 if k == 0 else m.slope_upto[k - 1]
        if low <= hours <= m.slope_upto[k]:
            return min(value, least)
        k = k + 1 if hours > m.slope_upto[k] else k - 1
        if tried & (1 << k):
            return least
