"""From the tables to the engine's picture of the world, and the one question of acceptance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from rundum_core.db import Transaction
from rundum_engine.eligibility import refusals
from rundum_engine.index import Index
from rundum_engine.plan import Why
from rundum_engine.snapshot import (
    Barrier,
    Bond,
    Minute,
    Mode,
    Place,
    Provider,
    Seat,
    Snapshot,
    Visit,
)
from rundum_identity.centres import centres
from rundum_matching.store import pictures as store
from rundum_matching.store.pictures import OpenSeat, OpenVisit
from rundum_matching.translation import (
    calendar_of,
    instant,
    minute,
    provider_of,
    tags_of,
    visit_of,
)
from rundum_providers.pictures import Picture, pictures

MEMORY = timedelta(days=35)  # how far back work counts into somebody's limits and fairness
AHEAD = timedelta(days=8)  # a local week after the last visit: weekly caps look there
MOVED_MOST = timedelta(hours=4)  # what a family may be flexible

T = TypeVar("T")


class World(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot with what its ids mean for the offers to come."""

    snapshot: Snapshot
    visits: dict[int, OpenVisit]
    seats: dict[int, OpenSeat]


async def read(tx: Transaction) -> World:
    """All visits that lack somebody, as far ahead as their centre looks, and everybody who is
    active."""
    settings = {centre.id: centre.settings for centre in await centres(tx)}
    horizons = {id: tx.now + timedelta(days=one.horizon_days) for id, one in settings.items()}
    before = max(horizons.values(), default=tx.now)
    visits = [
        visit
        for visit in await store.open_visits(tx, since=tx.now, before=before)
        if visit.starts_at < horizons[visit.centre]
    ]
    urgent = {
        visit.id
        for visit in visits
        if visit.priority == "urgent" or settings[visit.centre].is_urgent(visit.starts_at - tx.now)
    }
    people = await pictures(tx, since=tx.now, before=before + timedelta(days=2))
    return await _assemble(tx, visits, people, before=before, urgent=urgent)


async def refusals_now(
    tx: Transaction, seat: int, person: int, *, except_slots: Sequence[int] = ()
) -> tuple[Why, ...]:
    """Why this person can't take this seat at its present time, as the world is now; empty when
    she can. The time in `except_slots` (held for this very seat) counts as free."""
    visits = await store.visits_by_seat(tx, seats=[seat])
    people = await pictures(
        tx,
        since=min(visit.starts_at for visit in visits) - timedelta(days=1),
        before=max(visit.ends_at for visit in visits) + timedelta(days=2),
        persons=[person],
    )
    if not people:
        return (Why(reason="not_active"),)
    picture = await _assemble(
        tx,
        visits,
        people,
        before=max(visit.ends_at for visit in visits),
        except_slots=except_slots,
        fixed=True,
    )
    visit = picture.snapshot.visits[0]
    wanted = next(one for one in visit.seats if one.id == seat)
    index = Index(picture.snapshot)
    return refusals(index, visit, wanted, picture.snapshot.providers[0], visit.variants[0])


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A visit and one of its open seats, asked of a crowd: `give_up` are the needs which are the
    family's own wish, `wanted` is how many such seats are open."""

    snapshot: Snapshot
    visit: Visit
    seat: Seat
    wanted: int
    give_up: tuple[str, ...]
    tagged: Callable[[Minute, Minute], tuple[str, ...]]


async def questions(tx: Transaction, request: int) -> list[Question]:
    """One for each coming visit of a request that lacks somebody, about its first open seat.

    Whoever is asked already is not asked for again.
    """
    seats = {one.visit: one for one in await store.seats_to_ask(tx, request=request, now=tx.now)}
    visits = await store.visits_by_seat(tx, seats=sorted(one.id for one in seats.values()))
    if not visits:
        return []
    bands = [child.band for child in await store.children_of_requests(tx, requests=[request])]
    wishes = tuple(
        need.key for need in await store.needs_of_requests(tx, requests=[request]) if need.must
    )
    before = max(visit.ends_at for visit in visits)
    world = (await _assemble(tx, visits, [], before=before)).snapshot
    asked = tuple(
        Barrier(provider=person, reason="asked", request=request)
        for person in await store.asked_for_request(tx, request=request)
    )
    world = msgspec.structs.replace(world, barriers=world.barriers + asked)
    return [
        Question(
            snapshot=world,
            visit=planned,
            seat=next(seat for seat in planned.seats if seat.id == seats[visit.id].id),
            wanted=max(1, seats[visit.id].wanted),
            give_up=wishes,
            tagged=_tagged(visit, bands, len(planned.seats)),
        )
        for visit, planned in zip(visits, world.visits, strict=True)
    ]


