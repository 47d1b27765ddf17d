"""The mail catcher of the development set-up: real SMTP on loopback, each mail a file."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

log = structlog.get_logger()

KEPT = 2000
LARGEST = 10_000_000
MOST_NAME = 80
# files beyond KEPT are cleared away so often
CLEARED_EVERY = 50


class Caught(msgspec.Struct, frozen=True, kw_only=True):
    """A mail in the list."""

    name: str
    at: datetime
    recipient: str
    subject: str


class Catcher:
    """A running catcher; `port` is the one it got."""

    def __init__(self, server: asyncio.Server, directory: Path) -> None:
        self._server = server
        self.directory = directory
        self.port: int = server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Take no further mail."""
        self._server.close()
        await asyncio.wait_for(self._server.wait_closed(), 5)


async def start(host: str, port: int, directory: Path) -> Catcher:
    """Listen on `host` (loopback) and `port` (0: any) and keep the newest mails in `directory`."""
    await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
    handler = _Handler(directory)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="catcher.invalid", data_size_limit=LARGEST, loop=loop),
        host,
        port,
    )
    return Catcher(server, directory)


def mails(directory: Path, limit: int = 200) -> list[Caught]:
    """The newest mails first."""
    found = []
    for path in sorted(directory.glob("*.eml"), reverse=True)[:limit]:
        mail = read(directory, path.stem)
        if mail is not None:
            found.append(
                Caught(
                    name=path.stem,
                    at=datetime.strptime(path.stem[:20], "%Y%m%d%H%M%S%f").replace(tzinfo=UTC),
                    recipient=str(mail["To"] or mail["Delivered-To"] or ""),
                    subject=str(mail["Subject"] or ""),
                )
            )
    return found


def read(directory: Path, name: str) -> EmailMessage | None:
    """A mail by its name in the list; None if there is none of that name (any more)."""
    if len(name) > MOST_NAME or not name.replace("-", "").isalnum():
        return None
    try:
        raw = (directory / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    return message_from_bytes(raw, policy=policy.default)


class _Handler:
    """What aiosmtpd calls for each mail."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = count()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        number = next(self._numbers)
        try:
            await asyncio.to_thread(self._keep, envelope, number)
        except OSError as failure:
            log.error("mail not caught", error=type(failure).__name__)
            return "451 4.3.0 no room"
        return "250 2.0.0 caught"

    def _keep(self, envelope: Any, number: int) -> None:
        name = f"{datetime.now(UTC):%Y%m%d%H%M%S%f}-{number:05d}"
        trace = f"Return-Path: <{envelope.mail_from}>\r\n" + "".join(
            f"Delivered-To: {recipient}\r\n" for recipient in envelope.rcpt_tos
        )
        half = self._directory / f"{name}.part"
        half.write_bytes(trace.encode() + envelope.content)
        os.replace(half, self._directory / f"{name}.eml")
        if number % CLEARED_EVERY == 0:
            for old in sorted(self._directory.glob("*.eml"), reverse=True)[KEPT - CLEARED_EVERY :]:
                old.unlink(missing_ok=True)
