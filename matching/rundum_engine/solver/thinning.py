"""Where everybody could do nearly everything, the search looks at the best few for each seat.

A person with a thousand possible visits a week does ten of them. The plan is searched among the
nodes that are kept; what is proven of it must hold for all of them, so its bound is not theirs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rundum_engine.solver.pairs import Nodes
from rundum_engine.solver.world import COST, HAND, I32, I64, WISH, World

DENSE = 250
"""So many nodes a person, on average, are too many."""
BEST = 16
"""So many of each visit's kind of seat are kept then."""


def thinned(world: World, nodes: Nodes, needed: I64) -> I64 | None:
    """The nodes to keep (ascending), those in `needed` among them; None where all can stay.

    The best by points; among equals everybody's turn comes, the same for all visits of a series.
    """
    people, size = len(nodes.ptr) - 1, len(nodes.start)
    if size <= DENSE * people:
        return None
    w = world.wanted
    points = nodes.score - w.variants[nodes.variant, COST]
    hand = w.groups[nodes.group][:, [HAND, WISH]].max(axis=1)
    drawn = np.where(hand >= 0, hand + len(w.visits), nodes.visit)
    order = np.lexsort((_shuffled(drawn, nodes.provider), -points, nodes.group))
    group = nodes.group[order]
    rank = np.arange(size) - np.searchsorted(group, group)
    return np.union1d(order[rank < BEST], needed)


def _shuffled(visit: I64, person: I32) -> NDArray[np.uint64]:
    """A number per pair that looks drawn (SplitMix64's last step, Steele et al. 2014)."""
    mixed = visit.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + person.astype(np.uint64)
    for factor, shift in ((0xBF58476D1CE4E5B9, 30), (0x94D049BB133111EB, 27)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))
