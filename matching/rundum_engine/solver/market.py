"""The problem as a market: what visits pay, and what the two sides make of given prices.

Lagrangian relaxation. A visit with one open seat has one price; each node of a visit with several
(so that nobody "buys" half a group) or of a series has its own. At given prices every person
takes her best chain and every visit its best team, independently; what they are worth together is
a bound on every plan. All of it in integers, in parts of a point (`SCALE`), so a bound is exact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from rundum_engine.scoring import fairness_slopes
from rundum_engine.solver.bundles import Bundles, bundles
from rundum_engine.solver.pairs import Nodes
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
    WISH,
    World,
)

SCALE = 16


class Market(NamedTuple):
    """`base` is what a node adds, `top` what a visit with one open seat pays at most; `alone` is
    1 for those, `priced` too unless they belong to a bundle. Cells are (variant, group) of the
    others: `a_cell[a]` is the first of variant a."""

    ptr: I64
    provider: I32
    visit: I32
    base: I64
    quarters: I32
    alone: I8
    priced: I8
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
    series: Bundles


class Prices(NamedTuple):
    """One bundle: nothing of it is changed once it is made."""

    visit: I64
    node: I64
    bound: int


def market(
    world: World, nodes: Nodes, value: I64, extra: I64, fair: bool = True, wish: int = 0
) -> Market:
    """`value` per visit in points; `extra` is added to each node's score, and `wish` to those of
    wished series: in bundles for the main person only, else for anybody.

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
    series = bundles(w, nodes, alone, wish * SCALE)
    priced = alone.copy()
    priced[nodes.visit[series.nodes]] = 0
    wished = np.where(w.groups[nodes.group, WISH] >= 0, wish, 0)
    wished[series.nodes] = 0
    return Market(
        ptr=nodes.ptr,
        provider=nodes.provider,
        visit=nodes.visit,
        base=(nodes.score + extra + wished - cost) * SCALE,
        quarters=nodes.quarters,
        alone=alone,
        priced=priced,
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
        series=series,
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
