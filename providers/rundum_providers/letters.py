"""What the letters to providers and guardians say: loaders that read the world when they go out."""

from __future__ import annotations

from rundum_core.clock import BERLIN
from rundum_core.db import Transaction
from rundum_identity.names import short_name
from rundum_notifications.letters import Letter, Loader, Message
from rundum_providers import admission
from rundum_providers.models import WITH_CHILDREN, Provider
from rundum_providers.store import credentials as credential_store
from rundum_providers.store import providers as store
from rundum_providers.store.rules import rulebook_of


async def provider_welcome(tx: Transaction, message: Message) -> Letter | None:
    """Your application is here: what happens next, and what we need to see."""
    found = await store.provider_by_person(tx, person=message.subject)
    if found is None or found.status not in ("applicant", "in_check"):
        return None
    return Letter(
        context=await _needed(tx, found), button=("providers.letter.my_times", "/my-times")
    )


async def provider_activated(tx: Transaction, message: Message) -> Letter | None:
    """From now on we may ask you."""
    found = await store.provider_by_person(tx, person=message.subject)
    if found is None or found.status not in ("active", "paused"):
        return None
    return Letter(context={}, button=("providers.letter.my_times", "/my-times"))


async def guardian_informed(tx: Transaction, message: Message) -> Letter | None:
    """Your child wants to help: nothing happens before you have signed."""
    found = await store.provider_by_person(tx, person=message.subject)
    if found is None or found.status not in ("applicant", "in_check"):
        return None
    guardians = await store.guardians(tx, person=found.person)
    mine = next((one for one in guardians if one.person == message.person), None)
    if mine is None or mine.consent_at is not None:
        return None
    return Letter(context={"minor": short_name(found)})


async def _needed(tx: Transaction, found: Provider) -> dict[str, bool]:
    """Which papers are still to be shown."""
    today = tx.now.astimezone(BERLIN).date()
    hindering = admission.hindrances(
        birth_date=found.birth_date,
        services=found.services,
        guardians=await store.guardians(tx, person=found.person),
        credentials=await credential_store.credentials_of(tx, person=found.person),
        terms=admission.terms_on(await rulebook_of(tx, found.centre), today),
        today=today,
    )
    return {
        "certificate": "certificate" in hindering,
        "guardians": "guardian" in hindering or "guardian_consent" in hindering,
        "children": bool(WITH_CHILDREN & set(found.services)),
    }


LOADERS: dict[str, Loader] = {
    "provider_welcome": provider_welcome,
    "provider_activated": provider_activated,
    "guardian_informed": guardian_informed,
}
