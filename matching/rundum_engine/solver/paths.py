"""What one person could do together: her nodes as chains, and the best chain for given weights.

Ways are rounded up and closed under the triangle inequality, so "before" is transitive: a set of
visits is possible iff it is a chain, and the best set is a longest path. Time is cut into blocks
in which nothing clashes with anything outside; per block only the immediate predecessors are
kept. Where a cap on hours bites, the path carries the hours used as a state.

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
    """`edge_src[edge_ptr[i]:edge_ptr[i+1]]` are the immediate predecessors of node i."""

    edge_ptr: I64
    edge_src: I32
    block_ptr: I64  # nodes of a block
    p_block: I64  # blocks of a provider
    b_week: I32
    b_cap: I32  # minutes left on the block's day, FAR32 without a cap
    week_cap: I32  # [provider, week]
    minutes: I32  # of a node, as far as they count into its block's day and week


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
    p_block = np.searchsorted(firsts, nodes.ptr).astype(np.int64)
    b_week, b_cap, minutes = _measure(f, nodes, block_ptr, day_cap)
    return Chains(
        edge_ptr, edge_src[:count].copy(), block_ptr, p_block, b_week, b_cap, week_cap, minutes
    )


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


# -- the best chain -----------------------------------------------------------------------------


@njit(cache=True)
def best_block(c: Chains, b: int, weight: I64, gain: I64, via: I32, picks: I8) -> int:
    """The best chain of a block: its value; `picks` marks it, `gain[i]` is the best before i."""
    best, at = 0, -1
    for i in range(c.block_ptr[b], c.block_ptr[b + 1]):
        most, source = 0, -1
        for e in range(c.edge_ptr[i], c.edge_ptr[i + 1]):
            j = c.edge_src[e]
            value = gain[j] + max(0, weight[j])
            if value > most:
                most, source = value, j
        gain[i], via[i] = most, source
        picks[i] = 0
        if most + weight[i] > best:
            best, at = most + weight[i], i
    while at >= 0:
        picks[at] = weight[at] > 0
        at = via[at]
    return best


@njit(cache=True)
def _capped_profile(
    c: Chains, b: int, weight: I64, unit: int, most: int, table: I64, profile: I64
) -> None:
    """profile[u]: the best chain of the block with at most u units; `table[i]` before node i."""
    first, last = c.block_ptr[b], c.block_ptr[b + 1]
    profile[: most + 1] = 0
    for i in range(first, last):
        row = table[i - first]
        row[: most + 1] = 0
        for e in range(c.edge_ptr[i], c.edge_ptr[i + 1]):
            j = c.edge_src[e]
            other, used, worth = table[j - first], c.minutes[j] // unit, weight[j]
            for u in range(most + 1):
                value = other[u]
                if u >= used:
                    value = max(value, other[u - used] + worth)
                row[u] = max(row[u], value)
        used, worth = c.minutes[i] // unit, weight[i]
        for u in range(used, most + 1):
            profile[u] = max(profile[u], row[u - used] + worth)


@njit(cache=True)
def _capped_picks(
    c: Chains, b: int, weight: I64, unit: int, left: int, table: I64, value: int, picks: I8
) -> None:
    """Mark a chain of this value with at most `left` units, by walking the table back."""
    first, last = c.block_ptr[b], c.block_ptr[b + 1]
    for i in range(first, last):
        picks[i] = 0
    if value <= 0:
        return
    at = -1
    for i in range(first, last):
        used = c.minutes[i] // unit
        if left >= used and table[i - first, left - used] + weight[i] == value:
            at = i
            break
    while at >= 0 and value > 0:
        picks[at] = 1
        left -= c.minutes[at] // unit
        value -= weight[at]
        here, at = at, -1
        while value > 0:
            moved = False
            for e in range(c.edge_ptr[here], c.edge_ptr[here + 1]):
                j = c.edge_src[e]
                used = c.minutes[j] // unit
                if left >= used and table[j - first, left - used] + weight[j] == value:
                    at = j
                    break
                if table[j - first, left] == value:
                    here, moved = j, True
                    break
            if at >= 0 or not moved:
                break


@njit(cache=True)
def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


@njit(cache=True)
def best_chain(
    c: Chains,
    p: int,
    weight: I64,
    gain: I64,
    via: I32,
    picks: I8,
    block_best: I64,
) -> int:
    """The best of provider p within her caps per day and week; `picks` marks it."""
    first, last = c.p_block[p], c.p_block[p + 1]
    total = 0
    b = first
    while b < last:
        week, end = c.b_week[b], b
        used, over, value = 0, False, 0
        while end < last and c.b_week[end] == week:
            block_best[end] = best_block(c, end, weight, gain, via, picks)
            value += block_best[end]
            here = 0
            for i in range(c.block_ptr[end], c.block_ptr[end + 1]):
                if picks[i]:
                    here += c.minutes[i]
            over = over or here > c.b_cap[end]
            used += here
            end += 1
        if over or used > c.week_cap[p, week]:
            value = _capped_week(c, p, b, end, weight, gain, via, picks)
        total += value
        b = end
    return total


@njit(cache=True)
def _capped_week(
    c: Chains, p: int, b0: int, b1: int, weight: I64, gain: I64, via: I32, picks: I8
) -> int:
    """The best of a week's blocks, with hours as a state; blocks meet in a knapsack."""
    cap = c.week_cap[p, c.b_week[b0]]
    unit, size, widest = 0, 0, 0
    for b in range(b0, b1):
        if c.b_cap[b] < FAR32:
            unit = _gcd(unit, c.b_cap[b])
            widest = max(widest, c.b_cap[b])
        size = max(size, c.block_ptr[b + 1] - c.block_ptr[b])
        for i in range(c.block_ptr[b], c.block_ptr[b + 1]):
            unit = _gcd(unit, c.minutes[i])
    if cap < FAR32:
        unit = _gcd(unit, cap)
        widest = cap
    unit = max(1, unit, (widest + MOST_UNITS - 1) // MOST_UNITS)
    if cap == FAR32:
        return _capped_days(c, b0, b1, weight, unit, widest // unit, size, gain, via, picks)
    most = cap // unit
    table = np.empty((size, most + 1), np.int64)
    profiles = np.zeros((b1 - b0, most + 1), np.int64)
    sums = np.zeros((b1 - b0 + 1, most + 1), np.int64)
    for b in range(b0, b1):
        limit = min(most, c.b_cap[b] // unit)
        _capped_profile(c, b, weight, unit, limit, table, profiles[b - b0])
        for u in range(most + 1):
            best = 0
            for t in range(min(u, limit) + 1):
                best = max(best, sums[b - b0, u - t] + profiles[b - b0, t])
            sums[b - b0 + 1, u] = best
    left = most
    for b in range(b1 - 1, b0 - 1, -1):
        limit = min(most, c.b_cap[b] // unit)
        for t in range(min(left, limit) + 1):
            if sums[b - b0, left - t] + profiles[b - b0, t] == sums[b - b0 + 1, left]:
                _capped_profile(c, b, weight, unit, limit, table, profiles[b - b0])
                _capped_picks(c, b, weight, unit, t, table, profiles[b - b0, t], picks)
                left -= t
                break
    return int(sums[b1 - b0, most])


@njit(cache=True)
def _capped_days(
    c: Chains,
    b0: int,
    b1: int,
    weight: I64,
    unit: int,
    most: int,
    size: int,
    gain: I64,
    via: I32,
    picks: I8,
) -> int:
    """No cap on the week: each block by itself."""
    total = 0
    table = np.empty((size, most + 1), np.int64)
    profile = np.zeros(most + 1, np.int64)
    for b in range(b0, b1):
        if c.b_cap[b] == FAR32:
            total += best_block(c, b, weight, gain, via, picks)
            continue
        limit = c.b_cap[b] // unit
        _capped_profile(c, b, weight, unit, limit, table, profile)
        _capped_picks(c, b, weight, unit, limit, table, profile[limit], picks)
        total += profile[limit]
    return total
