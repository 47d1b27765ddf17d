"""All that could be done, as nodes: one person, one group of seats, one start.

A grid over the visits' places leaves each provider those in her reach; compiled rules do the
rest. What is rare (overrides, pins, holders of a series) is settled by `eligibility` itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit

from rundum_engine.eligibility import eligible, reach
from rundum_engine.index import Index
from rundum_engine.scoring import main_holder, parts
from rundum_engine.snapshot import Cap, Days, Provider, Rest, Visit
from rundum_engine.solver.rules import (
    agreeable,
    circle,
    free_at,
    holds,
    limits_hold,
    minutes,
    unblocked,
)
from rundum_engine.solver.world import (
    ASKER,
    BEGIN,
    BOND,
    BONDS,
    CAPS,
    CLIENT,
    DAYS,
    END,
    FREE,
    FROM,
    GROUPS,
    HOME,
    HOMELESS,
    I32,
    I64,
    INTERVAL,
    KIND,
    MODE,
    NEEDS,
    NICES,
    RADIUS_MINUTES,
    RESTS,
    START,
    TO,
    VARIANTS,
    VISIT,
    Facts,
    Wanted,
    World,
)

CELL_LAT, CELL_LON = 0.09, 0.14


class Nodes(NamedTuple):
    """Sorted by provider, then start. `score` is what the pair itself adds, series' main holder
    included; `quarters` her quarters of an hour; `waived` as in `rules.limits_hold`."""

    ptr: I64  # [provider + 1]
    provider: I32
    visit: I32
    variant: I32
    group: I32
    start: I64
    end: I64
    score: I64
    quarters: I32
    waived: I64


class Grid(NamedTuple):
    """Variants by their place's cell and by time; `late` is how much later a seat may begin."""

    lat0: float
    lon0: float
    rows: int
    cols: int
    ptr: I64
    entries: I32
    starts: I64
    late: int


def all_nodes(world: World) -> Nodes:
    """Every eligible node of open seats."""
    snapshot = world.index.snapshot
    grid = _grid(world)
    boxes = _boxes(world, grid)
    weights = world.index.weights
    room = 40 * len(world.wanted.variants) + 1000
    while True:
        columns = np.empty((4, room), np.int64)
        ptr = np.zeros(len(snapshot.providers) + 1, np.int64)
        count = _join(
            world.facts, world.wanted, grid, boxes, weights.kilometre, weights.nice, columns, ptr
        )
        if count <= room:
            break
        room = count
    special = _special(world)
    table = np.ascontiguousarray(columns[:, :count])
    provider = np.repeat(np.arange(len(snapshot.providers), dtype=np.int64), np.diff(ptr))
    waived = np.zeros(count, np.int64)
    if special.touched:
        table, provider, waived = _settle(world, special, table, provider, waived)
    variant, group, score = table[0], table[1], table[2]
    w = world.wanted
    start = w.variants[variant, START] + w.groups[group, BEGIN]
    end = w.variants[variant, START] + w.groups[group, END]
    order = np.lexsort((group, variant, end, start, provider))
    counts = np.bincount(provider, minlength=len(snapshot.providers))
    return Nodes(
        ptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        provider=provider[order].astype(np.int32),
        visit=w.variants[variant[order], VISIT].astype(np.int32),
        variant=variant[order].astype(np.int32),
        group=group[order].astype(np.int32),
        start=start[order],
        end=end[order],
        score=score[order],
        quarters=(-(-(end - start)[order] // 15)).astype(np.int32),
        waived=waived[order],
    )


def _grid(world: World) -> Grid:
    places, w = world.index.snapshot.places, world.wanted
    if not len(w.visits):
        nothing = np.zeros(0, np.int64)
        return Grid(0.0, 0.0, 1, 1, np.zeros(2, np.int64), nothing.astype(np.int32), nothing, 0)
    lat = np.array([p.lat for p in places])[w.visits[:, FROM]]
    lon = np.array([p.lon for p in places])[w.visits[:, FROM]]
    lat0, lon0 = float(lat.min()), float(lon.min())
    rows = int((lat.max() - lat0) / CELL_LAT) + 1
    cols = int((lon.max() - lon0) / CELL_LON) + 1
    row = ((lat - lat0) / CELL_LAT).astype(np.int64)
    col = ((lon - lon0) / CELL_LON).astype(np.int64)
    if rows * cols > 4_000_000:
        rows = cols = 1
        row, col = np.zeros_like(row), np.zeros_like(col)
    cell = (row * cols + col)[w.variants[:, VISIT]]
    order = np.lexsort((w.variants[:, START], cell))
    ptr = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=rows * cols))])
    return Grid(
        lat0, lon0, rows, cols, ptr.astype(np.int64), order.astype(np.int32),
        w.variants[order, START], int(w.groups[:, BEGIN].max(initial=0)),
    )  # fmt: skip


