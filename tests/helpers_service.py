"""A real `rundum run` in a process of its own, to be killed, and the house around it."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from factories import a_client, a_request, a_sitter
from helpers_asking import body
from helpers_placing import Placing
from helpers_processes import family, freeze, kill, thaw, title
from ports import free_port
from rundum_app.check import faults
from rundum_core.db import Database
from rundum_core.errors import Unavailable
from smtp_relay import TestRelay

HELPERS = 14
PATIENCE = 120.0  # seconds for anything that will come; two busy cores take their time


class Service:
    """One `rundum run`; `environ` are its settings beyond where it listens."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.port = free_port()
        self.folder = folder
        ours = {name: value for name, value in os.environ.items() if not name.startswith("RUNDUM_")}
        self._given = environ
        self._environ = {
            **ours,
            "RUNDUM_PORT": str(self.port),
            "RUNDUM_MATCH_EVERY_MINUTES": "1440",
            "RUNDUM_LOG_LEVEL": "warning",
            **environ,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.client = httpx.AsyncClient(base_url=f"http://localhost:{self.port}", timeout=20)

    async def start(self) -> None:
        """Until it takes requests."""
        self._launch()
        await until(self.is_alive, "the service takes requests")

    def beside(self) -> Service:
        """Another one on the same data and database, on a port of its own."""
        return Service(self.folder, self._given)

    def _launch(self) -> None:
        with (self.folder / "service.log").open("ab") as log:
            self._process = subprocess.Popen(
                [Path(sys.executable).with_name("rundum"), "run"],
                env=self._environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def is_alive(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "service.log").read_text()[-2000:]
        try:
            return (await self.client.get("/health/live")).status_code == 200
        except httpx.TransportError:
            return False

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def said(self) -> str:
        return (self.folder / "service.log").read_text()

    def workers(self) -> list[int]:
        """The processes that serve, where there are several."""
        return [pid for pid in family(self.pid) if b"rundum_app.worker" in title(pid)]

    def kill(self) -> None:
        """All its processes at once, as when the machine loses its power; and reap them."""
        everybody = family(self.pid)
        freeze(everybody)
        kill(everybody)
        assert self._process is not None
        self._process.wait(60)

    def end(self) -> int:
        """Tell it to end, and wait; its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(60)

    async def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            thaw(family(self.pid))
            await asyncio.to_thread(self.end)
        await self.client.aclose()
        print(self.said[-8000:])  # shown when a test fails


class Poster:
    """Somebody who asks for care over the API, again under the same key until she hears that it
    was taken. `acknowledged`: key → the request's id."""

    def __init__(self, client: httpx.AsyncClient, slug: str, most: int = 60) -> None:
        self._client = client
        self._slug = slug
        self._most = most
        self.acknowledged: dict[str, str] = {}
        self.retries = 0

    @asynccontextmanager
    async def posting(self, pause: float = 0.5) -> AsyncIterator[None]:
        """While the block runs, and until the last one was taken."""
        ended = asyncio.Event()
        task = asyncio.create_task(self._post(ended, pause))
        try:
            yield
        except BaseException:
            task.cancel()  # nobody may be there any more who could answer
            raise
        ended.set()
        await task

    async def _post(self, ended: asyncio.Event, pause: float) -> None:
        day = datetime.now(UTC).date() + timedelta(days=10)
        visits = [{"during": {"start": f"{day}T14:00", "end": f"{day}T18:00"}}]
        while not ended.is_set() and len(self.acknowledged) < self._most:
            key = f"a key {uuid4()}"
            asked = body(email=f"{uuid4().hex[:12]}@example.org", visits=visits)
            while (answer := await self._once(key, asked)) is None:
                self.retries += 1
                await asyncio.sleep(0.2)
            self.acknowledged[key] = answer["id"]
            await asyncio.sleep(pause)

    async def _once(self, key: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        try:
            answer = await self._client.post(
                f"/api/v1/centres/{self._slug}/requests",
                json=asked,
                headers={"idempotency-key": key},
            )
        except httpx.TransportError:
            return None
        if answer.status_code == 503:
            return None
        assert answer.status_code == 201, answer.text
        taken: dict[str, Any] = answer.json()
        return taken


class Town:
    """A centre with people who help, whose service may be killed at any moment."""

    def __init__(self, db: Database, placing: Placing, service: Service, relay: TestRelay) -> None:
        self.db = db
        self.placing = placing
        self.service = service
        self.relay = relay
        self.helpers: list[int] = []
        self._family = 0

    async def settle(self) -> None:
        self.helpers = [await a_sitter(self.db, self.placing.centre) for _ in range(HELPERS)]
        self._family = await a_client(self.db, self.placing.centre)

    async def asks_for(self, visits: int) -> list[int]:
        """New requests, at any hour of the days to come."""
        made = []
        for _ in range(visits):
            day = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
            begin = day.replace(hour=random.randint(7, 16)) + timedelta(days=random.randint(2, 12))
            made.append(
                await a_request(
                    self.db, self.placing.centre, self._family, (begin, begin + timedelta(hours=3))
                )
            )
        return made

    async def wakes_matching(self) -> None:
        await self.placing.do("SELECT pg_notify('matching', 'urgent')")

    async def runs(self, state: str) -> int:
        return await self.placing.id("SELECT count(*) FROM run WHERE state = $1", state)

    async def running(self) -> list[int]:
        """The run that somebody lives for; one of the dead, whose lease is over, is none."""
        return await self.placing.ids(
            "SELECT id FROM run WHERE state = 'running' AND lease_until > now()"
        )

    async def leased(self) -> int:
        """How many mails are being sent."""
        return await self.placing.id("SELECT count(*) FROM delivery WHERE state = 'leased'")

    async def holds_nothing(self) -> bool:
        """Whether nobody runs or sends; what the dead have left doesn't count."""
        return not await self.placing.id(
            "SELECT (SELECT count(*) FROM run WHERE state = 'running' AND lease_until > now())"
            " + (SELECT count(*) FROM delivery WHERE state = 'leased' AND lease_until > now())"
        )

    async def has_no_mail_waiting(self) -> bool:
        waiting = "SELECT count(*) FROM delivery WHERE state IN ('pending', 'leased', 'unknown')"
        if not await self.placing.id(waiting + " AND channel = 'email'"):
            return True
        await leases_run_out(self.db)
        await asyncio.sleep(0.3)
        return False

    async def has_no_run(self) -> bool:
        return not await self.running()

    async def is_well(self) -> None:
        """All mail is out, no invariant is broken."""
        await until(self.has_no_mail_waiting, "all mail is out")
        found = await faults(self.db)
        assert not found, found


async def until(holds: Callable[[], Any], what: str, seconds: float = PATIENCE) -> float:
    """Wait for something, through a loss of the database; after how many seconds it came."""
    begun = time.monotonic()
    while True:
        with suppress(Unavailable):
            if await holds():
                return time.monotonic() - begun
        assert time.monotonic() - begun < seconds, f"never: {what}"
        await asyncio.sleep(0.01)


async def leases_run_out(db: Database) -> None:
    """As if the minutes had passed for which a dead process holds runs and mails.

    Waits for nobody: what somebody works on at this moment is not left by the dead.
    """
    async with db.work() as tx:
        await tx.connection.execute(
            "UPDATE run SET lease_until = now() - interval '1 s' WHERE id IN"
            " (SELECT id FROM run WHERE state = 'running' FOR UPDATE SKIP LOCKED)"
        )
        await tx.connection.execute(
            "UPDATE delivery SET next_at = now(),"
            " lease_until = CASE WHEN state = 'leased' THEN now() END WHERE id IN"
            " (SELECT id FROM delivery WHERE channel = 'email'"
            "  AND state IN ('pending', 'leased', 'unknown') FOR UPDATE SKIP LOCKED)"
        )
        await tx.connection.execute("SELECT pg_notify('delivery', '')")


def thinks_for_ever(_snapshot: bytes, _seconds: float) -> bytes:
    """In the place of the solver, in its process."""
    time.sleep(600)
    return b""
