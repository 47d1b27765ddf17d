"""A house with one room: identity's pages and API over a real database, without the rest."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from rundum_core import links
from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.i18n import Translator
from rundum_core.place_import import load_demo_places
from rundum_core.places import resolve
from rundum_identity import api, pages
from rundum_identity.authentication import authenticate
from rundum_identity.centres import Centre, NewCentre, centre_by_slug, create_centre
from rundum_identity.hours import OpeningHours
from rundum_identity.persons import NewPerson, register_person
from rundum_identity.signin import send_link
from rundum_web.furniture import Furniture
from rundum_web.given import Db

ROOMS = ("rundum_core", "rundum_web", "rundum_notifications", "rundum_identity")
Browsers = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


class House(msgspec.Struct, frozen=True, kw_only=True):
    """The database with two centres, and a clock that tests may turn."""

    db: Database
    centre: Centre
    other: Centre
    clock: "Clock"

    async def person(self, given_name: str, email: str | None = None, **more: object) -> int:
        """Somebody of the family Beispiel, known to the first centre."""
        new = NewPerson(given_name=given_name, family_name="Beispiel", email=email, **more)  # type: ignore[arg-type]
        async with self.db.work() as tx:
            return await register_person(tx, new, self.centre.id)

    async def link(self, email: str) -> str:
        """The sign-in link that this address would find in its mail."""
        await send_link(self.db, email)
        async with self.db.work() as tx:
            id = await tx.connection.fetchval(
                "SELECT subject FROM message WHERE template = 'sign_in' ORDER BY id DESC LIMIT 1"
            )
            return links.token(tx.key, "sign_in", id)

    async def count(self, table: str) -> int:
        async with self.db.work() as tx:
            return int(await tx.connection.fetchval(f"SELECT count(*) FROM {table}"))


class Clock:
    """A clock that stands until it is turned."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
async def house(db: Database) -> House:
    clock = Clock()
    db.clock = clock
    async with db.work() as tx:
        await load_demo_places(tx)
        place = await resolve(tx, "39340", "Haldensleben")
        made = []
        for slug in ("boerde", "nachbar"):
            await create_centre(
                tx,
                NewCentre(
                    slug=slug,
                    name=f"Familienservice {slug.title()}",
                    place=place.id,
                    phone="+493904555012",
                    email=f"{slug}@example.org",
                    hours=OpeningHours(),
                ),
                [place.id],
            )
            made.append(await centre_by_slug(tx, slug))
    return House(db=db, centre=made[0], other=made[1], clock=clock)


@pytest.fixture
def app(house: House) -> Litestar:
    def give_db(state: State) -> Database:
        found: Database = state.db
        return found

    async def give_actor(request: pages.AnyRequest, db: Db) -> Actor:
        return await authenticate(db, request)

    return Litestar(
        route_handlers=[*pages.routes, *api.routes],
        plugins=[Furniture(*ROOMS, base_url="http://house.test", development=True)],
        dependencies={
            "db": Provide(give_db, sync_to_thread=False),
            "actor": Provide(give_actor),
        },
        state=State({"db": house.db}),
        signature_types=[Actor, Database, Translator],
        openapi_config=None,
    )


@pytest.fixture
def browser(app: Litestar) -> Browsers:
    """`async with browser() as one:` is a browser with its own cookies and address."""

    @asynccontextmanager
    async def opened(ip: str = "192.0.2.7") -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(app=app, client=(ip, 40000))
        async with httpx.AsyncClient(transport=transport, base_url="http://house.test") as client:
            yield client

    return opened
