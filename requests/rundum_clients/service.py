"""What is done with clients: found or made, known, blocked, let in again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from rundum_clients import store
from rundum_clients.models import Client, ClientKind, ClientStatus, NewClient
from rundum_core import events
from rundum_core.actor import Actor
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, NotFound
from rundum_core.names import search_key
from rundum_core.registry import Hook
from rundum_identity.rights import allow

# What a higher room does, in the same transaction, when nobody is placed with a client any more:
# by `client.blocked`, with the client's id.
BLOCKED: Hook[Callable[[Transaction, int], Awaitable[None]]] = Hook("block of a client")


async def find_or_create(tx: Transaction, centre: int, person: int, new: NewClient) -> Client:
    """The client for which `person` speaks already (see `find_known`), else a new one.

    A blocked client is found, too: the caller refuses it. An address on file stays as it is.
    """
    client = await find_known(tx, centre, person, new.kind, new.name)
    if client is None:
        return await create(tx, centre, person, new)
    await note_tags(tx, client, new.tags)
    return client


async def client(tx: Transaction, id: int) -> Client:
    """The client with that id; raises NotFound."""
    found = await store.client_by_id(tx, id=id)
    if found is None:
        raise NotFound("clients.unknown")
    return found


async def find_known(
    tx: Transaction, centre: int, person: int, kind: ClientKind, name: str
) -> Client | None:
    """The first client of that kind for which a person speaks: her household, whatever it is
    called, or the organisation of that name."""
    for client in await store.clients_of_person(tx, person=person, centre=centre):
        if client.kind == kind and (kind == "household" or _same_name(client.name, name)):
            return client
    return None


async def create(tx: Transaction, centre: int, person: int, new: NewClient) -> Client:
    """A new client for which `person` speaks."""
    client = await store.insert_client(
        tx,
        centre=centre,
        kind=new.kind,
        name=new.name,
        place=new.place,
        street=new.street,
        tags=list(new.tags),
        now=tx.now,
    )
    assert client is not None
    await add_contact(tx, client, person)
    await events.must_record(tx, "client.created", client.id, centre=centre)
    return client


async def add_contact(tx: Transaction, client: Client, person: int) -> None:
    """Let one more person speak for a client; again is the same."""
    await store.insert_contact(tx, centre=client.centre, client=client.id, person=person)


async def note_tags(tx: Transaction, client: Client, tags: tuple[str, ...]) -> None:
    """Add what a home has (pets, smoking) to what is known; nothing is taken away."""
    together = sorted({*client.tags, *tags})
    await store.change_tags(tx, id=client.id, tags=together)


async def own_clients(tx: Transaction, centre: int, person: int) -> list[Client]:
    """The clients of a centre for which a person speaks, the oldest first."""
    return await store.clients_of_person(tx, person=person, centre=centre)


async def persons_of(tx: Transaction, client: int) -> list[int]:
    """Who speaks for a client."""
    return [found.person for found in await store.contacts_of_clients(tx, clients=[client])]


async def client_for(tx: Transaction, actor: Actor, centre: int, public_id: UUID) -> Client:
    """A client of the centre that `actor` may act for: her own, any for staff; else NotFound."""
    client = await store.client_by_public_id(tx, public_id=public_id, centre=centre)
    if client is None:
        raise NotFound("clients.unknown")
    allow(actor, "client.view", owner=await persons_of(tx, client.id))
    return client


async def mark_known(db: Database, actor: Actor, centre: int, public_id: UUID) -> Client:
    """The desk knows this client now: minors may be placed there. Known stays known."""
    allow(actor, "client.admit")
    async with db.transaction(actor) as tx:
        client = await client_for(tx, actor, centre, public_id)
        return await _change(tx, client, ("new",), "known", "client.admitted")


async def block(db: Database, actor: Actor, centre: int, public_id: UUID) -> Client:
    """Take no more requests of this client, and ask nobody for those that are open."""
    allow(actor, "client.block")
    async with db.transaction(actor) as tx:
        client = await client_for(tx, actor, centre, public_id)
        blocked = await _change(tx, client, ("new", "known"), "blocked", "client.blocked")
        if (consequence := BLOCKED.get("client.blocked")) is not None:
            await consequence(tx, client.id)
        return blocked


async def unblock(db: Database, actor: Actor, centre: int, public_id: UUID) -> Client:
    """Take requests of this client again; it counts as known."""
    allow(actor, "client.admit")
    async with db.transaction(actor) as tx:
        client = await client_for(tx, actor, centre, public_id)
        return await _change(tx, client, ("blocked",), "known", "client.unblocked")


async def _change(
    tx: Transaction,
    client: Client,
    before: tuple[ClientStatus, ...],
    after: ClientStatus,
    kind: str,
) -> Client:
    if client.status == after:
        return client
    if client.status not in before:
        raise Conflict("clients.moved_on")
    changed = await store.change_status(tx, id=client.id, old=client.status, new=after)
    if changed is None:
        raise Conflict("clients.moved_on")
    await events.must_record(tx, kind, client.id, centre=client.centre)
    return changed


def _same_name(one: str, other: str) -> bool:
    return search_key(one) == search_key(other)
