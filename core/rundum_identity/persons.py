"""Persons, how they are reached, who stands for whom, and what they have agreed to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from rundum_core.db import Transaction
from rundum_core.errors import NotFound
from rundum_core.events import record
from rundum_core.names import search_key, sound_key
from rundum_core.queries import many, one, run
from rundum_identity.contacts import Channel, contact_key

RelationKind = Literal["guardian", "trusted", "household"]
ConsentKind = Literal["privacy", "guardian", "health", "standby"]


class NewPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be registered; `email` and `phone` (E.164) as the form's rules leave them."""

    given_name: str
    family_name: str
    locale: Literal["de", "en"] = "de"
    birth_date: date | None = None
    email: str | None = None
    phone: str | None = None
    best_time: str | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person, whatever roles she has; `centres` are those who know her."""

    id: int
    public_id: UUID
    given_name: str
    family_name: str
    locale: str
    birth_date: date | None
    centres: tuple[int, ...]


class ContactPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One way to reach a person; others may be reached under the same."""

    id: int
    person: int
    channel: Channel
    value: str
    best_time: str | None
    verified_at: datetime | None


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody agreed to: which version of which text, when, and who said so."""

    id: int
    centre: int
    person: int
    kind: ConsentKind
    text_version: str
    given_by: int
    given_at: datetime
    withdrawn_at: datetime | None


insert_person = one("identity/person", "insert_person", int)
person_by_id = one("identity/person", "person_by_id", Person)
select_persons = many("identity/person", "persons_by_id", Person)
select_by_contact = many("identity/person", "persons_by_contact", Person)
rename_person = run("identity/person", "rename_person")
set_locale = run("identity/person", "set_locale")
make_known = run("identity/person", "make_known")
insert_contact = one("identity/person", "insert_contact", int)
delete_contact = run("identity/person", "delete_contact")
contacts_of = many("identity/person", "contacts_of", ContactPoint)
email_contacts = many("identity/person", "email_contacts", ContactPoint)
contact_by_id = one("identity/person", "contact_by_id", ContactPoint)
verify_contact_point = run("identity/person", "verify_contact")
insert_relation = run("identity/person", "insert_relation")
delete_relation = run("identity/person", "delete_relation")
others_of = many("identity/person", "others_of", Person)
persons_of = many("identity/person", "persons_of", Person)
insert_consent = one("identity/person", "insert_consent", int)
withdraw_consents = run("identity/person", "withdraw_consents")
consents_of = many("identity/person", "consents_of", Consent)


async def register_person(tx: Transaction, new: NewPerson, centre: int) -> int:
    """Register somebody with her contact points at `centre`; returns the person's id.

    Always a new person: whether it is somebody we know is decided before, from proof (a mail
    link, a session, the desk), never from an address that somebody typed.
    """
    id = await insert_person(
        tx,
        given_name=new.given_name,
        family_name=new.family_name,
        search_key=search_key(new.given_name, new.family_name),
        sound_key=sound_key(new.family_name),
        locale=new.locale,
        birth_date=new.birth_date,
        centre=centre,
        now=tx.now,
    )
    assert id is not None
    if new.email:
        await add_contact(tx, id, "email", new.email, best_time=None)
    if new.phone:
        await add_contact(tx, id, "phone", new.phone, best_time=new.best_time)
    await record(tx, "person.registered", id, centre=centre)
    return id


async def person(tx: Transaction, id: int) -> Person:
    """The person with that id; raises NotFound, also when she was erased."""
    found = await person_by_id(tx, id=id)
    if found is None:
        raise NotFound("person.unknown")
    return found


async def persons(tx: Transaction, ids: list[int]) -> dict[int, Person]:
    """Several persons at once, by id; those who were erased are missing."""
    return {found.id: found for found in await select_persons(tx, ids=ids)}


async def persons_by_contact(tx: Transaction, channel: Channel, value: str) -> list[Person]:
    """Everybody who is reached under this address or number, by rising id.

    Several may share it; none proves that somebody is one of them.
    """
    return await select_by_contact(tx, channel=channel, key=contact_key(value))


async def rename(tx: Transaction, id: int, given_name: str, family_name: str) -> None:
    """Give a person another name, and the keys under which she is found."""
    await rename_person(
        tx,
        id=id,
        given_name=given_name,
        family_name=family_name,
        search_key=search_key(given_name, family_name),
        sound_key=sound_key(family_name),
    )


async def add_centre(tx: Transaction, person: int, centre: int) -> None:
    """Let a centre know a person (again and again does nothing)."""
    await make_known(tx, person=person, centre=centre)


async def add_contact(
    tx: Transaction,
    person: int,
    channel: Channel,
    value: str,
    *,
    best_time: str | None = None,
    verified_at: datetime | None = None,
) -> int:
    """Another way to reach a person; returns its id, the old one's if it was there already."""
    id = await insert_contact(
        tx,
        person=person,
        channel=channel,
        value=value,
        best_time=best_time,
        verified_at=verified_at,
        now=tx.now,
    )
    assert id is not None
    return id


async def verify_contact(tx: Transaction, person: int, channel: Channel, value: str) -> None:
    """Note that a person has shown that an address or number is hers."""
    await verify_contact_point(
        tx, person=person, channel=channel, key=contact_key(value), now=tx.now
    )


async def relate(tx: Transaction, person: int, other: int, kind: RelationKind) -> None:
    """Make `other` the guardian (trusted person, household member) of `person`."""
    await insert_relation(tx, person=person, other=other, kind=kind)


async def unrelate(tx: Transaction, person: int, other: int, kind: RelationKind) -> None:
    """End such a relation."""
    await delete_relation(tx, person=person, other=other, kind=kind)


async def guardians_of(tx: Transaction, person: int) -> list[Person]:
    """Who has custody of a minor, by rising id."""
    return await others_of(tx, person=person, kind="guardian")


async def wards_of(tx: Transaction, guardian: int) -> list[Person]:
    """The minors whose guardian somebody is, by rising id."""
    return await persons_of(tx, other=guardian, kind="guardian")


async def give_consent(
    tx: Transaction,
    *,
    centre: int,
    person: int,
    kind: ConsentKind,
    text_version: str,
    given_by: int,
) -> int:
    """Keep a consent with the version of the text it was given to; returns its id."""
    id = await insert_consent(
        tx,
        centre=centre,
        person=person,
        kind=kind,
        text_version=text_version,
        given_by=given_by,
        now=tx.now,
    )
    assert id is not None
    await record(tx, "consent.given", id, centre=centre, on_behalf_of=person)
    return id


async def withdraw_consent(
    tx: Transaction, *, centre: int, person: int, kind: ConsentKind, given_by: int | None = None
) -> int:
    """End the consents of a kind (only those by `given_by`, if named); returns how many."""
    ended = await withdraw_consents(
        tx, centre=centre, person=person, kind=kind, given_by=given_by, now=tx.now
    )
    if ended:
        await record(tx, "consent.withdrawn", person, centre=centre, on_behalf_of=person)
    return ended
