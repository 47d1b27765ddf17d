"""Who asks: somebody known, somebody for whom the desk writes, or somebody new."""

from __future__ import annotations

from msgspec import Struct

from rundum_clients import service as clients
from rundum_clients.models import Client, NewClient
from rundum_core.actor import Actor
from rundum_core.db import Transaction
from rundum_core.names import search_key
from rundum_identity import persons
from rundum_identity.persons import NewPerson, Person
from rundum_requests.models import CareRequest, NewCareRequest
from rundum_requests.store import Address


class Asker(Struct, frozen=True, kw_only=True):
    """For whom a request is, which person speaks, and how it stands with her.

    `proven` means that nobody has to confirm anything: she is signed in, or the desk has her on
    the phone.
    """

    client: Client
    person: int
    proven: bool
    has_email: bool


async def find_asker(
    tx: Transaction,
    actor: Actor,
    centre: int,
    new: NewCareRequest,
    *,
    client: Client | None,
    home: Address,
    locale: str,
) -> Asker:
    """The asker of a request; whoever isn't known yet is registered.

    `client` is the one that was named, `home` the address of one that is made. Somebody unknown
    is always a new person with a new client: who she is shows when she confirms.
    """
    if actor.is_staff:
        person = await _caller(tx, client, new, centre, locale)
    elif actor.person is not None:
        person = actor.person
    else:
        person = await _register(tx, new, centre, locale)
    if client is None:
        client = await _client(tx, actor, centre, person, new, home)
    else:
        await clients.add_contact(tx, client, person)
        await clients.note_tags(tx, client, new.home)
    return Asker(
        client=client,
        person=person,
        proven=actor.is_staff or actor.person is not None,
        has_email=await has_email(tx, person),
    )


async def recognise(tx: Transaction, request: CareRequest, client: Client) -> tuple[int, Client]:
    """Who turns out to have asked, now that her mail address is proven: a person of this centre
    with the same proven address and the same name, and the client she speaks for; else the person
    and client that were made for this request."""
    asked_by = await persons.person(tx, request.asked_by)
    for before in await _same_persons(tx, asked_by):
        if request.centre not in before.centres:
            continue
        known = await clients.find_known(tx, request.centre, before.id, client.kind, client.name)
        if known is None:
            await clients.add_contact(tx, client, before.id)
            return before.id, client
        await clients.note_tags(tx, known, client.tags)
        return before.id, known
    return request.asked_by, client


async def prove_addresses(tx: Transaction, person: int) -> None:
    """Note that a person read the mail that we sent her: she came by its link."""
    for contact in await persons.contacts_of(tx, person=person):
        if contact.channel == "email":
            await persons.verify_contact(tx, person, "email", contact.value)


async def has_email(tx: Transaction, person: int) -> bool:
    contacts = await persons.contacts_of(tx, person=person)
    return any(contact.channel == "email" for contact in contacts)


async def _caller(
    tx: Transaction, client: Client | None, new: NewCareRequest, centre: int, locale: str
) -> int:
    """Whom the desk has on the phone: one who speaks for this client already, or somebody new."""
    if client is None:
        return await _register(tx, new, centre, locale)
    speakers = await clients.persons_of(tx, client.id)
    if not new.family_name and speakers:
        return speakers[0]
    wanted = search_key(new.given_name, new.family_name)
    for person in (await persons.persons(tx, speakers)).values():
        if search_key(person.given_name, person.family_name) == wanted:
            await _note_contacts(tx, person.id, new)
            return person.id
    return await _register(tx, new, centre, locale)


async def _client(
    tx: Transaction, actor: Actor, centre: int, person: int, new: NewCareRequest, home: Address
) -> Client:
    name = new.client_name
    kind = new.client_kind or "household"
    if kind == "household":
        speaker = await persons.person(tx, person)
        name = f"{speaker.given_name} {speaker.family_name}"[:120]
    made = NewClient(kind=kind, name=name, place=home.place, street=home.street, tags=new.home)
    if actor.person is None or actor.is_staff:
        return await clients.create(tx, centre, person, made)
    return await clients.find_or_create(tx, centre, person, made)


async def _register(tx: Transaction, new: NewCareRequest, centre: int, locale: str) -> int:
    person = NewPerson(
        given_name=new.given_name,
        family_name=new.family_name,
        locale="en" if locale == "en" else "de",
        email=new.email,
        phone=new.phone,
    )
    return await persons.register_person(tx, person, centre)


async def _note_contacts(tx: Transaction, person: int, new: NewCareRequest) -> None:
    """Further ways to reach somebody that she told the desk."""
    if new.email:
        await persons.add_contact(tx, person, "email", new.email)
    if new.phone:
        await persons.add_contact(tx, person, "phone", new.phone)


async def _same_persons(tx: Transaction, person: Person) -> list[Person]:
    """Others of the same name with a proven address that is hers too, the first known first."""
    name = search_key(person.given_name, person.family_name)
    found: dict[int, Person] = {}
    for contact in await persons.contacts_of(tx, person=person.id):
        if contact.channel != "email":
            continue
        for other in await persons.persons_by_contact(tx, "email", contact.value):
            if other.id == person.id or search_key(other.given_name, other.family_name) != name:
                continue
            if await _is_proven(tx, other.id, contact.value):
                found[other.id] = other
    return [found[id] for id in sorted(found)]


async def _is_proven(tx: Transaction, person: int, address: str) -> bool:
    return any(
        contact.channel == "email"
        and contact.value.lower() == address.lower()
        and contact.verified_at is not None
        for contact in await persons.contacts_of(tx, person=person)
    )