def _tagged(
    visit: OpenVisit, bands: list[str], people: int
) -> Callable[[Minute, Minute], tuple[str, ...]]:
    """What somebody may refuse about the visit if it lay at other times."""

    def tags(start: Minute, end: Minute) -> tuple[str, ...]:
        moved = msgspec.structs.replace(visit, starts_at=instant(start), ends_at=instant(end))
        return tags_of(moved, bands, people)

    return tags


async def crowd_of(tx: Transaction, persons: list[int], *, before: datetime) -> Snapshot:
    """These people as matching sees them, without any visit; who is not active is left out."""
    people = await pictures(tx, since=tx.now, before=before + timedelta(days=2), persons=persons)
    return (await _assemble(tx, [], people, before=before)).snapshot


async def _assemble(
    tx: Transaction,
    visits: list[OpenVisit],
    people: list[Picture],
    *,
    before: datetime,
    urgent: Set[int] = frozenset(),
    except_slots: Sequence[int] = (),
    fixed: bool = False,
) -> World:
    requests = sorted({visit.request for visit in visits})
    clients = sorted({visit.client for visit in visits})
    persons = [one.person for one in people]
    first = min([tx.now, *(visit.starts_at for visit in visits)])
    seats = await store.seats_of_visits(tx, visits=[visit.id for visit in visits])
    taken = await store.commitments(
        tx,
        persons=persons,
        since=first - MEMORY,
        before=before + AHEAD,
        except_slots=list(except_slots),
    )
    needs: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for need in await store.needs_of_requests(tx, requests=requests):
        needs[need.request].append((need.key, need.must))
    bands: dict[int, list[str]] = defaultdict(list)
    for child in await store.children_of_requests(tx, requests=requests):
        bands[child.request].append(child.band)
    by_visit = _grouped(seats, lambda seat: seat.visit)
    by_person = _grouped(taken, lambda slot: slot.person)
    planned = tuple(
        visit_of(
            visit,
            by_visit[visit.id],
            needs[visit.request],
            bands[visit.request],
            tx.now,
            urgent=visit.id in urgent,
            fixed=fixed,
        )
        for visit in visits
    )
    providers = tuple(provider_of(one, by_person[one.person], tx.now) for one in people)
    bonds, barriers = await _pairs(tx, visits, requests, clients)
    snapshot = Snapshot(
        now=minute(tx.now),
        calendar=calendar_of(first - MEMORY, before + AHEAD),
        places=await _places(tx, planned, providers),
        modes=tuple(
            Mode(
                key=mode.key,
                km_per_hour=mode.km_per_hour,
                detour=mode.detour,
                overhead=mode.overhead,
            )
            for mode in await store.modes(tx)
        ),
        providers=providers,
        visits=planned,
        bonds=bonds,
        barriers=barriers,
    )
    return World(
        snapshot=snapshot,
        visits={visit.id: visit for visit in visits},
        seats={seat.id: seat for seat in seats},
    )


async def _pairs(
    tx: Transaction, visits: list[OpenVisit], requests: list[int], clients: list[int]
) -> tuple[tuple[Bond, ...], tuple[Barrier, ...]]:
    """Who knows or wants whom, and who does not come to whom."""
    together = {
        (line.client, line.person): line.visits
        for line in await store.visits_together(tx, clients=clients)
    }
    client_of = {visit.request: visit.client for visit in visits}
    preferred: set[tuple[int, int]] = set()
    barriers: list[Barrier] = []
    for choice in await store.choices_of_requests(tx, requests=requests):
        if choice.kind == "preferred":
            preferred.add((client_of[choice.request], choice.person))
        else:
            barriers.append(
                Barrier(provider=choice.person, reason=choice.kind, request=choice.request)
            )
    for rule in await store.pair_rules_of_clients(tx, clients=clients):
        if rule.kind == "preferred":
            preferred.add((rule.client, rule.person))
        else:
            barriers.append(Barrier(provider=rule.person, reason=rule.kind, client=rule.client))
    bonds = tuple(
        Bond(
            client=client,
            provider=person,
            preferred=(client, person) in preferred,
            together=together.get((client, person), 0),
        )
        for client, person in sorted(preferred | together.keys())
    )
    return bonds, tuple(barriers)


async def _places(
    tx: Transaction, visits: Iterable[Visit], providers: Iterable[Provider]
) -> tuple[Place, ...]:
    ids = {place for visit in visits for place in (visit.start_place, visit.end_place)}
    ids |= {provider.home for provider in providers}
    for provider in providers:
        for taken in provider.commitments:
            ids |= {place for place in (taken.start_place, taken.end_place) if place is not None}
    rows = await store.places_by_id(tx, places=sorted(ids))
    return tuple(Place(id=row.id, lat=row.lat, lon=row.lon) for row in rows)


def _grouped(rows: Iterable[T], key: Callable[[T], int]) -> dict[int, list[T]]:
    groups: dict[int, list[T]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
