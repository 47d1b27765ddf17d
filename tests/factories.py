"""What tests are made of: centres, people who help, people who ask, as rows of the real stores.

    db.clock = Clock()                                   # Monday, 23 November 2026, 8:00 in Berlin
    centre = await a_centre(db)
    petra = await a_sitter(db, centre, free="mon-fri 14-19, sat 18-23")
    request = await a_request(db, centre, when="sat 19-22")

Nobody is told anything: no message is written, and the desk has no task. Everybody may be placed,
and every row passes `rundum check`. `a_centre` sets the clock if the test has not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from factory_times import NOW, Clock, moments  # noqa: F401
from rundum_app.seeds.weeks import weekly
from rundum_clients import service as clients
from rundum_clients import store as client_store
from rundum_clients.models import ClientKind, ClientStatus, NewClient
from rundum_core import events
from rundum_core.actor import Actor, Role
from rundum_core.clock import BERLIN, system_clock
from rundum_core.db import Database, Transaction
from rundum_core.names import search_key
from rundum_core.place_import import load_demo_places
from rundum_core.places import resolve
from rundum_identity import persons
from rundum_identity.centres import Centre, CentreSettings, NewCentre, centre_by_id, create_centre
from rundum_identity.hours import OpeningHours
from rundum_identity.hours import Span as Opening
from rundum_identity.names import split_name
from rundum_identity.persons import NewPerson
from rundum_identity.staff import StaffRole, grant_role, staff_of
from rundum_providers.admission import is_minor
from rundum_providers.models import BANDS, GUARDIAN_TEXT, PRIVACY_TEXT, WEEKDAYS, NewAvailability
from rundum_providers.plans import stored_line
from rundum_providers.service.registration import skill_keys
from rundum_providers.store import availability as availability_store
from rundum_providers.store import credentials as credential_store
from rundum_providers.store import providers as provider_store
from rundum_requests import rules
from rundum_requests import store as request_store
from rundum_requests.models import NewChildren
from rundum_requests.store import Address
from rundum_web.periods import Span

HALDENSLEBEN = "39340 Haldensleben"
OFFICE_HOURS = OpeningHours(
    **{day: (Opening(time(8), time(16)),) for day in WEEKDAYS[:4]},
    friday=(Opening(time(8), time(12)),),
)
ADULT_BORN = date(1990, 5, 1)
NAMES = (
    "Petra Müller", "Eva Krause", "Jonas Weber", "Ines Vogel", "Marta Kowalska", "Rolf Peters",
    "Aylin Demir", "Heike Schulz", "Paul Brandt", "Oksana Melnyk", "Karin Lange", "Tom Fischer",
)  # fmt: skip

When = str | tuple[datetime, datetime]


# -- centres and those who work there --------------------------------------------------------------


async def a_centre(
    db: Database,
    slug: str = "boerde",
    *,
    settings: CentreSettings | None = None,
    **other: Any,
) -> Centre:
    """A centre in Haldensleben with office hours Monday to Friday; knows all demo places."""
    if db.clock is system_clock:
        db.clock = Clock()
    async with db.work() as tx:
        await load_demo_places(tx)
        given: dict[str, Any] = {
            "slug": slug,
            "name": f"Familienservice {slug.title()}",
            "street": "Markt 1",
            "place": (await resolve(tx, "", HALDENSLEBEN)).id,
            "phone": "+493023125001",
            "email": f"info@{slug}.example",
            "hours": OFFICE_HOURS,
            "settings": settings or CentreSettings(),
        }
        new = NewCentre(**{**given, **other})
        area = await tx.connection.fetch("SELECT id FROM place ORDER BY id")
        return await centre_by_id(tx, await create_centre(tx, new, [row["id"] for row in area]))


async def a_staff(
    db: Database,
    centre: Centre,
    role: StaffRole = "desk",
    *,
    name: str = "Dora Desk",
    email: str | None = "dora.desk@example.org",
) -> int:
    """Somebody who works for the centre; returns her person."""
    async with db.work() as tx:
        return await _staff(tx, centre, role, name, email)


def an_actor(centre: Centre, person: int | None = None, *roles: Role) -> Actor:
    """Somebody at the centre with these roles; nobody we know without any arguments."""
    return Actor(kind="web", centre=centre.id, person=person, roles=frozenset(roles))


async def a_desk(db: Database, centre: Centre) -> Actor:
    """The centre's desk as an actor; its first member of staff, who is made if there is none."""
    async with db.work() as tx:
        return an_actor(centre, await _some_staff(tx, centre), "desk")


