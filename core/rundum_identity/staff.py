"""Staff of a centre: who works there, and the first one, who comes by the command line."""

from __future__ import annotations

from typing import Literal

import msgspec

from rundum_core.actor import Actor
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, NotFound
from rundum_core.events import record
from rundum_core.names import search_key
from rundum_core.queries import many, run
from rundum_identity.centres import centre_by_slug
from rundum_identity.names import split_name
from rundum_identity.persons import (
    NewPerson,
    Person,
    add_centre,
    persons_by_contact,
    register_person,
)
from rundum_identity.rights import allow
from rundum_identity.sessions import end_sessions

StaffRole = Literal["desk", "administrator"]


class StaffAdded(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff; `known` says whether she was a person of this installation before."""

    person: int
    known: bool


insert_role = run("identity/role", "grant_role")
delete_role = run("identity/role", "revoke_role")
staff_of = many("identity/role", "staff_of", Person)
lock_administrators = many("identity/role", "lock_administrators", int)


async def add_staff(
    db: Database, slug: str, email: str, name: str, role: StaffRole = "administrator"
) -> StaffAdded:
    """Let somebody work for a centre (command line and demo data; nobody is signed in yet).

    A person of that name who is reached under that address becomes staff, else she is registered.
    `email` as the form's rules leave it. Raises NotFound `centre.unknown`.
    """
    async with db.work() as tx:
        centre = await centre_by_slug(tx, slug)
        given_name, family_name = split_name(name)
        found = await _same(tx, email, f"{given_name} {family_name}")
        if found is not None:
            await add_centre(tx, found.id, centre.id)
        person = (
            found.id
            if found is not None
            else await register_person(
                tx,
                NewPerson(given_name=given_name, family_name=family_name, email=email),
                centre.id,
            )
        )
        await grant_role(tx, centre.id, person, role)
        return StaffAdded(person=person, known=found is not None)


async def grant_role(tx: Transaction, centre: int, person: int, role: StaffRole) -> None:
    """Let a person work for a centre; she signs in anew, under the rules for staff."""
    await insert_role(tx, centre=centre, person=person, role=role, until=None)
    await end_sessions(tx, person)
    await record(tx, "role_grant.given", person, centre=centre, role=role)


async def revoke_role(db: Database, actor: Actor, person: int, role: StaffRole) -> None:
    """End somebody's work for the actor's centre, and her sessions at once.

    Raises NotFound where she has no such role, Conflict `staff.last_administrator` when nobody
    would be left to run the centre.
    """
    allow(actor, "staff.manage")
    async with db.transaction(actor) as tx:
        if role == "administrator":
            left = await lock_administrators(tx, centre=actor.centre, now=tx.now)
            if left == [person]:
                raise Conflict("staff.last_administrator")
        if not await delete_role(tx, centre=actor.centre, person=person, role=role):
            raise NotFound("person.unknown")
        await end_sessions(tx, person)
        await record(tx, "role_grant.revoked", person, centre=actor.centre, role=role)


async def _same(tx: Transaction, email: str, name: str) -> Person | None:
    for person in await persons_by_contact(tx, "email", email):
        if search_key(person.given_name, person.family_name) == search_key(name):
            return person
    return None
