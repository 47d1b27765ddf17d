"""The event log: who did what to which thing, when; ids only, and it only grows."""

from __future__ import annotations

from typing import Any

from rundum_core.db import Transaction
from rundum_core.queries import one

insert_event = one("core/event", "insert_event", int)


async def record(
    tx: Transaction,
    kind: str,
    subject: int,
    *,
    centre: int | None,
    key: str | None = None,
    on_behalf_of: int | None = None,
    **data: Any,
) -> int | None:
    """Note an event (`offer.accepted`, subject = the offer's id) and return its id.

    With a `key` it happens once for ever: the second time nothing is noted and None comes back,
    so that a sweep may repeat harmlessly.
    """
    return await insert_event(
        tx,
        centre=centre,
        kind=kind,
        subject=subject,
        actor=tx.actor.person,
        on_behalf_of=on_behalf_of,
        key=key,
        now=tx.now,
        data=data if tx.actor.key is None else data | {"api_key": tx.actor.key},
    )


async def must_record(
    tx: Transaction, kind: str, subject: int, *, centre: int | None, **data: Any
) -> int:
    """`record` for an event without a key: there always is an id."""
    id = await record(tx, kind, subject, centre=centre, **data)
    assert id is not None
    return id
