"""One request with all that hangs on it, and the links that lead to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from rundum_clients import service as clients
from rundum_core import links
from rundum_core.db import Transaction
from rundum_core.errors import NotFound
from rundum_core.places import places
from rundum_identity.centres import CentreSettings, centre_by_id
from rundum_requests import store
from rundum_requests.models import CareRequest, RequestView

STATUS_DAYS = 60


async def request_view(tx: Transaction, id: int) -> RequestView:
    """A request with everything that hangs on it; raises NotFound."""
    request = await store.request_by_id(tx, id=id)
    if request is None:
        raise NotFound("requests.unknown")
    client = await clients.client(tx, request.client)
    visits = await store.visits_of(tx, request=id)
    lie = {place for visit in visits for place in (visit.start_place, visit.end_place)}
    return RequestView(
        request=request,
        client=client,
        visits=tuple(visits),
        seats=tuple(await store.seats_of(tx, request=id)),
        children=tuple(await store.children_of(tx, request=id)),
        needs=tuple(await store.needs_of(tx, request=id)),
        choices=tuple(await store.choices_of(tx, request=id)),
        places=await places(tx, [*lie, client.place]),
    )


async def locked(tx: Transaction, id: int) -> CareRequest:
    """A request, locked until the transaction ends; raises NotFound."""
    request = await store.lock_request(tx, id=id)
    if request is None:
        raise NotFound("requests.unknown")
    return request


async def status_token(tx: Transaction, request: CareRequest) -> str:
    """The standing link to a request's status page, for the person who asked."""
    visits = await store.visits_of(tx, request=request.id)
    return await links.issue(
        tx,
        "status",
        subject=request.id,
        person=request.asked_by,
        centre=request.centre,
        expires_at=visits[-1].ends_at + timedelta(days=STATUS_DAYS),
        standing=True,
    )


async def confirm_token(tx: Transaction, request: CareRequest) -> str:
    """The link by which an unknown person confirms, until the centre's hours are over."""
    settings = (await centre_by_id(tx, request.centre)).settings
    return await links.issue(
        tx,
        "confirm",
        subject=request.id,
        person=request.asked_by,
        centre=request.centre,
        expires_at=confirm_until(request, settings),
    )


def confirm_until(request: CareRequest, settings: CentreSettings) -> datetime:
    return request.created_at + timedelta(hours=settings.confirm_hours)
