"""From applicant to active and on: every change of a provider's status is a verb of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from rundum_core import events
from rundum_core.actor import Actor
from rundum_core.clock import BERLIN
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, FieldError, Invalid
from rundum_core.registry import Hook
from rundum_identity.rights import allow, missing
from rundum_notifications.messages import tell
from rundum_notifications.tasks import drop_task, finish_task
from rundum_providers import admission
from rundum_providers.models import Changed, Provider, Status
from rundum_providers.store import credentials as credential_store
from rundum_providers.store import providers as store
from rundum_providers.store.rules import rulebook_of

# What a higher room does, in the same transaction, when somebody can no longer be placed: by
# `provider.paused`, `provider.suspended`, `provider.left`, or when a document of hers is struck, by
# `credential.struck`; with the person's id.
STOPPED: Hook[Callable[[Transaction, int], Awaitable[None]]] = Hook("stop of a provider")


async def take_into_check(db: Database, actor: Actor, provider: UUID) -> Changed:
    """The desk begins to check an applicant, or somebody who left and comes back."""
    allow(actor, "provider.admit")
    async with db.transaction(actor) as tx:
        found = await locked(tx, provider)
        return await _change(tx, found, "in_check", "provider.taken_into_check")


async def activate(db: Database, actor: Actor, provider: UUID) -> Changed:
    """From now on she may be placed; she gets a letter.

    Raises Invalid with all that stands in the way (`providers.hindrance.*`): the certificate of
    conduct for who is with children from 14 on, the guardians' consent for minors.
    """
    allow(actor, "provider.admit")
    async with db.transaction(actor) as tx:
        found = await locked(tx, provider, "in_check")
        await refuse_hindered(tx, found)
        changed = await _change(tx, found, "active", None)
        event = await events.must_record(
            tx, "provider.activated", found.person, centre=found.centre
        )
        await tell(
            tx,
            event=event,
            person=found.person,
            template="provider_activated",
            subject=found.person,
            centre=found.centre,
        )
        await finish_task(tx, "check", found.person)
        return changed


async def pause(db: Database, actor: Actor, provider: UUID) -> Changed:
    """No new offers for now; by herself or the desk. What is agreed stands and is listed."""
    async with db.transaction(actor) as tx:
        found = await locked(tx, provider)
        allow(actor, "provider.pause", owner=found.person)
        return await _stop(tx, found, "paused", "provider.paused")


async def resume(db: Database, actor: Actor, provider: UUID) -> Changed:
    """After a pause she may be placed again, unless something stands in the way by now."""
    async with db.transaction(actor) as tx:
        found = await locked(tx, provider)
        allow(actor, "provider.pause", owner=found.person)
        _expect(found, "paused")
        await refuse_hindered(tx, found)
        return await _change(tx, found, "active", "provider.resumed")


async def suspend(db: Database, actor: Actor, provider: UUID) -> Changed:
    """Stops offers at once; the coming bookings are listed for a decision."""
    allow(actor, "provider.suspend")
    async with db.transaction(actor) as tx:
        return await suspend_in(tx, await locked(tx, provider))


async def suspend_in(tx: Transaction, found: Provider) -> Changed:
    """The same inside a transaction that has the person locked."""
    return await _stop(tx, found, "suspended", "provider.suspended")


async def reinstate(db: Database, actor: Actor, provider: UUID) -> Changed:
    """The reason for the suspension is gone; raises Invalid while something else is not."""
    allow(actor, "provider.suspend")
    async with db.transaction(actor) as tx:
        found = await locked(tx, provider, "suspended")
        await refuse_hindered(tx, found)
        return await _change(tx, found, "active", "provider.reinstated")


async def reject(db: Database, actor: Actor, provider: UUID) -> Changed:
    """An application is turned down for good."""
    allow(actor, "provider.admit")
    async with db.transaction(actor) as tx:
        found = await locked(tx, provider)
        changed = await _change(tx, found, "rejected", "provider.rejected")
        await finish_task(tx, "check", found.person, outcome="rejected")
        return changed


async def leave(db: Database, actor: Actor, provider: UUID) -> Changed:
    """She doesn't help any more; the coming bookings are listed for a decision."""
    async with db.transaction(actor) as tx:
        found = await locked(tx, provider)
        allow(actor, "provider.leave", owner=found.person)
        changed = await _stop(tx, found, "left", "provider.left")
        await drop_task(tx, "check", found.person)
        return changed


async def locked(tx: Transaction, provider: UUID, *expected: Status) -> Provider:
    """The provider with her person locked; raises NotFound, or Conflict for another status."""
    person = await store.lock_provider(tx, public_id=provider)
    found = None if person is None else await store.provider_by_person(tx, person=person)
    if found is None:
        raise missing(tx.actor, "providers.unknown")
    if expected:
        _expect(found, *expected)
    return found


async def refuse_hindered(tx: Transaction, found: Provider) -> None:
    """Raises Invalid with everything that keeps somebody from being placed today."""
    hindering = await hindrances(tx, found)
    if hindering:
        raise Invalid(tuple(FieldError("", f"providers.hindrance.{key}") for key in hindering))


async def hindrances(tx: Transaction, found: Provider) -> tuple[str, ...]:
    """Keys under `providers.hindrance`; empty when she may be placed."""
    today = tx.now.astimezone(BERLIN).date()
    return admission.hindrances(
        birth_date=found.birth_date,
        services=found.services,
        guardians=await store.guardians(tx, person=found.person),
        credentials=await credential_store.credentials_of(tx, person=found.person),
        terms=admission.terms_on(await rulebook_of(tx, found.centre), today),
        today=today,
    )


async def _stop(tx: Transaction, found: Provider, new: Status, kind: str) -> Changed:
    changed = await _change(tx, found, new, kind)
    if (consequence := STOPPED.get(kind)) is not None:
        await consequence(tx, found.person)
    return changed


async def _change(tx: Transaction, found: Provider, new: Status, kind: str | None) -> Changed:
    if found.status == new:
        raise Conflict(f"providers.conflict.already.{new}")
    if new not in ALLOWED[found.status]:
        raise Conflict(f"providers.conflict.now.{found.status}")
    if await store.change_status(tx, person=found.person, old=found.status, new=new) is None:
        raise Conflict(f"providers.conflict.now.{found.status}")
    if kind is not None:
        await events.record(tx, kind, found.person, centre=found.centre)
    affected = await store.coming_bookings(tx, person=found.person, now=tx.now)
    stopped = new in ("paused", "suspended", "left")
    return Changed(
        provider=found.public_id, status=new, affected=tuple(affected) if stopped else ()
    )


def _expect(found: Provider, *expected: Status) -> None:
    if found.status not in expected:
        raise Conflict(f"providers.conflict.now.{found.status}")


# the same as the schema's table `transition`, so that a person reads a sentence
ALLOWED: dict[Status, frozenset[Status]] = {
    "applicant": frozenset({"in_check", "rejected", "left"}),
    "in_check": frozenset({"active", "rejected", "left"}),
    "active": frozenset({"paused", "suspended", "left"}),
    "paused": frozenset({"active", "suspended", "left"}),
    "suspended": frozenset({"active", "left"}),
    "left": frozenset({"in_check"}),
    "rejected": frozenset(),
}
