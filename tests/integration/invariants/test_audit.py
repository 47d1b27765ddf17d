"""The sealed event log: whatever is touched afterwards shows, and nothing else does."""

from __future__ import annotations

import asyncpg
import pytest

from factory_times import Clock
from helpers_placing import Placing
from rundum_core import audit
from rundum_core.audit import BATCH, Breach, breaches, last_seal, seal
from rundum_core.db import Database
from rundum_core.events import must_record


@pytest.fixture
async def clock(placing: Placing) -> Clock:
    clock = placing.db.clock
    assert isinstance(clock, Clock)
    return clock


async def happens(db: Database, times: int) -> list[int]:
    async with db.work() as tx:
        return [
            await must_record(tx, "test.done", number, centre=None, seats=[number])
            for number in range(times)
        ]


async def found(db: Database) -> list[Breach]:
    return [breach async for breach in breaches(db)]


async def test_what_has_settled_is_sealed_and_holds(db: Database, clock: Clock) -> None:
    first = await happens(db, 3)
    assert await seal(db) == 0, "somebody's transaction may still be open"
    clock.turn(minutes=16)
    last = await happens(db, 2)
    assert await seal(db) >= len(first)
    async with db.work() as tx:
        newest = await last_seal(tx)
    assert newest is not None
    assert first[-1] <= newest.last < last[0]
    clock.turn(minutes=16)
    assert await seal(db) >= len(last)
    assert await seal(db) == 0
    assert await found(db) == []


async def test_many_events_make_several_seals(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "BATCH", 4)
    assert BATCH > 4
    await happens(db, 10)
    clock.turn(minutes=16)
    await seal(db)
    async with db.work() as tx:
        count = await tx.connection.fetchval("SELECT count(*) FROM event_seal")
    assert count >= 3
    assert await found(db) == []


@pytest.mark.parametrize(
    ("touch", "what"),
    [
        ("UPDATE event SET actor = NULL, data = '{}' WHERE id = $1", "changed"),
        ("UPDATE event SET at = at + interval '1 microsecond' WHERE id = $1", "changed"),
        ("DELETE FROM event WHERE id = $1", "missing"),
    ],
)
async def test_a_touched_event_is_named(
    db: Database, clock: Clock, owner: asyncpg.Connection, touch: str, what: str
) -> None:
    events = await happens(db, 5)
    clock.turn(minutes=16)
    await seal(db)
    await owner.execute(touch, events[2])
    assert await found(db) == [Breach(what=what, number=events[2])]  # type: ignore[arg-type]


async def test_an_event_put_in_between_is_named(
    db: Database, clock: Clock, owner: asyncpg.Connection
) -> None:
    events = await happens(db, 3)
    clock.turn(minutes=16)
    await owner.execute("DELETE FROM event WHERE id = $1", events[1])
    await seal(db)
    await owner.execute(
        "INSERT INTO event (id, kind, subject, at) OVERRIDING SYSTEM VALUE"
        " VALUES ($1, 'test.done', 1, now())",
        events[1],
    )
    assert await found(db) == [Breach(what="added", number=events[1])]


async def test_a_seal_made_to_fit_breaks_the_chain(
    db: Database, clock: Clock, owner: asyncpg.Connection
) -> None:
    """Whoever changes an event and its line as well has changed what the next hash is over."""
    for _ in range(2):
        await happens(db, 2)
        clock.turn(minutes=16)
        await seal(db)
    await owner.execute("DELETE FROM event WHERE id <= (SELECT min(last) FROM event_seal)")
    await owner.execute("DELETE FROM event_seal WHERE id = (SELECT min(id) FROM event_seal)")
    assert [breach.what for breach in await found(db)] == ["chain"]


async def test_working_roles_cannot_touch_what_is_sealed(db: Database, clock: Clock) -> None:
    await happens(db, 1)
    clock.turn(minutes=16)
    await seal(db)
    for statement in ("DELETE FROM event_seal", "UPDATE event_seal SET last = last + 1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.work() as tx:
                await tx.connection.execute(statement)
