"""What is known of a provider: who may read it, and what she or the desk may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from rundum_core import events
from rundum_core.actor import Actor
from rundum_core.db import Database, Transaction
from rundum_core.errors import FieldError, Invalid, NotFound
from rundum_core.names import search_key, sound_key
from rundum_core.places import look_up
from rundum_identity.persons import ContactPoint, contacts_of
from rundum_identity.rights import allow, missing
from rundum_providers.models import (
    BlockedClient,
    ComingBooking,
    Credential,
    Guardian,
    Provider,
    ProviderChange,
    ProviderLine,
    Status,
)
from rundum_providers.service.lifecycle import hindrances, locked
from rundum_providers.service.registration import profile_mistakes, skill_keys
from rundum_providers.store import credentials as credential_store
from rundum_providers.store import providers as store
from rundum_providers.store.providers import StatusCount

PAGE = 50
# who the desk means when it doesn't say
IN_THE_HOUSE: tuple[Status, ...] = ("applicant", "in_check", "active", "paused", "suspended")


class ProviderFile(Struct, frozen=True, kw_only=True):
    """Everything about one provider, for herself and the desk."""

    provider: Provider
    contacts: tuple[ContactPoint, ...]
    guardians: tuple[Guardian, ...]
    credentials: tuple[Credential, ...]
    hindrances: tuple[str, ...]
    bookings: tuple[ComingBooking, ...]
    blocked: tuple[BlockedClient, ...]


class ProvidersPage(Struct, frozen=True, kw_only=True):
    """One page of the desk's list; `next` is what asks for the one behind it, None on the last."""

    lines: tuple[ProviderLine, ...]
    counts: tuple[StatusCount, ...]
    next: UUID | None


async def mine(db: Database, actor: Actor) -> Provider:
    """The provider who acts; raises NotFound `providers.none_of_yours` for anybody else."""
    async with db.transaction(actor) as tx:
        found = (
            None
            if actor.person is None
            else await store.provider_by_person(tx, person=actor.person)
        )
    if found is None:
        raise NotFound("providers.none_of_yours")
    return found


async def file_of(db: Database, actor: Actor, provider: UUID) -> ProviderFile:
    """All that is known of a provider; that staff looked is noted, since it shows an address."""
    async with db.transaction(actor) as tx:
        found = await _visible(tx, actor, provider)
        if actor.is_staff and actor.person != found.person:
            await events.record(tx, "provider.viewed", found.person, centre=found.centre)
        person = found.person
        return ProviderFile(
            provider=found,
            contacts=tuple(await contacts_of(tx, person=person)),
            guardians=tuple(await store.guardians(tx, person=person)),
            credentials=tuple(await credential_store.credentials_of(tx, person=person)),
            hindrances=await hindrances(tx, found),
            bookings=tuple(await store.coming_bookings(tx, person=person, now=tx.now)),
            blocked=tuple(await store.blocked_clients(tx, person=person)),
        )


async def page_of_providers(
    db: Database,
    actor: Actor,
    *,
    statuses: Sequence[Status] = IN_THE_HOUSE,
    search: str = "",
    after: UUID | None = None,
    limit: int = PAGE,
) -> ProvidersPage:
    """One page of the centre's providers by name. `search` finds by the beginnings of names, and
    by how a family name sounds (Maier finds Meyer); `after` is the last one seen."""
    allow(actor, "provider.list")
    words = search_key(search[:80]).split()
    async with db.transaction(actor) as tx:
        lines = await store.providers_page(
            tx,
            centre=actor.centre,
            statuses=list(statuses),
            words=words,
            sounds=[sound for word in words if len(word) > 2 and (sound := sound_key(word))],
            after=after,
            most=limit + 1,
        )
        counts = await store.providers_by_status(tx, centre=actor.centre)
    shown = lines[:limit]
    last = shown[-1] if len(lines) > limit else None
    return ProvidersPage(
        lines=tuple(shown),
        counts=tuple(counts),
        next=None if last is None else last.public_id,
    )


async def mistakes(db: Database, actor: Actor, values: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with those fields of a change that could be read."""
    async with db.transaction(actor) as tx:
        return await profile_mistakes(tx, values)


async def change(db: Database, actor: Actor, provider: UUID, new: ProviderChange) -> None:
    """Replace what may be changed about a provider; raises Invalid with every mistake.

    What is agreed already stands, whatever she wishes from now on.
    """
    async with db.transaction(actor) as tx:
        found = await locked(tx, provider)
        allow(actor, "provider.change", owner=found.person)
        wrong = await profile_mistakes(tx, msgspec.structs.asdict(new))
        place = await look_up(tx, "", new.place)
        if isinstance(place, FieldError) or wrong:
            raise Invalid(tuple(wrong))
        await store.update_provider(
            tx,
            person=found.person,
            place=place.id,
            street=new.street,
            transport=new.transport,
            radius_km=new.radius_km,
            last_way_home=new.last_way_home,
            hours_week=new.hours_week,
            lowest_rate=new.lowest_rate,
            schooling_until=new.schooling_until,
            attends_school=new.attends_school,
            refuses=list(new.refuses),
            about=new.about,
        )
        await store.delete_skills(tx, person=found.person)
        keys = skill_keys(new.services, new.bands, new.languages, new.qualifications)
        await store.insert_skills(tx, centre=found.centre, person=found.person, keys=keys)
        await events.record(tx, "provider.changed", found.person, centre=found.centre)


async def block_client(db: Database, actor: Actor, provider: UUID, client: UUID) -> None:
    """She doesn't come to this client any more; no reason is asked. A provider can only name
    clients with whom she had to do: others answer as if they weren't there."""
    async with db.transaction(actor) as tx:
        found = await locked(tx, provider)
        allow(actor, "provider.change", owner=found.person)
        met = actor.is_staff or await store.has_met(tx, person=found.person, client=client)
        blocked = met and await store.block_client(
            tx, person=found.person, client=client, now=tx.now
        )
        if not blocked:
            raise NotFound("providers.client_unknown")
        await events.record(tx, "pair_rule.set", found.person, centre=found.centre, client=blocked)


async def unblock_client(db: Database, actor: Actor, provider: UUID, client: UUID) -> None:
    """She would come again; raises NotFound if she had not blocked that client."""
    async with db.transaction(actor) as tx:
        found = await locked(tx, provider)
        allow(actor, "provider.change", owner=found.person)
        freed = await store.unblock_client(tx, person=found.person, client=client)
        if freed is None:
            raise NotFound("providers.client_unknown")
        await events.record(
            tx, "pair_rule.removed", found.person, centre=found.centre, client=freed
        )


async def _visible(tx: Transaction, actor: Actor, provider: UUID) -> Provider:
    """The provider if the actor may see her: staff, herself, her guardians."""
    found = await store.provider_by_public_id(tx, public_id=provider)
    if found is None:
        raise missing(actor, "providers.unknown")
    guardians = await store.guardians(tx, person=found.person)
    allow(
        actor,
        "provider.view",
        owner={found.person, *(guardian.person for guardian in guardians)},
    )
    return found
