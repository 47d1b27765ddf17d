"""A centre's tables as lines of texts, headings first, in the words that are read again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime, timedelta

import phonenumbers

from rundum_core.clock import BERLIN
from rundum_core.i18n import Locale
from rundum_desk.card_index import store, words
from rundum_desk.card_index.clients import load as load_clients
from rundum_desk.card_index.days import write_children
from rundum_desk.card_index.headings import COLUMNS, Table
from rundum_desk.card_index.hours import write_hours
from rundum_desk.card_index.papers import told
from rundum_desk.card_index.providers import GONE, Card, Cards
from rundum_desk.card_index.room import Room
from rundum_desk.card_index.store import ClientCard, KnownPerson, RequestCard
from rundum_desk.card_index.words import in_words
from rundum_providers import plans

Texts = dict[str, str]

# columns that are read but say again what others say
NEVER_WRITTEN = frozenset(
    {"full_name", "name", "speaker", "house_number", "place", "privacy", "certificate_clean"}
    | {"certificate_issued", "first_aid_issued", "date", "from", "to", "time"}
)
STATUS = {
    "applicant": ("angemeldet", "applicant"), "in_check": ("in Prüfung", "in check"),
    "active": ("aktiv", "active"), "paused": ("pausiert", "paused"),
    "suspended": ("ausgesetzt", "suspended"), "new": ("neu", "new"), "known": ("bekannt", "known"),
    "blocked": ("gesperrt", "blocked"), "open": ("offen", "open"),
    "unconfirmed": ("unbestätigt", "unconfirmed"),
}  # fmt: skip


async def lines_of(room: Room, table: Table) -> list[list[str]]:
    """The whole table; people who left and requests that are over are not in it."""
    rows = await _ROWS[table](room)
    columns = [
        column
        for column in COLUMNS[table]
        if column.field not in NEVER_WRITTEN
        and not column.field.startswith(("hours_", "children_"))
    ]
    heads = [column.heading(room.locale) for column in columns]
    return [heads, *([row.get(column.field, "") for column in columns] for row in rows)]


async def _providers(room: Room) -> list[Texts]:
    cards = await Cards.load(room)
    async with room.part() as tx:
        wards = await store.wards_of_centre(tx, centre=room.centre.id)
    rows = []
    for card in cards.by_person.values():
        if card.provider.status not in GONE:
            ids = [ward.guardian for ward in wards if ward.person == card.provider.person]
            guardians = [room.people.by_id[id] for id in ids if id in room.people.by_id]
            rows.append(_provider(card, guardians, room))
    return rows


def _provider(card: Card, guardians: Iterable[KnownPerson], room: Room) -> Texts:
    found, german = card.provider, room.locale
    row = {
        "id": str(found.public_id),
        **_person(card.known),
        "birth_date": _day(found.birth_date),
        "street": found.street,
        "postal_code": found.postal_code,
        "town": found.place_name,
        "best_time": card.known.best_time or "",
        "services": in_words(found.services, words.SERVICES, german),
        "bands": ", ".join(f"{band} {_years(german)}" for band in found.bands),
        "languages": in_words(found.languages, words.LANGUAGES, german),
        "qualifications": in_words(found.qualifications, words.QUALIFICATIONS, german),
        "transport": in_words([found.transport], words.TRANSPORTS, german),
        "last_way_home": f"{found.last_way_home:%H:%M}" if found.last_way_home else "",
        "radius_km": str(found.radius_km),
        "hours_week": str(found.hours_week),
        "lowest_rate": _euros(found.lowest_rate),
        "schooling_until": _day(found.schooling_until),
        "attends_school": _yes(found.attends_school, german),
        "refuses": in_words(found.refuses, words.REFUSED, german),
        "about": found.about,
        "engagement": in_words([found.engagement], words.ENGAGEMENTS, german),
        "hours": write_hours([plans.told_line(line, room.today) for line in card.week], german),
        "status": _status(found.status, german),
        **{field: _day(day) for field, day in told(card.credentials).items()},
    }
    for number, guardian in enumerate(list(guardians)[:2], start=1):
        row[f"guardian_{number}"] = f"{guardian.family_name}, {guardian.given_name}"
        row[f"guardian_{number}_phone"] = _national(guardian.phones[0]) if guardian.phones else ""
        row[f"guardian_{number}_email"] = guardian.emails[0] if guardian.emails else ""
    return row


async def _clients(room: Room) -> list[Texts]:
    return [
        _client(card, room.people.by_id[id], room.locale) | {"id": str(card.public_id)}
        for card in await load_clients(room)
        for id in card.speakers
        if id in room.people.by_id
    ]


def _client(card: ClientCard, speaker: KnownPerson, locale: Locale) -> Texts:
    return {
        "kind": in_words([card.kind], words.KINDS, locale),
        "client_name": "" if card.kind == "household" else card.name,
        **_person(speaker),
        "street": card.street,
        "postal_code": card.postal_code,
        "town": card.place_name,
        "home": in_words(card.tags, words.TAGS, locale),
        "status": _status(card.status, locale),
    }


async def _requests(room: Room) -> list[Texts]:
    async with room.part() as tx:
        found = await store.requests_of_centre(tx, centre=room.centre.id, since=room.now)
    cards = {card.id: card for card in await load_clients(room)}
    return [
        _request(request, cards[request.client], room.people.by_id[request.asked_by], room.locale)
        for request in found
        if request.state in ("open", "unconfirmed") and request.asked_by in room.people.by_id
    ]


def _request(card: RequestCard, client: ClientCard, asker: KnownPerson, locale: Locale) -> Texts:
    visits = zip(card.starts, card.ends, strict=True)
    return {
        **_client(client, asker, locale),
        "id": str(card.public_id),
        "client": str(client.public_id),
        "street": card.street,
        "postal_code": card.postal_code,
        "town": card.place_name,
        "service": in_words([card.service], words.SERVICES, locale),
        "visits": "; ".join(_visit(start, end) for start, end in visits),
        "children": write_children(zip(card.bands, card.counts, strict=True)),
        "people": str(card.people),
        "tasks": in_words(card.tasks, words.TASKS, locale),
        "needs": in_words(card.needs, words.NEEDS, locale),
        "wishes": in_words(card.wishes, words.NEEDS, locale),
        "payer": in_words([card.payer], words.PAYERS, locale),
        "payer_reference": card.payer_reference,
        "rate": _euros(card.rate),
        "note": card.note,
        "status": _status(card.state, locale),
    }


def _person(known: KnownPerson) -> Texts:
    phones = [*(_national(number) for number in known.phones), "", ""]
    return {
        "given_name": known.given_name,
        "family_name": known.family_name,
        "phone": phones[0],
        "mobile": phones[1],
        "email": known.emails[0] if known.emails else "",
    }


def _national(number: str) -> str:
    """As one dials it here: without a plus, a spreadsheet shows it as it is."""
    parsed = phonenumbers.parse(number, "DE")
    german = parsed.country_code == 49
    style = phonenumbers.PhoneNumberFormat
    return str(
        phonenumbers.format_number(parsed, style.NATIONAL if german else style.INTERNATIONAL)
    )


def _visit(start: datetime, end: datetime) -> str:
    """`05.12.2026 14:00-18:00`; an end on the next day is told by its hour alone."""
    begin, finish = start.astimezone(BERLIN), end.astimezone(BERLIN)
    midnight = finish.hour == finish.minute == 0 and finish.date() == begin.date() + _NEXT
    return f"{begin:%d.%m.%Y %H:%M}-{'24:00' if midnight else f'{finish:%H:%M}'}"


_NEXT = timedelta(days=1)


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%d.%m.%Y}"


def _euros(cents: int | None) -> str:
    return "" if cents is None else f"{cents // 100},{cents % 100:02d}"


def _years(locale: Locale) -> str:
    return "Jahre" if locale == "de" else "years"


def _yes(value: bool, locale: Locale) -> str:
    return ("ja" if locale == "de" else "yes") if value else ("nein" if locale == "de" else "no")


def _status(status: str, locale: Locale) -> str:
    return STATUS.get(status, (status, status))[0 if locale == "de" else 1]


_ROWS: dict[Table, Callable[[Room], Awaitable[list[Texts]]]] = {
    "providers": _providers,
    "clients": _clients,
    "requests": _requests,
}
