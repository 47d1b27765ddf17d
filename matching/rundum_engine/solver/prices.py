"""Prices by subgradient: what a visit must pay to be done, found by asking both sides again.

Too many takers lower a price, none raise it. Plain momentum, geometrically falling steps; the
lowest bound seen is kept with its prices. Averages of what people chose guide the construction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from rundum_engine.solver.market import Market, Prices
from rundum_engine.solver.paths import Chains
from rundum_engine.solver.rounds import Round, empty_round, evaluate
from rundum_engine.solver.world import F64, I64

F32 = npt.NDArray[np.float32]
MOMENTUM = 0.7
MOST_PULL = 99
CHUNK = 10


class Ascent(NamedTuple):
    """The best prices, the averages of the persons' choices, the iterations it took."""

    prices: Prices
    averages: F32
    iterations: int


class _State(NamedTuple):
    visit: F64
    node: F64
    visit_push: F64
    node_push: F64
    price_visit: I64
    price_node: I64
    best_visit: I64
    best_node: I64
    averages: F32


def find_prices(
    m: Market,
    c: Chains,
    start_visit: I64,
    start_node: I64,
    steps: tuple[float, float],
    iterations: int,
    enough: Callable[[int], bool],
) -> Ascent:
    """Lower the bound from the start prices; `enough(bound)` is asked every few iterations."""
    s = _State(
        start_visit.astype(np.float64),
        start_node.astype(np.float64),
        np.zeros(len(start_visit)),
        np.zeros(len(start_node)),
        start_visit.copy(),
        start_node.copy(),
        start_visit.copy(),
        start_node.copy(),
        np.zeros(len(start_node), np.float32),
    )
    r = empty_round(m, c)
    best = 1 << 62
    done = 0
    decay = (steps[1] / steps[0]) ** (1.0 / max(1, iterations - 1))
    step = steps[0]
    while done < iterations:
        count = min(CHUNK, iterations - done)
        best = int(_descend(m, c, s, r, step, decay, count, best))
        step *= decay**count
        done += count
        if enough(best):
            break
    return Ascent(Prices(s.best_visit, s.best_node, best), s.averages, done)


@njit(cache=True)
def _descend(
    m: Market, c: Chains, s: _State, r: Round, step: float, decay: float, count: int, best: int
) -> int:
    takers = np.zeros(len(m.top), np.int32)
    for _ in range(count):
        for v in range(len(m.top)):
            s.price_visit[v] = np.int64(np.rint(s.visit[v]))
        for i in range(len(m.visit)):
            s.price_node[i] = np.int64(np.rint(s.node[i]))
        bound = evaluate(m, c, s.price_visit, s.price_node, r)
        if bound < best:
            best = bound
            s.best_visit[:] = s.price_visit
            s.best_node[:] = s.price_node
        takers[:] = 0
        for i in range(len(m.visit)):
            if r.desk.picks[i]:
                s.averages[i] += np.float32(0.06) * (np.float32(1) - s.averages[i])
            else:
                s.averages[i] *= np.float32(0.94)
            v = m.visit[i]
            if m.priced[v]:
                takers[v] += r.desk.picks[i]
            else:
                pull = float(r.desk.picks[i]) - float(r.visits[i])
                s.node_push[i] = MOMENTUM * s.node_push[i] + pull
                s.node[i] -= step * s.node_push[i]
        for v in range(len(m.top)):
            if m.priced[v]:
                wanted = 1 if s.price_visit[v] < m.top[v] else min(1, takers[v])
                s.visit_push[v] = MOMENTUM * s.visit_push[v] + min(takers[v] - wanted, MOST_PULL)
                s.visit[v] = min(s.visit[v] - step * s.visit_push[v], float(m.top[v]))
        step *= decay
    return best
