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
    lines += [f"  Data         {settings.data}", *(f"  {line}" for line in who), ""]
    return "\n".join([*lines, "End with Ctrl-C.", ""])


def _seed(settings: Settings) -> list[str]:
    """Fill an empty database with the demo centre; gives lines that say who can sign in."""
    if not settings.demo:
        return []
    from rundum_app import seeds

    async def seed() -> list[str]:
        db = await Database.connect(settings.database_url, key=settings.secret_key, size=2)
        try:
            await seeds.seed_if_empty(db)
            return await seeds.who_can_sign_in(db)
        finally:
            await db.close()

    return asyncio.run(seed())


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
