"""Who may do what: the one function behind plans, funnels, explanations and acceptance."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rundum_engine.index import Index, open_seats, position
from rundum_engine.limits import broken, committed, compatible, span_of, way_between, work_of
from rundum_engine.plan import Why
from rundum_engine.snapshot import (
    Commitment,
    Provider,
    Refusal,
    Seat,
    Span,
    Variant,
    Visit,
    Windows,
)
from rundum_engine.travel import way_km, way_minutes


class Reach(NamedTuple):
    """The way between home and the visit: the longer one of there and back."""

    minutes: int
    km: float


def reach(index: Index, visit: Visit, provider: Provider) -> Reach:
    mode, home = index.modes[provider.mode], index.places[provider.home]
    start, end = index.places[visit.start_place], index.places[visit.end_place]
    if start is end:
        return Reach(way_minutes(mode, home, start), way_km(mode, home, start))
    return Reach(
        max(way_minutes(mode, home, start), way_minutes(mode, end, home)),
        max(way_km(mode, home, start), way_km(mode, end, home)),
    )


def refusals(
    index: Index,
    visit: Visit,
    seat: Seat,
    provider: Provider,
    variant: Variant,
    taken: Sequence[Commitment] = (),
) -> tuple[Why, ...]:
    """Every reason why she can't take this seat at this start; empty if she can.

    Her commitments count, and `taken` beside them (what a plan gives her, say). Overrides waive
    soft reasons only. The first reason is the one a funnel counts.
    """
    return tuple(reasons(index, visit, seat, provider, variant, taken))


def eligible(index: Index, visit: Visit, seat: Seat, provider: Provider, variant: Variant) -> bool:
    """Whether nothing refuses her; stops at the first reason."""
    return next(reasons(index, visit, seat, provider, variant), None) is None


def reasons(
    index: Index,
    visit: Visit,
    seat: Seat,
    provider: Provider,
    variant: Variant,
    taken: Sequence[Commitment] = (),
) -> Iterator[Why]:
    """`refusals`, one by one, those that tell most about the pair first."""
    for why in _all_reasons(index, visit, seat, provider, variant, taken):
        if why.hard or not index.waived(visit.id, provider.id, why.reason):
            yield why


def _all_reasons(
    index: Index,
    visit: Visit,
    seat: Seat,
    provider: Provider,
    variant: Variant,
    taken: Sequence[Commitment],
) -> Iterator[Why]:
    span = span_of(seat, variant)
    yield from _of_the_pair(index, visit, seat, provider)
    yield from _needs(index, seat, provider, span)
    for refusal in provider.refusals:
        if refusal.tag in visit.tags and _holds(refusal, visit, span):
            yield Why(reason=refusal.reason, hard=refusal.hard)
    yield from _time(index, visit, seat, provider, variant, taken)
    for window in provider.windows:
        if visit.asker & window.askers and not _inside(window, span):
            yield Why(reason=window.reason, hard=window.hard)
    yield from _distance(index, visit, provider, span)
    works = [*committed(provider.commitments), *committed(taken)]
    works.append(work_of(index, visit, seat, variant, provider.id))
    yield from broken(index.days, provider, works)
    lowest = provider.lowest_rate
    if visit.rate is not None and lowest is not None and visit.rate < lowest:
        yield Why(reason="rate_too_low", have=visit.rate, want=lowest, hard=False)


def _of_the_pair(index: Index, visit: Visit, seat: Seat, provider: Provider) -> Iterator[Why]:
    if visit.centre != provider.centre and visit.centre not in provider.centres:
        yield Why(reason="other_centre")
    for barrier in index.barriers.get(provider.id, ()):
        if barrier.client == visit.client or barrier.request == visit.request:
            yield Why(reason=barrier.reason, hard=barrier.hard)
    if any(other.holder == provider.id for other in visit.seats):
        yield Why(reason="has_seat")
    if _pinned_away(index, visit, seat, provider):
        yield Why(reason="pinned_away")
    if visit.series is not None and index.same.get(visit.series) == "demanded":
        holders = index.holders.get((visit.series, position(visit, seat)))
        if holders and provider.id not in holders:
            yield Why(reason="series_held")


def _pinned_away(index: Index, visit: Visit, seat: Seat, provider: Provider) -> bool:
    """The desk forbade the pair, or wants her on another seat, or somebody else on this one."""
    for pin in index.pins.get(visit.id, ()):
        here = pin.seat is None or pin.seat == seat.id
        if not pin.must:
            if pin.provider == provider.id and here:
                return True
        elif pin.provider == provider.id:
            if not here:
                return True
        elif pin.seat == seat.id or (pin.seat is None and len(open_seats(visit)) == 1):
            return True
    return False


def _needs(index: Index, seat: Seat, provider: Provider, span: Span) -> Iterator[Why]:
    skills = index.skills(provider)
    for need in seat.needs:
        held = skills.get(need.skill, ())
        begun = [s for s in held if s.since is None or s.since <= span.start]
        if not begun:
            yield Why(reason=f"needs:{need.skill}", hard=need.hard)
        elif not any(s.until is None or s.until >= span.end for s in begun):
            yield Why(reason=f"needs_lapses:{need.skill}", hard=need.hard)


def _time(
    index: Index,
    visit: Visit,
    seat: Seat,
    provider: Provider,
    variant: Variant,
    taken: Sequence[Commitment],
) -> Iterator[Why]:
    work = work_of(index, visit, seat, variant, provider.id)
    span = Span(work.start, work.end)
    if not index.days.knows(span):
        yield Why(reason="outside_calendar")
    at = bisect_right(provider.free, span.start, key=lambda free: free.start) - 1
    others = [*committed(provider.commitments), *committed(taken)]
    busy = any(other.start < work.end and work.start < other.end for other in others)
    if at < 0 or provider.free[at].end < span.end or busy:
        yield Why(reason="no_time")
    for other in others:
        if other.end <= work.start and not compatible(index, provider, other, work):
            way = way_between(index, provider, other, work)
            yield Why(reason="way_in", have=work.start - other.end, want=way)
        elif work.end <= other.start and not compatible(index, provider, work, other):
            way = way_between(index, provider, work, other)
            yield Why(reason="way_out", have=other.start - work.end, want=way)


def _distance(index: Index, visit: Visit, provider: Provider, span: Span) -> Iterator[Why]:
    way = reach(index, visit, provider)
    if provider.radius_km is not None and way.km > provider.radius_km:
        yield Why(reason="too_far", have=round(way.km, 1), want=provider.radius_km, hard=False)
    if provider.radius_minutes is not None and way.minutes > provider.radius_minutes:
        yield Why(
            reason="too_far_minutes", have=way.minutes, want=provider.radius_minutes, hard=False
        )
    if provider.no_way_home:
        mode = index.modes[provider.mode]
        home = way_minutes(mode, index.places[visit.end_place], index.places[provider.home])
        there = span.end + home
        if home and any(s.start < there <= s.end for s in provider.no_way_home):
            yield Why(reason="no_way_home")


def _holds(limit: Refusal, visit: Visit, span: Span) -> bool:
    if not visit.asker & limit.askers:
        return False
    return limit.within is None or limit.within.start <= span.start < limit.within.end


def _inside(window: Windows, span: Span) -> bool:
    """What of the span lies in `within` lies in one of the window's spans."""
    start, end = span.start, span.end
    if window.within is not None:
        start, end = max(start, window.within.start), min(end, window.within.end)
        if start >= end:
            return True
    return any(s.start <= start and end <= s.end for s in window.spans)