# -- people who help -------------------------------------------------------------------------------


async def a_sitter(
    db: Database,
    centre: Centre,
    free: str = "mon-sun 0-24",
    *,
    name: str | None = None,
    email: str | None = "",
    phone: str | None = "+4917139200001",
    place: str = HALDENSLEBEN,
    birth_date: date = ADULT_BORN,
    services: Sequence[str] = ("childcare", "event"),
    bands: Sequence[str] = BANDS,
    skills: Iterable[str] = (),
    shown: Sequence[str] = (),
    certificate: date | bool = True,
    guardians: Sequence[str | None] | None = None,
    consent: bool = True,
    status: str = "active",
    transport: str = "car",
    radius_km: int = 100,
    hours_week: int = 40,
    **other: Any,
) -> int:
    """Somebody who may be placed; returns her person.

    `email` is made from the name unless it is given, None for who has a phone only. `skills` are
    further keys (`lang:uk`, `infant_experience`), `shown` credentials beside the certificate
    (`first_aid`, `course`); `certificate` the last day on which it holds, or False for none. A
    minor gets one guardian who has agreed, or one for each address in `guardians` (None: by phone
    only). `other` are further columns of `provider`.
    """
    async with db.work() as tx:
        today = tx.now.astimezone(BERLIN).date()
        person = await _person(tx, centre, name, email, phone, birth_date)
        given: dict[str, Any] = {
            "engagement": "minijob",
            "street": "Lindenweg 3",
            "last_way_home": None,
            "lowest_rate": None,
            "schooling_until": None,
            "attends_school": False,
            "refuses": [],
            "about": "",
        }
        await provider_store.insert_provider(
            tx,
            person=person,
            centre=centre.id,
            place=(await resolve(tx, "", place)).id,
            transport=transport,
            radius_km=radius_km,
            hours_week=hours_week,
            now=tx.now,
            **{**given, **other},
        )
        keys = [*skill_keys(services, bands, ["de"], []), *skills]
        await provider_store.insert_skills(tx, centre=centre.id, person=person, keys=keys)
        await _agree(tx, centre, person, "privacy", PRIVACY_TEXT, person)
        await events.record(tx, "provider.imported", person, centre=centre.id)
        await _show(tx, centre, person, certificate, shown, today)
        if is_minor(birth_date, today):
            for address in [""] if guardians is None else guardians:
                guardian = await _person(tx, centre, None, address, phone, None)
                await persons.relate(tx, person, guardian, "guardian")
                if consent:
                    await _agree(tx, centre, person, "guardian", GUARDIAN_TEXT, guardian)
        await _plan(tx, centre, person, weekly(free, today), today)
        for old, new in _LIVES[status]:
            await provider_store.change_status(tx, person=person, old=old, new=new)
        return person


# -- people who ask --------------------------------------------------------------------------------


