"""Where mail goes when no relay is set: a catcher on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from rundum_core.refusal import StartRefused
from rundum_core.settings import Settings

HOST = "127.0.0.1"


@asynccontextmanager
async def mail_taken(settings: Settings) -> AsyncIterator[Settings]:
    """The settings with a relay that takes our mail: the operator's, else a catcher of ours.

    Where another process with the same settings runs a catcher already, that one is used.
    """
    if settings.smtp_host:
        yield settings
        return
    from rundum_notifications import catcher

    directory = mail_directory(settings)
    directory.mkdir(mode=0o700, exist_ok=True)
    try:
        running = await catcher.start(HOST, settings.catcher_port, directory)
    except OSError as taken:
        if not await _is_catcher(settings.catcher_port):
            raise StartRefused(
                f"Port {settings.catcher_port} is taken, and the mail catcher needs one: set "
                "RUNDUM_CATCHER_PORT, or RUNDUM_SMTP_HOST to a relay."
            ) from taken
        yield caught(settings)
        return
    try:
        yield caught(settings)
    finally:
        await running.close()


def caught(settings: Settings) -> Settings:
    """The settings with the catcher as relay, where no other is set."""
    if settings.smtp_host:
        return settings
    return msgspec.structs.replace(
        settings, smtp_host=HOST, smtp_port=settings.catcher_port, smtp_tls="none"
    )


async def _is_catcher(port: int) -> bool:
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(HOST, port)
            banner = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return banner.startswith(b"220 catcher.invalid ")


def mail_directory(settings: Settings) -> Path:
    """Where the catcher keeps what it caught."""
    return settings.data / "mail"
