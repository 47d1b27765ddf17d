"""The visits' side of the market where several seats hang together: the best team at prices."""

from __future__ import annotations

import numpy as np
from numba import njit

from rundum_engine.solver.market import Market
from rundum_engine.solver.seating import CANNOT, seating
from rundum_engine.solver.world import I8, I64


@njit(cache=True)
def best_team(m: Market, v: int, price_node: I64, taken: I8) -> int:
    """What a visit with several seats earns at these prices; its team is marked in `taken`.

    The best few of each group by themselves, unless that needs somebody twice.
    """
    best, at, seated = 0, -1, False
    for a in range(m.a_ptr[v], m.a_ptr[v + 1]):
        total, complete = m.value[v] - m.a_cost[a], True
        for g in range(m.g_ptr[v], m.g_ptr[v + 1]):
            cell = m.a_cell[a] + g - m.g_ptr[v]
            for n in range(m.cell_ptr[cell], m.cell_ptr[cell + 1]):
                taken[m.cell_nodes[n]] = 0
            if complete:
                worth = best_few(m, cell, g, price_node, taken, False)
                complete = worth > -(1 << 59)
                total += worth
        if not complete or total <= best:
            continue
        if m.g_ptr[v + 1] - m.g_ptr[v] > 1:
            _mark(m, v, a, price_node, taken)
            if _twice(m, v, a, taken):
                total = m.value[v] - m.a_cost[a] + _seated(m, v, a, price_node, taken, False)
                if total > best:
                    best, at, seated = total, a, True
                _clear(m, v, a, taken)
                continue
            _clear(m, v, a, taken)
        best, at, seated = total, a, False
    if at >= 0:
        if seated:
            _seated(m, v, at, price_node, taken, True)
        else:
            _mark(m, v, at, price_node, taken)
    return best


@njit(cache=True)
def _mark(m: Market, v: int, a: int, price_node: I64, taken: I8) -> None:
    for g in range(m.g_ptr[v], m.g_ptr[v + 1]):
        best_few(m, m.a_cell[a] + g - m.g_ptr[v], g, price_node, taken, True)


@njit(cache=True)
def _clear(m: Market, v: int, a: int, taken: I8) -> None:
    first = m.a_cell[a]
    last = first + m.g_ptr[v + 1] - m.g_ptr[v]
    for n in range(m.cell_ptr[first], m.cell_ptr[last]):
        taken[m.cell_nodes[n]] = 0


@njit(cache=True)
def _twice(m: Market, v: int, a: int, taken: I8) -> bool:
    """Whether somebody is marked on two seats."""
    first = m.a_cell[a]
    last = first + m.g_ptr[v + 1] - m.g_ptr[v]
    for n in range(m.cell_ptr[first], m.cell_ptr[last]):
        if taken[m.cell_nodes[n]]:
            for o in range(n + 1, m.cell_ptr[last]):
                i, j = m.cell_nodes[n], m.cell_nodes[o]
                if taken[j] and m.provider[i] == m.provider[j]:
                    return True
    return False


@njit(cache=True)
def _seated(m: Market, v: int, a: int, price_node: I64, taken: I8, mark: bool) -> int:
    """The best seating of a variant with everybody on one seat only."""
    first, groups = m.a_cell[a], m.g_ptr[v + 1] - m.g_ptr[v]
    seats = 0
    for g in range(m.g_ptr[v], m.g_ptr[v + 1]):
        seats += m.g_count[g]
    low, high = m.cell_ptr[first], m.cell_ptr[first + groups]
    people = np.unique(m.provider[m.cell_nodes[low:high]])
    worth = np.full((seats, len(people)), CANNOT, np.int64)
    node = np.full((seats, len(people)), -1, np.int64)
    required, chosen = np.zeros(seats, np.int64), np.full(seats, -1, np.int64)
    s = 0
    for g in range(groups):
        group = m.g_ptr[v] + g
        for _ in range(m.g_count[group]):
            required[s] = m.g_required[group]
            for n in range(m.cell_ptr[first + g], m.cell_ptr[first + g + 1]):
                i = m.cell_nodes[n]
                p = np.searchsorted(people, m.provider[i])
                extra = 0 if m.g_required[group] else m.g_value[group]
                worth[s, p], node[s, p] = m.base[i] - price_node[i] + extra, i
            s += 1
    total = seating(worth, required, chosen)
    if mark:
        for s in range(seats):
            if chosen[s] >= 0:
                taken[node[s, chosen[s]]] = 1
    return total


@njit(cache=True)
def best_few(m: Market, cell: int, g: int, price_node: I64, taken: I8, mark: bool) -> int:
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
