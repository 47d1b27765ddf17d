"""The SMTP relay: where it is, and one connection to it that says in five words what became of a
mail."""

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import suppress
from ipaddress import ip_address
from typing import Literal

import aiosmtplib
import msgspec

# A mail, its connection included, takes no longer. Too short and slow relays get mails twice.
SEND_SECONDS = 60.0
CONNECT_SECONDS = 10.0

# accepted: the relay answers for it now · refused: never for this recipient or this mail
# later: worth another try · unknown: gone after DATA, may have arrived · down: no relay to speak to
Verdict = Literal["accepted", "refused", "later", "unknown", "down"]

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
# we aren't signed in: a fault of ours, not of the recipient
_OURS = frozenset({530, 534, 535, 538})
_SHUTTING_DOWN = 421
_HUNG_UP = re.compile(r"mail (lost|421.*)")


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """The relay that takes our mail; `sender` is the address in the envelope and in From.

    `tls`: `starttls` (required and verified), `implicit` (from the first byte, port 465), or
    `none`, which only a relay on this host may be.
    """

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    tls: Literal["starttls", "implicit", "none"] = "starttls"

    def __post_init__(self) -> None:
        if self.tls == "none" and not is_loopback(self.host):
            raise ValueError("a relay on another host is spoken to over TLS only")


class Outcome(msgspec.Struct, frozen=True):
    """What became of a mail, and why in codes only: a relay's words hold addresses."""

    verdict: Verdict
    detail: str = ""


class Line:
    """A connection to the relay, opened when it is needed and kept until `close`."""

    def __init__(
        self,
        relay: Relay,
        *,
        tls_context: ssl.SSLContext | None = None,
        send_seconds: float = SEND_SECONDS,
    ) -> None:
        self._relay = relay
        self._tls_context = tls_context
        self._send_seconds = send_seconds
        self._smtp: aiosmtplib.SMTP | None = None

    async def send(self, recipient: str, mail: bytes) -> Outcome:
        """Hand over one mail; answers within `send_seconds`."""
        deadline = asyncio.get_running_loop().time() + self._send_seconds
        kept = self._smtp is not None and self._smtp.is_connected
        if not kept and (trouble := await self._connect(deadline)):
            return trouble
        outcome = await self._attempt(recipient, mail, deadline)
        if kept and self._smtp is None and _HUNG_UP.fullmatch(outcome.detail):
            # on a connection that was idle, or had carried as much as the relay likes: no attempt
            if trouble := await self._connect(deadline):
                return trouble
            outcome = await self._attempt(recipient, mail, deadline)
        return outcome

    async def close(self) -> None:
        """Say goodbye to the relay; never fails."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await smtp.quit(timeout=1)
        smtp.close()

    async def _connect(self, deadline: float) -> Outcome | None:
        relay = self._relay
        self._abort()
        self._smtp = aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.user,
            password=relay.password,
            # asked of the host by default, which may take seconds where DNS is slow
            local_hostname=relay.sender.rpartition("@")[2],
            timeout=CONNECT_SECONDS,
            use_tls=relay.tls == "implicit",
            start_tls=relay.tls == "starttls",
            tls_context=self._tls_context,
        )
        try:
            async with asyncio.timeout_at(deadline):
                await self._smtp.connect()
        except aiosmtplib.SMTPResponseException as refusal:
            self._abort()
            return Outcome("down", f"connect {_code(refusal)}")
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as failure:
            self._abort()
            return Outcome("down", f"connect {type(failure).__name__}")
        return None

    async def _attempt(self, recipient: str, mail: bytes, deadline: float) -> Outcome:
        smtp = self._smtp
        assert smtp is not None
        stage = "mail"
        try:
            async with asyncio.timeout_at(deadline):
                await smtp.mail(self._relay.sender)
                stage = "rcpt"
                await smtp.rcpt(recipient)
                stage = "data"
                await smtp.data(mail)
        except aiosmtplib.SMTPResponseException as refusal:
            await self._reset(refusal.code)
            detail = f"{stage} {_code(refusal)}"
            # a sender that is refused for good is a relay set up wrongly: somebody will mend it
            final = 500 <= refusal.code < 600 and stage != "mail" and refusal.code not in _OURS
            return Outcome("refused" if final else "later", detail)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as failure:
            self._abort()
            slow = isinstance(failure, TimeoutError)
            detail = f"{stage} {'timeout' if slow else 'lost'}"
            return Outcome("unknown" if stage == "data" else "later", detail)
        except BaseException:
            self._abort()
            raise
        return Outcome("accepted")

    async def _reset(self, code: int) -> None:
        """Begin anew on the same connection, if the relay lets us."""
        assert self._smtp is not None
        try:
            if code == _SHUTTING_DOWN:
                self._abort()
            else:
                await self._smtp.rset(timeout=CONNECT_SECONDS / 2)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            self._abort()

    def _abort(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def is_loopback(host: str) -> bool:
    """Whether mail to this relay never leaves the machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _code(refusal: aiosmtplib.SMTPResponseException) -> str:
    enhanced = _ENHANCED.match(refusal.message)
    return f"{refusal.code} {enhanced[0]}" if enhanced else str(refusal.code)
