"""Limits on a person's work taken together: caps, rest, days of work, and the ways between.

A limit is broken by a set of work: all work counts, but only new work that the limit holds for
(its kind of client, its start in `within`, not waived) can break it. So what is booked is never
put in question, and leaving something out never breaks anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rundum_engine.index import Days, Index
from rundum_engine.plan import Why
from rundum_engine.snapshot import (
    Cap,
    Commitment,
    Minute,
    Provider,
    Rest,
    Seat,
    Span,
    Variant,
    Visit,
)
from rundum_engine.snapshot import Days as WorkDays
from rundum_engine.travel import way_minutes


class Work(NamedTuple):
    """Something a person does. `visit` is None for what is not open to question."""

    start: Minute
    end: Minute
    start_place: int | None
    end_place: int | None
    counts: bool
    visit: Visit | None = None
    waived: frozenset[str] = frozenset()


def work_of(index: Index, visit: Visit, seat: Seat, variant: Variant, provider: int) -> Work:
    """The work a seat would be."""
    waived: frozenset[str] = frozenset()
    if index.overrides:
        waived = frozenset(r for v, p, r in index.overrides if v == visit.id and p == provider)
    begin, end = variant.start + seat.begin, variant.start + seat.end
    return Work(begin, end, visit.start_place, visit.end_place, True, visit, waived)


def committed(commitments: Sequence[Commitment]) -> list[Work]:
    return [Work(c.span.start, c.span.end, c.start_place, c.end_place, c.work) for c in commitments]


def way_between(index: Index, provider: Provider, a: Work, b: Work) -> int:
    """Minutes from the end of `a` to the start of `b`; 0 where a place is unknown."""
    if a.end_place is None or b.start_place is None:
        return 0
    mode = index.modes[provider.mode]
    return way_minutes(mode, index.places[a.end_place], index.places[b.start_place])


def compatible(index: Index, provider: Provider, a: Work, b: Work) -> bool:
    """Whether one person can do both: no overlap, and the way in between, in either order."""
    if b.start < a.start:
        a, b = b, a
    return a.end + way_between(index, provider, a, b) <= b.start


def broken(days: Days, provider: Provider, works: Sequence[Work]) -> Iterator[Why]:
    """Every cap, rest or days limit that the new ones among these works break."""
    counted = [work for work in works if work.counts]
    new = [work for work in counted if work.visit is not None]
    for cap in provider.caps:
        if subject := [w for w in new if _subject(cap, w)]:
            yield from _cap_broken(days, cap, counted, subject)
    for rest in provider.rests:
        if subject := [w for w in new if _subject(rest, w)]:
            yield from _rest_broken(days, rest, counted, subject)
    for limit in provider.days:
        if subject := [w for w in new if _subject(limit, w)]:
            yield from _days_broken(days, limit, counted, subject)


def _subject(limit: Cap | Rest | WorkDays, work: Work) -> bool:
    if work.visit is None or not work.visit.asker & limit.askers:
        return False
    if limit.within is not None and not limit.within.start <= work.start < limit.within.end:
        return False
    return limit.hard or limit.reason not in work.waived


def _cap_broken(
    days: Days, cap: Cap, counted: Sequence[Work], subject: Sequence[Work]
) -> Iterator[Why]:
    touched = {day for work in subject for day, _ in days.portions(work.start, work.end)}
    by_day: dict[int, int] = {}
    for work in counted:
        for day, minutes in days.portions(work.start, work.end):
            by_day[day] = by_day.get(day, 0) + minutes
    if cap.per == "day":
        worst = max((by_day[day] for day in touched), default=0)
    elif cap.per == "week":
        by_week: dict[int, int] = {}
        for day, minutes in by_day.items():
            by_week[days.week(day)] = by_week.get(days.week(day), 0) + minutes
        worst = max((by_week[days.week(day)] for day in touched), default=0)
    else:
        firsts = {day - back for day in touched for back in range(cap.days)}
        worst = max(
            (sum(by_day.get(first + i, 0) for i in range(cap.days)) for first in firsts), default=0
        )
    if worst > cap.minutes:
        yield Why(reason=cap.reason, have=worst, want=cap.minutes, hard=cap.hard)


def _rest_broken(
    days: Days, rest: Rest, counted: Sequence[Work], subject: Sequence[Work]
) -> Iterator[Why]:
    least: int | None = None
    for work in subject:
        for other in counted:
            if days.day(other.start) == days.day(work.start):
                continue
            first, second = (work, other) if work.start < other.start else (other, work)
            gap = second.start - first.end
            if gap < rest.minutes and (least is None or gap < least):
                least = gap
    if least is not None:
        yield Why(reason=rest.reason, have=least, want=rest.minutes, hard=rest.hard)


def _days_broken(
    days: Days, limit: WorkDays, counted: Sequence[Work], subject: Sequence[Work]
) -> Iterator[Why]:
    by_week: dict[int, set[int]] = {}
    for work in counted:
        day = days.day(work.start)
        by_week.setdefault(days.week(day), set()).add(day)
    worst = max(len(by_week[days.week(days.day(work.start))]) for work in subject)
    if worst > limit.most:
        yield Why(reason=limit.reason, have=worst, want=limit.most, hard=limit.hard)


def span_of(seat: Seat, variant: Variant) -> Span:
    return Span(variant.start + seat.begin, variant.start + seat.end)
