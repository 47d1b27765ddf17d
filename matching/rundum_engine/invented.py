"""Invented worlds, to measure and to compile with: name and seed say which."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rundum_engine.snapshot import (
    Asker,
    Bond,
    Calendar,
    Cap,
    Commitment,
    Need,
    Pin,
    Place,
    Provider,
    Seat,
    Series,
    Skill,
    Snapshot,
    Span,
    Variant,
    Visit,
    Windows,
)
from rundum_engine.travel import DEFAULT_MODES

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2027, 3, 22, tzinfo=BERLIN)
"""A Monday; the clock changes on the first Sunday."""
DAYS = 14


class Size(NamedTuple):
    """`side` is the area's edge in km; `rich` adds series, flexible starts and pins."""

    visits: int
    providers: int
    side: float
    places: int
    windows: float
    cities: int = 0
    rich: bool = False


SIZES: dict[str, Size] = {
    "village": Size(60, 30, 12.0, 10, 4.0, rich=True),
    "district": Size(200, 100, 22.0, 40, 6.0, rich=True),
    "district-scarce": Size(200, 100, 22.0, 40, 3.0, rich=True),
    "region": Size(5_000, 2_000, 75.0, 500, 3.4),
    "nation": Size(50_000, 20_000, 240.0, 5_000, 3.4),
    "cities": Size(50_000, 20_000, 400.0, 5_000, 3.4, cities=40),
}


