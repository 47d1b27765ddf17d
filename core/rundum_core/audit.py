"""The event log, sealed: a chain of hashes over all that happened (I11).

A batch's hash is SHA-256 over the hash of the batch before it and the batch's lines; a line is the
number of an event and the SHA-256 of all that it says. Whoever keeps the last hash elsewhere (every
sealing is a line in the log) can prove that nothing before it was touched.
"""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import takewhile
from typing import Literal

import msgspec
import structlog

from rundum_core.db import Database
from rundum_core.queries import many, one, run

BATCH = 1_000
# longer than any transaction may take: what is not visible yet lies behind what is sealed
SETTLED = timedelta(minutes=15)
_LINE = struct.Struct(">q32s")

log = structlog.get_logger()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An event as far as a seal is concerned."""

    id: int
    at: datetime
    hash: bytes


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed batch of events, from number `first` to `last`."""

    id: int
    first: int
    last: int
    lines: bytes
    hash: bytes
    sealed_at: datetime


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the log is no longer as it was sealed; `number` is the event's, for a broken
    `chain` the seal's."""

    what: Literal["changed", "missing", "added", "chain"]
    number: int


unsealed_events = many("core/audit", "unsealed_events", Line)
sealed_events = many("core/audit", "sealed_events", Line)
next_seal = one("core/audit", "next_seal", Seal)
last_seal = one("core/audit", "last_seal", Seal)
is_hash_of_seal = one("core/audit", "is_hash_of_seal", bool)
insert_seal = run("core/audit", "insert_seal")


async def seal(db: Database) -> int:
    """Seal what has settled; says how many events."""
    count = 0
    while True:
        async with db.work() as tx:
            found = await unsealed_events(tx, most=BATCH)
            batch = list(takewhile(lambda one: one.at < tx.now - SETTLED, found))
            if not batch:
                return count
            before = await last_seal(tx)
            lines = b"".join(_LINE.pack(one.id, one.hash) for one in batch)
            hash = _chained(before, lines)
            await insert_seal(
                tx, first=batch[0].id, last=batch[-1].id, lines=lines, hash=hash, now=tx.now
            )
        log.info("events sealed", last=batch[-1].id, hash=hash.hex())
        count += len(batch)


async def breaches(db: Database) -> AsyncIterator[Breach]:
    """Everything that is no longer as it was sealed, seal by seal."""
    before: Seal | None = None
    while True:
        async with db.work() as tx:
            sealed = await next_seal(tx, after=before.id if before else 0)
            if sealed is None:
                return
            first = before.last + 1 if before else 0
            there = {
                one.id: one.hash for one in await sealed_events(tx, first=first, last=sealed.last)
            }
        if _chained(before, sealed.lines) != sealed.hash:
            yield Breach(what="chain", number=sealed.id)
        then: dict[int, bytes] = dict(_LINE.iter_unpack(sealed.lines))
        for number in sorted(then.keys() | there.keys()):
            if number not in there:
                yield Breach(what="missing", number=number)
            elif number not in then:
                yield Breach(what="added", number=number)
            elif then[number] != there[number]:
                yield Breach(what="changed", number=number)
        before = sealed


def _chained(before: Seal | None, lines: bytes) -> bytes:
    return sha256((before.hash if before else b"") + lines).digest()
