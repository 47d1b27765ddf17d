"""A snapshot as arrays: what the kernels read. Positions instead of ids, everywhere.

A variant is one start of a visit, a group are seats of a visit that are alike for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rundum_engine.index import Index, open_seats, position
from rundum_engine.limits import committed
from rundum_engine.scoring import main_holder
from rundum_engine.snapshot import Cap, Days, Provider, Refusal, Rest, Seat, Span, Visit, Windows
from rundum_engine.travel import unit_vector

I8 = npt.NDArray[np.int8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

KINDS = (1, 2, 4, 8)
FAR = 1 << 40
"""A minute behind every calendar."""


# Columns of `Facts.people`. A list has two: its offset in `Facts.lists` and its length.
HOME, MODE, RADIUS_MINUTES, RATE, RECENT, FREE = 0, 1, 2, 3, 4, 5
"""`FREE` and the seven behind it: offset and length of the intervals per kind of client."""
CENTRES, BUSY, SKILLS, TAGS, BARRIERS, HOMELESS, BONDS, CAPS, RESTS, DAYS = range(13, 33, 2)
PEOPLE = 33

# What a row of each list holds, in this order.
INTERVAL = 2  # start, end
COMMITTED = 5  # start, end, place before, place after (-1 unknown), work
SKILL = 3  # key, since, until
TAG = 4  # tag, askers, start, end
BARRIER = 2  # client, request
BOND = 2  # client, points
CAP = 6  # askers, start, end, minutes, kind (0 day, 1 week, 2 rolling), days
REST = 4  # askers, start, end, minutes

# Columns of `Wanted.visits`, `.variants` and `.groups`.
CENTRE, CLIENT, REQUEST, KIND, ASKER, FROM, TO, PAID, VALUE, URGENT = range(10)
VARIANTS, GROUPS, VISIT_TAGS, HOLDERS = range(10, 18, 2)
VISITS = 18
VISIT, START, COST = range(3)
COUNT, REQUIRED, BEGIN, END, EXTRA, HAND, WISH, NEEDS, NICES = 1, 2, 3, 4, 5, 6, 7, 8, 10
GROUP_COLUMNS = 12


class Facts(NamedTuple):
    """Everything about places, providers and limits. Few arrays: each costs in every call."""

    places: F64  # unit vectors
    modes: F64  # detour, km an hour, overhead
    midnights: I64
    first_weekday: int
    people: I64
    radius_km: F64
    lists: I64
    load: I32  # [provider, day] minutes of committed work before this day
    worked: I8  # [provider, day] whether committed work starts on it
    has: I8  # [provider, skill] 0 never, 1 always, 2 see her list


class Wanted(NamedTuple):
    """The visits' side. `VALUE` is 0 where the core is complete already; `HAND` and `WISH` number
    the demanded or (without a holder) wished (series, position), else -1."""

    visits: I64
    variants: I64
    groups: I64
    lists: I64


class World:
    """The arrays, and the way back from positions to the snapshot's values."""

    def __init__(self, index: Index) -> None:
        self.index = index
        snapshot = index.snapshot
        self.p_at = {p.id: i for i, p in enumerate(snapshot.providers)}
        self.v_at = {v.id: i for i, v in enumerate(snapshot.visits)}
        self.place_at = {p.id: i for i, p in enumerate(snapshot.places)}
        self.groups: list[tuple[Seat, ...]] = []
        keys = {key for v in snapshot.visits for s in v.seats for key in _keys(s)}
        self.skill_at = {key: i for i, key in enumerate(sorted(keys))}
        self.tag_at = {
            tag: i for i, tag in enumerate(sorted({t for v in snapshot.visits for t in v.tags}))
        }
        self.series_at: dict[tuple[int, int], int] = {}
        self.facts = self._facts()
        self.wanted = self._wanted()

    def _facts(self) -> Facts:
        index, snapshot = self.index, self.index.snapshot
        modes = {mode.key: i for i, mode in enumerate(snapshot.modes)}
        days = len(index.days.midnights) - 1
        people = np.zeros((len(snapshot.providers), PEOPLE), np.int64)
        load = np.zeros((len(people), days + 1), np.int32)
        worked = np.zeros((len(people), days), np.int8)
        has = np.zeros((len(people), max(1, len(self.skill_at))), np.int8)
        bonds = self._bonds()
        lists: list[int] = []
        rows: list[list[int]] = []
        for i, p in enumerate(snapshot.providers):
            for work in committed(p.commitments):
                if work.counts:
                    for day, minutes in index.days.portions(work.start, work.end):
                        load[i, day + 1] += minutes
                    day = index.days.day(work.start)
                    if 0 <= day < days:
                        worked[i, day] = 1
            row = [
                self.place_at[p.home],
                modes[p.mode],
                FAR if p.radius_minutes is None else p.radius_minutes,
                p.lowest_rate or 0,
                p.recent_minutes // 15,
            ]
            _add_free(row, lists, p)
            centres = (p.centre, *p.centres)
            _add(row, lists, len(centres), centres)
            _add(row, lists, len(p.commitments), self._busy(p))
            skills = self._skills(p, has[i])
            _add(row, lists, len(skills), (x for skill in skills for x in skill))
            tags = [r for r in p.refusals if r.tag in self.tag_at]
            _add(row, lists, len(tags), (
                x for r in tags for x in (self.tag_at[r.tag], *_subject(r))
            ))  # fmt: skip
            barriers = index.barriers.get(p.id, ())
            _add(row, lists, len(barriers), (
                x for b in barriers for x in (_id(b.client), _id(b.request))
            ))  # fmt: skip
            _add(
                row, lists, len(p.no_way_home), (x for s in p.no_way_home for x in (s.start, s.end))
            )
            _add(row, lists, len(bonds[i]), (x for bond in bonds[i] for x in bond))
            _add(row, lists, len(p.caps), (
                x
                for c in p.caps
                for x in (*_subject(c), c.minutes, ("day", "week", "rolling").index(c.per), c.days)
            ))  # fmt: skip
            _add(row, lists, len(p.rests), (x for r in p.rests for x in (*_subject(r), r.minutes)))
            _add(row, lists, len(p.days), (x for d in p.days for x in (*_subject(d), d.most)))
            rows.append(row)
        if rows:
            people[:] = rows
        return Facts(
            places=np.array(
                [unit_vector(p.lat, p.lon) for p in snapshot.places], np.float64
            ).reshape(-1, 3),
            modes=np.array(
                [(m.detour, m.km_per_hour, m.overhead) for m in snapshot.modes], np.float64
            ),
            midnights=np.array(index.days.midnights, np.int64),
            first_weekday=index.days.first_weekday,
            people=people,
            radius_km=np.array(
                [np.inf if p.radius_km is None else p.radius_km for p in snapshot.providers],
                np.float64,
            ),
            lists=np.array(lists, np.int64),
            load=np.cumsum(load, axis=1, dtype=np.int32),
            worked=worked,
            has=has,
        )

    def _busy(self, p: Provider) -> Iterable[int]:
        for c in p.commitments:
            yield from (c.span.start, c.span.end)
            yield from (self._place(c.start_place), self._place(c.end_place), int(c.work))

    def _place(self, place: int | None) -> int:
        return -1 if place is None else self.place_at[place]

    def _skills(self, p: Provider, has: I8) -> list[tuple[int, int, int]]:
        midnights = self.index.days.midnights
        partial = []
        for skill in p.skills:
            key = self.skill_at.get(skill.key)
            if key is None:
                continue
            since = -FAR if skill.since is None else skill.since
            until = FAR if skill.until is None else skill.until
            if since <= midnights[0] and until >= midnights[-1]:
                has[key] = 1
            elif has[key] != 1:
                has[key] = 2
                partial.append((key, since, until))
        return partial

    def _bonds(self) -> list[list[tuple[int, int]]]:
        weights = self.index.weights
        bonds: list[list[tuple[int, int]]] = [[] for _ in self.index.snapshot.providers]
        for (client, provider), bond in sorted(self.index.bonds.items()):
            points = min(bond.together * weights.continuity, weights.continuity_most)
            points += weights.preferred if bond.preferred else 0
            if provider in self.p_at:
                bonds[self.p_at[provider]].append((client, points))
        return bonds

    def _wanted(self) -> Wanted:
        lists: list[int] = []
        visits: list[list[int]] = []
        variants: list[tuple[int, int, int]] = []
        groups: list[list[int]] = []
        for i, visit in enumerate(self.index.snapshot.visits):
            row = [
                visit.centre,
                visit.client,
                visit.request,
                KINDS.index(visit.asker),
                visit.asker,
                self.place_at[visit.start_place],
                self.place_at[visit.end_place],
                FAR if visit.rate is None else visit.rate,
                _value(visit),
                int(visit.urgent),
            ]
            row += [len(variants), len(variants) + len(visit.variants)]
            variants.extend((i, v.start, v.cost) for v in visit.variants)
            row.append(len(groups))
            for seats, hand, wish in self._groups(visit):
                seat = seats[0]
                self.groups.append(seats)
                extra = 0 if seat.required else seat.value
                group = [i, len(seats), int(seat.required), seat.begin, seat.end, extra, hand, wish]
                _add(group, lists, len(seat.needs), (self.skill_at[n.skill] for n in seat.needs))
                _add(group, lists, len(seat.nice), (self.skill_at[key] for key in seat.nice))
                groups.append(group)
            row.append(len(groups))
            _add(row, lists, len(visit.tags), (self.tag_at[tag] for tag in visit.tags))
            holders = [self.p_at[s.holder] for s in visit.seats if s.holder in self.p_at]
            _add(row, lists, len(holders), holders)
            visits.append(row)
        return Wanted(
            visits=np.array(visits, np.int64).reshape(-1, VISITS),
            variants=np.array(variants, np.int64).reshape(-1, 3),
            groups=np.array(groups, np.int64).reshape(-1, GROUP_COLUMNS),
            lists=np.array(lists, np.int64),
        )

    def _groups(self, visit: Visit) -> list[tuple[tuple[Seat, ...], int, int]]:
        """Open seats that are alike for everybody: (seats, demanded hand, wished hand)."""
        seats = open_seats(visit)
        if len(seats) == 1 and visit.series is None:
            return [((seats[0],), -1, -1)]
        alike: dict[Any, list[Seat]] = {}
        hands: dict[Any, tuple[int, int]] = {}
        for seat in seats:
            hand = wish = -1
            same = None if visit.series is None else self.index.same.get(visit.series)
            if visit.series is not None and same in ("wished", "demanded"):
                at = visit.series, position(visit, seat)
                number = self.series_at.setdefault(at, len(self.series_at))
                hand = number if same == "demanded" else -1
                wish = number if same == "wished" and main_holder(self.index, at) is None else -1
            own = visit.series if same in ("wished", "demanded") else None
            apart = seat.id if own is not None or self._singled_out(visit, seat) else None
            key = (
                seat.required, seat.begin, seat.end, seat.value, seat.needs, seat.nice, apart
            )  # fmt: skip
            alike.setdefault(key, []).append(seat)
            hands[key] = hand, wish
        return [(tuple(group), *hands[key]) for key, group in alike.items()]

    def _singled_out(self, visit: Visit, seat: Seat) -> bool:
        pinned = any(pin.seat == seat.id for pin in self.index.pins.get(visit.id, ()))
        return pinned or seat.id in self.index.standing_seats


