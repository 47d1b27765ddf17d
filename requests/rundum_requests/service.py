"""What is done with requests: submitted, confirmed, seen, listed, ended when their time is up."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, convert, to_builtins

from rundum_clients import service as clients
from rundum_core import events, links
from rundum_core.actor import Actor
from rundum_core.attempts import limit
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, NotFound
from rundum_core.idempotency import once
from rundum_identity.centres import Centre, CentreSettings, centre_by_id
from rundum_identity.contacts import contact_key
from rundum_identity.persons import add_centre
from rundum_identity.rights import allow, missing
from rundum_notifications.tasks import drop_task, finish_task, open_task
from rundum_requests import store
from rundum_requests.asking import has_email, prove_addresses
from rundum_requests.form import Asked
from rundum_requests.intake import Submitted, submitted, take
from rundum_requests.mistakes import judge
from rundum_requests.models import (
    CareRequest,
    Channel,
    ListedRequest,
    RequestState,
    RequestView,
)
from rundum_requests.opening import open_now
from rundum_requests.view import locked, request_view, status_token

LIST_MOST = 100

PER = timedelta(hours=1)
# a village's school or a mobile network has many people behind one address
MOST_FROM_NETWORK = 120
# somebody who mends her mistakes sends a form several times
MOST_FOR_ADDRESS = 20


class Confirmation(Struct, frozen=True, kw_only=True):
    """A confirmation link as its page shows it: what was asked for, and whether it still acts."""

    state: Literal["live", "used", "expired"]
    centre: Centre
    view: RequestView


async def submit(
    db: Database,
    actor: Actor,
    centre: Centre,
    asked: Asked,
    *,
    via: Channel,
    locale: str = "de",
    key: str | None = None,
    network: str | None = None,
) -> Submitted:
    """Take a request, with everything that follows from it, in one transaction.

    Open at once for who is signed in and for the desk; else it waits for the mail link, or for
    the desk's call where there is no address. The same `key` again gives the same answer, with
    another body Conflict `idempotency.other_body`. Raises Invalid with all mistakes at once,
    Conflict `requests.please_call` for a blocked client, Unavailable `error.too_often` when a
    visitor's `network` or address asks again and again.
    """
    allow(actor, "request.submit")
    actor = actor.within(centre.id)
    if actor.person is None:
        await _count(db, network, asked.values.get("email"))
    if actor.person is not None and not actor.is_staff:
        async with db.work() as tx:
            await add_centre(tx, actor.person, centre.id)
    if asked.errors:
        async with db.transaction(actor) as tx:
            asked.value((await judge(tx, actor, centre, asked))[0])
    new = asked.value()
    async with db.transaction(actor) as tx:

        async def act() -> dict[str, Any]:
            mistakes, found = await judge(tx, actor, centre, asked)
            asked.value(mistakes)
            taken = await take(tx, actor, centre, new, found, via, locale)
            answer: dict[str, Any] = to_builtins(taken)
            return answer

        who = f"requests:{centre.id}:{actor.person or 'visitor'}"
        return convert(await once(tx, who, key, new, act), Submitted)


async def confirm(db: Database, token: str) -> str:
    """Open the request behind a mail link; returns the token of its status page.

    Once: following the link again shows the same page. Raises Conflict when it is too late, and
    `requests.please_call` for a blocked client.
    """
    link, actor = await links.holder(db, "confirm", token)
    async with db.transaction(actor) as tx:
        request = await locked(tx, link.subject)
        if request.state == "unconfirmed":
            await links.use(tx, link)
            await prove_addresses(tx, request.asked_by)
            request = await open_now(tx, request)
        elif request.state not in ("open", "closed"):
            raise Conflict("requests.moved_on")
        return await status_token(tx, request)


async def confirm_for(db: Database, actor: Actor, public_id: UUID) -> CareRequest:
    """The desk called, and the request is meant: open it. Raises Conflict when it is too late."""
    allow(actor, "staff.work")
    async with db.transaction(actor) as tx:
        found = await _by_public_id(tx, actor, public_id)
        request = await locked(tx, found.id)
        await finish_task(tx, "confirm", request.id, outcome="confirmed")
        return await open_now(tx, request)


async def confirmation(db: Database, token: str) -> Confirmation:
    """What the page of a confirmation link shows; looking changes nothing."""
    link, actor = await links.holder(db, "confirm", token)
    async with db.transaction(actor) as tx:
        view = await request_view(tx, link.subject)
        centre = await centre_by_id(tx, link.centre)
        state = links.state(link, tx.now)
        if state == "live" and view.request.state != "unconfirmed":
            state = "used" if view.request.state in ("open", "closed") else "expired"
        return Confirmation(state=state, centre=centre, view=view)


async def received(db: Database, actor: Actor, centre: Centre, public_id: UUID) -> Submitted:
    """What came of a request that was just submitted; whoever has its id may read it, since it
    says nothing of anybody."""
    async with db.transaction(actor.within(centre.id)) as tx:
        request = await store.request_by_public_id(tx, public_id=public_id, centre=centre.id)
        if request is None:
            raise NotFound("requests.unknown")
        visits = await store.visits_of(tx, request=request.id)
        by_mail = await has_email(tx, request.asked_by)
        return submitted(request, by_mail, visits[-1].starts_at)


async def view(db: Database, actor: Actor, public_id: UUID) -> RequestView:
    """A request of the actor's centre, for its client's people and for staff; else NotFound.

    Street and note are personal: that staff looked at them is noted.
    """
    async with db.transaction(actor) as tx:
        request = await _by_public_id(tx, actor, public_id)
        if actor.is_staff:
            await events.must_record(tx, "request.viewed", request.id, centre=request.centre)
        return await request_view(tx, request.id)


async def listed(
    db: Database,
    actor: Actor,
    centre: Centre,
    *,
    state: RequestState,
    after: UUID | None,
    most: int,
) -> list[ListedRequest]:
    """A page of requests, newest first, behind the one with the id `after`: staff see the
    centre's in one state, others their own in any."""
    actor = actor.within(centre.id)
    owner = actor.person
    allow(actor, "request.list", owner=owner)
    async with db.transaction(actor) as tx:
        before = (tx.now + timedelta(days=1), 0)
        if after is not None:
            last = await _by_public_id(tx, actor, after)
            before = (last.created_at, last.id)
        own = None
        if not actor.is_staff and owner is not None:
            own = [client.id for client in await clients.own_clients(tx, centre.id, owner)]
        return await store.lines(
            tx,
            centre=centre.id,
            state=state,
            before=before,
            most=min(most, LIST_MOST),
            clients=own,
        )


