"""The database goes away under a running service: people hear it soon, and all is well again by
itself when it is back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from factories import a_centre
from helpers_placing import Placing
from helpers_processes import kill, server_of
from helpers_service import Poster, Service, Town, leases_run_out, until
from rundum_core.db import Database
from rundum_core.migrate import migrate
from rundum_core.postgres import embedded
from rundum_core.secretkey import kept_key
from smtp_relay import a_relay

pytestmark = pytest.mark.slow

PAGES = ("/", "/centres/boerde/requests/new", "/api/v1/centres/boerde/requests", "/health/ready")


class Server:
    """A PostgreSQL that is not the service's own, to be taken away."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()

    async def start(self) -> str:
        return await asyncio.to_thread(self._stack.enter_context, embedded(self._folder))

    async def stop(self) -> None:
        await asyncio.to_thread(self._stack.close)

    async def die(self) -> None:
        """Everything at once, as when the machine loses its power."""
        kill(server_of(self._folder))
        await self.stop()


@pytest.fixture
def server(folder: Path) -> Server:
    (folder / "server").mkdir(mode=0o711)
    return Server(folder / "server")


@pytest.fixture
async def town_on_it(folder: Path, server: Server, kernels: None) -> AsyncIterator[Town]:
    dsn = await server.start()
    await migrate(dsn)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731
    db = await Database.connect(dsn, key=kept_key(folder / "secret.key"), size=3, clock=clock)
    async with a_relay() as relay:
        service = Service(
            folder,
            {
                "RUNDUM_DATA": str(folder),
                "RUNDUM_DATABASE_URL": dsn,
                "RUNDUM_SMTP_HOST": "127.0.0.1",
                "RUNDUM_SMTP_PORT": str(relay.port),
                "RUNDUM_SMTP_TLS": "none",
                "RUNDUM_MAIL_FROM": "centre@example.org",
            },
        )
        yield Town(db, Placing(db=db, centre=await a_centre(db)), service, relay)
        await service.close()
    await db.close()
    await server.stop()


@pytest.mark.parametrize("how", ["stop", "die"])
async def test_people_hear_it_soon_and_it_comes_back(
    town_on_it: Town, server: Server, how: str
) -> None:
    town = town_on_it
    await town.settle()
    await town.service.start()
    client = town.service.client
    assert (await client.get(PAGES[1])).status_code == 200
    for _ in range(2):  # not only the first time
        poster = Poster(client, "boerde", most=1)
        await getattr(server, how)()
        slowest = 0.0
        for page in PAGES * 2:
            begun = time.monotonic()
            answer = await client.get(page)
            slowest = max(slowest, time.monotonic() - begun)
            assert (page, answer.status_code) == (page, 503)
            assert int(answer.headers["retry-after"]) > 0
        assert (await client.get("/health/live")).status_code == 200
        async with poster.posting():
            await until(lambda who=poster: tried(who), "somebody who asks for care")
            begun = time.monotonic()
            await server.start()
            back = await until(lambda: is_back(town), "the service is well again")
        print(f"{how}: answers within {slowest:.2f} s, well again {back:.2f} s after the database")
        assert len(poster.acknowledged) == 1
        await until(lambda: has_mail(town), "her mail")
        town.relay.mails.clear()
        await leases_run_out(town.db)  # a run that was interrupted holds its place
        await town.asks_for(1)
        await until(lambda: is_matched(town), "an offer by an urgent run")
        town.relay.mails.clear()
    await town.is_well()


async def tried(poster: Poster) -> bool:
    return poster.retries > 0


async def is_back(town: Town) -> bool:
    return (await town.service.client.get(PAGES[1])).status_code == 200


async def is_matched(town: Town) -> bool:
    """Wakes that nobody hears are lost, until the courier and the runs listen again."""
    await town.wakes_matching()
    await asyncio.sleep(1)
    return await has_mail(town)


async def has_mail(town: Town) -> bool:
    return bool(town.relay.mails)
