"""What is done with card indexes: a file is tried or applied, a table is written out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import msgspec

from rundum_core import events
from rundum_core.actor import Actor
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict
from rundum_core.i18n import Locale
from rundum_desk.card_index import clients, providers, requests, store
from rundum_desk.card_index.columns import Row, Rows, rows_of
from rundum_desk.card_index.headings import Table
from rundum_desk.card_index.lines import lines_of
from rundum_desk.card_index.people import People
from rundum_desk.card_index.report import Report, RowReport
from rundum_desk.card_index.room import Room, joined
from rundum_desk.card_index.tables import MOST_LINES, Unreadable, read_tables
from rundum_desk.card_index.writing import as_csv, as_xlsx
from rundum_identity.centres import centre_by_id
from rundum_identity.rights import allow

Format = Literal["csv", "xlsx"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx")
TAKE: dict[Table, Callable[[Room, Sequence[Row]], Awaitable[list[RowReport]]]] = {
    "providers": providers.take,
    "clients": clients.take,
    "requests": requests.take,
}


class _Undone(Exception):
    """Takes everything back; carries what would have been."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


async def try_out(
    db: Database,
    actor: Actor,
    table: Table,
    content: bytes,
    *,
    consent_on_file: bool = False,
    most: int = MOST_LINES,
) -> Report:
    """What a file would do at the actor's centre; nothing is done. Raises Unreadable, also for
    more than `most` rows: what somebody waits for has to be shorter than what runs by itself."""
    found = await _read(actor, table, content, most)
    return await _carried_out(db, actor, table, found, consent_on_file, shown=None, apply=False)


async def apply(
    db: Database,
    actor: Actor,
    table: Table,
    content: bytes,
    *,
    consent_on_file: bool = False,
    shown: str | None = None,
    most: int = MOST_LINES,
) -> Report:
    """Do all that a file says, or nothing where a row has a mistake (`report.applied`).

    With `shown`, the digest of a report that somebody has read, it is also nothing where the
    report would be another one by now. Raises Unreadable.
    """
    found = await _read(actor, table, content, most)
    return await _carried_out(db, actor, table, found, consent_on_file, shown=shown, apply=True)


async def export(
    db: Database, actor: Actor, table: Table, format: Format, locale: Locale = "de"
) -> bytes:
    """A table of the actor's centre, so that reading it again changes nothing. That somebody has
    taken it along is noted."""
    allow(actor, "card_index.export")
    async with db.transaction(actor) as tx:
        room = await _room(tx, actor, consent_on_file=False, locale=locale)
        lines = await lines_of(room, table)
        await events.must_record(
            tx,
            "card_index.exported",
            room.centre.id,
            centre=room.centre.id,
            table=table,
            rows=len(lines) - 1,
        )
    return await asyncio.to_thread(as_csv if format == "csv" else as_xlsx, lines)


async def _carried_out(
    db: Database,
    actor: Actor,
    table: Table,
    found: Rows,
    consent_on_file: bool,
    *,
    shown: str | None,
    apply: bool,
) -> Report:
    assert actor.centre is not None
    try:
        async with db.transaction(actor) as tx:
            await store.lock_centre(tx, centre=actor.centre)
            room = await _room(tx, actor, consent_on_file=consent_on_file)
            rows = await TAKE[table](room, found.rows)
            async with room.part() as part:
                letters = await store.count_letters(part, centre=actor.centre, now=tx.now)
            report = Report(
                table=table, rows=tuple(rows), unknown=found.unknown, letters=letters or 0
            )
            moved_on = shown is not None and shown != report.digest
            if not apply or report.has_mistakes or moved_on:
                raise _Undone(report)
            async with room.part() as part:
                await events.must_record(
                    part,
                    "card_index.imported",
                    actor.centre,
                    centre=actor.centre,
                    table=table,
                    added=report.count("new"),
                    changed=report.count("changed"),
                    unchanged=report.count("unchanged"),
                )
            return msgspec.structs.replace(report, applied=True)
    except _Undone as undone:
        return undone.report


async def _read(actor: Actor, table: Table, content: bytes, most: int) -> Rows:
    """The rows of a file for somebody who may; reading it must not keep others waiting."""
    allow(actor, "card_index.import")
    if actor.centre is None or actor.person is None:
        raise Conflict("card_index.nobody")
    found = await asyncio.to_thread(lambda: rows_of(table, read_tables(content)))
    if len(found.rows) > most:
        raise Unreadable("card_index.file.long", most=most)
    return found


async def _room(
    tx: Transaction, actor: Actor, *, consent_on_file: bool, locale: Locale = "de"
) -> Room:
    assert actor.centre is not None
    return Room(
        db=joined(tx),
        actor=actor,
        centre=await centre_by_id(tx, actor.centre),
        people=People(await store.known_people(tx, centre=actor.centre)),
        consent_on_file=consent_on_file,
        locale=locale,
    )
