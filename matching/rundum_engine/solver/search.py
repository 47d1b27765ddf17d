"""A good plan: construction along a guide, then ejections as long as the plan gains.

A guide says per node what its person's time is likely worth elsewhere; it comes from prices.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from rundum_engine.solver.book import Book, add, fits, marginal, remove
from rundum_engine.solver.market import Market
from rundum_engine.solver.pairs import Nodes
from rundum_engine.solver.world import HAND, I64, Facts, Wanted

NONE = -(1 << 60)


@njit(cache=True)
def construct(
    f: Facts, w: Wanted, nodes: Nodes, m: Market, k: Book, order: I64, guide: I64
) -> None:
    """Place the visits in this order, each with the best team by score less guide."""
    scratch, team = np.zeros((4, 128), np.int64), np.empty(256, np.int64)
    for s in range(len(m.series.wish)):
        _place_series(f, w, nodes, m, k, s, guide, scratch)
    for v in order:
        if k.variant[v] < 0:
            value = best_place(f, w, nodes, m, k, v, guide, -1, scratch, team)
            if value > 0:
                put(w, nodes, k, team)


@njit(cache=True)
def _place_series(
    f: Facts, w: Wanted, nodes: Nodes, m: Market, k: Book, s: int, guide: I64, scratch: I64
) -> None:
    """Give a series to the one person who makes most of it; what she can't do stays open."""
    b = m.series
    best, main = 0, -1
    for p in range(b.people[s] + 1):
        # The last turn puts the best person's work for good.
        who = p if p < b.people[s] else main
        total = 0
        size = 0
        for n in range(b.ptr[s], b.ptr[s + 1]):
            i = b.nodes[n]
            v = nodes.visit[i]
            if b.person[n] != who or k.variant[v] >= 0:
                continue
            value = m.top[v] + max(0, b.wish[s]) + m.base[i] - guide[i]
            value += marginal(m, k, nodes.provider[i], nodes.quarters[i], 0)
            if value > 0 and fits(f, w, nodes, k, i, -1, scratch):
                add(w, nodes, k, i)
                total += value
                size += 1
        if p == b.people[s]:
            return
        if size:
            at = b.ptr[s + 1] - 1
            while size:
                i = b.nodes[at]
                v = nodes.visit[i]
                if b.person[at] == who and k.variant[v] >= 0 and k.team[k.seat_ptr[v]] == i:
                    remove(w, nodes, k, i)
                    size -= 1
                at -= 1
        if total > best:
            best, main = total, who


@njit(cache=True)
def put(w: Wanted, nodes: Nodes, k: Book, team: I64) -> None:
    """Add the team: its size, then its nodes."""
    for n in range(team[0]):
        add(w, nodes, k, team[n + 1])


@njit(cache=True)
def best_place(
    f: Facts,
    w: Wanted,
    nodes: Nodes,
    m: Market,
    k: Book,
    v: int,
    guide: I64,
    shun: int,
    scratch: I64,
    team: I64,
) -> int:
    """The best team that fits without provider `shun`: its true value (NONE without one)."""
    first, last = k.chances_ptr[v], k.chances_ptr[v + 1]
    if not m.alone[v]:
        return _best_group(f, w, nodes, m, k, v, guide, shun, scratch, team)
    best, at = NONE, -1
    for n in range(first, last):
        i = k.chances[n]
        p = nodes.provider[i]
        if p == shun:
            continue
        value = m.base[i] + marginal(m, k, p, nodes.quarters[i], 0) - guide[i]
        if value > best and fits(f, w, nodes, k, i, -1, scratch):
            best, at = value, i
    if at < 0:
        return NONE
    team[0], team[1] = 1, at
    return int(m.top[v] + best + guide[at])


