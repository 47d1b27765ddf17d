"""The whole application, in this process, over a town that every test finds as it was made."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
from litestar import Litestar

from factories import Clock
from factory_times import NOW
from helpers_http import ORIGIN, ROLES, Endpoint, House, endpoints
from helpers_town import Town, a_town
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


class Copy:
    """A database with the town in it, and what was made there."""

    def __init__(self, name: str, town: Town, tokens: dict[str, str]) -> None:
        self.name = name
        self.town = town
        self.tokens = tokens


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def app(clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Litestar]:
    """As `rundum run` makes it, with every text that is missing an error."""
    data = tmp_path_factory.mktemp("data")
    (data / "mail").mkdir()
    (data / "mail" / f"{MAIL}.eml").write_bytes(A_MAIL)
    made = create_app(_settings(data), clock=clock, background=False)
    made.state.settings = _settings(data)
    made.state.solver = Solver()
    yield made
    made.state.solver.close()


@pytest.fixture(scope="session")
def routes(app: Litestar) -> list[Endpoint]:
    return endpoints(app)


@pytest.fixture(scope="session")
async def browser(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """All that stands before the application when it is served, without the socket."""
    transport = httpx.ASGITransport(
        app=RequestLog(heads(app)), client=("192.0.2.7", 40000), raise_app_exceptions=False
    )
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


@pytest.fixture(scope="session")
async def town(server: str, administrator: asyncpg.Connection, clock: Clock) -> Copy:
    """The town, made once; tests get copies."""
    name = f"town_{uuid.uuid4().hex[:12]}"
    await administrator.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    db = await _connect(server, name, clock)
    try:
        made = await a_town(db)
        clock.now = NOW
        tokens = {}
        async with db.work() as tx:
            for side, prefix in ((made.own, ""), (made.foreign, "foreign_")):
                for role in ROLES:
                    opened = await open_session(tx, side.people[role], "Firefox, Linux")
                    tokens[prefix + role] = opened.token
                nobodys = (await open_session(tx, side.people["applicant"], "")).token
                tokens[prefix + "applicant"] = nobodys
                side.things["sessions", "id"] = await tx.connection.fetchval(
                    "SELECT public_id::text FROM session ORDER BY id DESC LIMIT 1"
                )
        for side in (made.own, made.foreign):
            side.things["mails", "name"] = MAIL
            side.things["files", "number"] = "0"
            side.things["static", "path"] = "house.css"
    finally:
        await db.close()
    return Copy(name, made, tokens)


@pytest.fixture
async def house(
    server: str,
    administrator: asyncpg.Connection,
    app: Litestar,
    browser: httpx.AsyncClient,
    town: Copy,
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
    town: Copy,
    clock: Clock,
) -> AsyncIterator[House]:
    """The same for all tests of a file that change nothing."""
    async with _opened(server, administrator, app, browser, town, clock) as house:
        yield house


@asynccontextmanager
async def _opened(
    server: str,
    administrator: asyncpg.Connection,
    app: Litestar,
    browser: httpx.AsyncClient,
    town: Copy,
    clock: Clock,
) -> AsyncIterator[House]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    await administrator.execute(f"CREATE DATABASE {name} TEMPLATE {town.name} STRATEGY file_copy")
    clock.now = NOW
    db = await _connect(server, name, clock)
    try:
        yield House(app=app, client=browser, db=db, town=town.town, tokens=town.tokens)
    finally:
        await db.close()
        await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def _connect(server: str, name: str, clock: Clock) -> Database:
    database, _, rest = server.partition("@/")
    return await Database.connect(
        f"{database}@/{name}?{rest.partition('?')[2]}", key=KEY, size=5, clock=clock
    )


def _settings(data: Path) -> Settings:
    return Settings(data=data, secret_key=KEY, base_url=ORIGIN, development=True, log_format="json")
