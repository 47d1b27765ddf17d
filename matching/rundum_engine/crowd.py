"""Who is free, as columns: one question to everybody, answered in a few milliseconds.

numpy leaves the few whom place, skills and free time don't rule out; `eligibility` decides on
each of those. So an answer here is the same as the one in a plan or on acceptance.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from rundum_engine.eligibility import eligible
from rundum_engine.index import Index
from rundum_engine.outcomes import candidate
from rundum_engine.plan import Candidate
from rundum_engine.scoring import parts
from rundum_engine.snapshot import Minute, Place, Provider, Seat, Snapshot, Span, Variant, Visit
from rundum_engine.travel import EARTH_KM, arcsine, unit_vector

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]

SAFE = 0.001
"""Kilometres by which the first look at a distance errs to her favour; the second is exact."""

Tagged = Callable[[Minute, Minute], tuple[str, ...]]
"""What a provider may refuse about the visit if it lay there."""


class Probe(NamedTuple):
    """One way a seat could be asked for: when, without which needs, how much wider around."""

    start: Minute
    end: Minute
    without: frozenset[str] = frozenset()
    wider: int = 0


class Crowd:
    """Everybody in a snapshot (its visits don't matter); never changed, but for `updated`.

    Free times are kept as columns only, what people share (limits, tags) is kept once: about
    20 MB for 20,000 people with two weeks of free times.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.ground = Index(replace(snapshot, providers=(), visits=(), barriers=(), bonds=()))
        people = sorted(snapshot.providers, key=lambda p: p.id)
        self._fill(people, [_times(p) for p in people])

    def updated(
        self, changed: Sequence[Provider], gone: Iterable[int], places: Sequence[Place]
    ) -> Crowd:
        """The crowd with these people as they are now, and without those who left."""
        new = {p.id: p for p in changed}
        left = set(gone) - new.keys()
        kept = [i for i, p in enumerate(self.people) if p.id not in new and p.id not in left]
        pairs = [(self.people[i], self._times_at(i)) for i in kept]
        pairs += [(p, _times(p)) for p in changed]
        pairs.sort(key=lambda pair: pair[0].id)
        crowd = Crowd.__new__(Crowd)
        crowd.ground = self.ground.with_places(places)
        crowd._fill([p for p, _ in pairs], [times for _, times in pairs])
        return crowd

    def _fill(self, people: Sequence[Provider], times: Sequence[Ints]) -> None:
        places, modes = self.ground.places, self.ground.modes
        self.people = [replace(p, free=()) if p.free else p for p in people]
        self.homes: Floats = np.array(
            [unit_vector(places[p.home].lat, places[p.home].lon) for p in people], np.float64
        ).reshape(-1, 3)
        self.detour: Floats = np.array([modes[p.mode].detour for p in people], np.float64)
        self.radius: Floats = np.array(
            [np.inf if p.radius_km is None else p.radius_km for p in people], np.float64
        )
        self.centre = np.array([p.centre for p in people], np.int64)
        self.several: Marks = np.array([bool(p.centres) for p in people], bool)
        rows: dict[str, list[int]] = {}
        for i, p in enumerate(people):
            for skill in p.skills:
                rows.setdefault(skill.key, []).append(i)
        self.skills: dict[str, Marks] = {}
        for key, holders in rows.items():
            self.skills[key] = np.zeros(len(people), bool)
            self.skills[key][holders] = True
        self.ptr = np.concatenate([[0], np.cumsum([len(t) // 2 for t in times])]).astype(np.int64)
        flat = np.concatenate([np.zeros(0, np.int32), *times])
        self.starts, self.ends = flat[::2].copy(), flat[1::2].copy()

    def _times_at(self, row: int) -> Ints:
        first, last = self.ptr[row], self.ptr[row + 1]
        return np.stack([self.starts[first:last], self.ends[first:last]], axis=1).ravel()

    def __len__(self) -> int:
        return len(self.people)


class Asked:
    """A seat asked of a crowd: whom it could concern at all is looked up once for many probes.

    `question` holds the visit and what lies between it and people (barriers, bonds, overrides,
    pins); probes lie within `first` and `last` and go at most `wider` kilometres further.
    """

    def __init__(
        self,
        crowd: Crowd,
        question: Snapshot,
        visit: Visit,
        seat: Seat,
        reach: Span,
        *,
        wider: int = 0,
        tagged: Tagged | None = None,
    ) -> None:
        self.crowd, self.visit, self.seat = crowd, visit, seat
        self.now = question.now
        self.days = crowd.ground.days
        self._tagged = tagged or (lambda start, end: visit.tags)
        self.index = crowd.ground.about(question)
        km = self._kilometres()
        excused = {person for at, person, _ in self.index.overrides if at == visit.id}
        waived = np.array([p.id in excused for p in crowd.people] if excused else [], bool)
        beyond: Floats = km - crowd.radius
        if excused:
            beyond[waived] = -np.inf
        near = beyond <= wider + SAFE
        near &= (crowd.centre == visit.centre) | crowd.several
        self.rows = np.flatnonzero(near)
        self.beyond = beyond[self.rows]
        self.waived = waived
        self._gather(reach)

    def _kilometres(self) -> Floats:
        places, homes = self.index.places, self.crowd.homes
        longest = np.zeros(len(homes))
        for id in {self.visit.start_place, self.visit.end_place}:
            there = np.array(unit_vector(places[id].lat, places[id].lon))
            h = np.maximum(0.0, 0.5 - (homes @ there) / 2.0)
            np.maximum(longest, 2.0 * EARTH_KM * np.sqrt(h) * arcsine(h), out=longest)
        return longest * self.crowd.detour

    def _gather(self, reach: Span) -> None:
        """The free times of these people that touch the reach, with their owners."""
        crowd = self.crowd
        first, count = crowd.ptr[self.rows], crowd.ptr[self.rows + 1] - crowd.ptr[self.rows]
        owner = np.repeat(np.arange(len(self.rows)), count)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        at = np.repeat(first, count) + within
        starts, ends = crowd.starts[at], crowd.ends[at]
        touching = (starts < reach.end) & (ends > reach.start)
        self.starts, self.ends = starts[touching], ends[touching]
        self.owner = owner[touching]

    def who(
        self, probe: Probe, most: int | None = None, known: Collection[int] = ()
    ) -> list[Provider]:
        """Everybody who could take the seat so, by rising id; at most so many, and none of those
        who are known."""
        free = np.flatnonzero((self.starts <= probe.start) & (self.ends >= probe.end))
        if not len(free):
            return []
        free = free[self.beyond[self.owner[free]] <= probe.wider + SAFE]
        seat = self._seat(probe)
        for need in seat.needs:
            free = free[self._could_hold(need.skill)[self.rows[self.owner[free]]]]
        if not len(free):
            return []
        visit = replace(self.visit, tags=self._tagged(probe.start, probe.end))
        variant = Variant(start=probe.start - seat.begin)
        found: list[Provider] = []
        for i in free:
            person = self._person(int(i), probe)
            if person.id not in known and eligible(self.index, visit, seat, person, variant):
                found.append(person)
                if len(found) == most:
                    break
        return found

    def count(self, most: int | None = None) -> int:
        """How many could take it at one of its starts; counting stops at `most`."""
        found: set[int] = set()
        for probe in self._starts():
            found |= {person.id for person in self.who(probe, most, found)}
            if most is not None and len(found) >= most:
                return most
        return len(found)

    def candidates(self, most: int) -> tuple[int, tuple[Candidate, ...]]:
        """How many could take it at one of its starts, and the best of them with their points."""
        index, visit, seat = self.index, self.visit, self.seat
        found: dict[int, tuple[int, Provider, Variant]] = {}
        for variant, probe in zip(visit.variants, self._starts(), strict=True):
            for person in self.who(probe, known=found):
                points = sum(part.points for part in parts(index, visit, seat, person))
                found[person.id] = points, person, variant
        best = sorted(found.values(), key=lambda one: (-one[0], one[1].id))[:most]
        return len(found), tuple(
            candidate(index, visit, seat, variant, person, {}) for _, person, variant in best
        )

    def _starts(self) -> list[Probe]:
        seat = self.seat
        return [Probe(v.start + seat.begin, v.start + seat.end) for v in self.visit.variants]

    def _could_hold(self, skill: str) -> Marks:
        holders = self.crowd.skills.get(skill)
        if holders is None:
            holders = np.zeros(len(self.crowd), bool)
        return holders | self.waived if len(self.waived) else holders

    def _seat(self, probe: Probe) -> Seat:
        needs = self.seat.needs
        if probe.without:
            needs = tuple(need for need in needs if need.skill not in probe.without)
        return replace(self.seat, end=self.seat.begin + probe.end - probe.start, needs=needs)

    def _person(self, i: int, probe: Probe) -> Provider:
        """As she is, with the one free time that holds the probe, and her wider radius."""
        person = self.crowd.people[self.rows[self.owner[i]]]
        free = (Span(int(self.starts[i]), int(self.ends[i])),)
        radius = person.radius_km
        if radius is not None:
            radius += probe.wider
        as_probed: Provider = replace(person, free=free, radius_km=radius)
        return as_probed


def _times(provider: Provider) -> Ints:
    """Start and end of each free time, one behind the other."""
    return np.array([x for span in provider.free for x in (span.start, span.end)], np.int32)
