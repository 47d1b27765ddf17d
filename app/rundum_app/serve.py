"""`rundum run`: one process that serves, or a supervisor with several."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from socket import socket

import click
import uvloop

from rundum_app.caught import mail_taken
from rundum_app.listening import listen
from rundum_app.starting import bring_up_to_date, database_of, ending_in_order
from rundum_app.supervisor import supervise
from rundum_core import log
from rundum_core.db import Database
from rundum_core.settings import Settings, load


@click.command()
@click.option("--workers", type=int, help="How many processes serve (RUNDUM_WORKERS).")
@click.option("--port", type=int, help="Which port to listen on (RUNDUM_PORT).")
def run(workers: int | None, port: int | None) -> None:
    """Start the service, and the database and mail catcher that it needs."""
    environ = dict(os.environ)
    if workers is not None:
        environ["RUNDUM_WORKERS"] = str(workers)
    if port is not None:
        environ["RUNDUM_PORT"] = str(port)
    with ending_in_order():
        serve(environ)


def serve(environ: Mapping[str, str]) -> None:
    """Serve until we are told to end; then requests in flight finish and the database stops."""
    settings = load(environ)
    log.set_up(settings)
    sockets = listen(settings.host, settings.port)
    with database_of(settings) as settings:
        bring_up_to_date(settings)
        who = _seed(settings)

        def greet() -> None:
            click.echo(greeting(settings, who))

        if settings.workers == 1:
            uvloop.run(_serve_alone(settings, sockets, greet))
        else:
            asyncio.run(_serve_with_others(settings, sockets, environ, greet))


def greeting(settings: Settings, who: list[str]) -> str:
    """Where to click and who can sign in."""
    lines = ["", "Rundum is running.", "", f"  Pages        {settings.base_url}"]
    if settings.openapi:
        lines.append(f"  API          {settings.base_url}/api/v1")
    if settings.development and not settings.smtp_host:
        lines.append(f"  Caught mail  {settings.base_url}/mails")
    database = settings.data / "postgres"
    moved = f" (the database in {database.resolve()})" if database.is_symlink() else ""
    lines += [f"  Data         {settings.data}{moved}", *(f"  {line}" for line in who), ""]
    return "\n".join([*lines, "End with Ctrl-C.", ""])


def _seed(settings: Settings) -> list[str]:
    """Fill an empty database with the demo centre; gives lines that say who can sign in."""
    if not settings.demo:
        return []
    from rundum_app.seeds import seed, who_can_sign_in

    steps = 4

    def progress(done: int, whole: int) -> None:
        nonlocal steps
        if done * 4 >= whole * (4 - steps):
            click.echo(f"Loading the demo centre: {done} of {whole}")
            steps -= 1

    async def fill() -> list[str]:
        db = await Database.connect(settings.database_url, key=settings.secret_key, size=2)
        try:
            await seed(db, now=db.clock(), only_if_empty=True, progress=progress)
            return await who_can_sign_in(db)
        finally:
            await db.close()

    return asyncio.run(fill())


async def _serve_alone(
    settings: Settings, sockets: list[socket], greet: Callable[[], None]
) -> None:
    from rundum_app.server import serve_in_this_process

    async with mail_taken(settings) as settings:
        await serve_in_this_process(settings, sockets, greet)


async def _serve_with_others(
    settings: Settings,
    sockets: list[socket],
    environ: Mapping[str, str],
    greet: Callable[[], None],
) -> None:
    async with mail_taken(settings):
        await supervise(settings.workers, sockets, environ, greet)
