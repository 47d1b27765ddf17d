"""Visits of a series as one bundle: its side of the market decides on one person for all.

A demanded series is done by one person or by nobody; a wished one earns a bonus for each visit
of its main person. Either way the bundle's best answer to given prices is found exactly, by
trying everybody as the main person.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from rundum_engine.solver.pairs import Nodes
from rundum_engine.solver.world import GROUPS, HAND, I8, I32, I64, WISH, Wanted


class Bundles(NamedTuple):
    """`nodes[ptr[s]:ptr[s+1]]` by visit, then person; `person` numbers people within a bundle.
    `wish` is the bonus in parts of a point, -1 where one person is demanded."""

    ptr: I64
    nodes: I32
    person: I32
    people: I32
    wish: I64


def bundles(w: Wanted, nodes: Nodes, alone: I8, wish: int) -> Bundles:
    """Series of at least two visits with one open seat each."""
    hand = np.full(len(w.visits), -1, np.int64)
    if len(w.groups):  # else every seat has its holder
        first = w.groups[np.minimum(w.visits[:, GROUPS], len(w.groups) - 1)]
        hand = np.where(alone == 1, np.maximum(first[:, HAND], first[:, WISH]), hand)
    there = np.zeros(len(hand), bool)
    there[nodes.visit] = True
    counts = np.bincount(hand[there & (hand >= 0)], minlength=int(hand.max(initial=-1)) + 1)
    chosen = np.flatnonzero(counts >= 2)
    number = np.full(len(counts) + 1, -1)
    number[chosen] = np.arange(len(chosen))
    mine = number[hand[nodes.visit]]
    picked = np.flatnonzero(mine >= 0)
    order = picked[np.lexsort((nodes.provider[picked], nodes.visit[picked], mine[picked]))]
    ptr = np.concatenate([[0], np.cumsum(np.bincount(mine[picked], minlength=len(chosen)))])
    person, people = np.zeros(len(order), np.int32), np.zeros(len(chosen), np.int32)
    bonus = np.full(len(chosen), wish, np.int64)
    for s in range(len(chosen)):
        members = order[ptr[s] : ptr[s + 1]]
        known, person[ptr[s] : ptr[s + 1]] = np.unique(nodes.provider[members], return_inverse=True)
        people[s] = len(known)
        if first[nodes.visit[members[0]], HAND] >= 0:
            bonus[s] = -1
    return Bundles(ptr.astype(np.int64), order.astype(np.int32), person, people, bonus)


@njit(cache=True)
def _gains(b: Bundles, s: int, visit: I32, top: I64, base: I64, price: I64, gain: I64) -> int:
    """What the bundle earns without a main person; `gain[p]` is what p adds as the main one."""
    gain[:] = 0
    total, n, last = 0, b.ptr[s], b.ptr[s + 1]
    while n < last:
        v, end, plain = visit[b.nodes[n]], n, 0
        while end < last and visit[b.nodes[end]] == v:
            i = b.nodes[end]
            plain = max(plain, top[v] + base[i] - price[i])
            end += 1
        if b.wish[s] < 0:
            plain = 0
        total += plain
        while n < end:
            p, best = b.person[n], 0
            while n < end and b.person[n] == p:
                i = b.nodes[n]
                best = max(best, top[v] + base[i] - price[i] + max(0, b.wish[s]) - plain)
                n += 1
            gain[p] += best
    return total


@njit(cache=True)
def best_bundle(b: Bundles, s: int, visit: I32, top: I64, base: I64, price: I64, taken: I8) -> int:
    """The best answer to these prices: its worth; `taken` marks it."""
    gain = np.empty(b.people[s], np.int64)
    total = _gains(b, s, visit, top, base, price, gain)
    main = int(np.argmax(gain))
    n, last = b.ptr[s], b.ptr[s + 1]
    while n < last:
        v, best, at = visit[b.nodes[n]], 0, -1
        while n < last and visit[b.nodes[n]] == v:
            i = b.nodes[n]
            taken[i] = 0
            worth = top[v] + base[i] - price[i]
            if b.person[n] == main:
                worth += max(0, b.wish[s])
            elif b.wish[s] < 0:
                worth = -1
            if worth > best:
                best, at = worth, i
            n += 1
        if at >= 0:
            taken[at] = 1
    return total + int(gain[main])


@njit(cache=True)
def bundle_slacks(
    b: Bundles, s: int, visit: I32, top: I64, base: I64, price: I64, out: I64
) -> None:
    """Add to each node of the bundle how much worse its best answer with this node is."""
    gain = np.empty(b.people[s], np.int64)
    without = np.empty(b.people[s], np.int64)
    total = _gains(b, s, visit, top, base, price, gain)
    best = total + gain.max()
    wish = max(0, b.wish[s])
    first, last = b.ptr[s], b.ptr[s + 1]
    while first < last:
        v, end, plain = visit[b.nodes[first]], first, 0
        without[:] = gain
        while end < last and visit[b.nodes[end]] == v:
            i = b.nodes[end]
            plain = max(plain, top[v] + base[i] - price[i])
            end += 1
        if b.wish[s] < 0:
            plain = 0
        n = first
        while n < end:
            p, more = b.person[n], 0
            while n < end and b.person[n] == p:
                i = b.nodes[n]
                more = max(more, top[v] + base[i] - price[i] + wish - plain)
                n += 1
            without[p] -= more
        highest = without.max()
        for n in range(first, end):
            i = b.nodes[n]
            worth = total - plain + top[v] + base[i] - price[i]
            if b.wish[s] < 0:
                worth += without[b.person[n]]
            else:
                worth += max(highest, without[b.person[n]] + wish)
            out[i] += max(0, best - worth)
        first = end
