"""One house for each test, and a browser that looks at its pages for providers."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.params import FromPath

from helpers_made import House, a_house
from rundum_app.wiring import PACKAGES
from rundum_core.actor import Actor, visitor
from rundum_core.db import Database
from rundum_core.i18n import Translator
from rundum_identity.authentication import Connection
from rundum_identity.centres import Centre, centre_by_slug
from rundum_identity.faces import face_of, show_centre
from rundum_providers import api, pages
from rundum_web.furniture import Furniture
from rundum_web.given import Db
from rundum_web.render import translator

Browsers = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
async def house(db: Database) -> House:
    return await a_house(db)


@pytest.fixture
def app(house: House) -> Litestar:
    """Who acts is told by a header: `desk` or the number of a person who helps."""

    def give_db(state: State) -> Database:
        found: Database = state.db
        return found

    async def give_actor(request: pages.mine.AnyRequest, db: Db) -> Actor:
        who = request.headers.get("x-test-person", "")
        if not who:
            return visitor()
        await show_centre(request, db, house.centre)
        return house.desk if who == "desk" else house.provider(int(who))

    async def give_centre(request: pages.mine.AnyRequest, db: Db, slug: FromPath[str]) -> Centre:
        async with db.transaction(visitor()) as tx:
            centre = await centre_by_slug(tx, slug)
        request.state.centre = face_of(centre, translator(request))
        return centre

    def give_translator(request: pages.mine.AnyRequest) -> Translator:
        return translator(request)

    return Litestar(
        route_handlers=[*pages.routes, *api.routes],
        plugins=[
            Furniture(
                *PACKAGES, base_url="http://house.test", development=True, clock=house.db.clock
            )
        ],
        dependencies={
            "db": Provide(give_db, sync_to_thread=False),
            "actor": Provide(give_actor),
            "centre": Provide(give_centre),
            "t": Provide(give_translator, sync_to_thread=False),
        },
        state=State({"db": house.db}),
        signature_types=[Actor, Centre, Connection, Database, Translator],
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
