"""A centre with persons in it, the sample letters, and a clock that stands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

import sample_letters
from rundum_core import events
from rundum_core.db import Database
from rundum_core.i18n import Catalogues
from rundum_notifications.courier import Courier
from rundum_notifications.letters import LETTERS
from rundum_notifications.messages import tell
from rundum_notifications.relay import Relay
from smtp_relay import TestRelay, a_relay


class StandingClock:
    """Now, until a test lets time pass."""

    def __init__(self) -> None:
        self.now = datetime(2027, 6, 10, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class World(msgspec.Struct, kw_only=True):
    """One centre, and short ways to put persons and messages into it and to look at them."""

    db: Database
    clock: StandingClock
    centre: int

    async def person(
        self, *, email: str | None = None, phone: str | None = None, locale: str = "de"
    ) -> int:
        async with self.db.work() as tx:
            id: int = await tx.connection.fetchval(
                """INSERT INTO person
                   (given_name, family_name, search_key, sound_key, locale, centres, created_at)
                   VALUES ('Petra', 'Müller', 'petra mueller', '127', $1, $2, $3) RETURNING id""",
                locale,
                [self.centre],
                tx.now,
            )
            for channel, value in (("email", email), ("phone", phone)):
                if value is not None:
                    await tx.connection.execute(
                        """INSERT INTO contact_point (person, channel, value, created_at)
                           VALUES ($1, $2, $3, $4)""",
                        id,
                        channel,
                        value,
                        tx.now,
                    )
        return id

    async def tell(self, person: int, template: str = "sample_offer", subject: int = 1) -> int:
        """Record an event and tell the person of it; the delivery's id."""
        async with self.db.work() as tx:
            event = await events.must_record(tx, "sample.made", subject, centre=self.centre)
            message = await tell(
                tx,
                event=event,
                person=person,
                template=template,
                subject=subject,
                centre=self.centre,
            )
            id: int = await tx.connection.fetchval(
                "SELECT id FROM delivery WHERE message = $1", message
            )
        return id

    async def mail(self, number: int = 1, subject: int = 1, phone: str | None = None) -> int:
        """One person more with an address, told something."""
        person = await self.person(email=f"p{number}@example.org", phone=phone)
        return await self.tell(person, subject=subject)

    async def delivery(self, id: int) -> dict[str, object]:
        async with self.db.work() as tx:
            return dict(await tx.connection.fetchrow("SELECT * FROM delivery WHERE id = $1", id))

    async def states(self) -> dict[str, int]:
        async with self.db.work() as tx:
            rows = await tx.connection.fetch("SELECT state, count(*) FROM delivery GROUP BY state")
            return dict(rows)

    async def tasks(self) -> list[tuple[str, int, str]]:
        async with self.db.work() as tx:
            rows = await tx.connection.fetch("SELECT kind, subject, state FROM task ORDER BY kind")
            return [tuple(row) for row in rows]


@pytest.fixture
async def world(db: Database) -> World:
    clock = StandingClock()
    db.clock = clock
    async with db.work() as tx:
        place = await tx.connection.fetchval(
            """INSERT INTO place
               (postal_code, name, municipality, district, state, lat, lon, search_key)
               VALUES ('39340', 'Testort', 'Testort', 'Börde', 'ST', 52.28, 11.41, 'testort')
               RETURNING id"""
        )
        centre = await tx.connection.fetchval(
            """INSERT INTO centre (slug, name, place, phone, email, hours)
               VALUES ('boerde', 'Familienservice Börde', $1, '+493904555012',
                       'info@boerde.example', $2) RETURNING id""",
            place,
            {"monday": [["08:00:00", "16:00:00"]]},
        )
    return World(db=db, clock=clock, centre=centre)


@pytest.fixture(autouse=True)
def letters() -> Iterator[None]:
    LETTERS.fill(sample_letters.LOADERS)
    yield
    sample_letters.OBSOLETE.clear()
    sample_letters.BROKEN.clear()


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    return Catalogues.load("rundum_core", "rundum_notifications", "sample_letters")


@pytest.fixture
async def relay() -> AsyncIterator[TestRelay]:
    async with a_relay() as running:
        yield running


@pytest.fixture
async def courier_to(db: Database, catalogues: Catalogues) -> AsyncIterator[Callable[..., Courier]]:
    """Makes couriers for a relay's port."""
    made: list[Courier] = []

    def make(port: int, *, tls: str = "none", host: str = "127.0.0.1", **settings) -> Courier:
        relay = Relay(host=host, port=port, sender="post@rundum.example", tls=tls)
        courier = Courier(db, relay, "https://rundum.example", catalogues, **settings)
        made.append(courier)
        return courier

    yield make
    for courier in made:
        await courier.close()
