"""A row of the card index of those who help: registered, brought up to date, or left as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from rundum_core.errors import Conflict, FieldError, Invalid
from rundum_core.names import search_key
from rundum_core.places import Place, look_up
from rundum_desk.card_index import store, words
from rundum_desk.card_index.cells import Cells
from rundum_desk.card_index.columns import Row
from rundum_desk.card_index.days import NotChildren, bands_in
from rundum_desk.card_index.headings import Table
from rundum_desk.card_index.hours import NotHours, read_hours
from rundum_desk.card_index.papers import note_papers, papers_in
from rundum_desk.card_index.people import Asks, id_in, is_new, names_in
from rundum_desk.card_index.report import Findings, RowReport
from rundum_desk.card_index.room import Room, add_contacts
from rundum_desk.card_index.store import KnownPerson
from rundum_desk.card_index.words import is_yes
from rundum_providers import plans
from rundum_providers.form import PROFILE, REGISTRATION, WEEK
from rundum_providers.models import (
    WEEKDAYS,
    AvailabilityRow,
    Credential,
    NewWeek,
    Provider,
    ProviderChange,
)
from rundum_providers.service import availability, profile, registration
from rundum_providers.store.availability import week_of
from rundum_providers.store.providers import set_birth_date
from rundum_providers.store.rules import rulebook_of
from rundum_web.field import WRONG
from rundum_web.fields import Day

TABLE: Table = "providers"
GONE = ("left", "rejected")


class Card(Struct, frozen=True, kw_only=True):
    """What is kept of one who helps."""

    provider: Provider
    known: KnownPerson
    week: Sequence[AvailabilityRow]
    credentials: Sequence[Credential]


class Cards(Struct, frozen=True, kw_only=True):
    """All who help, by person."""

    by_person: dict[int, Card]

    @classmethod
    async def load(cls, room: Room) -> Cards:
        async with room.part() as tx:
            found = await store.providers_of_centre(tx, centre=room.centre.id)
            week = await week_of(tx, persons=[one.person for one in found])
            credentials = await store.credentials_of_centre(tx, centre=room.centre.id)
        cards = [
            Card(
                provider=one,
                known=room.people.by_id[one.person],
                week=[line for line in week if line.person == one.person],
                credentials=[paper for paper in credentials if paper.person == one.person],
            )
            for one in found
        ]
        return cls(by_person={card.provider.person: card for card in cards})


class _Reading(Struct, kw_only=True):
    """A row that was read: what a page would send, who it is, and what was found so far."""

    cells: Cells
    findings: Findings
    contacts: list[str]
    week: NewWeek | None
    card: Card | None = None


async def take(room: Room, rows: Sequence[Row]) -> list[RowReport]:
    """Do what the rows say, each in parts of its own, and report on each.

    Known persons are changed by rising id, as everywhere in the house, so that nobody waits for us
    who waits for herself.
    """
    cards = await Cards.load(room)
    async with room.part() as tx:
        rules = await rulebook_of(tx, room.centre.id)
    readings = [_read(room, cards, row) for row in rows]
    _refuse_doubles(readings)
    order = sorted(readings, key=lambda one: one.card.provider.person if one.card else float("inf"))
    for reading in order:
        findings = reading.findings
        try:
            papers = papers_in(reading.cells, rules)
            if reading.card is None:
                await _register(room, reading, papers)
            elif reading.card.provider.status in GONE:
                findings.notes.append(FieldError("", "card_index.note.gone"))
            else:
                await _update(room, reading, reading.card, papers)
        except Invalid as invalid:
            findings.wrong += invalid.errors
        except Conflict as conflict:
            findings.wrong.append(FieldError("", conflict.key, conflict.params))
    return [reading.findings.report() for reading in readings]


def _read(room: Room, cards: Cards, row: Row) -> _Reading:
    findings = Findings(TABLE, row, "")
    cells = Cells(row, findings, room.today)
    given, family = cells.names()
    findings.name = f"{given} {family}".strip()
    cells.day("birth_date")
    cells.address()
    contacts = cells.contacts()
    for field in ("best_time", "about", "radius_km", "hours_week", "lowest_rate", "last_way_home"):
        cells.text(field)
    cells.day("schooling_until", ending=True)
    cells.yes("attends_school")
    cells.words("services", words.SERVICES)
    cells.words("languages", words.LANGUAGES)
    cells.words("qualifications", words.QUALIFICATIONS)
    cells.words("transport", words.TRANSPORTS, one=True)
    cells.words("refuses", words.REFUSED)
    cells.words("engagement", words.ENGAGEMENTS, one=True)
    cells.read("bands", _into(cells, "bands"), NotChildren, "card_index.cell.bands")
    reading = _Reading(cells=cells, findings=findings, contacts=contacts, week=_week(cells))
    try:
        reading.card = _recognise(room, cards, reading, given, family)
    except Asks as asks:
        findings.wrong.append(asks.error)
    return reading


def _into(cells: Cells, name: str) -> Any:
    def convert(text: str) -> None:
        cells.sent[name] = bands_in(text)

    return convert


def _week(cells: Cells) -> NewWeek | None:
    """The weekly plan, from one column or one for each day; None where nothing is said of it."""
    lines = []
    for field in ("hours", *(f"hours_{day}" for day in WEEKDAYS)):
        weekday = field.removeprefix("hours_") if "_" in field else None
        text = cells.row.text(field)
        if not text or (weekday and text.strip("-–—/ ") == ""):
            continue
        try:
            lines += read_hours(text, weekday=weekday)
        except NotHours as wrong:
            cells.wrong(field, "card_index.cell.hours", text=wrong.text)
    if not lines:
        return None
    sent: dict[str, list[str]] = {}
    for number, line in enumerate(lines):
        sent |= line.sent(number)
    reading = WEEK.read(sent)
    errors = reading.errors or plans.wrong_lines(reading.value().lines)
    cells.findings.wrong += [FieldError("lines", one.key, one.params) for one in errors]
    return None if errors else reading.value()


def _recognise(room: Room, cards: Cards, reading: _Reading, given: str, family: str) -> Card | None:
    """Whose card it is; raises Asks."""
    text = reading.cells.row.text("id")
    born = Day().read("birth_date", reading.cells.sent, [])
    birth_date = None if born is WRONG else born
    try:
        public_id = id_in(text)
    except ValueError:
        raise Asks(FieldError("id", "card_index.ask.id")) from None
    if public_id is not None:
        named = [c for c in cards.by_person.values() if c.provider.public_id == public_id]
        if not named:
            raise Asks(FieldError("id", "card_index.ask.unknown_id"))
        known = named[0].known
        if search_key(given, family) != known.search_key or (
            birth_date and known.birth_date and birth_date != known.birth_date
        ):
            raise Asks(FieldError("id", "card_index.ask.other_name"))
        return named[0]
    person = room.people.recognise(
        given,
        family,
        birth_date=birth_date,
        contacts=reading.contacts,
        is_other=is_new(text),
    )
    if person is None or (is_new(text) and person.person not in cards.by_person):
        return None
    if person.person not in cards.by_person:
        raise Asks(FieldError("id", "card_index.ask.known_otherwise"))
    return cards.by_person[person.person]


def _refuse_doubles(readings: Sequence[_Reading]) -> None:
    """Nobody stands on two rows, which would undo one another each time."""
    seen: dict[object, Row] = {}
    for reading in readings:
        sent = reading.cells.sent
        key: object = (
            search_key(*sent.get("given_name", ()), *sent.get("family_name", ())),
            *sent.get("birth_date", ()),
        )
        if reading.card is not None:
            key = reading.card.provider.person
        before = seen.setdefault(key, reading.cells.row)
        if before is not reading.cells.row:
            reading.findings.wrong.append(
                FieldError("", "card_index.row.double", {"line": before.number})
            )


async def _register(room: Room, reading: _Reading, papers: Any) -> None:
    cells, findings = reading.cells, reading.findings
    findings.is_new = True
    _guardians(cells)
    cells.yes("privacy")
    if not cells.row.text("privacy") and room.consent_on_file:
        cells.sent["privacy"] = ["yes"]
    cells.sent.setdefault("languages", ["de"])
    cells.sent["claims"] = papers.claims
    form = REGISTRATION.read(cells.sent)
    findings.wrong += form.errors
    findings.wrong += await registration.mistakes(room.db, room.actor, form.values)
    if findings.wrong:
        return
    made = await registration.register(room.db, room.actor, form.value())
    value = form.value()
    known = KnownPerson(
        person=made.person,
        public_id=made.provider,
        given_name=value.given_name,
        family_name=value.family_name,
        search_key=search_key(value.given_name, value.family_name),
        birth_date=value.birth_date,
        emails=[value.email] if value.email else [],
        phones=[value.phone] if value.phone else [],
    )
    room.people.add(known)
    await add_contacts(room, known, reading.contacts)
    if reading.week is not None:
        await availability.set_week(room.db, room.actor, made.provider, reading.week)
    await note_papers(room, made.provider, papers, (), findings)


def _guardians(cells: Cells) -> None:
    for number in (0, 1):
        column = f"guardian_{number + 1}"
        given, family = names_in(cells.row.text(column))
        sent = {
            "given_name": given,
            "family_name": family,
            "phone": cells.row.text(f"{column}_phone"),
            "email": cells.row.text(f"{column}_email"),
        }
        cells.sent |= {f"guardians.{number}.{name}": [text] for name, text in sent.items() if text}


async def _update(room: Room, reading: _Reading, card: Card, papers: Any) -> None:
    """Bring a card up to date with what is said; what is not said stays."""
    findings, provider = reading.findings, card.provider
    change, current = await _change(room, reading, provider)
    if findings.wrong:
        return
    if change != current:
        await profile.change(room.db, room.actor, provider.public_id, change)
        findings.changes += [
            name
            for name in change.__struct_fields__
            if getattr(change, name) != getattr(current, name)
        ]
    if provider.birth_date is None and "birth_date" in reading.cells.sent:
        async with room.part() as tx:
            born = Day().convert(reading.cells.sent["birth_date"][0])
            await set_birth_date(tx, person=provider.person, birth_date=born)
        findings.changes.append("birth_date")
    findings.changes += await add_contacts(room, card.known, reading.contacts)
    if reading.week is not None and _differs(reading.week, card, room):
        changed = await availability.set_week(room.db, room.actor, provider.public_id, reading.week)
        findings.changes.append("lines")
        if changed.affected:
            count = len(changed.affected)
            findings.notes.append(FieldError("lines", "card_index.note.bookings", {"count": count}))
    await note_papers(room, provider.public_id, papers, card.credentials, findings)
    engagement = reading.cells.sent.get("engagement", [provider.engagement])
    if engagement != [provider.engagement]:
        findings.notes.append(FieldError("engagement", "card_index.note.stays"))


async def _change(
    room: Room, reading: _Reading, provider: Provider
) -> tuple[ProviderChange, ProviderChange]:
    """The profile as the row wants it, and as it is; mistakes go to the findings."""
    current = profile_of(provider)
    sent = PROFILE.raw(msgspec.structs.asdict(current))
    sent |= {name: texts for name, texts in reading.cells.sent.items() if name in PROFILE.fields}
    said = reading.cells.row.text("attends_school")
    if said and is_yes(said) is False:
        sent["attends_school"] = []
    form = PROFILE.read(sent)
    reading.findings.wrong += form.errors
    if reading.findings.wrong:
        return current, current
    change = form.value()
    reading.findings.wrong += await profile.mistakes(
        room.db, room.actor, msgspec.structs.asdict(change)
    )
    async with room.part() as tx:
        place = await look_up(tx, "", change.place)
    if isinstance(place, Place) and place.id == provider.place:
        change = msgspec.structs.replace(change, place=current.place)
    return change, current


def profile_of(provider: Provider) -> ProviderChange:
    """What of a provider may be changed, as it is; lists in the order of their form."""
    texts = {
        name: getattr(provider, name)
        for name in ProviderChange.__struct_fields__
        if name != "place"
    }
    kept = ProviderChange(place=f"{provider.postal_code} {provider.place_name}", **texts)
    return PROFILE.read(PROFILE.raw(msgspec.structs.asdict(kept))).value()


def _differs(week: NewWeek, card: Card, room: Room) -> bool:
    """Whether a plan says something else than the one that is kept; what is over doesn't count."""
    person, today = card.provider.person, room.today
    new = {plans.stored_line(line, person, today) for line in week.lines}
    return {_counts(line) for line in new if _holds(line, room)} != {
        _counts(line) for line in card.week if _holds(line, room)
    }


def _holds(line: AvailabilityRow, room: Room) -> bool:
    return line.valid_until is None or line.valid_until >= room.today


def _counts(line: AvailabilityRow) -> tuple[Any, ...]:
    return tuple(getattr(line, name) for name in line.__struct_fields__)
