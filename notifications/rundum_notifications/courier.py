"""The courier: takes deliveries that are due, writes their letters, hands them to the relay.

Leasing, writing and recording are transactions of their own, and none is open while a mail is
sent. A courier that dies leaves a lease that runs out; the next one sends the same bytes under the
same Message-ID.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from datetime import timedelta
from uuid import UUID, uuid4

import jinja2
import msgspec
import structlog

from rundum_core import events
from rundum_core.db import Database, Transaction
from rundum_core.errors import Unavailable
from rundum_core.i18n import Catalogues
from rundum_notifications import store
from rundum_notifications.calendar import Party
from rundum_notifications.letters import draft
from rundum_notifications.mail import UnusableAddress, assemble, envelope
from rundum_notifications.relay import SEND_SECONDS, Line, Outcome, Relay
from rundum_notifications.schedule import PAUSES, WRITING_PAUSES, call_due, pause_after
from rundum_notifications.store import Addressed
from rundum_notifications.tasks import open_task

log = structlog.get_logger()

LEASE = timedelta(minutes=3)
BATCH = 40
CONNECTIONS = 4
POLL_SECONDS = 5.0
# a listening connection may die unheard: it is made anew so often
LISTEN_SECONDS = 60.0


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """A letter ready to be sent."""

    id: int
    attempts: int
    recipient: str
    mail: bytes


class Courier:
    """Sends what is due over at most `connections` connections; any number may work at once."""

    def __init__(
        self,
        db: Database,
        relay: Relay,
        base_url: str,
        catalogues: Catalogues,
        *,
        connections: int = CONNECTIONS,
        lease: timedelta = LEASE,
        send_seconds: float = SEND_SECONDS,
        poll_seconds: float = POLL_SECONDS,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        if lease.total_seconds() <= send_seconds:
            raise ValueError("a lease must outlast the sending of a mail")
        self._db = db
        self._relay = relay
        self._base_url = base_url.rstrip("/")
        self._catalogues = catalogues
        self._lease = lease
        self._send_seconds = send_seconds
        self._poll_seconds = poll_seconds
        self._lines = [
            Line(relay, tls_context=tls_context, send_seconds=send_seconds)
            for _ in range(connections)
        ]
        self._one_batch = asyncio.Lock()
        self._wake = asyncio.Event()
        self._stop = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set, woken by every `tell`; what is being sent then is finished,
        the rest given back. Lives through any loss of database or relay."""
        self._stop = stop
        try:
            while not stop.is_set():
                try:
                    async with self._db.listening("delivery", lambda _: self._wake.set()) as lost:
                        await self._attend(lost)
                except Exception as failure:
                    log.warning("courier has no database", error=type(failure).__name__)
                    self._wake.clear()  # heard before; else there is no rest while it is away
                    await self._rest()
        finally:
            await self.close()

    async def run_once(self) -> int:
        """Lease a batch, write it, send it; returns how many deliveries it was."""
        async with self._one_batch:
            # the margin is for recording what became of the last mail
            margin = self._send_seconds + min(5.0, self._send_seconds / 2)
            deadline = _clock() + max(self._lease.total_seconds() - margin, 0.1)
            token = uuid4()
            async with self._db.work() as tx:
                until = tx.now + self._lease
                leased = await store.lease(tx, token=token, until=until, count=BATCH)
            if leased:
                letters = await self._write(leased, token)
                await self._send(deque(letters), token, deadline)
            return len(leased)

    async def close(self) -> None:
        """Hang up. The courier may go on afterwards, over new connections."""
        await asyncio.gather(*(line.close() for line in self._lines))

    async def _attend(self, lost: asyncio.Event) -> None:
        until = _clock() + LISTEN_SECONDS
        while not self._stop.is_set() and not lost.is_set() and _clock() < until:
            self._wake.clear()
            if await self.run_once() == 0:
                await self.close()
                await self._rest()

    async def _rest(self) -> None:
        """Until woken, stopped, or it is time to look again."""
        waiting = [asyncio.ensure_future(event.wait()) for event in (self._wake, self._stop)]
        try:
            await asyncio.wait(
                waiting, timeout=self._poll_seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for wait in waiting:
                wait.cancel()

    async def _write(self, leased: list[int], token: UUID) -> list[Sealed]:
        """Write the letters and keep their bytes; what can't be sent is recorded at once."""
        sealed = []
        async with self._db.work() as tx:
            for addressed in await store.letters(tx, leased):
                letter = await self._written(tx, addressed, token)
                if letter and await store.keep_rendered(
                    tx, id=letter.id, token=token, rendered=letter.mail
                ):
                    sealed.append(letter)
        return sealed

    async def _written(self, tx: Transaction, addressed: Addressed, token: UUID) -> Sealed | None:
        """One letter, or None when there is none to send: obsolete, no address to send to, or
        nobody can write it at present. One letter's trouble is never another's."""
        try:
            async with store.savepoint(tx):
                recipient = envelope(addressed.address or "")
                mail = await self._render(tx, addressed)
        except UnusableAddress:
            await _fail(tx, addressed.id, token, "address")
        except Exception as failure:
            said = str(failure) if isinstance(failure, jinja2.TemplateError | KeyError) else ""
            log.error(
                "letter can't be written",
                delivery=addressed.id,
                template=addressed.template,
                error=type(failure).__name__,
                said=said,
                where=_where(failure),
            )
            error = f"write {type(failure).__name__}"
            await _later(tx, addressed.id, token, addressed.attempts, error, WRITING_PAUSES)
        else:
            if mail is not None:
                return Sealed(
                    id=addressed.id, attempts=addressed.attempts, recipient=recipient, mail=mail
                )
            await store.drop_delivery(tx, id=addressed.id, token=token, now=tx.now)
        return None

    async def _render(self, tx: Transaction, addressed: Addressed) -> bytes | None:
        """The mail's bytes: those of the first attempt if there was one, so long as there is
        still something to say."""
        t = self._catalogues.translator(addressed.locale, tx.now)
        message = addressed.message(t, channel="email")
        letter = await draft(tx, message, self._base_url)
        if letter is None or addressed.rendered:
            return addressed.rendered if letter else None
        return assemble(
            letter,
            office=message.office,
            t=t,
            recipient=Party(name=addressed.name, email=addressed.address or ""),
            sender=self._relay.sender,
            message_id=addressed.message_id,
            now=tx.now,
        )

    async def _send(self, letters: deque[Sealed], token: UUID, deadline: float) -> None:
        """Send over all lines at once. When no line reaches the relay, what is left waits for its
        next attempt; when time is up or the courier stops, it is given back."""
        trouble: list[Outcome] = []

        async def work(line: Line) -> None:
            while letters and not self._stop.is_set() and _clock() < deadline:
                letter = letters.popleft()
                outcome = await line.send(letter.recipient, letter.mail)
                if outcome.verdict == "down":
                    letters.appendleft(letter)
                    trouble.append(outcome)
                    return
                await self._record([letter], token, outcome)

        async with asyncio.TaskGroup() as group:
            for line in self._lines[: len(letters)]:
                group.create_task(work(line))
        if letters and trouble:
            log.warning("relay can't be reached", error=trouble[0].detail, waiting=len(letters))
            await self._record(list(letters), token, trouble[0])
        elif letters:
            async with self._db.work() as tx:
                left = [letter.id for letter in letters]
                await store.release_deliveries(tx, ids=left, token=token, now=tx.now)

    async def _record(self, letters: list[Sealed], token: UUID, outcome: Outcome) -> None:
        """Note what became of letters. A database that is away meanwhile is waited for as long as
        the lease may last: what isn't recorded would be sent again."""
        until = _clock() + self._lease.total_seconds()
        while True:
            try:
                async with self._db.work() as tx:
                    for letter in letters:
                        if not await _record_one(tx, letter, token, outcome):
                            log.warning("lease lost", delivery=letter.id, was=outcome.verdict)
            except Unavailable:
                if _clock() > until:
                    raise
                await asyncio.sleep(min(1.0, self._poll_seconds))
            else:
                return


async def _record_one(tx: Transaction, letter: Sealed, token: UUID, outcome: Outcome) -> bool:
    """Whether the lease was still ours; only then is anything written (I10)."""
    match outcome.verdict:
        case "accepted":
            held = await store.accept_delivery(tx, id=letter.id, token=token, now=tx.now)
            return held is not None
        case "refused":
            return await _fail(tx, letter.id, token, outcome.detail)
        case "unknown":
            return await _later(
                tx, letter.id, token, letter.attempts, outcome.detail, state="unknown"
            )
        case "later" | "down":
            return await _later(tx, letter.id, token, letter.attempts, outcome.detail)


async def _later(
    tx: Transaction,
    id: int,
    token: UUID,
    attempts: int,
    error: str,
    pauses: tuple[timedelta, ...] = PAUSES,
    *,
    state: str = "pending",
) -> bool:
    pause = pause_after(attempts, pauses)
    if pause is None:
        return await _fail(tx, id, token, error)
    held = await store.postpone_delivery(
        tx, id=id, token=token, state=state, next_at=tx.now + pause, error=error
    )
    return held is not None


async def _fail(tx: Transaction, id: int, token: UUID, error: str) -> bool:
    """For good: the desk hears of it, and calls where there is a number."""
    failed = await store.fail_delivery(tx, id=id, token=token, error=error, now=tx.now)
    if failed is None:
        return False
    await events.record(tx, "delivery.failed", id, centre=failed.centre, error=error)
    await open_task(tx, "mail_failed", id, failed.centre, tx.now, failed.person)
    if failed.has_phone:
        await open_task(tx, "call", id, failed.centre, call_due(tx.now), failed.person)
    log.warning("mail failed", delivery=id, error=error)
    return True


def _clock() -> float:
    return asyncio.get_running_loop().time()


def _where(failure: BaseException) -> str:
    """File and line: its text could hold what somebody wrote."""
    trace = failure.__traceback__
    if trace is None:
        return ""
    while trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
