"""By how much the bound falls if a node is taken: what can't be in a better plan is fixed by it."""

from __future__ import annotations

import numpy as np
from numba import njit

from rundum_engine.solver.bundles import bundle_slacks
from rundum_engine.solver.market import Market, line_at_zero
from rundum_engine.solver.paths import Chains
from rundum_engine.solver.rounds import Round
from rundum_engine.solver.teams import best_few, best_team
from rundum_engine.solver.world import I64


@njit(cache=True)
def slacks(m: Market, c: Chains, price_node: I64, r: Round) -> I64:
    """Per node: by how much the bound at least falls if this person takes this node.

    Of one bundle with the bound: `r` must hold the evaluation of the same prices. The line under
    which her bound was lowest is used again, caps are left out (that makes slacks smaller, never
    larger); of visits with several seats the team's side is added.
    """
    out = np.zeros(len(m.visit), np.int64)
    tail = np.zeros(len(m.visit), np.int64)
    scratch = np.zeros(len(m.visit), np.int8)
    d, block_best = r.desk, np.zeros(len(c.b_cap), np.int64)
    for p in range(len(m.ptr) - 1):
        first, last = m.ptr[p], m.ptr[p + 1]
        if first == last:
            continue
        slope, total = m.slope[r.lines[p]], line_at_zero(m, m.recent[p], r.lines[p])
        for i in range(first, last):
            d.weight[i] = r.paid[i] + slope * m.quarters[i]
        first_block, last_block = c.turn_ptr[c.p_turn[p]], c.turn_ptr[c.p_turn[p + 1]]
        for b in range(first_block, last_block):
            best = 0
            for i in range(c.block_ptr[b], c.block_ptr[b + 1]):
                most = 0
                for e in range(c.edge_ptr[i], c.edge_ptr[i + 1]):
                    j = c.edge_src[e]
                    most = max(most, d.gain[j] + max(0, d.weight[j]))
                d.gain[i] = most
                best = max(best, most + d.weight[i])
            block_best[b] = best
            total += best
        for b in range(first_block, last_block):
            for i in range(c.block_ptr[b + 1] - 1, c.block_ptr[b] - 1, -1):
                for e in range(c.edge_ptr[i], c.edge_ptr[i + 1]):
                    j = c.edge_src[e]
                    tail[j] = max(tail[j], tail[i] + max(0, d.weight[i]))
                forced = total - block_best[b] + d.gain[i] + d.weight[i] + tail[i]
                out[i] = max(0, r.earned[p] - forced)
    for v in range(len(m.top)):
        if not m.alone[v] and m.g_ptr[v + 1] > m.g_ptr[v]:
            _team_slacks(m, v, price_node, best_team(m, v, price_node, scratch), out)
    for s in range(len(m.series.wish)):
        bundle_slacks(m.series, s, m.visit, m.top, m.base, price_node, out)
    return out


@njit(cache=True)
def _team_slacks(m: Market, v: int, price_node: I64, best: int, out: I64) -> None:
    """How much worse the best team with each node at least is than `best`, the best of all.

    Somebody may have two seats in a team with the node: that makes slacks smaller, never larger.
    """
    firsts = np.zeros(m.a_ptr[v + 1] - m.a_ptr[v], np.int64)
    for a in range(m.a_ptr[v], m.a_ptr[v + 1]):
        total, complete = m.value[v] - m.a_cost[a], True
        for g in range(m.g_ptr[v], m.g_ptr[v + 1]):
            if complete:
                cell = m.a_cell[a] + g - m.g_ptr[v]
                worth = best_few(m, cell, g, price_node, np.zeros(0, np.int8), False)
                complete = worth > -(1 << 59)
                total += worth
        firsts[a - m.a_ptr[v]] = total if complete else -(1 << 59)
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
        return int(top[need - 1])
    return max(0, int(top[need - 1]))
