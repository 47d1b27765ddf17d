"""Small worlds for the engine's tests: builders by hand and random ones by seed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rundum_engine import DEFAULT_MODES, Index, verify, worth
from rundum_engine.plan import Assignment, Plan
from rundum_engine.snapshot import (
    Asker,
    Barrier,
    Bond,
    Calendar,
    Cap,
    Commitment,
    Days,
    Need,
    Override,
    Pin,
    Place,
    Provider,
    Refusal,
    Rest,
    Seat,
    Series,
    Skill,
    Snapshot,
    Span,
    Standing,
    Variant,
    Visit,
    Windows,
)

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2027, 1, 4)
HOME, NEAR, FAR = 1, 2, 3
PLACES = (
    Place(id=HOME, lat=52.289, lon=11.414),
    Place(id=NEAR, lat=52.250, lon=11.450),
    Place(id=FAR, lat=52.030, lon=11.230),
)


def calendar(first: date = MONDAY, days: int = 7) -> Calendar:
    """Local days of Berlin from `first`; a day may last 23 or 25 hours."""
    midnights = []
    for i in range(days + 1):
        day = first + timedelta(days=i)
        local = datetime(day.year, day.month, day.day, tzinfo=BERLIN)
        midnights.append(int(local.timestamp()) // 60)
    return Calendar(midnights=tuple(midnights), first_weekday=first.weekday())


def at(day: int, hour: float, first: date = MONDAY) -> int:
    """The minute of a wall clock time on the n-th day."""
    when = first + timedelta(days=day)
    local = datetime(when.year, when.month, when.day, tzinfo=BERLIN).replace(
        hour=int(hour), minute=round(hour % 1 * 60)
    )
    return int(local.timestamp()) // 60


def a_provider(id: int = 1, **facts: Any) -> Provider:
    """Free the whole time at home with a car, unless the facts say otherwise."""
    facts.setdefault("free", (Span(at(0, 0), at(6, 23)),))
    return Provider(**{"id": id, "centre": 1, "home": HOME, "mode": "car", **facts})


def a_seat(id: int = 1, hours: float = 2, **facts: Any) -> Seat:
    return Seat(**{"id": id, "end": int(hours * 60), **facts})


def a_visit(id: int = 1, start: int | None = None, hours: float = 2, **facts: Any) -> Visit:
    """Monday at 10 at NEAR for two hours with one seat, unless the facts say otherwise."""
    start = at(0, 10) if start is None else start
    facts.setdefault("seats", (a_seat(id * 10, hours),))
    facts.setdefault("variants", (Variant(start=start),))
    return Visit(
        **{
            "id": id,
            "request": id,
            "centre": 1,
            "client": id,
            "asker": Asker.HOUSEHOLD,
            "start_place": NEAR,
            "end_place": NEAR,
            "value": 10_000,
            **facts,
        }
    )


def a_world(
    visits: tuple[Visit, ...] = (), providers: tuple[Provider, ...] = (), **facts: Any
) -> Snapshot:
    return Snapshot(
        **{
            "now": at(0, 0),
            "calendar": calendar(),
            "places": PLACES,
            "modes": DEFAULT_MODES,
            "providers": providers,
            "visits": visits,
            **facts,
        }
    )


def a_random_world(seed: int, visits: int = 4, providers: int = 3) -> Snapshot:
    """Tiny, crowded, with every kind of rule: most things clash with most others."""
    rng = random.Random(seed)
    first = rng.choice([MONDAY, date(2027, 3, 27), date(2027, 10, 30), date(2027, 1, 9)])
    cal = calendar(first, 4)

    def moment(lo: int = 6, hi: int = 21) -> int:
        return at(rng.randrange(2), rng.randrange(lo, hi) + rng.choice([0, 0.5]), first)

    def limit() -> dict[str, Any]:
        return {
            "askers": rng.choice([Asker.ANY, Asker.ANY, Asker.HOUSEHOLD, Asker.CLUB]),
            "hard": rng.random() < 0.7,
            "within": rng.choice([None, None, Span(cal.midnights[1], cal.midnights[2])]),
        }

    people = []
    for i in range(1, providers + 1):
        taken = [moment() for _ in range(rng.choice([0, 0, 1]))]
        people.append(
            Provider(
                id=i,
                centre=rng.choice([1, 1, 1, 2]),
                centres=rng.choice([(), (1,)]),
                home=rng.choice([HOME, NEAR, FAR]),
                mode=rng.choice(["car", "bike", "bus"]),
                radius_km=rng.choice([None, None, 20.0]),
                radius_minutes=rng.choice([None, None, 60]),
                lowest_rate=rng.choice([None, None, 1200]),
                free=rng.choice(
                    [
                        (Span(cal.midnights[0], cal.midnights[4]),),
                        (
                            Span(at(0, 8, first), at(0, 20, first)),
                            Span(at(1, 6, first), at(1, 23, first)),
                        ),
                    ]
                ),
                commitments=tuple(
                    Commitment(
                        span=Span(t, t + rng.choice([60, 120])),
                        start_place=rng.choice([None, HOME, FAR]),
                        end_place=rng.choice([None, NEAR]),
                        work=rng.random() < 0.7,
                    )
                    for t in taken
                ),
                skills=tuple(
                    Skill(key=key, until=rng.choice([None, None, cal.midnights[1]]))
                    for key in ("adult", "first_aid")
                    if rng.random() < 0.7
                ),
                windows=tuple(
                    Windows(
                        reason="youth_evening",
                        spans=(
                            Span(at(0, 6, first), at(0, 20, first)),
                            Span(at(1, 6, first), at(1, 20, first)),
                        ),
                        **limit(),
                    )
                    for _ in range(rng.random() < 0.2)
                ),
                caps=tuple(
                    Cap(
                        reason="cap",
                        minutes=rng.choice([120, 240, 300]),
                        per=rng.choice(["day", "week", "rolling"]),
                        days=rng.choice([1, 2]),
                        **limit(),
                    )
                    for _ in range(rng.choice([0, 0, 1, 2]))
                ),
                rests=tuple(
                    Rest(reason="rest", minutes=rng.choice([600, 720]), **limit())
                    for _ in range(rng.random() < 0.3)
                ),
                days=tuple(
                    Days(reason="days", most=rng.choice([1, 2]), **limit())
                    for _ in range(rng.random() < 0.2)
                ),
                refusals=tuple(
                    Refusal(reason="pets", tag="pets", **limit()) for _ in range(rng.random() < 0.2)
                ),
                no_way_home=tuple(Span(at(d, 22, first), at(d, 22, first) + 420) for d in range(2))
                if rng.random() < 0.2
                else (),
                recent_minutes=rng.choice([0, 300, 1500]),
            )
        )
    wanted = []
    for i in range(1, visits + 1):
        start = moment()
        seats = []
        for j in range(rng.choice([1, 1, 1, 2, 2, 3])):
            minutes = rng.choice([60, 90, 120, 180])
            seats.append(
                Seat(
                    id=i * 10 + j,
                    role="normal",
                    required=j == 0 or rng.random() < 0.6,
                    begin=rng.choice([0, 0, 30]) if j else 0,
                    end=minutes + 30,
                    needs=tuple(
                        Need(skill=key, hard=rng.random() < 0.7)
                        for key in ("adult", "first_aid")
                        if rng.random() < 0.2
                    ),
                    nice=("first_aid",) if rng.random() < 0.3 else (),
                    value=rng.choice([0, 3000]),
                )
            )
        held = rng.random() < 0.15
        if held:
            seats[-1] = Seat(
                id=seats[-1].id, end=seats[-1].end, required=True, holder=rng.randint(1, providers)
            )
        variants = [Variant(start=start)]
        if not held and rng.random() < 0.4:
            variants.append(Variant(start=start + rng.choice([-60, 90, 1440]), cost=300))
        wanted.append(
            Visit(
                id=i,
                request=i,
                centre=1,
                client=rng.randint(1, 3),
                asker=rng.choice([Asker.HOUSEHOLD, Asker.HOUSEHOLD, Asker.CLUB]),
                variants=tuple(variants),
                start_place=rng.choice([HOME, NEAR, FAR]),
                end_place=rng.choice([HOME, NEAR]),
                seats=tuple(seats),
                value=rng.choice([5000, 10_000, 12_000]),
                urgent=rng.random() < 0.3,
                tags=("pets",) if rng.random() < 0.2 else (),
                rate=rng.choice([None, 1000, 1300]),
                series=rng.choice([None, None, 1, 2]),
            )
        )
    some = lambda chance: (  # noqa: E731
        (v.id, p.id) for v in wanted for p in people if rng.random() < chance
    )
    return Snapshot(
        now=cal.midnights[0],
        calendar=cal,
        places=PLACES,
        modes=DEFAULT_MODES,
        providers=tuple(people),
        visits=tuple(wanted),
        series=(Series(id=1, same="demanded"), Series(id=2, same="wished")),
        bonds=tuple(
            Bond(client=c, provider=p.id, preferred=rng.random() < 0.5, together=rng.randrange(4))
            for c in (1, 2)
            for p in people
            if rng.random() < 0.3
        ),
        barriers=tuple(
            Barrier(provider=p, reason="declined", request=v, hard=rng.random() < 0.5)
            for v, p in some(0.1)
        ),
        overrides=tuple(
            Override(visit=v, provider=p, reason=rng.choice(["cap", "declined", "too_far", "rest"]))
            for v, p in some(0.1)
        ),
        pins=tuple(Pin(visit=v, provider=p, must=rng.random() < 0.6) for v, p in some(0.06)),
        standing=tuple(Standing(seat=v * 10, provider=p) for v, p in some(0.1)),
    )


def every_plan(snapshot: Snapshot) -> Iterator[tuple[Assignment, ...]]:
    """All sets of assignments that the verifier accepts: the oracle of the small worlds."""
    single = []
    for visit in snapshot.visits:
        teams: list[tuple[Assignment, ...]] = [()]
        for variant in visit.variants:
            free = [s for s in visit.seats if s.holder is None]
            for people in itertools.product([None, *snapshot.providers], repeat=len(free)):
                team = tuple(
                    Assignment(
                        visit=visit.id,
                        seat=seat.id,
                        provider=person.id,
                        start=variant.start + seat.begin,
                        end=variant.start + seat.end,
                    )
                    for seat, person in zip(free, people, strict=True)
                    if person is not None
                )
                if team and accepted(snapshot, team):
                    teams.append(team)
        single.append(teams)

    def grow(at: int, chosen: tuple[Assignment, ...]) -> Iterator[tuple[Assignment, ...]]:
        if at == len(single):
            yield chosen
            return
        for team in single[at]:
            more = chosen + team
            if not team or accepted(snapshot, more):
                yield from grow(at + 1, more)

    yield from grow(0, ())


def accepted(snapshot: Snapshot, assignments: tuple[Assignment, ...]) -> bool:
    return not verify(snapshot, Plan(assignments=assignments, outcomes=(), certificates=()))


def best_worth(snapshot: Snapshot) -> tuple[int, int]:
    """The best (urgent, value), in this order, over every plan."""
    index = Index(snapshot)
    return max(worth(index, plan)[:2] for plan in every_plan(snapshot))
