"""uvicorn, as we run it: in one process, on sockets that are open already."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket

import uvicorn

from rundum_app.asgi import create_app
from rundum_core import log
from rundum_core.refusal import StartRefused
from rundum_core.settings import Settings
from rundum_web.security import heads

FINISH = 20  # seconds that requests in flight have when we end
KEEP_ALIVE = 15
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def serve_in_this_process(
    settings: Settings,
    sockets: list[socket],
    ready: Callable[[], object],
    ended: asyncio.Event | None = None,
) -> None:
    """Serve on these sockets until a signal or `ended`; calls `ready` when requests are taken.

    Raises StartRefused where the application doesn't come up.
    """
    config = uvicorn.Config(
        log.RequestLog(heads(create_app(settings))),
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=FINISH,
    )
    server = _Server(config, ready)
    watching = asyncio.create_task(_end_with(server, ended)) if ended else None
    try:
        await server.serve(sockets)
    finally:
        if watching:
            watching.cancel()


class _Server(uvicorn.Server):
    """uvicorn's server, which tells when it is ready, and leaves the last word on signals to us
    (it would raise them again, before the database is stopped)."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:
            raise StartRefused("The service didn't come up; the log above says why.") from None
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {name: signal.getsignal(name) for name in _SIGNALS}
        loop = asyncio.get_running_loop()
        for name in _SIGNALS:
            loop.add_signal_handler(name, self.handle_exit, name, None)
        try:
            yield
        finally:
            for name, handler in before.items():
                loop.remove_signal_handler(name)
                signal.signal(name, handler)


async def _end_with(server: uvicorn.Server, ended: asyncio.Event) -> None:
    await ended.wait()
    server.should_exit = True
