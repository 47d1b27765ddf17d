"""What the desk has to do: board and call list are one table, a thing is on it once."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from rundum_core.db import Transaction
from rundum_core.errors import NotFound
from rundum_core.queries import many, one, run

Kind = Literal[
    "call", "unplaced", "approve", "release", "confirm", "mail_failed", "decide", "check"
]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A task; `subject` is the id of what it is about (for `call` and `mail_failed` a delivery),
    `person` whom it concerns."""

    id: int
    public_id: UUID
    centre: int
    kind: Kind
    subject: int
    person: int | None
    due_at: datetime
    state: Literal["open", "done", "obsolete"]
    claimed_by: int | None
    outcome: str | None
    created_at: datetime


insert_task = one("notifications/task", "insert_task", int)
end_task = run("notifications/task", "end_task")
reopen = one("notifications/task", "reopen_task", int)
claim = one("notifications/task", "claim_task", int)
select_open_tasks = many("notifications/task", "open_tasks", Task)
select_task = one("notifications/task", "task_by_public_id", Task)


async def open_task(
    tx: Transaction,
    kind: Kind,
    subject: int,
    centre: int,
    due_at: datetime,
    person: int | None = None,
) -> int:
    """Put something on the desk's board and return the task's id.

    If it is there already it stays the same task, due at the earlier of the two times.
    """
    id = await insert_task(
        tx, centre=centre, kind=kind, subject=subject, person=person, due_at=due_at, now=tx.now
    )
    assert id is not None
    return id


async def finish_task(
    tx: Transaction, kind: Kind, subject: int, *, outcome: str | None = None
) -> bool:
    """Take it off the board because it is done (by whoever acts); False if it wasn't there."""
    return await _end(tx, kind, subject, "done", outcome)


async def drop_task(
    tx: Transaction, kind: Kind, subject: int, *, outcome: str | None = None
) -> bool:
    """Take it off the board because nobody has to do it any more; False if it wasn't there."""
    return await _end(tx, kind, subject, "obsolete", outcome)


async def reopen_task(tx: Transaction, id: int) -> bool:
    """Put a finished task back on the board (undo); Conflict `conflict.task_once` if the same
    thing is there again by now."""
    return await reopen(tx, id=id) is not None


async def claim_task(tx: Transaction, id: int, person: int | None) -> bool:
    """Note who takes care of an open task (None: nobody any more); False if it isn't open."""
    return await claim(tx, id=id, person=person) is not None


async def open_tasks(tx: Transaction, centre: int, *, limit: int = 200) -> list[Task]:
    """What is on a centre's board, by when it is due."""
    return await select_open_tasks(tx, centre=centre, limit=limit)


async def find_task(tx: Transaction, public_id: UUID) -> Task:
    """The task of that id in URLs, in whatever state; raises NotFound."""
    task = await select_task(tx, public_id=public_id)
    if task is None:
        raise NotFound("task.unknown")
    return task


async def _end(tx: Transaction, kind: Kind, subject: int, state: str, outcome: str | None) -> bool:
    ended = await end_task(
        tx,
        kind=kind,
        subject=subject,
        state=state,
        outcome=outcome,
        person=tx.actor.person,
        now=tx.now,
    )
    return ended > 0
