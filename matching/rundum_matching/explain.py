"""Why this person or why not, asked again at this moment by the one function that decides."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.errors import NotFound
from rundum_engine.plan import Why
from rundum_identity.rights import allow
from rundum_matching import snapshot
from rundum_matching.store import explain as store


class Reasons(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks against a person for one seat at its present time; empty when nothing does."""

    visit: UUID
    starts_at: datetime
    ends_at: datetime
    refusals: tuple[Why, ...]


async def why_not(db: Database, actor: Actor, request: UUID, provider: UUID) -> list[Reasons]:
    """For each coming visit of a request: why this provider could not take its first open seat.

    For staff. Raises NotFound for a request or provider that the actor's centre doesn't know.
    """
    allow(actor, "matching.explain")
    async with db.transaction(actor) as tx:
        person = await store.person_of_provider(tx, provider=provider)
        if person is None:
            raise NotFound
        held = await store.slots_held_for(tx, request=request, person=person)
        return [
            Reasons(
                visit=seat.visit,
                starts_at=seat.starts_at,
                ends_at=seat.ends_at,
                refusals=await snapshot.refusals_now(tx, seat.id, person, except_slots=held),
            )
            for seat in await store.first_open_seats(tx, request=request, now=tx.now)
        ]
