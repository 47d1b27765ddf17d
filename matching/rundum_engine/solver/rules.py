"""The rules on arrays: the same as `travel`, `limits` and `eligibility`, in compiled form.

Kernels take the `Facts` of a world. No fast-math: sums and products must round as in Python, so
that ways come out alike to the minute.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from rundum_engine.solver.world import (
    ASKER,
    BARRIER,
    BARRIERS,
    BUSY,
    CAP,
    CAPS,
    CENTRE,
    CENTRES,
    CLIENT,
    COMMITTED,
    DAYS,
    FREE,
    HOLDERS,
    I64,
    MODE,
    PAID,
    RATE,
    REQUEST,
    REST,
    RESTS,
    SKILL,
    SKILLS,
    TAG,
    TAGS,
    VISIT_TAGS,
    Facts,
    Wanted,
)

EARTH_KM = 6371.0088


@njit(cache=True)
def circle(f: Facts, a: int, b: int) -> float:
    """`travel.great_circle` between two places."""
    dx = f.places[a, 0] - f.places[b, 0]
    dy = f.places[a, 1] - f.places[b, 1]
    dz = f.places[a, 2] - f.places[b, 2]
    h = (dx * dx + dy * dy + dz * dz) / 4.0
    series = 1.0 + h * (1.0 / 6.0 + h * (3.0 / 40.0 + h * (15.0 / 336.0 + h * (105.0 / 3456.0))))
    return 2.0 * EARTH_KM * (np.sqrt(h) * series)  # type: ignore[no-any-return]


@njit(cache=True)
def minutes(f: Facts, mode: int, km: float) -> int:
    """`travel.way_minutes` for a way of so many kilometres on the road."""
    if km == 0.0:
        return 0
    return int(np.ceil(km * 60.0 / f.modes[mode, 1])) + int(f.modes[mode, 2])


@njit(cache=True)
def way(f: Facts, p: int, a: int, b: int) -> int:
    """Minutes from place a to place b for provider p; 0 where one is unknown (-1)."""
    if a < 0 or b < 0:
        return 0
    mode = f.people[p, MODE]
    return int(minutes(f, mode, circle(f, a, b) * f.modes[mode, 0]))


@njit(cache=True)
def day_of(f: Facts, minute: int) -> int:
    """The local day of a minute: -1 before the calendar, the number of days behind it."""
    low = (minute - f.midnights[0]) // 1440 - 1
    low = max(0, min(low, len(f.midnights)))
    while low < len(f.midnights) and f.midnights[low] <= minute:
        low += 1
    return int(low) - 1


@njit(cache=True)
def overlap(start: int, end: int, low: int, high: int) -> int:
    return max(0, min(end, high) - max(start, low))


@njit(cache=True)
def subject(lists: I64, row: int, asker: int, start: int, waived: int, bit: int) -> bool:
    """Whether a limit (its row begins with askers, start, end) holds for this work."""
    if not asker & lists[row] or waived & (1 << bit):
        return False
    return bool(lists[row + 1] <= start < lists[row + 2])


@njit(cache=True)
def holds(f: Facts, p: int, key: int, start: int, end: int) -> bool:
    """Whether she has the skill throughout."""
    state = f.has[p, key]
    if state != 2:
        return bool(state == 1)
    first = f.people[p, SKILLS]
    for row in range(first, first + SKILL * f.people[p, SKILLS + 1], SKILL):
        if f.lists[row] == key and f.lists[row + 1] <= start and f.lists[row + 2] >= end:
            return True
    return False


@njit(cache=True)
def _too_much(
    f: Facts, p: int, first: int, last: int, most: int, starts: I64, ends: I64, n: int
) -> bool:
    """Whether committed and given work on the local days [first, last) exceed `most`."""
    days = len(f.midnights) - 1
    first, last = max(first, 0), min(last, days)
    total = int(f.load[p, last]) - int(f.load[p, first])
    low, high = f.midnights[first], f.midnights[last]
    for j in range(n):
        total += overlap(starts[j], ends[j], low, high)
    return total > most


@njit(cache=True)
def limits_hold(f: Facts, p: int, starts: I64, ends: I64, askers: I64, waived: I64, n: int) -> bool:
    """`limits.broken` is empty: caps, rests and days for the first n works given.

    `waived[i]` has a bit for each cap (0-20), rest (21-41) and days limit (42-62) of the provider
    that staff waived for this work.
    """
    for c in range(f.people[p, CAPS + 1]):
        row = f.people[p, CAPS] + c * CAP
        for i in range(n):
            if not subject(f.lists, row, askers[i], starts[i], waived[i], min(c, 20)):
                continue
            if not _cap_holds(f, p, row, i, starts, ends, n):
                return False
    for c in range(f.people[p, RESTS + 1]):
        row = f.people[p, RESTS] + c * REST
        for i in range(n):
            if not subject(f.lists, row, askers[i], starts[i], waived[i], 21 + min(c, 20)):
                continue
            if not _rested(f, p, f.lists[row + 3], i, starts, ends, n):
                return False
    for c in range(f.people[p, DAYS + 1]):
        row = f.people[p, DAYS] + c * REST
        for i in range(n):
            if not subject(f.lists, row, askers[i], starts[i], waived[i], 42 + min(c, 20)):
                continue
            monday = (day_of(f, starts[i]) + f.first_weekday) // 7 * 7 - f.first_weekday
            if _days_worked(f, p, monday, starts, n) > f.lists[row + 3]:
                return False
    return True


@njit(cache=True)
def _cap_holds(f: Facts, p: int, row: int, i: int, starts: I64, ends: I64, n: int) -> bool:
    most, kind, length = f.lists[row + 3], f.lists[row + 4], f.lists[row + 5]
    days = len(f.midnights) - 1
    for day in range(max(day_of(f, starts[i]), 0), min(day_of(f, ends[i] - 1), days - 1) + 1):
        if kind == 0:
            if _too_much(f, p, day, day + 1, most, starts, ends, n):
                return False
        elif kind == 1:
            monday = (day + f.first_weekday) // 7 * 7 - f.first_weekday
            if _too_much(f, p, monday, monday + 7, most, starts, ends, n):
                return False
        else:
            for begin in range(day - length + 1, day + 1):
                if _too_much(f, p, begin, begin + length, most, starts, ends, n):
                    return False
    return True


@njit(cache=True)
def _rested(f: Facts, p: int, least: int, i: int, starts: I64, ends: I64, n: int) -> bool:
    day = day_of(f, starts[i])
    for j in range(n):
        if day_of(f, starts[j]) != day:
            gap = starts[j] - ends[i] if starts[i] < starts[j] else starts[i] - ends[j]
            if gap < least:
                return False
    first = f.people[p, BUSY]
    for row in range(first, first + COMMITTED * f.people[p, BUSY + 1], COMMITTED):
        begin, end = f.lists[row], f.lists[row + 1]
        if f.lists[row + 4] and day_of(f, begin) != day:
            gap = begin - ends[i] if starts[i] < begin else starts[i] - end
            if gap < least:
                return False
    return True


@njit(cache=True)
def _days_worked(f: Facts, p: int, monday: int, starts: I64, n: int) -> int:
    days = len(f.midnights) - 1
    count = 0
    for day in range(max(monday, -1), min(monday + 7, days + 1)):
        there = 0 <= day < days and f.worked[p, day] == 1
        for j in range(n):
            there = there or day_of(f, starts[j]) == day
        count += there
    return count


@njit(cache=True)
def free_at(f: Facts, p: int, kind: int, start: int, end: int) -> bool:
    """Whether the span lies inside one of the intervals for this kind of client."""
    first = f.people[p, FREE + 2 * kind]
    low, high = 0, f.people[p, FREE + 2 * kind + 1]
    while low < high:
        middle = (low + high) // 2
        if f.lists[first + 2 * middle] <= start:
            low = middle + 1
        else:
            high = middle
    return bool(low > 0 and f.lists[first + 2 * low - 1] >= end)


@njit(cache=True)
def unblocked(f: Facts, p: int, start: int, end: int, place_from: int, place_to: int) -> bool:
    """No commitment clashes, the ways to and from each of them included."""
    first = f.people[p, BUSY]
    for row in range(first, first + COMMITTED * f.people[p, BUSY + 1], COMMITTED):
        begin, until = f.lists[row], f.lists[row + 1]
        if begin < start or (begin == start and until <= start):
            if until > start or until + way(f, p, f.lists[row + 3], place_from) > start:
                return False
        elif end > begin or end + way(f, p, place_to, f.lists[row + 2]) > begin:
            return False
    return True


@njit(cache=True)
def agreeable(f: Facts, w: Wanted, p: int, v: int, start: int) -> bool:
    """Nothing between her and this visit: centre, barriers, tags, rate, a seat she has."""
    if w.visits[v, PAID] < f.people[p, RATE]:
        return False
    there = False
    first = f.people[p, CENTRES]
    for row in range(first, first + f.people[p, CENTRES + 1]):
        there = there or f.lists[row] == w.visits[v, CENTRE]
    if not there:
        return False
    first = f.people[p, BARRIERS]
    for row in range(first, first + BARRIER * f.people[p, BARRIERS + 1], BARRIER):
        if f.lists[row] == w.visits[v, CLIENT] or f.lists[row + 1] == w.visits[v, REQUEST]:
            return False
    first = w.visits[v, HOLDERS]
    for row in range(first, first + w.visits[v, HOLDERS + 1]):
        if w.lists[row] == p:
            return False
    for t in range(w.visits[v, VISIT_TAGS], w.visits[v, VISIT_TAGS] + w.visits[v, VISIT_TAGS + 1]):
        first = f.people[p, TAGS]
        for row in range(first, first + TAG * f.people[p, TAGS + 1], TAG):
            same = f.lists[row] == w.lists[t]
            if same and subject(f.lists, row + 1, w.visits[v, ASKER], start, 0, 0):
                return False
    return True
