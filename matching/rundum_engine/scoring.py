"""What an assignment is worth, in parts; and what a whole plan is worth, in two tiers.

Points are integers. A visit's value is earned once, when the plan fills its last open required
seat; `parts` is what a particular person adds; series and fairness depend on the whole plan.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rundum_engine.eligibility import reach
from rundum_engine.index import Index, open_seats, position
from rundum_engine.plan import Assignment, Part
from rundum_engine.snapshot import Provider, Seat, Visit, Weights

FAIRNESS: tuple[tuple[int, float], ...] = ((32, 1.0), (80, 2 / 3), (160, 1 / 3))
"""Up to so many quarters of an hour (recent and planned) this share of `fairness_hour` counts."""


def parts(
    index: Index, visit: Visit, seat: Seat, provider: Provider, km: float | None = None
) -> tuple[Part, ...]:
    """What she adds on this seat, whatever else is planned; parts of no points are left out."""
    weights = index.weights
    if km is None:
        km = reach(index, visit, provider).km
    found = [("distance", distance_points(weights, km))]
    bond = index.bonds.get((visit.client, provider.id))
    if bond is not None:
        if bond.preferred:
            found.append(("preferred", weights.preferred))
        known = min(bond.together * weights.continuity, weights.continuity_most)
        found.append(("continuity", known))
    if seat.nice:
        skills = index.skills(provider)
        start, end = visit.variants[0].start + seat.begin, visit.variants[0].start + seat.end
        pleasing = sum(
            any(
                (s.since is None or s.since <= start) and (s.until is None or s.until >= end)
                for s in skills.get(key, ())
            )
            for key in seat.nice
        )
        found.append(("nice", pleasing * weights.nice))
    if (seat.id, provider.id) in index.standing:
        found.append(("inertia", weights.inertia))
    if any(
        pin.must and pin.provider == provider.id and pin.seat in (None, seat.id)
        for pin in index.pins.get(visit.id, ())
    ):
        found.append(("pinned", weights.pinned))
    return tuple(Part(key=key, points=points) for key, points in found if points)


def distance_points(weights: Weights, km: float) -> int:
    return math.floor(km * weights.kilometre + 0.5)


def fairness_slopes(weights: Weights) -> tuple[tuple[int, int], ...]:
    """(up to so many quarters, points per quarter), falling: the concave bonus in integers."""
    return tuple((upto, round(weights.fairness_hour * share / 4)) for upto, share in FAIRNESS)


def fairness(weights: Weights, quarters: int) -> int:
    """The bonus for somebody with so many quarters of an hour, recent and planned together."""
    total, before = 0, 0
    for upto, points in fairness_slopes(weights):
        total += points * max(0, min(quarters, upto) - before)
        before = upto
    return total


def quarters(minutes: int) -> int:
    """Quarters of an hour, begun ones counted."""
    return -(-minutes // 15)


class Worth(NamedTuple):
    """The objective in its tiers: `urgent` is what urgent visits and pins earn, `value` all."""

    urgent: int
    value: int
    parts: dict[tuple[int, int], tuple[Part, ...]]


def worth(index: Index, assignments: Iterable[Assignment]) -> Worth:
    """What these assignments are worth together; `parts` by (visit, seat) add series and
    fairness to the pair's own."""
    chosen = sorted(assignments, key=lambda a: (a.start, a.visit, a.seat))
    by_visit: dict[int, list[Assignment]] = defaultdict(list)
    found: dict[tuple[int, int], list[Part]] = {}
    urgent = value = 0
    for a in chosen:
        visit, seat = index.seats[a.seat]
        by_visit[a.visit].append(a)
        own = list(parts(index, visit, seat, index.providers[a.provider]))
        found[a.visit, a.seat] = own
        urgent += sum(part.points for part in own if part.key == "pinned")
        value += 0 if seat.required else seat.value
    for visit_id, team in by_visit.items():
        visit = index.visits[visit_id]
        earned = earned_by(visit, [a.seat for a in team])
        seat = index.seats[team[0].seat][1]
        start = team[0].start - seat.begin
        value += earned - next(v.cost for v in visit.variants if v.start == start)
        urgent += earned if visit.urgent else 0
    for key, part in _series_parts(index, chosen):
        found[key].append(part)
    for key, part in _fairness_parts(index, chosen):
        found[key].append(part)
    value += sum(part.points for own in found.values() for part in own)
    return Worth(urgent, value, {key: tuple(own) for key, own in found.items()})


def earned_by(visit: Visit, seats: Sequence[int]) -> int:
    """The visit's value if these seats complete its core, and it was not complete before."""
    missing = [seat.id for seat in open_seats(visit) if seat.required]
    return visit.value if missing and set(missing) <= set(seats) else 0


def _series_parts(
    index: Index, chosen: Sequence[Assignment]
) -> Iterable[tuple[tuple[int, int], Part]]:
    points = index.weights.series_same
    teams: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
    for a in chosen:
        visit, seat = index.seats[a.seat]
        if points and visit.series is not None and index.same.get(visit.series) == "wished":
            teams[visit.series, position(visit, seat)].append(a)
    for key, team in teams.items():
        main = main_holder(index, key)
        if main is None:
            counts: dict[int, int] = defaultdict(int)
            for a in team:
                counts[a.provider] += 1
            main = min(counts, key=lambda p: (-counts[p], p))
        for a in team:
            if a.provider == main:
                yield (a.visit, a.seat), Part(key="series_same", points=points)


def main_holder(index: Index, key: tuple[int, int]) -> int | None:
    """Who holds most visits of a (series, position); None where nobody does."""
    counts = index.holders.get(key)
    return min(counts, key=lambda p: (-counts[p], p)) if counts else None


def _fairness_parts(
    index: Index, chosen: Sequence[Assignment]
) -> Iterable[tuple[tuple[int, int], Part]]:
    so_far: dict[int, int] = {}
    for a in chosen:
        before = so_far.get(a.provider)
        if before is None:
            before = index.providers[a.provider].recent_minutes // 15
        after = before + quarters(a.end - a.start)
        so_far[a.provider] = after
        points = fairness(index.weights, after) - fairness(index.weights, before)
        if points:
            yield (a.visit, a.seat), Part(key="fairness", points=points)