async def expire_unconfirmed(db: Database) -> int:
    """End requests that nobody confirmed in time; says how many."""
    async with db.work() as tx:
        due = await store.unconfirmed_over(
            tx, now=tx.now, confirm_hours=CentreSettings().confirm_hours
        )
        for request in due:
            await end(tx, request, "unconfirmed", "expired")
            await drop_task(tx, "confirm", request.id, outcome="expired")
        return len(due)


async def call_unconfirmed(db: Database) -> int:
    """Ask the desk to call about urgent requests that nobody confirmed; says how many."""
    async with db.work() as tx:
        due = await store.unconfirmed_urgent(
            tx, now=tx.now, call_minutes=CentreSettings().confirm_call_minutes
        )
        for request in due:
            await open_task(tx, "confirm", request.id, request.centre, tx.now, request.asked_by)
        return len(due)


async def close_over(db: Database) -> int:
    """Close open requests whose visits are all over; says how many."""
    async with db.work() as tx:
        due = await store.open_over(tx, now=tx.now)
        for request in due:
            await end(tx, request, "open", "closed")
        return len(due)


async def end(
    tx: Transaction,
    request: store.Due,
    old: Literal["unconfirmed", "open"],
    new: Literal["closed", "expired"],
) -> None:
    """Close or expire a request; raises Conflict if it is no longer as it was seen."""
    ended = await store.end_request(tx, id=request.id, old=old, new=new, version=request.version)
    if ended is None:
        raise Conflict("requests.moved_on")
    await events.must_record(tx, f"request.{new}", request.id, centre=request.centre)


async def _count(db: Database, network: str | None, email: str | None) -> None:
    """Count what visitors send, so that nobody fills the desk's list or somebody's mailbox."""
    if network is not None:
        await limit(db, f"requests:network:{network}", most=MOST_FROM_NETWORK, per=PER)
    if email:
        address = sha256(contact_key(email).encode()).hexdigest()
        await limit(db, f"requests:address:{address}", most=MOST_FOR_ADDRESS, per=PER)


async def _by_public_id(tx: Transaction, actor: Actor, public_id: UUID) -> CareRequest:
    request = None
    if actor.centre is not None:
        request = await store.request_by_public_id(tx, public_id=public_id, centre=actor.centre)
    if request is None:
        raise missing(actor, "requests.unknown")
    allow(actor, "request.view", owner=await clients.persons_of(tx, request.client))
    return request
