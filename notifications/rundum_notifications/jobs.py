"""Scheduled work of the mail, and its figures for health and staff."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import structlog

from rundum_core.db import Database, Transaction
from rundum_core.i18n import Catalogues
from rundum_core.jobs import Job
from rundum_notifications import store
from rundum_notifications.courier import Courier
from rundum_notifications.messages import preview
from rundum_notifications.tasks import drop_task

log = structlog.get_logger()

CALLS_AT_ONCE = 100


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How the mail stands: since when the oldest mail waits (None: none does), how many mails
    per state wait or failed, and how many calls wait."""

    oldest_waiting: datetime | None
    mails: dict[str, int]
    calls: int


def jobs(courier: Courier, catalogues: Catalogues) -> tuple[Job, ...]:
    """All of this room: the courier's sweep, for when nobody woke it, and the call list's."""

    async def sweep(_: Database) -> None:
        while await courier.run_once():
            pass

    async def calls(db: Database) -> None:
        await drop_stale_calls(db, catalogues)

    return (
        Job(name="courier", every=timedelta(minutes=1), work=sweep),
        Job(name="stale calls", every=timedelta(minutes=5), work=calls),
    )


async def drop_stale_calls(db: Database, catalogues: Catalogues) -> int:
    """Take calls off the list whose letter is obsolete by now; returns how many."""
    after, dropped = 0, 0
    while True:
        async with db.work() as tx:
            waiting = await store.waiting_calls(tx, after=after, limit=CALLS_AT_ONCE)
            stale = [call.id for call in waiting if await _is_stale(tx, call, catalogues)]
            await store.drop_calls(tx, ids=stale, now=tx.now)
            for id in stale:
                await drop_task(tx, "call", id)
        dropped += len(stale)
        if len(waiting) < CALLS_AT_ONCE:
            return dropped
        after = waiting[-1].id


async def health(tx: Transaction) -> Health:
    """The figures at this moment."""
    counts = await store.counts(tx)
    mails = [count for count in counts if count.channel == "email"]
    waiting = [count.oldest for count in mails if count.state not in ("failed", "given_up")]
    return Health(
        oldest_waiting=min(waiting, default=None),
        mails={count.state: count.count for count in mails},
        calls=sum(
            count.count for count in counts if (count.channel, count.state) == ("phone", "pending")
        ),
    )


async def _is_stale(tx: Transaction, call: store.Call, catalogues: Catalogues) -> bool:
    """A letter that can't be written now stays on the list: the desk may know what it is about."""
    try:
        async with store.savepoint(tx):
            t = catalogues.translator(call.locale, tx.now)
            return await preview(tx, call.id, t) is None
    except Exception as failure:
        log.error("call has no script", delivery=call.id, error=type(failure).__name__)
        return False