def instance(name: str, seed: int = 0) -> Snapshot:
    """The snapshot of this name and seed; KeyError for an unknown name."""
    size = SIZES[name]
    rng = random.Random(f"{name}/{seed}")  # noqa: S311
    days = [_midnight(day) for day in range(DAYS + 1)]
    places = _places(rng, size)
    weights = [1.0 / (1 + i % 97) for i in range(len(places))]
    homes = rng.choices(range(1, len(places) + 1), weights, k=size.providers)
    sites = rng.choices(range(1, len(places) + 1), weights, k=size.visits)
    providers = tuple(
        _provider(rng, size, i + 1, home, days, places) for i, home in enumerate(homes)
    )
    visits = _visits(rng, size, sites)
    clients = sorted({v.client for v in visits})
    bonds = tuple(
        Bond(
            client=rng.choice(clients),
            provider=rng.randint(1, size.providers),
            preferred=rng.random() < 0.5,
            together=rng.randrange(1, 6),
        )
        for _ in range(size.visits // 2)
    )
    series = tuple(
        Series(id=s, same="demanded" if s % 4 == 0 else "wished")
        for s in sorted({v.series for v in visits if v.series is not None})
    )
    pins: tuple[Pin, ...] = ()
    if size.rich:
        pins = tuple(
            Pin(visit=v, provider=rng.randint(1, size.providers), must=rng.random() < 0.5)
            for v in rng.sample(range(1, size.visits + 1), 4)
        )
    return Snapshot(
        now=days[0],
        calendar=Calendar(midnights=tuple(days), first_weekday=0),
        places=places,
        modes=DEFAULT_MODES,
        providers=providers,
        visits=visits,
        series=series,
        bonds=bonds,
        pins=pins,
        seed=seed,
    )


def _midnight(day: int) -> int:
    when = FIRST + timedelta(days=day)
    return int(datetime(when.year, when.month, when.day, tzinfo=BERLIN).timestamp()) // 60


def _places(rng: random.Random, size: Size) -> tuple[Place, ...]:
    """Spread over a square around 51.5° N, or around some cities in it."""
    half = size.side / 2
    centres = [(rng.uniform(-half, half), rng.uniform(-half, half)) for _ in range(size.cities)]
    found = []
    for i in range(size.places):
        if centres and rng.random() < 0.8:
            x0, y0 = rng.choice(centres)
            x, y = x0 + rng.gauss(0, 6), y0 + rng.gauss(0, 6)
        else:
            x, y = rng.uniform(-half, half), rng.uniform(-half, half)
        lat = 51.5 + y / 111.2
        lon = 10.5 + x / (111.2 * math.cos(math.radians(51.5)))
        found.append(Place(id=i + 1, lat=round(lat, 5), lon=round(lon, 5)))
    return tuple(found)


def _provider(
    rng: random.Random, size: Size, id: int, home: int, days: list[int], places: tuple[Place, ...]
) -> Provider:
    minor = rng.random() < 0.15
    mode = rng.choice(["bike", "bus", "foot"] if minor else ["car", "car", "car", "bike", "bus"])
    free = []
    for day in range(DAYS):
        weekend = day % 7 >= 5
        if rng.random() < size.windows / (5.0 if weekend else 7.0):
            begin = rng.choice([9, 10, 12, 14]) if weekend else rng.choice([13, 14, 15, 16, 17])
            length = rng.choice([4, 5, 6, 8]) if weekend else rng.choice([3, 4, 5, 6, 7])
            end = min(24 * 60, (begin + length) * 60)
            free.append(Span(days[day] + begin * 60, min(days[day] + end, days[day + 1])))
    hours = rng.choice([4, 6, 6, 8, 10, 12, 16])
    caps = [Cap(reason="hours_week", minutes=hours * 60, per="week", hard=False)]
    windows: tuple[Windows, ...] = ()
    skills = [Skill(key="service:childcare")]
    if minor:
        caps.append(Cap(reason="youth_day", minutes=8 * 60, per="day"))
        spans = tuple(Span(days[d] + 6 * 60, days[d] + 20 * 60) for d in range(DAYS))
        windows = (Windows(reason="youth_evening", spans=spans),)
        child = rng.random() < 0.3
        if child:
            caps.append(Cap(reason="child_day", minutes=2 * 60, per="day"))
    else:
        skills.append(Skill(key="adult"))
    skills += [
        Skill(key=key) for key in ("first_aid", "lang:en", "household") if rng.random() < 0.5
    ]
    commitments = tuple(
        Commitment(span=Span(s.start + 60, s.start + 180), start_place=home, end_place=home)
        for s in free
        if rng.random() < 0.08
    )
    return Provider(
        id=id,
        centre=1,
        home=home,
        mode=mode,
        radius_km=float(rng.choice([5, 8, 10]) if minor else rng.choice([8, 12, 15, 20, 25])),
        free=tuple(free),
        commitments=commitments,
        skills=tuple(skills),
        windows=windows,
        caps=tuple(caps),
        recent_minutes=rng.choice([0, 0, 120, 300, 600, 1200]),
    )


def _visits(rng: random.Random, size: Size, sites: list[int]) -> tuple[Visit, ...]:
    found: list[Visit] = []
    seat = 0
    series = 0
    while len(found) < size.visits:
        id = len(found) + 1
        day = rng.choices(range(DAYS), [3, 3, 3, 3, 4, 5, 3] * 2)[0]
        weekend = day % 7 >= 5
        hour = rng.choice([10, 14, 15, 16, 17, 18]) if weekend else rng.choice([14, 15, 16, 17, 18])
        wall = hour * 60 + rng.choice([0, 15, 30, 45])
        hours = rng.choice([1.5, 2, 2, 2.5, 3, 3, 4])
        group = rng.random() < 0.07
        wanted = rng.choice([2, 2, 3, 4]) if group else 1
        extras = 1 if group and rng.random() < 0.3 else 0
        seats = []
        for i in range(wanted + extras):
            seat += 1
            needs = [Need(skill="service:childcare")]
            if group and i == 0:
                needs.append(Need(skill="adult"))
            elif not group and rng.random() < 0.3:
                needs.append(Need(skill=rng.choice(["adult", "first_aid", "household"])))
            seats.append(
                Seat(
                    id=seat,
                    role="lead" if group and i == 0 else "extra" if i >= wanted else "normal",
                    required=i < wanted,
                    end=int(hours * 60),
                    needs=tuple(needs),
                    nice=("lang:en",) if rng.random() < 0.1 else (),
                    value=2500 if i >= wanted else 0,
                )
            )
        urgent = rng.random() < 0.03
        value = rng.choice([8_000, 10_000, 10_000, 10_000, 12_000, 15_000])
        variants = [Variant(start=_midnight(day) + wall)]
        if size.rich and rng.random() < 0.15:
            variants += [
                Variant(start=variants[0].start + shift, cost=abs(shift) * 4) for shift in (-30, 60)
            ]
        visit = Visit(
            id=id,
            request=id,
            centre=1,
            client=id,
            asker=Asker.CLUB if group else Asker.HOUSEHOLD,
            variants=tuple(variants),
            start_place=sites[id - 1],
            end_place=sites[id - 1],
            seats=tuple(seats),
            value=value * (wanted if group else 1),
            urgent=urgent,
        )
        found.append(visit)
        if size.rich and not group and day < 7 and rng.random() < 0.15:
            series += 1
            found[-1] = _again(visit, id, visit.seats, 0, series)
            for step in range(1, rng.choice([2, 3, 4])):
                if len(found) < size.visits and day + step * 2 < DAYS:
                    seat += 1
                    own = (_seat_again(visit.seats[0], seat),)
                    found.append(_again(visit, len(found) + 1, own, step * 2, series))
    return tuple(found)


def _seat_again(seat: Seat, id: int) -> Seat:
    return Seat(
        id=id, role=seat.role, end=seat.end, needs=seat.needs, nice=seat.nice, value=seat.value
    )


def _again(visit: Visit, id: int, seats: tuple[Seat, ...], days: int, series: int) -> Visit:
    """The same visit some days later, as part of a series."""
    return Visit(
        id=id,
        request=visit.request,
        centre=visit.centre,
        client=visit.client,
        asker=visit.asker,
        variants=tuple(
            Variant(start=v.start + days * 24 * 60, cost=v.cost) for v in visit.variants
        ),
        start_place=visit.start_place,
        end_place=visit.end_place,
        seats=seats,
        value=visit.value,
        urgent=visit.urgent,
        series=series,
    )
