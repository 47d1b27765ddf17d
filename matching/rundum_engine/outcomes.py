"""What became of each visit: its state, the funnel of refusals, the best candidates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Literal

from rundum_engine.eligibility import reach, reasons
from rundum_engine.index import Index, open_seats
from rundum_engine.limits import Work, compatible, work_of
from rundum_engine.plan import Assignment, Candidate, Outcome, Why
from rundum_engine.scoring import parts
from rundum_engine.snapshot import Provider, Seat, Variant, Visit

MOST = 10


def outcomes(index: Index, assignments: Sequence[Assignment]) -> tuple[Outcome, ...]:
    """One outcome per visit, in the snapshot's order."""
    agendas: dict[int, list[Assignment]] = defaultdict(list)
    for a in assignments:
        agendas[a.provider].append(a)
    taken = {a.seat for a in assignments}
    return tuple(outcome(index, visit, taken, agendas) for visit in index.snapshot.visits)


def outcome(
    index: Index, visit: Visit, taken: set[int], agendas: dict[int, list[Assignment]]
) -> Outcome:
    """The funnel counts each provider who can't take any open seat at any start by the first
    reason for the first open seat at the first start."""
    funnel: Counter[str] = Counter()
    found: list[Candidate] = []
    near: list[Candidate] = []
    seats = open_seats(visit)
    for provider in index.snapshot.providers if seats else ():
        best, first = _best(index, visit, seats, provider)
        if best is not None:
            found.append(_candidate(index, visit, *best, provider, agendas))
        elif first is not None:
            funnel[first.reason] += 1
            if not first.hard:
                why = tuple(reasons(index, visit, seats[0], provider, visit.variants[0]))
                if not any(w.hard for w in why):
                    pair = seats[0], visit.variants[0]
                    near.append(_candidate(index, visit, *pair, provider, agendas, why))
    found.sort(key=lambda c: (-c.score, c.provider))
    near.sort(key=lambda c: (len(c.refusals), -c.score, c.provider))
    return Outcome(
        visit=visit.id,
        state=_state(visit, taken),
        eligible=len(found),
        funnel=tuple(sorted(funnel.items(), key=lambda item: (-item[1], item[0]))),
        candidates=tuple([*found, *near][:MOST]),
    )


def _best(
    index: Index, visit: Visit, seats: Sequence[Seat], provider: Provider
) -> tuple[tuple[Seat, Variant] | None, Why | None]:
    first: Why | None = None
    for variant in visit.variants:
        for seat in seats:
            why = next(reasons(index, visit, seat, provider, variant), None)
            if why is None:
                return (seat, variant), None
            first = first or why
    return None, first


def _candidate(
    index: Index,
    visit: Visit,
    seat: Seat,
    variant: Variant,
    provider: Provider,
    agendas: dict[int, list[Assignment]],
    refused: tuple[Why, ...] = (),
) -> Candidate:
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
