"""An unconfirmed request turns out to be meant: from then on it is open."""

from __future__ import annotations

from datetime import timedelta

from rundum_clients import service as clients
from rundum_clients.models import Client
from rundum_core import events
from rundum_core.db import Transaction
from rundum_core.errors import Conflict
from rundum_identity.centres import CentreSettings, centre_by_id
from rundum_notifications.messages import tell
from rundum_notifications.tasks import drop_task
from rundum_requests import rules, store
from rundum_requests.asking import has_email, recognise
from rundum_requests.models import CareRequest, Visit
from rundum_requests.view import locked


async def open_now(tx: Transaction, request: CareRequest) -> CareRequest:
    """An unconfirmed, locked request is meant: it is open from now on, and its clock begins."""
    if request.state != "unconfirmed":
        raise Conflict("requests.moved_on")
    visits = await store.visits_of(tx, request=request.id)
    if visits[0].starts_at <= tx.now:
        raise Conflict("requests.too_late")
    made = await clients.client(tx, request.client)
    asked_by, client = await recognise(tx, request, made)
    if client.is_blocked:
        raise Conflict("requests.please_call")
    settings = (await centre_by_id(tx, request.centre)).settings
    await _become_open(tx, request, asked_by, client, visits[0], settings)
    event = await events.must_record(tx, "request.confirmed", request.id, centre=request.centre)
    if await has_email(tx, asked_by):
        await tell(
            tx,
            event=event,
            person=asked_by,
            template="request_taken",
            subject=request.id,
            centre=request.centre,
        )
    await drop_task(tx, "confirm", request.id, outcome="confirmed")
    opened = await locked(tx, request.id)
    if opened.priority == "urgent":
        await store.wake_matching(tx)
    return opened


async def _become_open(
    tx: Transaction,
    request: CareRequest,
    asked_by: int,
    client: Client,
    first: Visit,
    settings: CentreSettings,
) -> None:
    opened = await store.open_request(
        tx,
        id=request.id,
        version=request.version,
        asked_by=asked_by,
        client=client.id,
        priority=rules.priority_of(
            request.priority,
            first.starts_at,
            tx.now,
            timedelta(hours=settings.urgent_within_hours),
        ),
        answer_by=rules.answer_by(tx.now, first.starts_at, timedelta(hours=settings.answer_hours)),
    )
    if opened is None:
        raise Conflict("requests.moved_on")
