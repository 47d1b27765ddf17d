"""People who help, for tests: made through the service's own verbs, active if nothing hinders."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.place_import import load_demo_places
from rundum_core.places import look_up
from rundum_identity import persons
from rundum_identity.centres import NewCentre, create_centre
from rundum_identity.hours import OpeningHours, Span
from rundum_identity.persons import NewPerson
from rundum_providers.models import (
    NewAvailability,
    NewCredential,
    NewGuardian,
    NewProvider,
    NewWeek,
)
from rundum_providers.service import availability, credentials, lifecycle, registration
from rundum_providers.service.registration import Registered

NOW = datetime(2027, 6, 7, 8, tzinfo=UTC)  # a Monday, 10 in Berlin
TODAY = date(2027, 6, 7)
OFFICE_DAY = (Span(time(8), time(16)),)
OFFICE_HOURS = OpeningHours(
    monday=OFFICE_DAY,
    tuesday=OFFICE_DAY,
    wednesday=OFFICE_DAY,
    thursday=OFFICE_DAY,
    friday=OFFICE_DAY,
)


class House(Struct, frozen=True, kw_only=True):
    """A centre in Haldensleben with somebody at its desk; the clock stands still at NOW."""

    db: Database
    centre: int
    slug: str
    desk: Actor

    @property
    def visitor(self) -> Actor:
        return Actor(kind="web", centre=self.centre)

    def provider(self, person: int) -> Actor:
        return Actor(kind="web", centre=self.centre, person=person, roles=frozenset({"provider"}))


async def a_house(db: Database, slug: str = "boerde") -> House:
    db.clock = lambda: NOW
    async with db.work() as tx:
        await load_demo_places(tx)
        place = await look_up(tx, "", "39340 Haldensleben")
        centre = await create_centre(
            tx,
            NewCentre(
                slug=slug,
                name=f"Familienservice {slug.title()}",
                street="Markt 1",
                place=place.id,  # type: ignore[union-attr]
                phone="+493904555012",
                email=f"info@{slug}.example",
                hours=OFFICE_HOURS,
            ),
        )
        staff = await persons.register_person(
            tx, NewPerson(given_name="Dora", family_name="Desk"), centre
        )
    desk = Actor(kind="web", centre=centre, person=staff, roles=frozenset({"desk"}))
    return House(db=db, centre=centre, slug=slug, desk=desk)


def an_application(**other: Any) -> NewProvider:
    """Petra Müller, 40, with a car; by mail."""
    given: dict[str, Any] = {
        "given_name": "Petra",
        "family_name": "Müller",
        "birth_date": date(1987, 3, 1),
        "email": "petra@example.org",
        "place": "39340 Haldensleben",
        "street": "Am Markt 3",
        "services": ("childcare",),
        "bands": ("2-3", "4-6"),
        "transport": "car",
        "privacy": True,
    }
    return NewProvider(**{**given, **other})


def a_pupil(**other: Any) -> NewProvider:
    """Lena Vogel, 15 on the day of the tests, with her mother."""
    mother = NewGuardian(given_name="Ines", family_name="Vogel", email="ines@example.org")
    given: dict[str, Any] = {
        "given_name": "Lena",
        "family_name": "Vogel",
        "birth_date": date(2012, 1, 20),
        "email": "ines@example.org",
        "guardians": (mother,),
        "transport": "bike",
        "attends_school": True,
        "schooling_until": date(2028, 7, 31),
    }
    return an_application(**{**given, **other})


def a_certificate(issued_on: date = TODAY - timedelta(days=20)) -> NewCredential:
    return NewCredential(kind="certificate", issued_on=issued_on, seen_on=TODAY)


def a_line(weekday: Any, begin: int, end: int, **other: Any) -> NewAvailability:
    return NewAvailability(weekday=weekday, wall_from=time(begin), wall_to=time(end), **other)


async def a_provider(
    house: House, application: NewProvider | None = None, *lines: NewAvailability
) -> Registered:
    """Registered, checked and active; free at the given times."""
    new = await registration.register(
        house.db, house.visitor, application or an_application(), key=None
    )
    await admitted(house, new.provider)
    if lines:
        await availability.set_week(house.db, house.desk, new.provider, NewWeek(lines=lines))
    return new


async def admitted(house: House, provider: UUID) -> None:
    """Through the check with every paper that is needed."""
    await lifecycle.take_into_check(house.db, house.desk, provider)
    await credentials.note_credential(house.db, house.desk, provider, a_certificate())
    async with house.db.work() as tx:
        person = (await lifecycle.locked(tx, provider)).person
        guardians = await persons.guardians_of(tx, person)
    for guardian in guardians:
        await credentials.give_guardian_consent(house.db, house.desk, provider, guardian.public_id)
    await lifecycle.activate(house.db, house.desk, provider)


async def a_booking(
    house: House, person: int, starts_at: datetime, ends_at: datetime, state: str = "confirmed"
) -> UUID:
    """Something she has agreed to, with everything that hangs on it."""
    async with house.db.work() as tx:
        booking: UUID = await tx.connection.fetchval(
            _BOOKING, house.centre, person, starts_at, ends_at, state, tx.now
        )
    return booking


_BOOKING = """
WITH home AS (SELECT min(id) AS place FROM place),
c AS (INSERT INTO client (centre, kind, name, place, street, created_at)
      SELECT $1, 'household', 'Familie Kern', place, 'Weg 2', $6 FROM home RETURNING id),
r AS (INSERT INTO care_request (centre, client, asked_by, channel, service, state, answer_by,
                                created_at)
      SELECT $1, id, $2, 'phone', 'childcare', 'open', $6, $6 FROM c RETURNING id),
v AS (INSERT INTO visit (centre, request, ordinal, date, wished_at, during, start_place,
                         start_street, end_place, end_street)
      SELECT $1, r.id, 1, $3::timestamptz::date, $3, tstzrange($3, $4), place, '', place, ''
      FROM r, home RETURNING id),
s AS (INSERT INTO seat (centre, visit, position, during)
      SELECT $1, id, 1, tstzrange($3, $4) FROM v RETURNING id),
t AS (INSERT INTO slot (person, during, kind) SELECT $2, tstzrange($3, $4), 'booking'
      RETURNING id)
INSERT INTO booking (centre, seat, during, person, slot, origin, state, way_minutes, ical_uid,
                     created_at)
SELECT $1, s.id, tstzrange($3, $4), $2, t.id, 'phone', $5, 0, gen_random_uuid()::text, $6
FROM s, t RETURNING public_id
"""
