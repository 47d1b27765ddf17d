"""An independent look at a plan: every rule again, sharing no code with the solver.

Only the formula of the ways (`travel`) is common, because it is the definition. Written plainly,
from the documentation of the types, so that a mistake would have to be made twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rundum_engine.plan import Assignment, Plan
from rundum_engine.snapshot import Barrier, Pin, Provider, Seat, Snapshot, Span, Variant, Visit
from rundum_engine.travel import way_km, way_minutes


def verify(snapshot: Snapshot, plan: Plan) -> tuple[str, ...]:
    """Every fault of the plan in a line with its ids; empty if it may be used."""
    return tuple(_Look(snapshot, plan).faults())


class _Look:
    def __init__(self, snapshot: Snapshot, plan: Plan) -> None:
        self.snapshot, self.plan = snapshot, plan
        self.visits = {v.id: v for v in snapshot.visits}
        self.providers = {p.id: p for p in snapshot.providers}
        self.places = {p.id: p for p in snapshot.places}
        self.modes = {m.key: m for m in snapshot.modes}
        self.waived = {(o.visit, o.provider, o.reason) for o in snapshot.overrides}
        self.barriers: dict[int, list[Barrier]] = defaultdict(list)
        for barrier in snapshot.barriers:
            self.barriers[barrier.provider].append(barrier)
        self.pins: dict[int, list[Pin]] = defaultdict(list)
        for pin in snapshot.pins:
            self.pins[pin.visit].append(pin)
        self.of_provider: dict[int, list[Assignment]] = defaultdict(list)
        self.of_visit: dict[int, list[Assignment]] = defaultdict(list)
        for a in plan.assignments:
            self.of_provider[a.provider].append(a)
            self.of_visit[a.visit].append(a)

    def faults(self) -> Iterator[str]:
        known = True
        for a in self.plan.assignments:
            visit = self.visits.get(a.visit)
            seat = visit and next((s for s in visit.seats if s.id == a.seat), None)
            if visit is None or seat is None or a.provider not in self.providers:
                known = False
                yield f"unknown visit, seat or provider: {a.visit} {a.seat} {a.provider}"
        if not known:
            return
        for visit_id in self.of_visit:
            yield from self._visit(self.visits[visit_id])
        yield from self._demanded_series()
        for provider_id, work in self.of_provider.items():
            for a in work:
                for fault in self._pair(self.providers[provider_id], a):
                    yield f"{fault}: visit {a.visit} seat {a.seat} provider {a.provider}"
            for fault in self._together(self.providers[provider_id], work):
                yield f"{fault}: provider {provider_id}"
        yield from self._certificates()

    # -- visits ---------------------------------------------------------------------------------

    def _visit(self, visit: Visit) -> Iterator[str]:
        team = self.of_visit[visit.id]
        seats = [a.seat for a in team]
        people = [a.provider for a in team] + [
            s.holder for s in visit.seats if s.holder is not None
        ]
        if len(seats) != len(set(seats)):
            yield f"seat taken twice: visit {visit.id}"
        if len(people) != len(set(people)):
            yield f"one person on two seats: visit {visit.id}"
        if any(s.holder is not None and s.id in seats for s in visit.seats):
            yield f"seat with holder planned: visit {visit.id}"
        if any(s.required and s.holder is None and s.id not in seats for s in visit.seats):
            yield f"required seat missing: visit {visit.id}"
        starts = set()
        for a in team:
            seat = self._seat(a)
            starts.add(a.start - seat.begin)
            if a.end - a.start != seat.end - seat.begin:
                yield f"wrong length: visit {visit.id} seat {a.seat}"
        if len(starts) != 1 or not starts <= {v.start for v in visit.variants}:
            yield f"not one of the starts: visit {visit.id}"

    def _demanded_series(self) -> Iterator[str]:
        demanded = {s.id for s in self.snapshot.series if s.same == "demanded"}
        held: dict[tuple[int, int], set[int]] = defaultdict(set)
        planned: dict[tuple[int, int], set[int]] = defaultdict(set)
        for visit in self.snapshot.visits:
            if visit.series in demanded and visit.series is not None:
                for at, seat in enumerate(visit.seats):
                    if seat.holder is not None:
                        held[visit.series, at].add(seat.holder)
                    for a in self.of_visit.get(visit.id, ()):
                        if a.seat == seat.id:
                            planned[visit.series, at].add(a.provider)
        for key, people in planned.items():
            if len(people) > 1 or (held.get(key) and not people <= held[key]):
                yield f"demanded series in several hands: series {key[0]}"

    # -- one pair -------------------------------------------------------------------------------

    def _pair(self, provider: Provider, a: Assignment) -> Iterator[str]:
        visit, seat = self.visits[a.visit], self._seat(a)
        span = Span(a.start, a.end)
        midnights = self.snapshot.calendar.midnights
        if not any(f.start <= a.start and a.end <= f.end for f in provider.free):
            yield "not free"
        if a.start < midnights[0] or a.end > midnights[-1]:
            yield "outside the calendar"
        for c in provider.commitments:
            if not self._apart(
                provider,
                (span, visit.start_place, visit.end_place),
                (c.span, c.start_place, c.end_place),
            ):
                yield "clashes with a commitment"
        if visit.centre not in (provider.centre, *provider.centres):
            yield "other centre"
        for need in seat.needs:
            holds = any(
                s.key == need.skill
                and (s.since is None or s.since <= a.start)
                and (s.until is None or a.end <= s.until)
                for s in provider.skills
            )
            if not holds and not self._waived(a, need.hard, "needs:", "needs_lapses:", need.skill):
                yield f"lacks {need.skill}"
        for barrier in self.barriers.get(provider.id, ()):
            about = barrier.client == visit.client or barrier.request == visit.request
            waived = self._waived(a, barrier.hard, barrier.reason)
            if about and not waived:
                yield f"barrier {barrier.reason}"
        for refusal in provider.refusals:
            applies = self._applies(refusal.askers, refusal.within, a)
            waived = self._waived(a, refusal.hard, refusal.reason)
            if refusal.tag in visit.tags and applies and not waived:
                yield f"refuses {refusal.tag}"
        for w in provider.windows:
            inside = self._in_window(w.spans, w.within, span)
            if visit.asker & w.askers and not inside and not self._waived(a, w.hard, w.reason):
                yield f"window {w.reason}"
        yield from self._distance(provider, visit, a)
        low = provider.lowest_rate or 0
        cheap = visit.rate is not None and visit.rate < low
        if cheap and not self._waived(a, False, "rate_too_low"):
            yield "rate too low"
        yield from self._pins(visit, a)

    def _distance(self, provider: Provider, visit: Visit, a: Assignment) -> Iterator[str]:
        mode, home = self.modes[provider.mode], self.places[provider.home]
        start, end = self.places[visit.start_place], self.places[visit.end_place]
        far = max(way_km(mode, home, start), way_km(mode, end, home))
        back = way_minutes(mode, end, home)
        long = max(way_minutes(mode, home, start), back)
        radius, most = provider.radius_km, provider.radius_minutes
        if radius is not None and far > radius and not self._waived(a, False, "too_far"):
            yield "too far"
        if most is not None and long > most and not self._waived(a, False, "too_far_minutes"):
            yield "too many minutes away"
        if back and any(s.start < a.end + back <= s.end for s in provider.no_way_home):
            yield "no way home"

    def _pins(self, visit: Visit, a: Assignment) -> Iterator[str]:
        unheld = [s for s in visit.seats if s.holder is None]
        for pin in self.pins.get(visit.id, ()):
            if pin.provider == a.provider:
                if pin.must and pin.seat not in (None, a.seat):
                    yield "pinned to another seat"
                if not pin.must and pin.seat in (None, a.seat):
                    yield "pinned away"
            elif pin.must and (pin.seat == a.seat or (pin.seat is None and len(unheld) == 1)):
                yield "seat is pinned for somebody else"

    @staticmethod
    def _in_window(spans: tuple[Span, ...], within: Span | None, span: Span) -> bool:
        start, end = span.start, span.end
        if within is not None:
            start, end = max(start, within.start), min(end, within.end)
        return start >= end or any(s.start <= start and end <= s.end for s in spans)

    def _applies(self, askers: int, within: Span | None, a: Assignment) -> bool:
        if not self.visits[a.visit].asker & askers:
            return False
        return within is None or within.start <= a.start < within.end

    def _waived(self, a: Assignment, hard: bool, *words: str) -> bool:
        """Whether staff waived a soft reason; a reason may be given as beginnings and an end."""
        if hard:
            return False
        reasons = [w + words[-1] for w in words[:-1]] if len(words) > 1 else list(words)
        return any((a.visit, a.provider, reason) in self.waived for reason in reasons)

    # -- one person's work together -------------------------------------------------------------

    def _together(self, provider: Provider, work: list[Assignment]) -> Iterator[str]:
        placed = [
            (Span(a.start, a.end), self.visits[a.visit].start_place, self.visits[a.visit].end_place)
            for a in work
        ]
        for i, one in enumerate(placed):
            for other in placed[i + 1 :]:
                if not self._apart(provider, one, other):
                    yield f"two places at once ({one[0].start}, {other[0].start})"
        spans = [(a.start, a.end) for a in work]
        spans += [(c.span.start, c.span.end) for c in provider.commitments if c.work]
        for cap in provider.caps:
            for a in work:
                if not self._applies(cap.askers, cap.within, a):
                    continue
                if self._waived(a, cap.hard, cap.reason):
                    continue
                for first, last in self._periods(cap.per, cap.days, a):
                    total = sum(max(0, min(e, last) - max(s, first)) for s, e in spans)
                    if total > cap.minutes and min(a.end, last) > max(a.start, first):
                        yield f"cap {cap.reason} ({total} of {cap.minutes})"
        for rest in provider.rests:
            for a in work:
                if not self._applies(rest.askers, rest.within, a):
                    continue
                if self._waived(a, rest.hard, rest.reason):
                    continue
                for s, e in spans:
                    gap = s - a.end if s > a.start else a.start - e
                    if self._local_day(s) != self._local_day(a.start) and gap < rest.minutes:
                        yield f"rest {rest.reason}"
        for limit in provider.days:
            for a in work:
                if not self._applies(limit.askers, limit.within, a):
                    continue
                if self._waived(a, limit.hard, limit.reason):
                    continue
                week = self._week(self._local_day(a.start))
                days = {self._local_day(s) for s, _ in spans}
                if sum(self._week(day) == week for day in days) > limit.most:
                    yield f"days {limit.reason}"

    def _periods(self, per: str, days: int, a: Assignment) -> Iterator[tuple[int, int]]:
        """(start, end) minutes of the calendar's periods of this kind."""
        midnights = self.snapshot.calendar.midnights
        last = len(midnights) - 1
        if per == "day":
            yield from ((midnights[d], midnights[d + 1]) for d in range(last))
        elif per == "week":
            d = 0
            while d < last:
                until = d + 1
                while until < last and self._week(until) == self._week(d):
                    until += 1
                yield midnights[d], midnights[until]
                d = until
        else:
            for d in range(1 - days, last):
                yield midnights[max(d, 0)], midnights[min(d + days, last)]

    def _apart(
        self,
        provider: Provider,
        one: tuple[Span, int | None, int | None],
        other: tuple[Span, int | None, int | None],
    ) -> bool:
        first, second = sorted((one, other), key=lambda x: x[0])
        way = 0
        if first[2] is not None and second[1] is not None:
            mode = self.modes[provider.mode]
            way = way_minutes(mode, self.places[first[2]], self.places[second[1]])
        return first[0].end + way <= second[0].start

    def _local_day(self, minute: int) -> int:
        return sum(midnight <= minute for midnight in self.snapshot.calendar.midnights) - 1

    def _week(self, day: int) -> int:
        return (day + self.snapshot.calendar.first_weekday) // 7

    def _seat(self, a: Assignment) -> Seat:
        return next(s for s in self.visits[a.visit].seats if s.id == a.seat)

    # -- certificates ---------------------------------------------------------------------------

    def _certificates(self) -> Iterator[str]:
        urgent, value = self._worth()
        for c in self.plan.certificates:
            real = urgent if c.tier == "urgent" else value
            if c.objective != real:
                yield f"objective of tier {c.tier} is {real}, not {c.objective}"
            if c.bound < c.objective:
                yield f"bound of tier {c.tier} below its objective"
            if c.proven and c.bound != c.objective:
                yield f"tier {c.tier} called proven with a gap"

    def _worth(self) -> tuple[int, int]:
        weights = self.snapshot.weights
        known = {(b.client, b.provider): 0 for b in self.snapshot.bonds}
        preferred = {(b.client, b.provider) for b in self.snapshot.bonds if b.preferred}
        for b in self.snapshot.bonds:
            known[b.client, b.provider] = max(known[b.client, b.provider], b.together)
        standing = {(s.seat, s.provider) for s in self.snapshot.standing}
        must = {(p.visit, p.provider) for p in self.snapshot.pins if p.must}
        urgent = value = 0
        for visit_id, team in self.of_visit.items():
            visit = self.visits[visit_id]
            if any(s.required and s.holder is None for s in visit.seats):
                value += visit.value
                urgent += visit.value if visit.urgent else 0
            value -= self._variant(visit, team[0]).cost
            for a in team:
                seat, provider = self._seat(a), self.providers[a.provider]
                value += 0 if seat.required else seat.value
                pair = (visit.client, a.provider)
                value += weights.preferred if pair in preferred else 0
                value += min(known.get(pair, 0) * weights.continuity, weights.continuity_most)
                value += weights.inertia if (a.seat, a.provider) in standing else 0
                if (visit.id, a.provider) in must:
                    value += weights.pinned
                    urgent += weights.pinned
                first = visit.variants[0].start
                value += weights.nice * sum(
                    any(
                        s.key == key
                        and (s.since is None or s.since <= first + seat.begin)
                        and (s.until is None or s.until >= first + seat.end)
                        for s in provider.skills
                    )
                    for key in seat.nice
                )
                mode, home = self.modes[provider.mode], self.places[provider.home]
                km = max(
                    way_km(mode, home, self.places[visit.start_place]),
                    way_km(mode, self.places[visit.end_place], home),
                )
                value += int((km * weights.kilometre + 0.5) // 1)
        return urgent, value + self._series_worth() + self._fairness_worth()

    def _series_worth(self) -> int:
        wished = {s.id for s in self.snapshot.series if s.same == "wished"}
        held: dict[tuple[int, int], list[int]] = defaultdict(list)
        planned: dict[tuple[int, int], list[int]] = defaultdict(list)
        for visit in self.snapshot.visits:
            if visit.series is None or visit.series not in wished:
                continue
            for at, seat in enumerate(visit.seats):
                if seat.holder is not None:
                    held[visit.series, at].append(seat.holder)
            for a in self.of_visit.get(visit.id, ()):
                at = [s.id for s in visit.seats].index(a.seat)
                planned[visit.series, at].append(a.provider)
        total = 0
        for key, people in planned.items():
            if held.get(key):
                main = min(set(held[key]), key=lambda p: (-held[key].count(p), p))
                total += people.count(main)
            else:
                total += max(people.count(p) for p in people)
        return total * self.snapshot.weights.series_same

    def _fairness_worth(self) -> int:
        """Quarters of an hour: the first 32 whole, to 80 two thirds, to 160 one third."""
        hour = self.snapshot.weights.fairness_hour
        whole, most, some = round(hour / 4), round(hour * (2 / 3) / 4), round(hour * (1 / 3) / 4)

        def bonus(q: int) -> int:
            return (
                whole * min(q, 32) + most * min(max(q - 32, 0), 48) + some * min(max(q - 80, 0), 80)
            )

        total = 0
        for provider_id, work in self.of_provider.items():
            before = self.providers[provider_id].recent_minutes // 15
            after = before + sum((a.end - a.start + 14) // 15 for a in work)
            total += bonus(after) - bonus(before)
        return total

    def _variant(self, visit: Visit, a: Assignment) -> Variant:
        start = a.start - self._seat(a).begin
        return next(v for v in visit.variants if v.start == start)
