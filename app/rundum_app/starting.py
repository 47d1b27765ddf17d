"""What every command does first: read the settings, set up the log, have a database that is up
to date."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import click
import msgspec
import uvloop

from rundum_core import log
from rundum_core.db import Database
from rundum_core.migrate import migrate
from rundum_core.postgres import embedded
from rundum_core.settings import Settings, load

PATIENCE = 60.0  # seconds for a server of the operator's that comes up later than we

Result = TypeVar("Result")


def with_database(
    work: Callable[[Database, Settings], Awaitable[Result]],
    environ: Mapping[str, str] = os.environ,
) -> Result:
    """Run `work` on the database, migrated, beside whatever else uses it; for the commands.

    Raises StartRefused where settings or database don't allow it.
    """

    async def connected(settings: Settings) -> Result:
        db = await Database.connect(settings.database_url, key=settings.secret_key)
        try:
            return await work(db, settings)
        finally:
            await db.close()

    with ending_in_order():
        settings = load(environ)
        log.set_up(settings)
        with database_of(settings) as settings:
            bring_up_to_date(settings)
            return uvloop.run(connected(settings))


@contextmanager
def database_of(settings: Settings) -> Iterator[Settings]:
    """The settings with the address of a database, the embedded one if none is set."""
    if settings.database_url:
        yield settings
        return
    with embedded(settings.data) as dsn:
        yield msgspec.structs.replace(settings, database_url=dsn)


def bring_up_to_date(settings: Settings) -> None:
    """Migrate, and say so; raises StartRefused."""
    asyncio.run(migrate(settings.database_url, patience=PATIENCE, say=click.echo))


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Being told to end (`kill`, a closed terminal) unwinds like Ctrl-C, and stops the database."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {name: signal.signal(name, end) for name in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
