"""The second wall (I7): every table has one or a reason, and the check sees where it is low."""

from __future__ import annotations

import re

import asyncpg
import pytest

from factories import a_centre, a_request, a_sitter, an_actor
from helpers_placing import Placing
from rundum_app.check import CHECKS
from rundum_core import sqlfiles
from rundum_core.actor import visitor

# what migrations give a reason for
UNWALLED = {
    *("place", "transport", "centre", "centre_area", "transition", "slot", "link", "session"),
    *("role_grant", "idempotency", "attempt", "job_slot", "run"),
    *("provider_change", "event_seal"),
}
OF_THE_HOUSE = {"migration"}  # numbers and names, which the working roles can only read
TABLES = """
SELECT relname::text FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relrowsecurity = $1
ORDER BY relname
"""
# a thing and what it belongs to, where both lie in a centre
BELONGING = """
SELECT DISTINCT k.conrelid::regclass::text AS thing, k.confrelid::regclass::text AS whole
FROM pg_constraint k
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname = 'centre'
JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attname = 'centre'
WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
"""


async def tables(owner: asyncpg.Connection, *, walled: bool) -> list[str]:
    return [row[0] for row in await owner.fetch(TABLES, walled)]


async def low_walls(owner: asyncpg.Connection) -> int:
    return len(await owner.fetch(CHECKS["i7_the_wall_stands"].sql))


async def test_every_table_has_a_wall_or_a_written_reason(owner: asyncpg.Connection) -> None:
    migrations = sorted((sqlfiles.root() / "migrations").glob("*.sql"))
    reasons = " ".join(
        one.read_text("utf-8").partition("-- Without a wall, and why:")[2] for one in migrations
    )
    assert set(await tables(owner, walled=False)) == {*UNWALLED, *OF_THE_HOUSE}
    assert [name for name in sorted(UNWALLED) if not re.search(rf"\b{name}\b", reasons)] == []


@pytest.mark.parametrize(
    "fall",
    [
        "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
        "DROP POLICY centre ON {}",
        "ALTER POLICY centre ON {} USING (true)",
        "ALTER POLICY centre ON {} WITH CHECK (true)",
        "CREATE POLICY another ON {} TO rundum_web USING (true)",
    ],
)
async def test_a_wall_that_falls_is_seen(owner: asyncpg.Connection, fall: str) -> None:
    assert await low_walls(owner) == 0
    unseen = []
    for name in await tables(owner, walled=True):
        undone = owner.transaction()
        await undone.start()
        await owner.execute(fall.format(name))
        if await low_walls(owner) != 1:
            unseen.append(name)
        await undone.rollback()
    assert unseen == []


async def test_whatever_belongs_to_something_is_held_to_its_centre(
    owner: asyncpg.Connection,
) -> None:
    checked = set(
        re.findall(r"FROM (\w+) a JOIN (\w+) b", CHECKS["i7_nothing_crosses_centres"].sql)
    )
    # offers of a run belong to all centres, and so does what hangs on a link or a session
    assert {(row["thing"], row["whole"]) for row in await owner.fetch(BELONGING)} == checked


async def test_a_centre_sees_none_of_anothers_rows(
    placing: Placing, owner: asyncpg.Connection
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    request = await a_request(placing.db, placing.centre)
    await placing.asks(request, petra)
    filled = [
        name
        for name in await tables(owner, walled=True)
        if await owner.fetchval(f"SELECT EXISTS (SELECT FROM {name})")
    ]
    assert len(filled) > 12
    neighbour = await a_centre(placing.db, "nachbar")
    for actor in (an_actor(neighbour, petra, "administrator"), visitor(neighbour.id), visitor()):
        for name in filled:
            async with placing.db.transaction(actor) as tx:
                seen = await tx.connection.fetchval(f"SELECT count(*) FROM {name}")
            assert (name, seen) == (name, 0)