def _boxes(world: World, grid: Grid) -> I64:
    """Per provider the rows and columns that may hold something in her reach."""
    f, snapshot = world.facts, world.index.snapshot
    home, mode = f.people[:, HOME], f.people[:, MODE]
    lat = np.array([p.lat for p in snapshot.places], np.float64)[home]
    lon = np.array([p.lon for p in snapshot.places], np.float64)[home]
    detour, speed, overhead = f.modes[mode].T
    by_minutes = np.maximum(0.0, f.people[:, RADIUS_MINUTES] - overhead) * speed / 60.0
    km = np.minimum(np.minimum(f.radius_km, by_minutes) / detour, 20000.0) * 1.001 + 0.01
    high = km / 111.0 + 1e-6
    polar = np.minimum(np.abs(lat) + high, 89.0)
    wide = np.minimum(high / np.cos(np.radians(polar)), 360.0)
    if grid.rows == grid.cols == 1:
        high, wide = np.full_like(high, 1000.0), np.full_like(wide, 1000.0)
    box = np.stack([
        np.clip(np.floor((lat - high - grid.lat0) / CELL_LAT), 0, grid.rows),
        np.clip(np.floor((lat + high - grid.lat0) / CELL_LAT) + 1, 0, grid.rows),
        np.clip(np.floor((lon - wide - grid.lon0) / CELL_LON), 0, grid.cols),
        np.clip(np.floor((lon + wide - grid.lon0) / CELL_LON) + 1, 0, grid.cols),
    ], axis=1)  # fmt: skip
    return np.ascontiguousarray(box.astype(np.int64))


@njit(cache=True)
def _join(
    f: Facts,
    w: Wanted,
    grid: Grid,
    boxes: I64,
    per_km: int,
    per_nice: int,
    columns: I64,
    ptr: I64,
) -> int:
    """Fill (variant, group, score) per provider; how many there are, even beyond the room."""
    room = columns.shape[1]
    count = 0
    works = np.zeros((4, 1), np.int64)  # start, end, asker, waived
    for p in range(len(f.people)):
        for kind in range(4):
            first = f.people[p, FREE + 2 * kind]
            kinds = 0
            for other in range(4):
                if f.people[p, FREE + 2 * other] == first:
                    if other < kind:
                        break
                    kinds |= 1 << other
            if not kinds:
                continue
            for row in range(boxes[p, 0], boxes[p, 1]):
                for cell in range(row * grid.cols + boxes[p, 2], row * grid.cols + boxes[p, 3]):
                    entry, last = grid.ptr[cell], grid.ptr[cell + 1]
                    for k in range(f.people[p, FREE + 2 * kind + 1]):
                        if entry == last:
                            break
                        opens, closes = f.lists[first + 2 * k], f.lists[first + 2 * k + 1]
                        entry = _first_from(grid.starts, entry, last, opens - grid.late)
                        while entry < last and grid.starts[entry] < closes:
                            a = grid.entries[entry]
                            entry += 1
                            if kinds & (1 << w.visits[w.variants[a, VISIT], KIND]):
                                count = _add_nodes(
                                    f, w, p, a, per_km, per_nice, works, columns, count, room
                                )
        ptr[p + 1] = count
    return count


@njit(cache=True)
def _first_from(starts: I64, low: int, high: int, least: int) -> int:
    while low < high:
        middle = (low + high) // 2
        if starts[middle] < least:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True)
def _add_nodes(
    f: Facts,
    w: Wanted,
    p: int,
    a: int,
    per_km: int,
    per_nice: int,
    works: I64,
    columns: I64,
    count: int,
    room: int,
) -> int:
    v, begins = w.variants[a, VISIT], w.variants[a, START]
    mode, home = f.people[p, MODE], f.people[p, HOME]
    there = circle(f, home, w.visits[v, FROM]) * f.modes[mode, 0]
    back = circle(f, w.visits[v, TO], home) * f.modes[mode, 0]
    if max(there, back) > f.radius_km[p]:
        return count
    home_minutes = minutes(f, mode, back)
    if max(minutes(f, mode, there), home_minutes) > f.people[p, RADIUS_MINUTES]:
        return count
    limited = f.people[p, CAPS + 1] + f.people[p, RESTS + 1] + f.people[p, DAYS + 1] > 0
    score = int(np.floor(max(there, back) * per_km + 0.5))
    first = f.people[p, BONDS]
    for at in range(first, first + BOND * f.people[p, BONDS + 1], BOND):
        if f.lists[at] == w.visits[v, CLIENT]:
            score += f.lists[at + 1]
    for g in range(w.visits[v, GROUPS], w.visits[v, GROUPS + 1]):
        start, end = begins + w.groups[g, BEGIN], begins + w.groups[g, END]
        if not free_at(f, p, w.visits[v, KIND], start, end):
            continue
        if start < f.midnights[0] or end > f.midnights[-1] or not agreeable(f, w, p, v, start):
            continue
        fit = True
        for i in range(w.groups[g, NEEDS], w.groups[g, NEEDS] + w.groups[g, NEEDS + 1]):
            fit = fit and holds(f, p, w.lists[i], start, end)
        if not fit or not unblocked(f, p, start, end, w.visits[v, FROM], w.visits[v, TO]):
            continue
        if home_minutes and not _home_again(f, p, end + home_minutes):
            continue
        if limited:
            works[0, 0], works[1, 0], works[2, 0] = start, end, w.visits[v, ASKER]
            if not limits_hold(f, p, works[0], works[1], works[2], works[3], 1):
                continue
        nice = 0
        wished = w.variants[w.visits[v, VARIANTS], START]
        for i in range(w.groups[g, NICES], w.groups[g, NICES] + w.groups[g, NICES + 1]):
            key = w.lists[i]
            nice += holds(f, p, key, wished + w.groups[g, BEGIN], wished + w.groups[g, END])
        if count < room:
            columns[0, count], columns[1, count] = a, g
            columns[2, count] = score + nice * per_nice
        count += 1
    return count


