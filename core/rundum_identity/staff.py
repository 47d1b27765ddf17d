"""Staff of a centre: who works there, and the first one, who comes by the command line."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

from rundum_core.actor import Actor
from rundum_core.clock import BERLIN
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
    add_contact,
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


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works for a centre; `deputy` does it for her up to and including `away_until`,
    `open_tasks` is what she has taken on."""

    person: int
    public_id: UUID
    name: str
    roles: tuple[StaffRole, ...]
    open_tasks: int
    deputy: str | None
    away_until: date | None


insert_role = run("identity/role", "grant_role")
delete_role = run("identity/role", "revoke_role")
staff_of = many("identity/role", "staff_of", Person)
select_members = many("identity/staff", "members", Member)
hand_over_tasks = run("identity/staff", "hand_over_tasks")
insert_deputy = run("identity/staff", "insert_deputy")
delete_deputies = run("identity/staff", "delete_deputies")
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
        known = await _same(tx, email, name) is not None
        person, _ = await known_or_registered(tx, centre.id, name, email)
        await grant_role(tx, centre.id, person, role)
        return StaffAdded(person=person, known=known)


async def known_or_registered(
    tx: Transaction, centre: int, name: str, email: str
) -> tuple[int, int]:
    """The person of that name who is reached under that address, now known to the centre; who is
    none yet is registered. Her id, and the address's among her contacts."""
    found = await _same(tx, email, name)
    if found is not None:
        await add_centre(tx, found.id, centre)
        person = found.id
    else:
        given_name, family_name = split_name(name)
        new = NewPerson(given_name=given_name, family_name=family_name, email=email)
        person = await register_person(tx, new, centre)
    return person, await add_contact(tx, person, "email", email)


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
        await _revoke(tx, person, role)


async def members(db: Database, actor: Actor) -> list[Member]:
    """Who works for the actor's centre, by name."""
    allow(actor, "staff.manage")
    async with db.transaction(actor) as tx:
        return await select_members(tx, centre=actor.centre, now=tx.now, today=_today(tx))


async def member(db: Database, actor: Actor, public_id: UUID) -> Member:
    """One of those who work for the actor's centre; raises NotFound for anybody else."""
    for one_of in await members(db, actor):
        if one_of.public_id == public_id:
            return one_of
    raise NotFound()


async def end_work(db: Database, actor: Actor, leaves: Member, successor: Member | None) -> int:
    """Switch somebody off at once: her roles here and her sessions end, and what she had taken on
    goes to `successor`, or back to all. Returns how many tasks that are.

    Raises Conflict `staff.last_administrator`, `staff.not_herself` for one's own successor.
    """
    allow(actor, "staff.manage")
    if successor is not None and successor.person == leaves.person:
        raise Conflict("staff.not_herself")
    async with db.transaction(actor) as tx:
        for role in leaves.roles:
            await _revoke(tx, leaves.person, role)
        await delete_deputies(tx, centre=actor.centre, person=leaves.person)
        return await _hand_over(tx, leaves, successor)


async def set_deputy(db: Database, actor: Actor, away: Member, deputy: Member, until: date) -> int:
    """Let `deputy` do somebody's work up to and including a day; what she had taken on goes over
    now. Returns how many tasks that are. Raises Conflict `staff.not_herself`."""
    allow(actor, "staff.manage")
    if deputy.person == away.person:
        raise Conflict("staff.not_herself")
    async with db.transaction(actor) as tx:
        await insert_deputy(
            tx, centre=actor.centre, person=away.person, deputy=deputy.person, until=until
        )
        await record(tx, "deputy.set", away.person, centre=actor.centre, deputy=deputy.person)
        return await _hand_over(tx, away, deputy)


async def _revoke(tx: Transaction, person: int, role: StaffRole) -> None:
    centre = tx.actor.centre
    if role == "administrator":
        left = await lock_administrators(tx, centre=centre, now=tx.now)
        if left == [person]:
            raise Conflict("staff.last_administrator")
    if not await delete_role(tx, centre=centre, person=person, role=role):
        raise NotFound("person.unknown")
    await end_sessions(tx, person)
    await record(tx, "role_grant.revoked", person, centre=centre, role=role)


async def _hand_over(tx: Transaction, leaves: Member, to: Member | None) -> int:
    moved = await hand_over_tasks(
        tx, centre=tx.actor.centre, person=leaves.person, to=to.person if to else None
    )
    if moved:
        await record(tx, "task.handed_over", leaves.person, centre=tx.actor.centre, tasks=moved)
    return moved


def _today(tx: Transaction) -> date:
    return tx.now.astimezone(BERLIN).date()


async def _same(tx: Transaction, email: str, name: str) -> Person | None:
    """Somebody of that name who is reached under that address."""
    for person in await persons_by_contact(tx, "email", email):
        if search_key(person.given_name, person.family_name) == search_key(
            " ".join(split_name(name))
        ):
            return person
    return None
