"""The best chain of one person's week for given weights: what she would rather do.

A longest path per block; where a cap on hours bites, the path carries the hours used as a state.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from rundum_engine.solver.paths import FAR32, MOST_UNITS, Chains
from rundum_engine.solver.world import I8, I32, I64


class Desk(NamedTuple):
    """Room for the work of `best_turn`; `picks` marks the chains chosen last."""

    weight: I64
    gain: I64
    via: I32
    picks: I8
    table: I64  # [node of a turn, units]
    profile: I64  # [block of a turn, units]
    sums: I64


def empty_desk(c: Chains) -> Desk:
    n = len(c.minutes)
    size = int(np.diff(c.block_ptr[c.turn_ptr]).max(initial=1))
    blocks = int(np.diff(c.turn_ptr).max(initial=1))
    return Desk(
        weight=np.zeros(n, np.int64),
        gain=np.zeros(n, np.int64),
        via=np.zeros(n, np.int32),
        picks=np.zeros(n, np.int8),
        table=np.zeros((size, MOST_UNITS + 1), np.int64),
        profile=np.zeros((blocks, MOST_UNITS + 1), np.int64),
        sums=np.zeros((blocks + 1, MOST_UNITS + 1), np.int64),
    )


@njit(cache=True)
def best_turn(c: Chains, t: int, d: Desk) -> int:
    """The best chains of a turn within its caps per day and week; `d.picks` marks them."""
    used, over, value = 0, False, 0
    for b in range(c.turn_ptr[t], c.turn_ptr[t + 1]):
        value += _best_block(c, b, d)
        here = 0
        for i in range(c.block_ptr[b], c.block_ptr[b + 1]):
            if d.picks[i]:
                here += c.minutes[i]
        over = over or here > c.b_cap[b]
        used += here
    if over or used > c.t_cap[t]:
        value = _capped_turn(c, t, d)
    return value


@njit(cache=True)
def _best_block(c: Chains, b: int, d: Desk) -> int:
    """The best chain of a block: its value; `d.gain[i]` is the best before i."""
    best, at = 0, -1
    for i in range(c.block_ptr[b], c.block_ptr[b + 1]):
        most, source = 0, -1
        for e in range(c.edge_ptr[i], c.edge_ptr[i + 1]):
            j = c.edge_src[e]
            value = d.gain[j] + max(0, d.weight[j])
            if value > most:
                most, source = value, j
        d.gain[i], d.via[i] = most, source
        d.picks[i] = 0
        if most + d.weight[i] > best:
            best, at = most + d.weight[i], i
    while at >= 0:
        d.picks[at] = d.weight[at] > 0
        at = d.via[at]
    return best


@njit(cache=True)
def _capped_turn(c: Chains, t: int, d: Desk) -> int:
    """Hours as a state: per block what so many units earn, then a knapsack over the blocks."""
    first, last, unit = c.turn_ptr[t], c.turn_ptr[t + 1], c.t_unit[t]
    without, zero = c.t_cap[t] == FAR32, c.block_ptr[first]
    total = 0
    most = 0 if without else c.t_cap[t] // unit
    d.sums[0, : most + 1] = 0
    for b in range(first, last):
        if without and c.b_cap[b] == FAR32:
            total += _best_block(c, b, d)
            continue
        limit = c.b_cap[b] // unit
        if not without:
            limit = min(limit, most)
        profile = d.profile[b - first]
        _profile(c, b, zero, limit, d, profile)
        if without:
            total += profile[limit]
            _picks(c, b, zero, limit, d, profile[limit])
            continue
        old, new = d.sums[b - first], d.sums[b - first + 1]
        reached = profile[0]
        for x in range(most + 1):
            new[x] = old[x] + reached
        for u in range(1, limit + 1):
            worth = profile[u]
            if worth > reached:
                reached = worth
                with_it = new[u : most + 1]
                for x in range(len(with_it)):
                    with_it[x] = max(with_it[x], old[x] + worth)
    if without:
        return total
    left = most
    for b in range(last - 1, first - 1, -1):
        old, profile, value = d.sums[b - first], d.profile[b - first], d.sums[b - first + 1, left]
        limit, u = min(most, c.b_cap[b] // unit), 0
        while old[left - u] + profile[u] != value:
            u += 1
        if profile[u]:
            _picks(c, b, zero, u, d, profile[u])
        else:
            d.picks[c.block_ptr[b] : c.block_ptr[b + 1]] = 0
        left -= u
    return int(d.sums[last - first, most])


@njit(cache=True)
def _profile(c: Chains, b: int, zero: int, most: int, d: Desk, profile: I64) -> None:
    """profile[u]: the best chain of the block with at most u units; `d.table[i - zero]` the same
    up to node i."""
    first, last = c.block_ptr[b], c.block_ptr[b + 1]
    for u in range(most + 1):
        profile[u] = 0
    if c.edge_ptr[first] == c.edge_ptr[last]:
        for i in range(first, last):
            if c.units[i] <= most:
                profile[c.units[i]] = max(profile[c.units[i]], d.weight[i])
        for u in range(1, most + 1):
            profile[u] = max(profile[u], profile[u - 1])
        return
    for i in range(first, last):
        row, used, worth = d.table[i - zero], c.units[i], d.weight[i]
        begin, end = c.edge_ptr[i], c.edge_ptr[i + 1]
        if worth > 0 and used <= most:
            with_it = row[used : most + 1]
            for u in range(used):
                row[u] = 0
            for u in range(len(with_it)):
                with_it[u] = worth
            for e in range(begin, end):
                other = d.table[c.edge_src[e] - zero]
                for u in range(len(with_it)):
                    with_it[u] = max(with_it[u], other[u] + worth)
        else:
            for u in range(most + 1):
                row[u] = 0
        for e in range(begin, end):
            other = d.table[c.edge_src[e] - zero]
            for u in range(most + 1):
                row[u] = max(row[u], other[u])
        if c.last[i]:
            for u in range(most + 1):
                profile[u] = max(profile[u], row[u])


@njit(cache=True)
def _picks(c: Chains, b: int, zero: int, left: int, d: Desk, value: int) -> None:
    """Mark a chain of this value with at most `left` units, by walking the table back."""
    first, last = c.block_ptr[b], c.block_ptr[b + 1]
    d.picks[first:last] = 0
    if value <= 0:
        return
    if c.edge_ptr[first] == c.edge_ptr[last]:
        for i in range(first, last):
            if d.weight[i] == value and c.units[i] <= left:
                d.picks[i] = 1
                return
    at = first
    while d.table[at - zero, left] != value:
        at += 1
    while value > 0:
        via = _via(c, at, zero, left, value, d)
        if via < 0:
            d.picks[at] = 1
            left -= c.units[at]
            value -= d.weight[at]
            via = _via(c, at, zero, left, value, d)
        at = via


@njit(cache=True)
def _via(c: Chains, at: int, zero: int, left: int, value: int, d: Desk) -> int:
    """An immediate predecessor up to which a chain of this value leads, -1 without one."""
    for e in range(c.edge_ptr[at], c.edge_ptr[at + 1]):
        if d.table[c.edge_src[e] - zero, left] == value:
            return int(c.edge_src[e])
    return -1