@njit(cache=True)
def _best_group(
    f: Facts,
    w: Wanted,
    nodes: Nodes,
    m: Market,
    k: Book,
    v: int,
    guide: I64,
    shun: int,
    scratch: I64,
    team: I64,
) -> int:
    """Groups of seats one after the other, the scarcest first, over all starts."""
    groups = m.g_ptr[v + 1] - m.g_ptr[v]
    best, best_value = NONE, NONE
    trial, trial_people = np.empty(128, np.int64), np.empty(128, np.int64)
    sizes = np.empty(groups, np.int64)
    for a in range(m.a_ptr[v], m.a_ptr[v + 1]):
        for g in range(groups):
            cell = m.a_cell[a] + g
            sizes[g] = m.cell_ptr[cell + 1] - m.cell_ptr[cell]
            if not m.g_required[m.g_ptr[v] + g]:
                sizes[g] += 1 << 40
        value, guided, held, complete = m.value[v] - m.a_cost[a], 0, 0, True
        for g in np.argsort(sizes, kind="mergesort"):
            cell, group = m.a_cell[a] + g, m.g_ptr[v] + g
            for _ in range(m.g_count[group]):
                top, at, gain = NONE, -1, 0
                for n in range(m.cell_ptr[cell], m.cell_ptr[cell + 1]):
                    i = m.cell_nodes[n]
                    p = nodes.provider[i]
                    taken = p == shun
                    for h in range(held):
                        taken = taken or trial_people[h] == p
                    if taken:
                        continue
                    more = m.base[i] + marginal(m, k, p, nodes.quarters[i], 0)
                    if not m.g_required[group]:
                        more += m.g_value[group]
                    if more - guide[i] > top and fits(f, w, nodes, k, i, -1, scratch):
                        top, at, gain = more - guide[i], i, more
                if at < 0 or (not m.g_required[group] and top <= 0):
                    complete = complete and m.g_required[group] == 0
                    break
                trial[held], trial_people[held] = at, nodes.provider[at]
                held += 1
                value += gain
                guided += top
            if not complete:
                break
        if complete and held and value > best:
            best, best_value = value, value
            team[0] = held
            team[1 : held + 1] = trial[:held]
    return best_value


@njit(cache=True)
def improve(
    f: Facts, w: Wanted, nodes: Nodes, m: Market, k: Book, order: I64, guide: I64, most: int
) -> int:
    """Rounds of placing what is unfilled, by ejection where it must, and of better persons for
    what is filled; until nothing gains or after `most` rounds. What was gained in all."""
    scratch, team = np.zeros((4, 128), np.int64), np.empty(256, np.int64)
    other = np.empty(256, np.int64)
    zero = np.zeros_like(guide)
    gained = 0
    for _ in range(most):
        before_round = gained
        for v in order:
            if k.variant[v] < 0:
                value = best_place(f, w, nodes, m, k, v, guide, -1, scratch, team)
                if value > 0:
                    put(w, nodes, k, team)
                    gained += value
                else:
                    gained += _eject(f, w, nodes, m, k, v, guide, scratch, other)
        for v in order:
            if k.variant[v] >= 0:
                gained += _shift(f, w, nodes, m, k, v, zero, scratch, team)
        if gained == before_round:
            break
    return gained


@njit(cache=True)
def _shift(
    f: Facts,
    w: Wanted,
    nodes: Nodes,
    m: Market,
    k: Book,
    v: int,
    guide: I64,
    scratch: I64,
    team: I64,
) -> int:
    """Give each seat of a filled visit to somebody who does it better."""
    gained = 0
    for at in range(k.team_count[v]):
        i = k.team[k.seat_ptr[v] + at]
        p = nodes.provider[i]
        loss = m.base[i] - marginal(m, k, p, 0, nodes.quarters[i])
        best, to = 0, -1
        for n in range(k.chances_ptr[v], k.chances_ptr[v + 1]):
            j = k.chances[n]
            if nodes.group[j] != nodes.group[i] or nodes.provider[j] == p:
                continue
            if nodes.variant[j] != nodes.variant[i] and not m.alone[v]:
                continue
            gain = m.base[j] + marginal(m, k, nodes.provider[j], nodes.quarters[j], 0) - loss
            if gain > best:
                hand = w.groups[nodes.group[j], HAND]
                if hand < 0 and fits(f, w, nodes, k, j, -1, scratch):
                    best, to = gain, j
        if to >= 0:
            remove(w, nodes, k, i)
            add(w, nodes, k, to)
            gained += best
    return gained


