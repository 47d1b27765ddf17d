"""What one person could do together: her nodes as chains.

Ways are rounded up and closed under the triangle inequality, so "before" is transitive: a set of
visits is possible iff it is a chain, and the best set is a longest path. Time is cut into blocks
in which nothing clashes with anything outside; per block only the immediate predecessors are
kept. `turns` finds the best chain for given weights.

What the chains leave out (rolling caps, days of work, caps that hold for some of her visits only,
demanded series) makes the best chain too good, never too bad: bounds stay valid.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from rundum_engine.solver.pairs import Nodes
from rundum_engine.solver.rules import day_of, overlap, subject, way
from rundum_engine.solver.world import (
    ASKER,
    CAP,
    CAPS,
    FROM,
    HOME,
    I8,
    I32,
    I64,
    REST,
    RESTS,
    TO,
    Facts,
    Wanted,
)

MOST_UNITS = 160


class Chains(NamedTuple):
    """`edge_src[edge_ptr[i]:edge_ptr[i+1]]` are the immediate predecessors of node i.

    A turn is one person's week: hours count by day and week, so her turns are independent.
    """

    edge_ptr: I64
    edge_src: I32
    block_ptr: I64  # nodes of a block
    turn_ptr: I64  # blocks of a turn
    p_turn: I64  # turns of a provider
    b_cap: I32  # minutes left on the block's day, FAR32 without a cap
    t_cap: I32  # minutes left in the turn's week
    t_unit: I32  # minutes of the turn's unit, in which hours are a state
    minutes: I32  # of a node, as far as they count into its block's day and week
    units: I32  # the same in units of its turn, begun ones left out
    last: I8  # nobody's predecessor


FAR32 = np.int32(1 << 30)


def chains(f: Facts, w: Wanted, nodes: Nodes) -> Chains:
    """The chains of all providers."""
    room = 4 * len(nodes.start) + 64
    day_cap, week_cap = _uniform_caps(f, w, nodes)
    while True:
        edge_ptr = np.zeros(len(nodes.start) + 1, np.int64)
        edge_src = np.empty(room, np.int32)
        cuts = np.zeros(len(nodes.start) + 1, np.int8)
        count = _link(f, w, nodes, edge_ptr, edge_src, cuts)
        if count <= room:
            break
        room = count
    firsts = np.flatnonzero(cuts[:-1])
    block_ptr = np.concatenate([firsts, [len(nodes.start)]]).astype(np.int64)
    b_week, b_cap, minutes = _measure(f, nodes, block_ptr, day_cap)
    person = nodes.provider[firsts]
    fresh = np.ones(len(firsts), bool)
    fresh[1:] = (np.diff(person) != 0) | (np.diff(b_week) != 0)
    turns = np.flatnonzero(fresh)
    turn_ptr = np.concatenate([turns, [len(firsts)]]).astype(np.int64)
    p_turn = np.searchsorted(person[turns], np.arange(len(nodes.ptr))).astype(np.int64)
    t_cap = week_cap[person[turns], b_week[turns]]
    t_unit, units = _units(block_ptr, turn_ptr, b_cap, t_cap, minutes)
    last = np.ones(len(nodes.start), np.int8)
    last[edge_src[:count]] = 0
    return Chains(
        edge_ptr, edge_src[:count].copy(), block_ptr, turn_ptr, p_turn, b_cap, t_cap, t_unit,
        minutes, units, last,
    )  # fmt: skip


@njit(cache=True)
def rests_between(f: Facts, w: Wanted, nodes: Nodes, i: int, j: int) -> int:
    """The longest rest that some limit wants between these two nodes of one provider."""
    p = nodes.provider[i]
    least = 0
    if not f.people[p, RESTS + 1] or day_of(f, nodes.start[i]) == day_of(f, nodes.start[j]):
        return 0
    for c in range(f.people[p, RESTS + 1]):
        row = f.people[p, RESTS] + c * REST
        for one in range(2):
            k = i if one == 0 else j
            asker = w.visits[nodes.visit[k], ASKER]
            if subject(f.lists, row, asker, nodes.start[k], nodes.waived[k], 21 + min(c, 20)):
                least = max(least, f.lists[row + 3])
    return least


@njit(cache=True)
def before(f: Facts, w: Wanted, nodes: Nodes, i: int, j: int, ample: int) -> bool:
    """Whether the provider of both can do i and then j, as far as the two alone decide.

    A gap of `ample` minutes is enough for any way of hers.
    """
    gap = nodes.start[j] - nodes.end[i]
    if gap < 0 or nodes.visit[i] == nodes.visit[j]:
        return False
    p = nodes.provider[i]
    close = gap < ample
    if close and gap < way(f, p, w.visits[nodes.visit[i], TO], w.visits[nodes.visit[j], FROM]):
        return False
    return bool(f.people[p, RESTS + 1] == 0 or gap >= rests_between(f, w, nodes, i, j))


@njit(cache=True)
def ample_way(f: Facts, w: Wanted, nodes: Nodes, p: int) -> int:
    """No way between two of her nodes is longer: there and back home is a way, too."""
    most = 0
    for i in range(nodes.ptr[p], nodes.ptr[p + 1]):
        most = max(most, way(f, p, f.people[p, HOME], w.visits[nodes.visit[i], FROM]))
        most = max(most, way(f, p, w.visits[nodes.visit[i], TO], f.people[p, HOME]))
    return 2 * most


@njit(cache=True)
def _link(f: Facts, w: Wanted, nodes: Nodes, edge_ptr: I64, edge_src: I32, cuts: I8) -> int:
    """Cut into blocks and write the immediate predecessors; how many there are."""
    room, count = len(edge_src), 0
    low = np.empty(len(nodes.start), np.int64)
    for p in range(len(nodes.ptr) - 1):
        first, last = nodes.ptr[p], nodes.ptr[p + 1]
        longest, rest = 0, 0
        ample = ample_way(f, w, nodes, p)
        for i in range(first, last):
            longest = max(longest, nodes.end[i] - nodes.start[i])
        for c in range(f.people[p, RESTS + 1]):
            rest = max(rest, f.lists[f.people[p, RESTS] + c * REST + 3])
        window = longest + max(ample, rest)
        for j in range(first, last):
            low[j] = j
            for i in range(j - 1, first - 1, -1):
                if nodes.start[i] + window <= nodes.start[j]:
                    break
                if not before(f, w, nodes, i, j, ample):
                    low[j] = i
        least = last
        for j in range(last - 1, first - 1, -1):
            least = min(least, low[j])
            if least >= j:
                cuts[j] = 1
        begin = first
        while begin < last:
            end = begin + 1
            while end < last and cuts[end] == 0:
                end += 1
            count = _link_block(f, w, nodes, begin, end, ample, edge_ptr, edge_src, count, room)
            begin = end
    return count


@njit(cache=True)
def _link_block(
    f: Facts,
    w: Wanted,
    nodes: Nodes,
    begin: int,
    end: int,
    ample: int,
    edge_ptr: I64,
    edge_src: I32,
    count: int,
    room: int,
) -> int:
    size = end - begin
    words = (size + 63) // 64
    preds = np.zeros((size, words), np.uint64)
    covered = np.zeros(words, np.uint64)
    for j in range(size):
        covered[:] = 0
        for i in range(j):
            if before(f, w, nodes, begin + i, begin + j, ample):
                preds[j, i >> 6] |= np.uint64(1) << np.uint64(i & 63)
                for k in range(words):
                    covered[k] |= preds[i, k]
        for i in range(j):
            bit = np.uint64(1) << np.uint64(i & 63)
            if preds[j, i >> 6] & bit and not covered[i >> 6] & bit:
                if count < room:
                    edge_src[count] = begin + i
                count += 1
        edge_ptr[begin + j + 1] = count
    return count


@njit(cache=True)
def _uniform_caps(f: Facts, w: Wanted, nodes: Nodes) -> tuple[I32, I32]:
    """Minutes left per local day and week, of the caps that hold for all of her nodes there."""
    people, days = len(nodes.ptr) - 1, len(f.midnights) - 1
    weeks = (days - 1 + f.first_weekday) // 7 + 1
    day_cap = np.full((people, days), FAR32, np.int32)
    week_cap = np.full((people, weeks), FAR32, np.int32)
    mixed = np.zeros(days, np.int8)
    for p in range(people):
        for c in range(f.people[p, CAPS + 1]):
            row = f.people[p, CAPS] + c * CAP
            most, kind = f.lists[row + 3], f.lists[row + 4]
            if kind == 2:
                continue
            mixed[:] = 0
            for i in range(nodes.ptr[p], nodes.ptr[p + 1]):
                start, asker = nodes.start[i], w.visits[nodes.visit[i], ASKER]
                if subject(f.lists, row, asker, start, nodes.waived[i], min(c, 20)):
                    continue
                last = min(day_of(f, nodes.end[i] - 1), days - 1)
                for day in range(max(day_of(f, start), 0), last + 1):
                    mixed[day] = 1
            if kind == 0:
                for day in range(days):
                    if not mixed[day]:
                        left = most - (f.load[p, day + 1] - f.load[p, day])
                        day_cap[p, day] = max(0, min(day_cap[p, day], left))
            else:
                for week in range(weeks):
                    monday = max(0, week * 7 - f.first_weekday)
                    after = min(days, week * 7 - f.first_weekday + 7)
                    if not mixed[monday:after].any():
                        left = most - (f.load[p, after] - f.load[p, monday])
                        week_cap[p, week] = max(0, min(week_cap[p, week], left))
    return day_cap, week_cap


@njit(cache=True)
def _measure(f: Facts, nodes: Nodes, block_ptr: I64, day_cap: I32) -> tuple[I32, I32, I32]:
    """Week and day cap of each block, and each node's minutes in them."""
    blocks = len(block_ptr) - 1
    b_week, b_cap = np.zeros(blocks, np.int32), np.full(blocks, FAR32, np.int32)
    counted = np.zeros(len(nodes.start), np.int32)
    days = len(f.midnights) - 1
    for b in range(blocks):
        first, last = block_ptr[b], block_ptr[b + 1]
        day = day_of(f, nodes.start[first])
        week = (day + f.first_weekday) // 7
        b_week[b] = week
        single = True
        for i in range(first, last):
            single = single and day_of(f, nodes.start[i]) == day
        monday = max(0, week * 7 - f.first_weekday)
        after = min(days, week * 7 - f.first_weekday + 7)
        low, high = f.midnights[monday], f.midnights[after]
        if single:
            low, high = f.midnights[day], f.midnights[day + 1]
            b_cap[b] = day_cap[nodes.provider[first], day]
        for i in range(first, last):
            counted[i] = overlap(nodes.start[i], nodes.end[i], low, high)
    return b_week, b_cap, counted


@njit(cache=True)
def _units(block_ptr: I64, turn_ptr: I64, b_cap: I32, t_cap: I32, minutes: I32) -> tuple[I32, I32]:
    """The largest unit that measures each turn exactly, unless that were more than MOST_UNITS."""
    units, t_unit = np.zeros(len(minutes), np.int32), np.ones(len(t_cap), np.int32)
    for t in range(len(t_cap)):
        unit, widest = 0, 0
        for b in range(turn_ptr[t], turn_ptr[t + 1]):
            if b_cap[b] < FAR32:
                unit, widest = _gcd(unit, int(b_cap[b])), max(widest, b_cap[b])
            for i in range(block_ptr[b], block_ptr[b + 1]):
                unit = _gcd(unit, int(minutes[i]))
        if t_cap[t] < FAR32:
            unit, widest = _gcd(unit, int(t_cap[t])), t_cap[t]
        unit = max(1, unit, (widest + MOST_UNITS - 1) // MOST_UNITS)
        t_unit[t] = unit
        for i in range(block_ptr[turn_ptr[t]], block_ptr[turn_ptr[t + 1]]):
            units[i] = minutes[i] // unit
    return t_unit, units


@njit(cache=True)
def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a
