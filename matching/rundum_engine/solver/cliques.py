"""What excludes each other, as cliques: the strong form of "nobody is in two places"."""

from __future__ import annotations

import numpy as np
from numba import njit

from rundum_engine.solver.pairs import Nodes
from rundum_engine.solver.paths import before
from rundum_engine.solver.world import I64, Facts, Wanted

NEVER = 1 << 30


@njit(cache=True)
def cliques(f: Facts, w: Wanted, nodes: Nodes, ptr: I64, kept: I64) -> tuple[I64, I64]:
    """Cliques that cover every pair of kept nodes of one person that can't both be done.

    `kept` are nodes by provider, `ptr` her range in it. Answers offsets and positions in `kept`.
    """
    offsets, members = [0], [0]
    members.pop()
    for p in range(len(ptr) - 1):
        first, size = ptr[p], ptr[p + 1] - ptr[p]
        clash = np.zeros((size, size), np.int8)
        for x in range(size):
            for y in range(x + 1, size):
                i, j = kept[first + x], kept[first + y]
                either = before(f, w, nodes, i, j, NEVER) or before(f, w, nodes, j, i, NEVER)
                clash[x, y] = clash[y, x] = 0 if either else 1
        covered = np.zeros((size, size), np.int8)
        for x in range(size):
            for y in range(x + 1, size):
                if not clash[x, y] or covered[x, y]:
                    continue
                start = len(members)
                members.append(first + x)
                members.append(first + y)
                for z in range(size):
                    fits = z != x and z != y
                    for at in range(start, len(members)):
                        fits = fits and clash[z, members[at] - first] == 1
                    if fits:
                        members.append(first + z)
                for one in range(start, len(members)):
                    for two in range(start, len(members)):
                        covered[members[one] - first, members[two] - first] = 1
                offsets.append(len(members))
    return np.array(offsets, np.int64), np.array(members, np.int64)
