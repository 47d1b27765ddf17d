"""A plan while it is being made, on arrays: who does what, and whether something more fits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from rundum_engine.solver.market import Market, bonus
from rundum_engine.solver.pairs import Nodes
from rundum_engine.solver.paths import before
from rundum_engine.solver.rules import limits_hold
from rundum_engine.solver.world import ASKER, CAPS, DAYS, HAND, I32, I64, RESTS, Facts, Wanted

MOST_WORK = 96
"""Nobody does more visits than this in one horizon."""
NEVER = 1 << 30


class Book(NamedTuple):
    """`work[p, :busy[p]]` are the nodes of a person, `team[seat_ptr[v]:]` those of a visit."""

    work: I32
    busy: I32
    hours: I64  # quarters, recent and planned
    variant: I32  # of a visit, -1 while it is unfilled
    seat_ptr: I64
    team: I32
    team_count: I32
    owner: I32  # of a demanded (series, position), -1
    owned: I32
    chances_ptr: I64  # nodes of a visit
    chances: I32


def empty_book(m: Market, w: Wanted, nodes: Nodes) -> Book:
    people, visits = len(m.ptr) - 1, len(m.top)
    seats = np.zeros(visits, np.int64)
    np.add.at(seats, w.groups[:, 0], w.groups[:, 1])
    order = np.lexsort((-nodes.score, nodes.visit))
    counts = np.bincount(nodes.visit, minlength=visits)
    hands = int(w.groups[:, HAND].max(initial=-1)) + 1
    return Book(
        work=np.full((people, MOST_WORK), -1, np.int32),
        busy=np.zeros(people, np.int32),
        hours=m.recent.copy(),
        variant=np.full(visits, -1, np.int32),
        seat_ptr=np.concatenate([[0], np.cumsum(seats)]).astype(np.int64),
        team=np.full(int(seats.sum()), -1, np.int32),
        team_count=np.zeros(visits, np.int32),
        owner=np.full(hands, -1, np.int32),
        owned=np.zeros(hands, np.int32),
        chances_ptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        chances=order.astype(np.int32),
    )


@njit(cache=True)
def fits(f: Facts, w: Wanted, nodes: Nodes, k: Book, i: int, without: int, scratch: I64) -> bool:
    """Whether node i can be added if its person's work for visit `without` (-1) is taken out."""
    p = nodes.provider[i]
    n = k.busy[p]
    if n >= MOST_WORK:
        return False
    for at in range(n):
        j = k.work[p, at]
        if nodes.visit[j] == without:
            continue
        if nodes.start[j] < nodes.start[i]:
            if not before(f, w, nodes, j, i, NEVER):
                return False
        elif not before(f, w, nodes, i, j, NEVER):
            return False
    hand = w.groups[nodes.group[i], HAND]
    if hand >= 0 and k.owned[hand] > 0 and k.owner[hand] != p:
        return False
    if n and f.people[p, CAPS + 1] + f.people[p, RESTS + 1] + f.people[p, DAYS + 1]:
        size = 0
        for at in range(n + 1):
            j = k.work[p, at] if at < n else i
            if at < n and nodes.visit[j] == without:
                continue
            scratch[0, size], scratch[1, size] = nodes.start[j], nodes.end[j]
            scratch[2, size] = w.visits[nodes.visit[j], ASKER]
            scratch[3, size] = nodes.waived[j]
            size += 1
        return limits_hold(f, p, scratch[0], scratch[1], scratch[2], scratch[3], size)
    return True


@njit(cache=True)
def add(w: Wanted, nodes: Nodes, k: Book, i: int) -> None:
    p, v = nodes.provider[i], nodes.visit[i]
    k.work[p, k.busy[p]] = i
    k.busy[p] += 1
    k.hours[p] += nodes.quarters[i]
    k.variant[v] = nodes.variant[i]
    k.team[k.seat_ptr[v] + k.team_count[v]] = i
    k.team_count[v] += 1
    hand = w.groups[nodes.group[i], HAND]
    if hand >= 0:
        k.owner[hand] = p
        k.owned[hand] += 1


@njit(cache=True)
def remove(w: Wanted, nodes: Nodes, k: Book, i: int) -> None:
    p, v = nodes.provider[i], nodes.visit[i]
    at = 0
    while k.work[p, at] != i:
        at += 1
    k.busy[p] -= 1
    k.work[p, at] = k.work[p, k.busy[p]]
    k.hours[p] -= nodes.quarters[i]
    first = k.seat_ptr[v]
    at = first
    while k.team[at] != i:
        at += 1
    k.team_count[v] -= 1
    k.team[at] = k.team[first + k.team_count[v]]
    if k.team_count[v] == 0:
        k.variant[v] = -1
    hand = w.groups[nodes.group[i], HAND]
    if hand >= 0:
        k.owned[hand] -= 1


@njit(cache=True)
def marginal(m: Market, k: Book, p: int, more: int, less: int) -> int:
    """What the fairness bonus gains if p gets `more` quarters and loses `less`."""
    if len(m.slope) == 1:
        return 0
    return bonus(m, k.hours[p] + more - less) - bonus(m, k.hours[p])