@njit(cache=True)
def _eject(
    f: Facts,
    w: Wanted,
    nodes: Nodes,
    m: Market,
    k: Book,
    v: int,
    guide: I64,
    scratch: I64,
    other: I64,
) -> int:
    """Place an unfilled visit with one seat where somebody must leave another seat for it, which
    somebody else then takes, if that gains; what it gained."""
    if not m.alone[v]:
        return 0
    best, at, out, instead = 0, -1, -1, -1
    for n in range(k.chances_ptr[v], k.chances_ptr[v + 1]):
        i = k.chances[n]
        p = nodes.provider[i]
        for spot in range(k.busy[p]):
            j = k.work[p, spot]
            c = nodes.visit[j]
            if w.groups[nodes.group[j], HAND] >= 0:
                continue
            value = m.top[v] + m.base[i] - m.base[j]
            value += marginal(m, k, p, nodes.quarters[i], nodes.quarters[j])
            loss = m.top[c] if m.alone[c] else _core_loss(m, k, nodes, c, j)
            hopeless = value <= best and value - loss <= best
            if hopeless and value + _most_elsewhere(m, k, nodes, c, j) <= best:
                continue
            if not fits(f, w, nodes, k, i, c, scratch):
                continue
            gain, to = value - loss, -1
            for x in range(k.chances_ptr[c], k.chances_ptr[c + 1]):
                q = k.chances[x]
                if nodes.provider[q] == p or nodes.group[q] != nodes.group[j]:
                    continue
                if nodes.variant[q] != nodes.variant[j] and not m.alone[c]:
                    continue
                more = value + m.base[q]
                more += marginal(m, k, nodes.provider[q], nodes.quarters[q], 0)
                if more > gain and more > best and fits(f, w, nodes, k, q, -1, scratch):
                    gain, to = more, q
            if gain > best:
                best, at, out, instead = gain, i, j, to
    if at < 0:
        return 0
    c = nodes.visit[out]
    if instead < 0 and not m.alone[c] and m.g_required[nodes.group[out]]:
        while k.team_count[c]:
            remove(w, nodes, k, k.team[k.seat_ptr[c]])
    else:
        remove(w, nodes, k, out)
    add(w, nodes, k, at)
    if instead >= 0:
        add(w, nodes, k, instead)
    return best


@njit(cache=True)
def _core_loss(m: Market, k: Book, nodes: Nodes, c: int, j: int) -> int:
    """What falls away with node j beyond its own score: an extra seat, or a whole group."""
    if not m.g_required[nodes.group[j]]:
        return int(m.g_value[nodes.group[j]])
    loss = m.value[c] - m.a_cost[k.variant[c]]
    for at in range(k.team_count[c]):
        i = k.team[k.seat_ptr[c] + at]
        if i == j:
            continue
        loss += m.base[i] - marginal(m, k, nodes.provider[i], 0, nodes.quarters[i])
        if not m.g_required[nodes.group[i]]:
            loss += m.g_value[nodes.group[i]]
    return int(loss)


@njit(cache=True)
def _most_elsewhere(m: Market, k: Book, nodes: Nodes, c: int, j: int) -> int:
    """The best score anybody else could have on this seat, her hours not looked at."""
    best = NONE
    for x in range(k.chances_ptr[c], k.chances_ptr[c + 1]):
        q = k.chances[x]
        if nodes.group[q] == nodes.group[j] and nodes.provider[q] != nodes.provider[j]:
            best = max(best, m.base[q] + m.slope[0] * nodes.quarters[q])
    return best


@njit(cache=True)
def total_worth(m: Market, nodes: Nodes, k: Book) -> int:
    """The plan's worth, times SCALE, without the bonus of wished series."""
    total = 0
    for p in range(len(k.busy)):
        total += marginal(m, k, p, 0, k.hours[p] - m.recent[p]) * -1
    for v in range(len(k.variant)):
        if k.variant[v] < 0:
            continue
        if m.alone[v]:
            total += m.top[v]
        else:
            total += m.value[v] - m.a_cost[k.variant[v]]
        for at in range(k.team_count[v]):
            i = k.team[k.seat_ptr[v] + at]
            total += m.base[i]
            if not m.alone[v] and not m.g_required[nodes.group[i]]:
                total += m.g_value[nodes.group[i]]
    return total
