"""SMTP relays on loopback that behave as badly as real ones do.

`certificate.pem` is for localhost and signed by itself; its key is worth nothing.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

_HERE = Path(__file__).parent


class TestRelay:
    """What a relay got and how it answers; a test sets the answers.

    `mails` holds (recipient, bytes) of all that it took or dropped after DATA.
    """

    __test__ = False

    def __init__(self) -> None:
        self.port = 0
        self.mails: list[tuple[str, bytes]] = []
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self.seconds = 0.0
        self.rcpt: Callable[[str], str] = lambda _: "250 OK"
        self.mail: Callable[[], str] = lambda: "250 OK"
        self.data: Callable[[str], str] = lambda _: "250 OK"
        self.drops_after_data = False
        self.hangs_up_after_mail = False
        self.most_connections = 1000
        self.arrived = asyncio.Event()

    @property
    def recipients(self) -> list[str]:
        return sorted(recipient for recipient, _ in self.mails)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.mail()
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        (recipient,) = envelope.rcpt_tos
        self.arrived.set()
        await asyncio.sleep(self.seconds)
        answer = self.data(recipient)
        if answer.startswith("250"):
            self.mails.append((recipient, bytes(envelope.content or b"")))
        if self.drops_after_data:
            server.transport.abort()
        if self.hangs_up_after_mail:
            asyncio.get_running_loop().call_later(0.02, server.transport.close)
        return answer


class _Server(SMTP):
    """Counts who is connected, and sends away whom it can't serve."""

    relay: TestRelay

    def connection_made(self, transport: Any) -> None:
        if not getattr(self, "counted", False):
            self.counted = True
            self.relay.connections += 1
            self.relay.open += 1
            self.relay.most_open = max(self.relay.most_open, self.relay.open)
            if self.relay.open > self.relay.most_connections:
                transport.write(b"421 4.7.0 too many connections\r\n")
                transport.close()
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.relay.open -= 1
        super().connection_lost(error)


@asynccontextmanager
async def a_relay(*, starttls: bool = False) -> AsyncIterator[TestRelay]:
    """A relay on any free port of 127.0.0.1."""
    relay = TestRelay()
    loop = asyncio.get_running_loop()
    context = server_context() if starttls else None

    def protocol() -> _Server:
        server = _Server(relay, tls_context=context, require_starttls=starttls, loop=loop)
        server.relay = relay
        return server

    server = await loop.create_server(protocol, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_HERE / "certificate.pem", _HERE / "key.pem")
    return context


def trusting_context() -> ssl.SSLContext:
    """A client's, for which the relay's certificate is good."""
    return ssl.create_default_context(cafile=str(_HERE / "certificate.pem"))
