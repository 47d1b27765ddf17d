"""A snapshot's facts, found by their keys: what every pure function of the engine looks up in."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from rundum_engine.snapshot import (
    Barrier,
    Bond,
    Calendar,
    Minute,
    Mode,
    Pin,
    Place,
    Provider,
    Seat,
    Skill,
    Snapshot,
    Span,
    Visit,
)


class Days:
    """Local days of a calendar: which day a minute lies in, and how a span falls on days."""

    def __init__(self, calendar: Calendar) -> None:
        self.midnights = calendar.midnights
        self.first_weekday = calendar.first_weekday

    def day(self, minute: Minute) -> int:
        """The local day; -1 before the calendar, the number of days behind its end."""
        return bisect_right(self.midnights, minute) - 1

    def week(self, day: int) -> int:
        """The local week (from Monday) of a local day; day 0 lies in week 0."""
        return (day + self.first_weekday) // 7

    def knows(self, span: Span) -> bool:
        return self.midnights[0] <= span.start and span.end <= self.midnights[-1]

    def portions(self, start: Minute, end: Minute) -> Iterator[tuple[int, int]]:
        """(day, minutes) for each local day the span touches; what lies outside is left out."""
        midnights = self.midnights
        day = max(self.day(start), 0)
        while day + 1 < len(midnights) and midnights[day] < end:
            minutes = min(end, midnights[day + 1]) - max(start, midnights[day])
            if minutes > 0:
                yield day, minutes
            day += 1


class Index:
    """Built once per snapshot, never changed."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.weights = snapshot.weights
        self.days = Days(snapshot.calendar)
        self.places: dict[int, Place] = {place.id: place for place in snapshot.places}
        self.modes: dict[str, Mode] = {mode.key: mode for mode in snapshot.modes}
        self.providers: dict[int, Provider] = {p.id: p for p in snapshot.providers}
        self.visits: dict[int, Visit] = {visit.id: visit for visit in snapshot.visits}
        self.seats: dict[int, tuple[Visit, Seat]] = {
            seat.id: (visit, seat) for visit in snapshot.visits for seat in visit.seats
        }
        self.bonds: dict[tuple[int, int], Bond] = {}
        for bond in snapshot.bonds:
            known = self.bonds.get((bond.client, bond.provider), bond)
            self.bonds[bond.client, bond.provider] = Bond(
                client=bond.client,
                provider=bond.provider,
                preferred=bond.preferred or known.preferred,
                together=max(bond.together, known.together),
            )
        barriers: dict[int, list[Barrier]] = defaultdict(list)
        for barrier in snapshot.barriers:
            barriers[barrier.provider].append(barrier)
        self.barriers = dict(barriers)
        self.overrides = {(o.visit, o.provider, o.reason) for o in snapshot.overrides}
        pins: dict[int, list[Pin]] = defaultdict(list)
        for pin in snapshot.pins:
            pins[pin.visit].append(pin)
        self.pins = dict(pins)
        self.standing = {(standing.seat, standing.provider) for standing in snapshot.standing}
        self.standing_seats = {standing.seat for standing in snapshot.standing}
        self.same = {series.id: series.same for series in snapshot.series}
        self.holders = _series_holders(snapshot)
        self._skills: dict[int, dict[str, list[Skill]]] = {}

    def about(self, question: Snapshot) -> Index:
        """The question's visits and pairs, with this one's calendar, places and means of transport
        (places of the question beside them)."""
        index = Index(question)
        index.days, index.modes = self.days, self.modes
        index.places = {**self.places, **index.places}
        return index

    def with_places(self, places: Iterable[Place]) -> Index:
        """The same, knowing some places more."""
        known = {place.id: place for place in places}
        if known.keys() <= self.places.keys():
            return self
        every = tuple({**self.places, **known}.values())
        return Index(msgspec.structs.replace(self.snapshot, places=every))

    def skills(self, provider: Provider) -> dict[str, list[Skill]]:
        known = self._skills.get(provider.id)
        if known is None:
            known = {}
            for skill in provider.skills:
                known.setdefault(skill.key, []).append(skill)
            self._skills[provider.id] = known
        return known

    def waived(self, visit: int, provider: int, reason: str) -> bool:
        """Whether staff waived this (soft) reason for this pair."""
        return (visit, provider, reason) in self.overrides


def open_seats(visit: Visit) -> tuple[Seat, ...]:
    """Those nobody holds yet."""
    return tuple(seat for seat in visit.seats if seat.holder is None)


def position(visit: Visit, seat: Seat) -> int:
    """A seat's place in its visit: seats of a series belong together by it."""
    return next(i for i, other in enumerate(visit.seats) if other.id == seat.id)


def _series_holders(snapshot: Snapshot) -> dict[tuple[int, int], dict[int, int]]:
    """For each (series, position of the seat): how many visits each holder already has."""
    holders: dict[tuple[int, int], dict[int, int]] = {}
    for visit in snapshot.visits:
        if visit.series is None:
            continue
        for place, seat in enumerate(visit.seats):
            if seat.holder is not None:
                counts = holders.setdefault((visit.series, place), {})
                counts[seat.holder] = counts.get(seat.holder, 0) + 1
    return holders