async def a_client(
    db: Database,
    centre: Centre,
    kind: ClientKind = "household",
    status: ClientStatus = "known",
    *,
    name: str | None = None,
    email: str | None = "",
    phone: str | None = "+4917139200002",
    place: str = HALDENSLEBEN,
    street: str = "Gartenstraße 7",
    tags: tuple[Any, ...] = (),
) -> int:
    """A household, or an organisation, with one person who speaks for it; returns the client.

    `name` is that person's; `email` as for sitters.
    """
    async with db.work() as tx:
        person = await _person(tx, centre, name, email, phone, None)
        speaker = await persons.person(tx, person)
        called = {
            "household": f"{speaker.given_name} {speaker.family_name}",
            "club": "Sportverein Beispiel",
            "municipality": "Gemeinde Beispiel",
            "company": "Beispiel GmbH",
        }
        new = NewClient(
            kind=kind,
            name=called[kind],
            place=(await resolve(tx, "", place)).id,
            street=street,
            tags=tags,
        )
        client = await clients.create(tx, centre.id, person, new)
        if status != "new":
            await client_store.change_status(tx, id=client.id, old="new", new=status)
        return client.id


async def a_request(
    db: Database,
    centre: Centre,
    client: int | None = None,
    when: When | Sequence[When] = "sat 19-22",
    *,
    people: int = 1,
    leads: int | None = None,
    extra: int = 0,
    reserve: int = 0,
    service: Any = "childcare",
    bands: Sequence[Any] = ("4-6",),
    must: Sequence[str] = (),
    nice: Sequence[str] = (),
    policy: str = "all",
    approval: str = "ask",
    flexible: int | tuple[int, int] = 0,
    urgent: bool | None = None,
    place: str | None = None,
    end_place: str | None = None,
    preferred: Sequence[int] = (),
    excluded: Sequence[int] = (),
    state: str = "open",
    answer_by: datetime | None = None,
    **other: Any,
) -> int:
    """An open request of a client (a household is made if none is named); returns its id.

    `when` is one visit or several, each as `moments` reads it or as two moments. One child of each
    of the `bands`. `flexible` are minutes around the start, or (before, after). `urgent` follows
    from the date unless it is said. `preferred` and `excluded` are persons. `other` are further
    columns of `care_request`.
    """
    if client is None:
        client = await a_client(db, centre)
    async with db.work() as tx:
        found = await clients.client(tx, client)
        spans = [_span(one, tx.now) for one in ([when] if _is_one(when) else when)]
        first = min(span.start for span in spans)
        before, after = flexible if isinstance(flexible, tuple) else (flexible, flexible)
        if urgent is None:
            urgent = centre.settings.is_urgent(first - tx.now)
        given: dict[str, Any] = {
            "asked_by": (await clients.persons_of(tx, client))[0],
            "channel": "web",
            "payer": "self",
            "payer_reference": "",
            "rate": 1500,
            "priority": "urgent" if urgent else "normal",
            "tags": [],
            "tasks": ["cleaning"] if service == "household" else [],
            "note": "",
        }
        request = await request_store.insert_request(
            tx,
            centre=centre.id,
            client=client,
            service=service,
            state=state,
            policy=policy,
            approval=approval,
            flexible_before=before,
            flexible_after=after,
            answer_by=answer_by
            or rules.answer_by(tx.now, first, timedelta(hours=centre.settings.answer_hours)),
            now=tx.now,
            **{**given, **other},
        )
        assert request is not None
        home = Address(place=found.place, street=found.street)
        start = home if place is None else await _address(tx, place)
        end = start if end_place is None else await _address(tx, end_place)
        await request_store.insert_visits(tx, request, spans, BERLIN, start, end)
        roles = rules.seat_roles(people, rules.leads_of(service, leads), extra, reserve)
        core = 2 if service == "event" else 1
        required = rules.required_seats(roles, policy, core)  # type: ignore[arg-type]
        await request_store.insert_seats(
            tx, request, roles, required, centre.settings.parallel_lanes
        )
        await request_store.insert_needs(tx, request, must, nice)
        if service in rules.WITH_CHILDREN:
            children = [NewChildren(band=band, count=1) for band in bands]
            await request_store.insert_children(tx, request, children)
        await request_store.insert_choices(tx, request, preferred, excluded)
        await events.record(tx, "request.imported", request.id, centre=centre.id)
        return request.id


