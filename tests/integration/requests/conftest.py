"""A house with one room: the pages and API of requests over a real database, without the rest."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import time

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.params import FromPath

from helpers_asking import DESK, Browsers, Clock, House
from rundum_core.actor import Actor, visitor
from rundum_core.db import Database
from rundum_core.i18n import Translator
from rundum_core.place_import import load_demo_places
from rundum_core.places import find_places, resolve
from rundum_core.registry import Hook
from rundum_identity.centres import Centre, NewCentre, centre_by_slug, create_centre
from rundum_identity.faces import face_of
from rundum_identity.hours import OpeningHours, Span
from rundum_identity.persons import NewPerson, register_person
from rundum_notifications.letters import LETTERS
from rundum_requests import api, forecast, letters, pages
from rundum_web.furniture import Furniture
from rundum_web.given import Db
from rundum_web.render import translator

ROOMS = (
    "rundum_core",
    "rundum_web",
    "rundum_notifications",
    "rundum_identity",
    "rundum_clients",
    "rundum_requests",
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def furniture(clock: Clock) -> Furniture:
    """One for all tests: it keeps the templates that were compiled."""
    return Furniture(*ROOMS, base_url="http://house.test", development=True, clock=clock)


@pytest.fixture
async def house(db: Database, clock: Clock) -> House:
    clock.reset()
    db.clock = clock
    open_at = {day: (Span(time(8), time(16)),) for day in WEEKDAYS}
    async with db.work() as tx:
        await load_demo_places(tx)
        place = await resolve(tx, "39340", "Haldensleben")
        near = await find_places(tx, "39179")
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
                    hours=OpeningHours(**open_at),
                ),
                [place.id, *(one.id for one in near)],
            )
            made.append(await centre_by_slug(tx, slug))
        desk = NewPerson(given_name="Doris", family_name="Desk", email="doris@example.org")
        assert await register_person(tx, desk, made[0].id) == DESK
    LETTERS.fill(letters.LOADERS)
    return House(db=db, centre=made[0], other=made[1], clock=clock)


@pytest.fixture
def app(house: House, furniture: Furniture, monkeypatch: pytest.MonkeyPatch) -> Litestar:
    """Who acts is told by a header: `as: desk` or the number of a person. Rooms above requests are
    not there, whatever another test in this process has filled in."""
    monkeypatch.setattr(forecast, "FORECAST", Hook("forecast of a request"))

    def give_db(state: State) -> Database:
        found: Database = state.db
        return found

    async def give_actor(request: pages.AnyRequest) -> Actor:
        who = request.headers.get("x-test-person", "")
        if who == "desk":
            return house.desk
        return house.acting(int(who)) if who else visitor()

    async def give_centre(request: pages.AnyRequest, db: Db, slug: FromPath[str]) -> Centre:
        async with db.transaction(visitor()) as tx:
            centre = await centre_by_slug(tx, slug)
        request.state.centre = face_of(centre, translator(request))
        return centre

    def give_translator(request: pages.AnyRequest) -> Translator:
        return translator(request)

    return Litestar(
        route_handlers=[*pages.routes, *api.routes],
        plugins=[furniture],
        dependencies={
            "db": Provide(give_db, sync_to_thread=False),
            "actor": Provide(give_actor),
            "centre": Provide(give_centre),
            "t": Provide(give_translator, sync_to_thread=False),
        },
        state=State({"db": house.db}),
        signature_types=[Actor, Centre, Database, Translator],
        openapi_config=None,
    )


@pytest.fixture
def browser(app: Litestar) -> Browsers:
    """`async with browser() as one:` is a browser; `browser(person)` one that is signed in."""

    @asynccontextmanager
    async def opened(person: int | str = "") -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 40000))
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://house.test",
            headers={"x-test-person": str(person)},
        ) as client:
            yield client

    return opened
