"""What became of each visit: its state, the funnel of refusals, the best candidates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

from rundum_engine.eligibility import reach, reasons
from rundum_engine.index import Index, open_seats
from rundum_engine.limits import Work, compatible, work_of
from rundum_engine.plan import Assignment, Candidate, Outcome, Why
from rundum_engine.scoring import parts
from rundum_engine.snapshot import Provider, Seat, Variant, Visit

MOST = 10
MANY_PAIRS = 250_000
Eligible = Mapping[int, Mapping[int, tuple[Seat, Variant, int]]]
"""By visit and provider the first seat and start she could take, and her points there."""


def outcomes(
    index: Index, assignments: Sequence[Assignment], eligible: Eligible
) -> tuple[Outcome, ...]:
    """One outcome per visit, in the snapshot's order; `eligible` says who could take a seat.

    Where pairs are many, only visits that lack somebody get their funnel, the soonest ones first:
    `outcome` makes any other when it is asked for.
    """
    agendas = _agendas(assignments)
    taken = {a.seat for a in assignments}
    funnels = _with_funnel(index, taken)
    return tuple(
        _outcome(index, visit, taken, agendas, eligible.get(visit.id, {}), visit.id in funnels)
        for visit in index.snapshot.visits
    )


def outcome(index: Index, visit: Visit, assignments: Sequence[Assignment]) -> Outcome:
    """What became of one visit, its funnel included, looked at anew."""
    seats = open_seats(visit)
    eligible: dict[int, tuple[Seat, Variant, int]] = {}
    for provider in index.snapshot.providers:
        pair = _best(index, visit, seats, provider)
        if pair is not None:
            points = sum(part.points for part in parts(index, visit, pair[0], provider))
            eligible[provider.id] = *pair, points
    taken = {a.seat for a in assignments}
    return _outcome(index, visit, taken, _agendas(assignments), eligible, True)


def _with_funnel(index: Index, taken: set[int]) -> set[int]:
    """The visits of which everybody is looked at, at most MANY_PAIRS of visits and people."""
    snapshot = index.snapshot
    most = MANY_PAIRS // max(1, len(snapshot.providers))
    wanted = sorted(
        snapshot.visits,
        key=lambda v: (_state(v, taken) == "filled", v.variants[0].start if v.variants else 0),
    )
    return {visit.id for visit in wanted[:most]}


def _agendas(assignments: Sequence[Assignment]) -> dict[int, list[Assignment]]:
    agendas: dict[int, list[Assignment]] = defaultdict(list)
    for a in assignments:
        agendas[a.provider].append(a)
    return agendas


def _outcome(
    index: Index,
    visit: Visit,
    taken: set[int],
    agendas: dict[int, list[Assignment]],
    eligible: Mapping[int, tuple[Seat, Variant, int]],
    with_funnel: bool,
) -> Outcome:
    """The funnel counts each provider who can't take any open seat at any start by the first
    reason for the first open seat at the first start."""
    funnel: Counter[str] = Counter()
    near: list[Candidate] = []
    best = sorted(eligible, key=lambda provider: (-eligible[provider][2], provider))[:MOST]
    found = [
        candidate(index, visit, *eligible[provider][:2], index.providers[provider], agendas)
        for provider in best
    ]
    found.sort(key=lambda c: (-c.score, c.provider))
    seats = open_seats(visit)
    for provider in index.snapshot.providers if seats and with_funnel else ():
        if provider.id in eligible:
            continue
        pair = seats[0], visit.variants[0]
        refusing = reasons(index, visit, pair[0], provider, pair[1])
        first = next(refusing, None)
        if first is None:
            continue
        funnel[first.reason] += 1
        if not first.hard and len(found) < MOST:
            why = (first, *refusing)
            if not any(w.hard for w in why):
                near.append(candidate(index, visit, *pair, provider, agendas, why))
    near.sort(key=lambda c: (len(c.refusals), -c.score, c.provider))
    return Outcome(
        visit=visit.id,
        state=_state(visit, taken),
        eligible=len(eligible),
        funnel=tuple(sorted(funnel.items(), key=lambda item: (-item[1], item[0]))),
        candidates=tuple([*found, *near][:MOST]),
    )


def _best(
    index: Index, visit: Visit, seats: Sequence[Seat], provider: Provider
) -> tuple[Seat, Variant] | None:
    """The first seat at the first start that she could take."""
    for variant in visit.variants:
        for seat in seats:
            if next(reasons(index, visit, seat, provider, variant), None) is None:
                return seat, variant
    return None


def candidate(
    index: Index,
    visit: Visit,
    seat: Seat,
    variant: Variant,
    provider: Provider,
    agendas: Mapping[int, Sequence[Assignment]],
    refused: tuple[Why, ...] = (),
) -> Candidate:
    """Somebody for a seat at a start, with her points and what the plan gives her instead."""
    way = reach(index, visit, provider)
    own = parts(index, visit, seat, provider, way.km)
    work = work_of(index, visit, seat, variant, provider.id)
    return Candidate(
        provider=provider.id,
        seat=seat.id,
        score=sum(part.points for part in own),
        travel_minutes=way.minutes,
        distance_km=round(way.km, 1),
        start=work.start,
        parts=own,
        refusals=refused,
        planned_elsewhere=_elsewhere(index, work, provider, agendas.get(provider.id, ())),
    )


def _elsewhere(
    index: Index, work: Work, provider: Provider, agenda: Sequence[Assignment]
) -> int | None:
    for a in agenda:
        visit, seat = index.seats[a.seat]
        variant = Variant(start=a.start - seat.begin)
        other = work_of(index, visit, seat, variant, provider.id)
        if work.visit is not None and a.visit == work.visit.id:
            return a.visit
        if not compatible(index, provider, other, work):
            return a.visit
    return None


def _state(visit: Visit, taken: set[int]) -> Literal["filled", "partial", "unfilled"]:
    missing = [s for s in visit.seats if s.holder is None and s.id not in taken]
    if not missing:
        return "filled"
    return "unfilled" if any(seat.required for seat in missing) else "partial"