# -- below -----------------------------------------------------------------------------------------

_LIVES: dict[str, tuple[tuple[str, str], ...]] = {
    "applicant": (),
    "in_check": (("applicant", "in_check"),),
    "active": (("applicant", "in_check"), ("in_check", "active")),
    "paused": (("applicant", "in_check"), ("in_check", "active"), ("active", "paused")),
    "suspended": (("applicant", "in_check"), ("in_check", "active"), ("active", "suspended")),
}


def _is_one(when: When | Sequence[When]) -> bool:
    return isinstance(when, str) or isinstance(when[0], datetime)


def _span(when: Any, now: datetime) -> Span:
    start, end = moments(when, now) if isinstance(when, str) else when
    return Span(start=start, end=end)


async def _person(
    tx: Transaction,
    centre: Centre,
    name: str | None,
    email: str | None,
    phone: str | None,
    birth_date: date | None,
) -> int:
    """A person with a proven address; without a name the next one of `NAMES`."""
    if name is None:
        name = NAMES[await tx.connection.fetchval("SELECT count(*) FROM person") % len(NAMES)]
    if email == "":
        email = f"{search_key(name).replace(' ', '.')}@example.org"
    given_name, family_name = split_name(name)
    person = await persons.register_person(
        tx,
        NewPerson(
            given_name=given_name,
            family_name=family_name,
            birth_date=birth_date,
            email=email,
            phone=phone,
        ),
        centre.id,
    )
    if email:
        await persons.verify_contact(tx, person, "email", email)
    return person


async def _staff(
    tx: Transaction, centre: Centre, role: StaffRole, name: str, email: str | None
) -> int:
    person = await _person(tx, centre, name, email, None, None)
    await grant_role(tx, centre.id, person, role)
    return person


async def _some_staff(tx: Transaction, centre: Centre) -> int:
    found = await staff_of(tx, centre=centre.id, now=tx.now)
    if found:
        return found[0].id
    return await _staff(tx, centre, "desk", "Dora Desk", "dora.desk@example.org")


async def _agree(
    tx: Transaction, centre: Centre, person: int, kind: Any, text: str, given_by: int
) -> None:
    await persons.give_consent(
        tx, centre=centre.id, person=person, kind=kind, text_version=text, given_by=given_by
    )


async def _show(
    tx: Transaction,
    centre: Centre,
    person: int,
    certificate: date | bool,
    shown: Sequence[str],
    today: date,
) -> None:
    until: dict[str, date | None] = {
        "first_aid": today + timedelta(days=600),
        "course": None,
        "health": None,
    }
    if certificate is not False:
        years = today + timedelta(days=4 * 365)
        until["certificate"] = years if certificate is True else certificate
        shown = ["certificate", *shown]
    for kind in shown:
        ends = until[kind]
        seen_on = min(today - timedelta(days=30), ends or today)
        await credential_store.insert_credential(
            tx,
            centre=centre.id,
            person=person,
            kind=kind,
            seen_on=seen_on,
            seen_by=await _some_staff(tx, centre),
            valid_until=ends,
        )


async def _plan(
    tx: Transaction, centre: Centre, person: int, lines: Sequence[NewAvailability], today: date
) -> None:
    rows = [stored_line(line, person, today) for line in lines]
    await availability_store.insert_week(
        tx,
        centre=centre.id,
        person=person,
        weekdays=[row.weekday for row in rows],
        walls_from=[row.wall_from for row in rows],
        walls_to=[row.wall_to for row in rows],
        every_n_weeks=[row.every_n_weeks for row in rows],
        week_offsets=[row.week_offset for row in rows],
        valid_from=[row.valid_from for row in rows],
        valid_until=[row.valid_until for row in rows],
        on_holidays=[row.on_holidays for row in rows],
    )


async def _address(tx: Transaction, place: str) -> Address:
    return Address(place=(await resolve(tx, "", place)).id, street="Schulstraße 2")
