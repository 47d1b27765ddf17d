"""What the desk has seen, and what guardians have signed."""

from __future__ import annotations

from uuid import UUID

from rundum_core import events
from rundum_core.actor import Actor
from rundum_core.clock import BERLIN
from rundum_core.db import Database, Transaction
from rundum_core.errors import Invalid, NotFound
from rundum_identity import persons
from rundum_identity.rights import allow
from rundum_providers import admission
from rundum_providers.models import (
    GUARDIAN_TEXT,
    Changed,
    Credential,
    Guardian,
    NewCredential,
    Provider,
)
from rundum_providers.service.lifecycle import STOPPED, locked, suspend_in
from rundum_providers.store import credentials as store
from rundum_providers.store import providers as provider_store
from rundum_providers.store.rules import rulebook_of


async def note_credential(
    db: Database, actor: Actor, provider: UUID, new: NewCredential
) -> Credential:
    """Note that a document was shown; until when it holds follows from the centre's terms.

    A certificate of conduct is never copied and its content never kept: one with an entry raises
    Invalid, like one that was too old when it was shown.
    """
    allow(actor, "credential.record")
    assert actor.person is not None
    async with db.transaction(actor) as tx:
        found = await locked(tx, provider)
        today = tx.now.astimezone(BERLIN).date()
        terms = admission.terms_on(await rulebook_of(tx, found.centre), today)
        if wrong := admission.wrong_credential(new, today, terms):
            raise Invalid(tuple(wrong))
        credential = await store.insert_credential(
            tx,
            centre=found.centre,
            person=found.person,
            kind=new.kind,
            seen_on=new.seen_on,
            seen_by=actor.person,
            valid_until=admission.valid_until(new, terms),
        )
        assert credential is not None
        await events.record(
            tx, "credential.noted", found.person, centre=found.centre, kind_of=new.kind
        )
        return credential


async def strike_credential(db: Database, actor: Actor, provider: UUID, credential: UUID) -> None:
    """Take back an entry that was made by mistake; raises NotFound."""
    allow(actor, "credential.record")
    async with db.transaction(actor) as tx:
        found = await locked(tx, provider)
        kind = await store.delete_credential(tx, public_id=credential, person=found.person)
        if kind is None:
            raise NotFound("providers.credential_unknown")
        await events.record(
            tx, "credential.struck", found.person, centre=found.centre, kind_of=kind
        )
        if (consequence := STOPPED.get("credential.struck")) is not None:
            await consequence(tx, found.person)


async def give_guardian_consent(db: Database, actor: Actor, provider: UUID, guardian: UUID) -> None:
    """The desk has a guardian's signature on paper; again and again it stays the first one."""
    allow(actor, "credential.record")
    async with db.transaction(actor) as tx:
        found, other = await _guarded(tx, actor, provider, guardian, "consent.give")
        if other.consent_at is not None:
            return
        await persons.give_consent(
            tx,
            centre=found.centre,
            person=found.person,
            kind="guardian",
            text_version=GUARDIAN_TEXT,
            given_by=other.person,
        )


async def withdraw_guardian_consent(
    db: Database, actor: Actor, provider: UUID, guardian: UUID
) -> Changed:
    """A guardian takes her consent back: a minor who could be placed is suspended at once, and
    the coming bookings are listed for a decision."""
    async with db.transaction(actor) as tx:
        found, other = await _guarded(tx, actor, provider, guardian, "consent.withdraw")
        await persons.withdraw_consent(
            tx,
            centre=found.centre,
            person=found.person,
            kind="guardian",
            given_by=other.person,
        )
        today = tx.now.astimezone(BERLIN).date()
        minor = found.birth_date is None or admission.is_minor(found.birth_date, today)
        if minor and found.status in ("active", "paused"):
            return await suspend_in(tx, found)
        return Changed(provider=found.public_id, status=found.status)


async def _guarded(
    tx: Transaction, actor: Actor, provider: UUID, guardian: UUID, verb: str
) -> tuple[Provider, Guardian]:
    """The minor and this guardian of hers; a guardian acts for her own wards only."""
    found = await locked(tx, provider)
    guardians = await provider_store.guardians(tx, person=found.person)
    other = next((one for one in guardians if one.public_id == guardian), None)
    allow(actor, verb, owner=None if other is None else other.person)
    if other is None:
        raise NotFound("providers.guardian_unknown")
    return found, other
