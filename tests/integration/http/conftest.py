"""The whole application, in this process, over a town that every test finds as it was made."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import asyncpg
import httpx
import pytest
from litestar import Litestar
from msgspec import Struct

from factories import Clock
from factory_times import NOW
from helpers_http import ORIGIN, ROLES, Endpoint, House, endpoints, unlogged
from helpers_town import NO_TOKEN, Town, a_town
from rundum_app.asgi import create_app
from rundum_core.db import Database
from rundum_core.log import RequestLog
from rundum_core.settings import Settings
from rundum_identity.sessions import open_session
from rundum_matching.solver import Solver
from rundum_web.security import heads

KEY = b"a key for tests, of 32 bytes ..."
TEMPLATE = "rundum_template"
MAIL = "20261123070000000000-00001"
A_MAIL = b"""Subject: Guten Tag
Content-Type: multipart/mixed; boundary="teil"

--teil
Content-Type: text/plain; charset=utf-8

Hier: https://rundum.test/offers/x
--teil
Content-Type: text/html; charset=utf-8

<p>Hier</p>
--teil
Content-Disposition: attachment; filename="termin.ics"

BEGIN:VCALENDAR
--teil--
"""


class Made(Struct, frozen=True, kw_only=True):
    """A database with the town in it, and everybody's session there."""

    name: str
    town: Town
    tokens: dict[str, str]


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
async def app(
    server: str,
    administrator: asyncpg.Connection,
    clock: Clock,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Litestar]:
    """As `rundum run` makes it, with every text that is missing an error; each house puts its own
    database into it."""
    data = tmp_path_factory.mktemp("data")
    (data / "mail").mkdir()
    (data / "mail" / f"{MAIL}.eml").write_bytes(A_MAIL)
    async with _database(administrator, TEMPLATE) as name:
        with unlogged():
            made = create_app(_settings(data, _dsn(server, name)), clock=clock, background=False)
        async with _running(made):
            made.state.solver = Solver()
            yield made
            made.state.solver.close()


@pytest.fixture(scope="session")
def routes(app: Litestar) -> list[Endpoint]:
    return endpoints(app)


@pytest.fixture(scope="session")
async def browser(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """All that stands before the application when it is served, without the socket; it keeps no
    cookie, since it is everybody's."""
    transport = httpx.ASGITransport(
        app=RequestLog(heads(app)), client=("192.0.2.7", 40000), raise_app_exceptions=False
    )
    forgetful = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=forgetful) as client:
        yield client


@pytest.fixture(scope="session")
async def town(server: str, administrator: asyncpg.Connection, clock: Clock) -> AsyncIterator[Made]:
    """The town, made once; tests get copies."""
    async with _database(administrator, TEMPLATE) as name:
        db = await Database.connect(_dsn(server, name), key=KEY, size=5, clock=clock)
        try:
            made = await a_town(db)
            tokens = await _sign_everybody_in(db, made)
        finally:
            await db.close()
        yield Made(name=name, town=made, tokens=tokens)


@pytest.fixture
async def house(
    server: str,
    administrator: asyncpg.Connection,
    app: Litestar,
    browser: httpx.AsyncClient,
    town: Made,
    clock: Clock,
) -> AsyncIterator[House]:
    """The application over a copy of the town, to be changed by this test."""
    async with _opened(server, administrator, app, browser, town, clock) as house:
        yield house


@pytest.fixture(scope="module")
async def standing(
    server: str,
    administrator: asyncpg.Connection,
    app: Litestar,
    browser: httpx.AsyncClient,
    town: Made,
    clock: Clock,
) -> AsyncIterator[House]:
    """The same for all tests of a file, which change nothing that another one asks for."""
    async with _opened(server, administrator, app, browser, town, clock) as house:
        yield house


@pytest.fixture(autouse=True)
def the_clock_stands(clock: Clock) -> None:
    clock.now = NOW


async def _sign_everybody_in(db: Database, town: Town) -> dict[str, str]:
    """A session for each role on both sides, and one more whose id addresses may name."""
    db.clock.now = NOW  # type: ignore[attr-defined]
    tokens = {}
    async with db.work() as tx:
        for side, prefix in ((town.own, ""), (town.foreign, "foreign_")):
            for role in (*ROLES, "applicant"):
                opened = await open_session(tx, side.people[role], "Firefox, Linux", "passkey")
                tokens[prefix + role] = opened.token
            newest = "SELECT public_id::text FROM session ORDER BY id DESC LIMIT 1"
            side.things["sessions", "id"] = await tx.connection.fetchval(newest)
            side.things["passkeys", "id"] = side.things["sessions", "id"]  # none is theirs
            side.things["invitations", "id"] = side.things["sessions", "id"]
            side.things["invitations", "token"] = NO_TOKEN
            side.things["staff", "id"] = await tx.connection.fetchval(
                "SELECT public_id::text FROM person WHERE id = $1", side.people["desk"]
            )
            side.things["mails", "name"] = MAIL
            side.things["files", "number"] = "0"
            side.things["static", "path"] = "house.css"
    return tokens


@asynccontextmanager
async def _running(app: Litestar) -> AsyncIterator[None]:
    """Between start and end of the application, both in one task."""
    begun, over = asyncio.Event(), asyncio.Event()

    async def life() -> None:
        async with app.lifespan():
            begun.set()
            await over.wait()

    task = asyncio.create_task(life())
    begins = asyncio.create_task(begun.wait())
    await asyncio.wait({task, begins}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        begins.cancel()
        task.result()
    yield
    over.set()
    await task


@asynccontextmanager
async def _opened(
    server: str,
    administrator: asyncpg.Connection,
    app: Litestar,
    browser: httpx.AsyncClient,
    town: Made,
    clock: Clock,
) -> AsyncIterator[House]:
    clock.now = NOW
    async with _database(administrator, town.name) as name:
        db = await Database.connect(_dsn(server, name), key=KEY, size=5, clock=clock)
        try:
            yield House(app=app, client=browser, db=db, town=town.town, tokens=town.tokens)
        finally:
            await db.close()


@asynccontextmanager
async def _database(administrator: asyncpg.Connection, like: str) -> AsyncIterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    await administrator.execute(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy")
    try:
        yield name
    finally:
        await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _dsn(server: str, name: str) -> str:
    user, _, rest = server.partition("@/")
    return f"{user}@/{name}?{rest.partition('?')[2]}"


def _settings(data: Path, database_url: str) -> Settings:
    return Settings(
        data=data,
        database_url=database_url,
        secret_key=KEY,
        base_url=ORIGIN,
        development=True,
        log_format="json",
    )
