"""What somebody sees of herself: name, contacts, what she is where, and her devices."""

from __future__ import annotations

from uuid import UUID

import msgspec

from rundum_core.actor import Role
from rundum_core.db import Database
from rundum_identity.centres import Centre, centres
from rundum_identity.persons import ContactPoint, Person, contacts_of, person
from rundum_identity.sessions import STAFF_ROLES, Session, SignedIn, sessions_of


class Capacity(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is at one centre; `here` is where she is now."""

    centre: Centre
    roles: tuple[Role, ...]
    here: bool


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's own account; `session` is the device she uses now."""

    person: Person
    contacts: tuple[ContactPoint, ...]
    capacities: tuple[Capacity, ...]
    session: UUID
    devices: tuple[Session, ...]
    is_staff: bool


async def account_of(db: Database, signed: SignedIn) -> Account:
    """Everything that the account page shows to the one who is signed in."""
    async with db.work() as tx:
        return Account(
            person=await person(tx, signed.session.person),
            contacts=tuple(await contacts_of(tx, person=signed.session.person)),
            capacities=_capacities(signed, await centres(tx)),
            session=signed.session.public_id,
            devices=tuple(await sessions_of(tx, person=signed.session.person, now=tx.now)),
            is_staff=any(held.role in STAFF_ROLES for held in (*signed.roles, *signed.withheld)),
        )


def _capacities(signed: SignedIn, known: list[Centre]) -> tuple[Capacity, ...]:
    return tuple(
        Capacity(centre=centre, roles=roles, here=centre.id == signed.session.centre)
        for centre in known
        if (roles := tuple(held.role for held in signed.roles if held.centre == centre.id))
    )
