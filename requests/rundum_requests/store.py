"""How requests, visits and seats are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from rundum_core.db import Transaction
from rundum_core.queries import many, one, run
from rundum_requests.models import (
    CareRequest,
    Children,
    Choice,
    ListedRequest,
    Need,
    NewChildren,
    Seat,
    SeatRole,
    Visit,
)
from rundum_requests.ratios import CentreRatio
from rundum_web.periods import Span


class Chosen(Struct, frozen=True, kw_only=True):
    """A provider, by both of her ids."""

    person: int
    public_id: UUID


class Due(Struct, frozen=True, kw_only=True):
    """A request whose time has come, as it was seen."""

    id: int
    version: int
    centre: int


class DueCall(Struct, frozen=True, kw_only=True):
    """An urgent request that the desk should ask about."""

    id: int
    version: int
    centre: int
    asked_by: int


insert_request = one("requests/request", "insert_request", CareRequest)
request_by_id = one("requests/request", "request_by_id", CareRequest)
request_by_public_id = one("requests/request", "request_by_public_id", CareRequest)
lock_request = one("requests/request", "lock_request", CareRequest)
open_request = one("requests/request", "open_request", int)
end_request = one("requests/request", "end_request", int)
needs_of = many("requests/request", "needs_of", Need)
children_of = many("requests/request", "children_of", Children)
choices_of = many("requests/request", "choices_of", Choice)
centre_ratios = many("requests/request", "centre_ratios", CentreRatio)
places_nearby = many("requests/request", "places_nearby", str)
providers_chosen = many("requests/request", "providers_chosen", Chosen)
listed_requests = many("requests/request", "listed_requests", ListedRequest)
requests_of_clients = many("requests/request", "requests_of_clients", ListedRequest)
visits_of = many("requests/visit", "visits_of", Visit)
seats_of = many("requests/visit", "seats_of", Seat)
unconfirmed_over = many("requests/due", "unconfirmed_over", Due)
unconfirmed_urgent = many("requests/due", "unconfirmed_urgent", DueCall)
open_over = many("requests/due", "open_over", Due)
wake_matching = run("requests/due", "wake_matching")

_insert_needs = run("requests/request", "insert_needs")
_insert_children = run("requests/request", "insert_children")
_insert_choices = run("requests/request", "insert_choices")
_insert_visits = run("requests/visit", "insert_visits")
_insert_seats = run("requests/visit", "insert_seats")


class Address(Struct, frozen=True, kw_only=True):
    """Where a visit begins or ends."""

    place: int
    street: str


async def insert_needs(
    tx: Transaction, request: CareRequest, must: Sequence[str], nice: Sequence[str]
) -> None:
    """What people must and should bring; what they must is not wished for as well."""
    wished = [key for key in nice if key not in must]
    await _insert_needs(
        tx,
        centre=request.centre,
        request=request.id,
        keys=[*must, *wished],
        musts=[True] * len(must) + [False] * len(wished),
    )


async def insert_children(
    tx: Transaction, request: CareRequest, children: Sequence[NewChildren]
) -> None:
    """How many children of which band; each band at most once."""
    await _insert_children(
        tx,
        centre=request.centre,
        request=request.id,
        bands=[group.band for group in children],
        counts=[group.count for group in children],
    )


async def insert_choices(
    tx: Transaction, request: CareRequest, preferred: Sequence[int], excluded: Sequence[int]
) -> None:
    """Whom the client would like, and whom rather not (persons' ids)."""
    await _insert_choices(
        tx,
        centre=request.centre,
        request=request.id,
        persons=[*preferred, *excluded],
        kinds=["preferred"] * len(preferred) + ["excluded"] * len(excluded),
    )


async def insert_visits(
    tx: Transaction,
    request: CareRequest,
    visits: Sequence[Span],
    zone: ZoneInfo,
    start: Address,
    end: Address,
) -> None:
    """The visits by rising start."""
    spans = sorted(visits, key=lambda span: span.start)
    await _insert_visits(
        tx,
        centre=request.centre,
        request=request.id,
        dates=[span.start.astimezone(zone).date() for span in spans],
        starts=[span.start for span in spans],
        ends=[span.end for span in spans],
        start_place=start.place,
        start_street=start.street,
        end_place=end.place,
        end_street=end.street,
    )


async def insert_seats(
    tx: Transaction,
    request: CareRequest,
    roles: Sequence[SeatRole],
    required: Sequence[bool],
    lanes: int,
) -> None:
    """The same seats at every visit; `lanes` is how many people are asked at once if it is
    urgent."""
    await _insert_seats(
        tx, request=request.id, roles=list(roles), required=list(required), lanes=lanes
    )


async def lines(
    tx: Transaction,
    *,
    centre: int,
    state: str,
    before: tuple[datetime, int],
    most: int,
    clients: Sequence[int] | None = None,
) -> list[ListedRequest]:
    """A page of requests, newest first: a centre's in one state, or those of some clients."""
    at, id = before
    if clients is None:
        return await listed_requests(
            tx, centre=centre, state=state, before_at=at, before_id=id, most=most
        )
    return await requests_of_clients(
        tx, clients=list(clients), before_at=at, before_id=id, most=most
    )
