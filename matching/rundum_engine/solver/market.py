"""The problem as a market: what visits pay, and what the two sides make of given prices.

Lagrangian relaxation. A visit with one open seat has one price; each node of a visit with several
has its own (so that nobody "buys" half a group). At given prices every person takes her best
chain and every visit its best team, independently; what they are worth together is a bound on
every plan. All of it in integers, in parts of a point (`SCALE`), so a bound is exact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from rundum_engine.scoring import fairness_slopes
from rundum_engine.solver.pairs import Nodes
from rundum_engine.solver.paths import Chains, best_chain
from rundum_engine.solver.world import (
    COST,
    COUNT,
    EXTRA,
    GROUPS,
    I8,
    I32,
    I64,
    RECENT,
    REQUIRED,
    VARIANTS,
    VISIT,
    World,
)

SCALE = 16


class Market(NamedTuple):
    """`base` is what a node adds, `top` what a visit with one open seat pays at most; `alone` is
    1 for those. Cells are (variant, group) of the others: `a_cell[a]` is the first of variant a."""

    ptr: I64
    visit: I32
    base: I64
    quarters: I32
    alone: I8
    top: I64
    value: I64
    a_ptr: I32
    a_cost: I64
    a_cell: I64
    cell_ptr: I64
    cell_nodes: I32
    g_ptr: I32
    g_count: I32
    g_required: I8
    g_value: I64
    recent: I64
    slope_upto: I64  # fairness: quarters up to which
    slope: I64  # points per quarter, times SCALE; the last one is 0


class Prices(NamedTuple):
    """One bundle: nothing of it is changed once it is made."""

    visit: I64
    node: I64
    bound: int


def market(world: World, nodes: Nodes, value: I64, extra: I64, fair: bool = True) -> Market:
    """`value` per visit in points; `extra` is added to each node's score (bonuses of series).

    Without `fair` (in the first tier) fairness, extra seats and costs of a start count nothing.
    """
    w, weights = world.wanted, world.index.weights
    open_seats = np.zeros(len(w.visits), np.int64)
    np.add.at(open_seats, w.groups[:, VISIT], w.groups[:, COUNT])
    alone = (open_seats == 1).astype(np.int8)
    single = np.flatnonzero(alone)
    top = np.zeros(len(open_seats), np.int64)
    group = w.groups[w.visits[single, GROUPS]]
    g_value = w.groups[:, EXTRA] * int(fair)
    a_cost = w.variants[:, COST] * int(fair)
    top[single] = np.where(
        group[:, REQUIRED] == 1, value[single], g_value[w.visits[single, GROUPS]]
    )
    first_group = w.visits[:, GROUPS]
    cells = (w.visits[:, GROUPS + 1] - first_group)[w.variants[:, VISIT]]
    a_cell = np.concatenate([[0], np.cumsum(cells)]).astype(np.int64)
    cell = a_cell[nodes.variant] + nodes.group - first_group[nodes.visit]
    grouped = np.flatnonzero(alone[nodes.visit] == 0)
    order = grouped[np.argsort(cell[grouped], kind="stable")]
    counts = np.bincount(cell[grouped], minlength=a_cell[-1])
    cost = np.where(alone[nodes.visit] == 1, a_cost[nodes.variant], 0)
    slopes = fairness_slopes(weights) if fair else ()
    return Market(
        ptr=nodes.ptr,
        visit=nodes.visit,
        base=(nodes.score + extra - cost) * SCALE,
        quarters=nodes.quarters,
        alone=alone,
        top=top * SCALE,
        value=value * SCALE,
        a_ptr=_offsets(w.visits[:, VARIANTS : VARIANTS + 2]),
        a_cost=a_cost * SCALE,
        a_cell=a_cell,
        cell_ptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        cell_nodes=order.astype(np.int32),
        g_ptr=_offsets(w.visits[:, GROUPS : GROUPS + 2]),
        g_count=w.groups[:, COUNT].astype(np.int32),
        g_required=w.groups[:, REQUIRED].astype(np.int8),
        g_value=g_value * SCALE,
        recent=world.facts.people[:, RECENT].copy(),
        slope_upto=np.array([upto for upto, _ in slopes] + [1 << 40], np.int64),
        slope=np.array([points * SCALE for _, points in slopes] + [0], np.int64),
    )


def _offsets(ranges: I64) -> I32:
    """[first, last) of each row, adjoining, as one list of offsets."""
    return np.concatenate([[0], ranges[:, 1]]).astype(np.int32)


@njit(cache=True)
def bonus(m: Market, quarters: int) -> int:
    """`scoring.fairness`, times SCALE."""
    total, before = 0, 0
    for k in range(len(m.slope)):
        total += m.slope[k] * max(0, min(quarters, m.slope_upto[k]) - before)
        before = m.slope_upto[k]
    return total


@njit(cache=True)
def line_at_zero(m: Market, recent: int, k: int) -> int:
    """Where the k-th line over the concave bonus of further quarters meets zero of them."""
    low = 0 if k == 0 else m.slope_upto[k - 1]
    return int(bonus(m, low) + m.slope[k] * (recent - low) - bonus(m, recent))


@njit(cache=True)
def segment(m: Market, quarters: int) -> int:
    k = 0
    while quarters > m.slope_upto[k]:
        k += 1
    return k


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
    least = np.int64(1) << 60
    tried = 0
    while True:
        tried |= 1 << k
        slope = m.slope[k]
        for i in range(first, last):
            v = m.visit[i]
            paid = price_visit[v] + m.base[i] if m.alone[v] else price_node[i]
            weight[i] = paid + slope * m.quarters[i]
        value = best_chain(c, p, weight, gain, via, picks, block_best)
        value += line_at_zero(m, m.recent[p], k)
        if value < least:
            least = value
            lines[p] = k
        hours = m.recent[p]
        for i in range(first, last):
            if picks[i]:
                hours += m.quarters[i]
        low = 0 if k == 0 else m.slope_upto[k - 1]
        if low <= hours <= m.slope_upto[k]:
            return int(value) if value < least else int(least)
        k = k + 1 if hours > m.slope_upto[k] else k - 1
        if tried & (1 << k):
            return int(least)


@njit(cache=True)
def best_team(m: Market, v: int, price_node: I64, taken: I8) -> int:
    """What a visit with several seats earns at these prices; its team is marked in `taken`."""
    best, at = 0, -1
    for a in range(m.a_ptr[v], m.a_ptr[v + 1]):
        total, complete = m.value[v] - m.a_cost[a], True
        for g in range(m.g_ptr[v], m.g_ptr[v + 1]):
            cell = m.a_cell[a] + g - m.g_ptr[v]
            for n in range(m.cell_ptr[cell], m.cell_ptr[cell + 1]):
                taken[m.cell_nodes[n]] = 0
            if complete:
                worth = _best_few(m, cell, g, price_node, taken, False)
                complete = worth > -(1 << 59)
                total += worth
        if complete and total > best:
            best, at = total, a
    if at >= 0:
        for g in range(m.g_ptr[v], m.g_ptr[v + 1]):
            _best_few(m, m.a_cell[at] + g - m.g_ptr[v], g, price_node, taken, True)
    return best


@njit(cache=True)
def _best_few(m: Market, cell: int, g: int, price_node: I64, taken: I8, mark: bool) -> int:
    """The `g_count` best nodes of a cell; of extra seats only those that add something."""
    first, last = m.cell_ptr[cell], m.cell_ptr[cell + 1]
    need = m.g_count[g]
    if m.g_required[g] and last - first < need:
        return -(1 << 60)
    total = 0
    top = np.empty(need, np.int64)
    who = np.full(need, -1, np.int64)
    held = 0
    for n in range(first, last):
        i = m.cell_nodes[n]
        net = m.base[i] - price_node[i]
        if not m.g_required[g]:
            net += m.g_value[g]
            if net <= 0:
                continue
        if held < need:
            at = held
            held += 1
        elif net > top[need - 1]:
            at = need - 1
        else:
            continue
        while at > 0 and top[at - 1] < net:
            top[at], who[at] = top[at - 1], who[at - 1]
            at -= 1
        top[at], who[at] = net, i
    for k in range(held):
        total += top[k]
        if mark:
            taken[who[k]] = 1
    return total


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
        if m.alone[v]:
            total += max(0, m.top[v] - price_visit[v])
        elif m.g_ptr[v + 1] > m.g_ptr[v]:
            total += best_team(m, v, price_node, r.visits)
    return total


@njit(cache=True)
def slacks(m: Market, c: Chains, price_visit: I64, price_node: I64, r: Round) -> I64:
    """Per node: by how much the bound at least falls if this person takes this node.

    Of one bundle with the bound: `r` must hold the evaluation of the same prices. The line under
    which her bound was lowest is used again, caps are left out (that makes slacks smaller, never
    larger); of visits with several seats the team's side is added.
    """
    out = np.zeros(len(m.visit), np.int64)
    tail = np.zeros(len(m.visit), np.int64)
    for p in range(len(m.ptr) - 1):
        first, last = m.ptr[p], m.ptr[p + 1]
        if first == last:
            continue
        slope, total = m.slope[r.lines[p]], line_at_zero(m, m.recent[p], r.lines[p])
        for i in range(first, last):
            v = m.visit[i]
            paid = price_visit[v] + m.base[i] if m.alone[v] else price_node[i]
            r.weight[i] = paid + slope * m.quarters[i]
        for b in range(c.p_block[p], c.p_block[p + 1]):
            best = 0
            for i in range(c.block_ptr[b], c.block_ptr[b + 1]):
                most = 0
                for e in range(c.edge_ptr[i], c.edge_ptr[i + 1]):
                    j = c.edge_src[e]
                    most = max(most, r.gain[j] + max(0, r.weight[j]))
                r.gain[i] = most
                best = max(best, most + r.weight[i])
            r.block_best[b] = best
            total += best
        for b in range(c.p_block[p], c.p_block[p + 1]):
            for i in range(c.block_ptr[b + 1] - 1, c.block_ptr[b] - 1, -1):
                for e in range(c.edge_ptr[i], c.edge_ptr[i + 1]):
                    j = c.edge_src[e]
                    tail[j] = max(tail[j], tail[i] + max(0, r.weight[i]))
                forced = total - r.block_best[b] + r.gain[i] + r.weight[i] + tail[i]
                out[i] = max(0, r.earned[p] - forced)
    for v in range(len(m.top)):
        if not m.alone[v] and m.g_ptr[v + 1] > m.g_ptr[v]:
            _team_slacks(m, v, price_node, out)
    return out


@njit(cache=True)
def _team_slacks(m: Market, v: int, price_node: I64, out: I64) -> None:
    """How much worse the best team with each node is than the best team (or none)."""
    best = 0
    firsts = np.zeros(m.a_ptr[v + 1] - m.a_ptr[v], np.int64)
    for a in range(m.a_ptr[v], m.a_ptr[v + 1]):
        total, complete = m.value[v] - m.a_cost[a], True
        for g in range(m.g_ptr[v], m.g_ptr[v + 1]):
            if complete:
                cell = m.a_cell[a] + g - m.g_ptr[v]
                worth = _best_few(m, cell, g, price_node, np.zeros(0, np.int8), False)
                complete = worth > -(1 << 59)
                total += worth
        firsts[a - m.a_ptr[v]] = total if complete else -(1 << 59)
        if complete:
            best = max(best, total)
    for a in range(m.a_ptr[v], m.a_ptr[v + 1]):
        for g in range(m.g_ptr[v], m.g_ptr[v + 1]):
            cell = m.a_cell[a] + g - m.g_ptr[v]
            least = _least_taken(m, cell, g, price_node)
            for n in range(m.cell_ptr[cell], m.cell_ptr[cell + 1]):
                i = m.cell_nodes[n]
                net = m.base[i] - price_node[i] + (0 if m.g_required[g] else m.g_value[g])
                worse = max(0, least - net)
                out[i] += max(0, best - (firsts[a - m.a_ptr[v]] - worse))


@njit(cache=True)
def _least_taken(m: Market, cell: int, g: int, price_node: I64) -> int:
    """What the last of the `g_count` best nodes of a cell adds (0 for an extra seat left free)."""
    need = m.g_count[g]
    top = np.full(need, -(1 << 60), np.int64)
    for n in range(m.cell_ptr[cell], m.cell_ptr[cell + 1]):
        i = m.cell_nodes[n]
        net = m.base[i] - price_node[i] + (0 if m.g_required[g] else m.g_value[g])
        if net > top[need - 1]:
            at = need - 1
            while at > 0 and top[at - 1] < net:
                top[at] = top[at - 1]
                at -= 1
            top[at] = net
    if m.g_required[g]:
        return top[need - 1]
    return max(0, top[need - 1])