def _value(visit: Visit) -> int:
    return visit.value if any(s.required and s.holder is None for s in visit.seats) else 0


def _add(row: list[int], lists: list[int], count: int, values: Iterable[int]) -> None:
    """Append a list and note its offset and length in the row."""
    row.append(len(lists))
    row.append(count)
    lists.extend(values)


def _add_free(row: list[int], lists: list[int], p: Provider) -> None:
    """Per kind of client the intervals a visit must lie inside of."""
    known: dict[tuple[int, ...], tuple[int, int]] = {}
    for kind in KINDS:
        holding = tuple(i for i, w in enumerate(p.windows) if w.askers & kind)
        if holding not in known:
            spans = [(s.start, s.end) for s in p.free]
            for i in holding:
                spans = _meet(spans, _intervals(p.windows[i]))
            known[holding] = len(lists), len(spans)
            lists.extend(x for span in spans for x in span)
        row.extend(known[holding])


def _subject(limit: Cap | Rest | Days | Refusal) -> tuple[int, int, int]:
    """For whom a limit holds: askers, and within which starts."""
    return limit.askers, *_within(limit.within)


def _intervals(window: Windows) -> list[tuple[int, int]]:
    """The maximal intervals inside one of which a visit satisfies the window."""
    if window.within is None:
        return sorted((s.start, s.end) for s in window.spans)
    a, b = window.within.start, window.within.end
    found = [(-FAR, a), (b, FAR)]
    for s in window.spans:
        if s.start < b and a < s.end:
            found.append((s.start if s.start > a else -FAR, s.end if s.end < b else FAR))
    return sorted(found)


def _meet(
    left: Sequence[tuple[int, int]], right: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """All intersections, sorted, without those inside others."""
    met = sorted((max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) < min(b, d))
    kept: list[tuple[int, int]] = []
    for start, end in met:
        if kept and end <= kept[-1][1]:
            continue
        while kept and kept[-1][0] == start:
            kept.pop()
        kept.append((start, end))
    return kept


def _keys(seat: Seat) -> Iterable[str]:
    for need in seat.needs:
        yield need.skill
    yield from seat.nice


def _within(span: Span | None) -> tuple[int, int]:
    return (-FAR, FAR) if span is None else (span.start, span.end)


def _id(value: int | None) -> int:
    return -FAR if value is None else value
