"""One of several processes that serve; started by the supervisor, with what it inherits:

    python -m rundum_app.worker ALIVE READY SOCKET...

all of them numbers of open files. ALIVE closes when the supervisor is gone; a byte into READY says
that we take requests.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys

import uvloop

from rundum_app.caught import caught
from rundum_app.server import serve_in_this_process
from rundum_app.starting import database_of, ending_in_order
from rundum_core import log
from rundum_core.refusal import StartRefused
from rundum_core.settings import Settings, load


def main(alive: int, ready: int, *inherited: int) -> None:
    """Serve until told to end, or until the supervisor is gone."""
    with ending_in_order():
        settings = load()
        log.set_up(settings)
        sockets = [socket.socket(fileno=number) for number in inherited]
        with database_of(settings) as settings:
            uvloop.run(_serve(caught(settings), sockets, alive, ready))


async def _serve(settings: Settings, sockets: list[socket.socket], alive: int, ready: int) -> None:
    alone = asyncio.Event()
    loop = asyncio.get_running_loop()

    def left_alone() -> None:
        loop.remove_reader(alive)
        alone.set()

    loop.add_reader(alive, left_alone)
    await serve_in_this_process(settings, sockets, lambda: os.write(ready, b"!"), alone)


if __name__ == "__main__":
    try:
        main(*map(int, sys.argv[1:]))
    except StartRefused as refused:
        print(refused, file=sys.stderr)
        sys.exit(1)
