"""Several processes on the same sockets; one that dies is started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from socket import socket

import structlog

from rundum_core.refusal import StartRefused

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
STEADY = 60.0  # seconds after which a process has proved itself
HOPELESS = 3  # starts in vain, before any process ever was ready
PATIENCE = 30.0  # seconds to end in order; more than a process gives its requests

log = structlog.get_logger()


async def supervise(
    count: int, sockets: list[socket], environ: Mapping[str, str], ready: Callable[[], None]
) -> None:
    """Keep `count` workers running until a signal; calls `ready` when the first takes requests.

    Raises StartRefused where none ever comes up. If we die ourselves, the workers notice by a
    pipe that closes, and end as well: nobody would look after them.
    """
    crew = _Crew(sockets, environ, ready)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, crew.ended.set)
    try:
        async with asyncio.TaskGroup() as group:
            for number in range(count):
                group.create_task(crew.keep(number))
    except* StartRefused as refused:
        raise refused.exceptions[0] from None
    finally:
        crew.close()


class _Crew:
    """The workers' common ground: what they inherit, and whether it is time to end."""

    def __init__(
        self, sockets: list[socket], environ: Mapping[str, str], ready: Callable[[], None]
    ) -> None:
        self.ended = asyncio.Event()
        self._sockets = sockets
        self._environ = environ
        self._ready: Callable[[], None] | None = ready
        self._in_vain = 0
        # nobody writes to the first pipe: its end tells workers that we are gone; a worker that
        # takes requests writes to the second
        self._alive, self._held = os.pipe()
        self._heard, self._told = os.pipe()
        asyncio.get_running_loop().add_reader(self._heard, self._hear)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._heard)
        for pipe in (self._alive, self._held, self._heard, self._told):
            os.close(pipe)

    async def keep(self, number: int) -> None:
        """Run worker after worker in this place, until it is time to end."""
        delay = FIRST_DELAY
        while not self.ended.is_set():
            begun = time.monotonic()
            code = await self._one()
            if self.ended.is_set():
                return
            if time.monotonic() - begun > STEADY:
                delay = FIRST_DELAY
            log.error("worker ended", worker=number, code=code, again_in=delay)
            if self._ready is not None:
                self._in_vain += 1
                if self._in_vain >= HOPELESS:
                    raise StartRefused("The workers don't come up; the log above says why.")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), delay)
            delay = min(2 * delay, LONGEST_DELAY)

    async def _one(self) -> int:
        """Run one worker to its end, or to ours."""
        inherited = [one.fileno() for one in self._sockets]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "rundum_app.worker",
            *map(str, (self._alive, self._told, *inherited)),
            pass_fds=(self._alive, self._told, *inherited),
            env=self._environ,
            start_new_session=True,  # Ctrl-C is for us: we pass it on, in order
        )
        gone = asyncio.create_task(process.wait())
        ending = asyncio.create_task(self.ended.wait())
        try:
            await asyncio.wait((gone, ending), return_when=asyncio.FIRST_COMPLETED)
            if not gone.done():
                process.terminate()
                with suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(gone), PATIENCE)
            return await gone if gone.done() else -signal.SIGKILL
        finally:
            ending.cancel()
            if not gone.done():
                process.kill()
                await gone

    def _hear(self) -> None:
        os.read(self._heard, 100)
        if self._ready is not None:
            self._ready()
            self._ready = None
