"""The best people for the seats of one team, everybody on one seat: a small assignment problem.

The Hungarian method with potentials (Kuhn 1955, Munkres 1957; here in the shortest augmenting
path form of Jonker and Volgenant 1987).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from rundum_engine.solver.world import I64

CANNOT = -(1 << 50)


@njit(cache=True)
def seating(worth: I64, required: I64, chosen: I64) -> int:
    """The most these seats earn; `chosen[s]` is the column of seat s, -1 where it stays free.

    `worth[s, p]` in integers, CANNOT where p may not; seats with `required[s]` must be taken,
    others only if that adds something. CANNOT or less if the required ones can't all be taken.
    """
    seats, people = worth.shape
    columns = people + seats  # a seat may always take a stand-in: at no worth, or at a great loss
    row_price = np.zeros(seats + 1, np.int64)
    column_price = np.zeros(columns + 1, np.int64)
    taken = np.zeros(columns + 1, np.int64)
    via = np.zeros(columns + 1, np.int64)
    for s in range(1, seats + 1):
        taken[0] = s
        here = 0
        least = np.full(columns + 1, np.int64(1) << 61)
        done = np.zeros(columns + 1, np.int8)
        while True:
            done[here] = 1
            row, step, after = taken[here], np.int64(1) << 61, 0
            for c in range(1, columns + 1):
                if done[c]:
                    continue
                if c <= people:
                    cost = -worth[row - 1, c - 1]
                else:
                    cost = -CANNOT if required[row - 1] or c - people != row else 0
                reduced = cost - row_price[row] - column_price[c]
                if reduced < least[c]:
                    least[c], via[c] = reduced, here
                if least[c] < step:
                    step, after = least[c], c
            for c in range(columns + 1):
                if done[c]:
                    row_price[taken[c]] += step
                    column_price[c] -= step
                else:
                    least[c] -= step
            here = after
            if taken[here] == 0:
                break
        while here:
            taken[here] = taken[via[here]]
            here = via[here]
    total = 0
    for c in range(1, columns + 1):
        if taken[c]:
            s = taken[c] - 1
            chosen[s] = c - 1 if c <= people else -1
            if c <= people:
                total += worth[s, c - 1]
            elif required[s] or c - people != taken[c]:
                total += CANNOT
    return total