@njit(cache=True)
def _home_again(f: Facts, p: int, arrival: int) -> bool:
    first = f.people[p, HOMELESS]
    for at in range(first, first + INTERVAL * f.people[p, HOMELESS + 1], INTERVAL):
        if f.lists[at] < arrival <= f.lists[at + 1]:
            return False
    return True


class Special(NamedTuple):
    """Visits and pairs the compiled rules don't decide alone."""

    pairs: set[tuple[int, int]]
    visits: set[int]

    @property
    def touched(self) -> bool:
        return bool(self.pairs or self.visits)


def _special(world: World) -> Special:
    index = world.index
    pairs = {(visit, provider) for visit, provider, _ in index.overrides}
    visits = set(index.pins)
    visits |= {index.seats[seat][0].id for seat in index.standing_seats if seat in index.seats}
    for visit in index.snapshot.visits:
        if visit.series is not None and any(
            (visit.series, at) in index.holders for at in range(len(visit.seats))
        ):
            visits.add(visit.id)
    return Special({(v, p) for v, p in pairs if v in index.visits and p in index.providers}, visits)


def _settle(
    world: World, special: Special, table: I64, provider: I64, waived: I64
) -> tuple[I64, I64, I64]:
    """Nodes of special visits are looked at again; those of special pairs are made anew."""
    index, w = world.index, world.wanted
    keep = np.ones(table.shape[1], bool)
    visits, providers = index.snapshot.visits, index.snapshot.providers
    touched = {world.v_at[v] for v in special.visits} | {world.v_at[v] for v, _ in special.pairs}
    mark = np.zeros(len(visits), bool)
    mark[list(touched)] = True
    for i in np.flatnonzero(mark[w.variants[table[0], VISIT]]):
        visit, person = visits[w.variants[table[0, i], VISIT]], providers[provider[i]]
        group = world.groups[table[1, i]]
        if (visit.id, person.id) in special.pairs:
            keep[i] = False
            continue
        variant = visit.variants[table[0, i] - w.visits[world.v_at[visit.id], VARIANTS]]
        if eligible(index, visit, group[0], person, variant):
            table[2, i] = _score(world, visit, int(table[1, i]), person)
        else:
            keep[i] = False
    made = [row for v, p in sorted(special.pairs) for row in _made(world, v, p)]
    extra = np.array(made, np.int64).reshape(-1, 5)
    return (
        np.concatenate([table[:, keep], extra[:, [1, 2, 3, 3]].T], axis=1),
        np.concatenate([provider[keep], extra[:, 0]]),
        np.concatenate([waived[keep], extra[:, 4]]),
    )


def _score(world: World, visit: Visit, group: int, person: Provider) -> int:
    index = world.index
    seat = world.groups[group][0]
    km = reach(index, visit, person).km
    score = sum(part.points for part in parts(index, visit, seat, person, km))
    if visit.series is not None and index.same.get(visit.series) == "wished":
        at = next(i for i, other in enumerate(visit.seats) if other.id == seat.id)
        if main_holder(index, (visit.series, at)) == person.id:
            score += index.weights.series_same
    return score


def _made(world: World, visit_id: int, provider_id: int) -> list[tuple[int, ...]]:
    index, w = world.index, world.wanted
    visit, person = index.visits[visit_id], index.providers[provider_id]
    v = world.v_at[visit_id]
    rows: list[tuple[int, ...]] = []
    for number, variant in enumerate(visit.variants):
        for g in range(w.visits[v, GROUPS], w.visits[v, GROUPS + 1]):
            if eligible(index, visit, world.groups[g][0], person, variant):
                score = _score(world, visit, g, person)
                row = world.p_at[provider_id], int(w.visits[v, VARIANTS]) + number, g, score
                rows.append((*row, waived_bits(index, visit, person)))
    return rows


def waived_bits(index: Index, visit: Visit, person: Provider) -> int:
    """As `rules.limits_hold` reads them."""
    bits = 0
    kinds: tuple[tuple[int, Sequence[Cap | Rest | Days]], ...] = (
        (0, person.caps), (21, person.rests), (42, person.days)
    )  # fmt: skip
    for first, limits in kinds:
        for i, limit in enumerate(limits):
            if not limit.hard and index.waived(visit.id, person.id, limit.reason):
                bits |= 1 << (first + min(i, 20))
    return bits
