"""A row of the card index of those who ask: taken up, brought up to date, or left as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from rundum_clients import service as clients
from rundum_clients.models import ClientKind, ClientTag, NewClient
from rundum_core.errors import FieldError
from rundum_core.names import search_key
from rundum_core.places import Place, look_up
from rundum_desk.card_index import store, words
from rundum_desk.card_index.cells import Cells
from rundum_desk.card_index.columns import Row
from rundum_desk.card_index.headings import Table
from rundum_desk.card_index.people import Asks, id_in, is_new
from rundum_desk.card_index.report import Findings, RowReport
from rundum_desk.card_index.room import Room, add_contacts
from rundum_desk.card_index.store import ClientCard, KnownPerson
from rundum_identity import persons
from rundum_identity.persons import NewPerson
from rundum_identity.rights import allow
from rundum_requests import rules
from rundum_requests.form import REQUEST
from rundum_web.forms import Form

TABLE: Table = "clients"


class NewClientCard(Struct, frozen=True, kw_only=True):
    """What a card says of who asks: that part of a request."""

    client_kind: ClientKind | None
    client_name: str
    home: tuple[ClientTag, ...]
    given_name: str
    family_name: str
    email: str | None
    phone: str | None
    place: str
    street: str


_FIELDS: dict[str, Any] = {name: REQUEST.fields[name] for name in NewClientCard.__struct_fields__}
CLIENT = Form(NewClientCard, **_FIELDS)


class Asker(Struct, kw_only=True):
    """Who asks, as far as a row tells: the card that there is, the person that is known."""

    cells: Cells
    contacts: list[str]
    card: ClientCard | None = None
    person: KnownPerson | None = None
    new: NewClientCard | None = None
    place: int | None = None


async def load(room: Room) -> list[ClientCard]:
    """All clients of the centre."""
    async with room.part() as tx:
        return await store.clients_of_centre(tx, centre=room.centre.id)


async def take(room: Room, rows: Sequence[Row]) -> list[RowReport]:
    """Do what the rows say and report on each."""
    cards = await load(room)
    reports = []
    for row in rows:
        findings = Findings(TABLE, row, "")
        asker = await read_asker(room, cards, row, findings, id_field="id")
        if not findings.wrong:
            await _apply(room, cards, asker, findings)
        reports.append(findings.report())
    return reports


async def read_asker(
    room: Room, cards: Sequence[ClientCard], row: Row, findings: Findings, *, id_field: str
) -> Asker:
    """Who asks, by what a row says; mistakes go to the findings."""
    cells = Cells(row, findings, room.today)
    given, family = cells.names()
    cells.words("kind", words.KINDS, to="client_kind", one=True)
    organisation = cells.text("client_name")
    if not organisation and "client_kind" not in cells.sent:
        cells.sent["client_kind"] = ["household"]
    cells.words("home", words.TAGS)
    cells.address()
    findings.name = organisation or f"{given} {family}".strip()
    asker = Asker(cells=cells, contacts=cells.contacts())
    form = CLIENT.read(cells.sent)
    values = form.values
    try:
        _recognise(room, cards, asker, given, family, id_field)
    except Asks as asks:
        findings.wrong.append(FieldError(id_field, asks.error.key, asks.error.params))
    if asker.card is not None:
        return asker
    findings.wrong += form.errors
    findings.wrong += rules.wrong_contact(values)
    kind = values.get("client_kind")
    if kind is None and organisation:
        findings.wrong.append(FieldError("client_kind", "requests.rule.client_kind"))
    else:
        findings.wrong += rules.wrong_client(kind, values.get("client_name", ""), None)
    async with room.part() as tx:
        place = await look_up(tx, "", values["place"]) if "place" in values else None
    if isinstance(place, FieldError):
        findings.wrong.append(place)
    elif place is not None and not form.errors:
        asker.place, asker.new = place.id, form.value()
    return asker


def _recognise(
    room: Room,
    cards: Sequence[ClientCard],
    asker: Asker,
    given: str,
    family: str,
    id_field: str,
) -> None:
    text = asker.cells.row.text(id_field)
    sent = asker.cells.sent
    organisation = sent.get("client_name", [""])[0]
    try:
        public_id = id_in(text)
    except ValueError:
        raise Asks(FieldError("id", "card_index.ask.id")) from None
    if public_id is not None:
        named = [card for card in cards if card.public_id == public_id]
        if not named:
            raise Asks(FieldError("id", "card_index.ask.unknown_id"))
        asker.card = named[0]
        asker.person = _speaker(room, asker.card, given, family)
        if asker.person is None and search_key(organisation) != search_key(asker.card.name):
            raise Asks(FieldError("id", "card_index.ask.other_name"))
        return
    kind = sent.get("client_kind", ["household"])[0]
    if organisation:
        alike = [
            card
            for card in cards
            if card.kind == kind and search_key(card.name) == search_key(organisation)
        ]
        if len(alike) > 1:
            raise Asks(FieldError("id", "card_index.ask.several", {"count": len(alike)}))
        if alike and not is_new(text):
            asker.card = alike[0]
            asker.person = _speaker(room, asker.card, given, family)
    if asker.person is None and family:
        asker.person = room.people.recognise(
            given, family, contacts=asker.contacts, is_other=is_new(text)
        )
    if asker.person is not None and asker.card is None and not organisation:
        person = asker.person.person
        asker.card = next(
            (card for card in cards if card.kind == "household" and person in card.speakers), None
        )


def _speaker(room: Room, card: ClientCard, given: str, family: str) -> KnownPerson | None:
    """Who speaks for a client under that name."""
    key = search_key(given, family)
    speakers = [room.people.by_id[one] for one in card.speakers if one in room.people.by_id]
    return next((person for person in speakers if person.search_key == key), None)


async def _apply(room: Room, cards: list[ClientCard], asker: Asker, findings: Findings) -> None:
    if asker.card is None:
        findings.is_new = True
        await make(room, cards, asker)
        return
    card = asker.card
    if card.status == "blocked":
        findings.notes.append(FieldError("", "card_index.note.blocked"))
        return
    findings.changes += await join(room, asker, card)
    await _note_address(room, asker, card, findings)


async def make(room: Room, cards: list[ClientCard], asker: Asker) -> ClientCard:
    """A new client, for which the person of the row speaks."""
    allow(room.actor, "client.register")
    assert asker.new is not None
    assert asker.place is not None
    new = asker.new
    person = await _person(room, asker)
    kind = new.client_kind or "household"
    household = f"{new.given_name} {new.family_name}"[:120]
    async with room.part() as tx:
        made = await clients.create(
            tx,
            room.centre.id,
            person.person,
            NewClient(
                kind=kind,
                name=household if kind == "household" else new.client_name,
                place=asker.place,
                street=new.street,
                tags=new.home,
            ),
        )
    card = ClientCard(
        id=made.id,
        public_id=made.public_id,
        kind=made.kind,
        name=made.name,
        place=made.place,
        postal_code="",
        place_name=new.place,
        street=made.street,
        tags=list(made.tags),
        status=made.status,
        speakers=[person.person],
    )
    cards.append(card)
    await add_contacts(room, person, asker.contacts)
    return card


async def join(room: Room, asker: Asker, card: ClientCard) -> list[str]:
    """Let the person of the row speak for a client, and note what is new; answers the fields."""
    changes = []
    form = CLIENT.read(asker.cells.sent)
    if asker.person is None and form.values.get("family_name"):
        asker.new = NewClientCard(
            **{"client_kind": card.kind, "client_name": "", "home": (), "given_name": "",
               "family_name": "", "email": None, "phone": None, "place": "", "street": "",
               **form.values}
        )  # fmt: skip
        asker.person = await _person(room, asker)
    async with room.part() as tx:
        client = await clients.client(tx, card.id)
        if asker.person is not None and asker.person.person not in card.speakers:
            await clients.add_contact(tx, client, asker.person.person)
            card.speakers.append(asker.person.person)
            changes.append("family_name")
        tags: tuple[ClientTag, ...] = form.values.get("home", ())
        if set(tags) - set(card.tags):
            await clients.note_tags(tx, client, tags)
            card.tags += [tag for tag in tags if tag not in card.tags]
            changes.append("home")
    if asker.person is not None:
        changes += await add_contacts(room, asker.person, asker.contacts)
    return changes


async def _person(room: Room, asker: Asker) -> KnownPerson:
    """The person of the row, registered if she isn't known."""
    if asker.person is not None:
        return asker.person
    assert asker.new is not None
    new = asker.new
    async with room.part() as tx:
        id = await persons.register_person(
            tx,
            NewPerson(
                given_name=new.given_name,
                family_name=new.family_name,
                email=new.email,
                phone=new.phone,
            ),
            room.centre.id,
        )
        made = await persons.person(tx, id)
    known = KnownPerson(
        person=id,
        public_id=made.public_id,
        given_name=new.given_name,
        family_name=new.family_name,
        search_key=search_key(new.given_name, new.family_name),
        birth_date=None,
        emails=[new.email] if new.email else [],
        phones=[new.phone] if new.phone else [],
    )
    room.people.add(known)
    return known


async def _note_address(room: Room, asker: Asker, card: ClientCard, findings: Findings) -> None:
    """An address on file stays as it is; that the row says another one is said."""
    sent = asker.cells.sent
    if "street" in sent and search_key(sent["street"][0]) != search_key(card.street):
        findings.notes.append(FieldError("street", "card_index.note.stays"))
    if "place" in sent:
        async with room.part() as tx:
            place = await look_up(tx, "", sent["place"][0])
        if not isinstance(place, Place) or place.id != card.place:
            findings.notes.append(FieldError("place", "card_index.note.stays"))
