"""Legal changes of state (I6): the table `transition` is the rule, for every guarded table."""

from __future__ import annotations

import re
from itertools import product

import asyncpg
import pytest

from factories import a_request, a_sitter
from helpers_placing import Placing
from rundum_core.errors import Conflict
from rundum_matching import offers
from rundum_notifications.tasks import open_task

COLUMNS = dict.fromkeys(
    ("care_request", "seat", "offer", "booking", "delivery", "task", "run"), "state"
) | {"provider": "status", "client": "status"}
ALLOWED = "SELECT old, new FROM transition WHERE subject = $1"
CHECKED = """
SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
WHERE k.contype = 'c' AND k.conrelid = $1::text::regclass AND a.attname = $2
"""


@pytest.fixture
async def with_rows(placing: Placing) -> Placing:
    """One row and more in each guarded table."""
    petra = await a_sitter(placing.db, placing.centre)
    (offer,) = await placing.asks(await a_request(placing.db, placing.centre), petra)
    await offers.accept(placing.db, placing.actor(petra), offer)
    async with placing.db.work() as tx:
        await open_task(tx, "unplaced", 1, placing.centre.id, tx.now)
        await tx.connection.execute(
            "INSERT INTO run (trigger, token, lease_until, started_at)"
            " VALUES ('demand', gen_random_uuid(), $1, $1)",
            tx.now,
        )
    return placing


async def states_of(owner: asyncpg.Connection, table: str) -> list[str]:
    """What the column may hold, by its CHECK."""
    return re.findall(r"'(\w+)'::text", await owner.fetchval(CHECKED, table, COLUMNS[table]))


async def test_every_table_with_states_is_guarded(owner: asyncpg.Connection) -> None:
    guarded = await owner.fetch(
        "SELECT tgrelid::regclass::text AS name FROM pg_trigger WHERE tgname = 'keep_transitions'"
    )
    named = await owner.fetch("SELECT DISTINCT subject FROM transition")
    stateful = await owner.fetch(
        "SELECT c.relname::text AS name FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
        " WHERE attname IN ('state', 'status') AND relkind = 'r'"
        " AND relnamespace = 'public'::regnamespace AND relname NOT IN ('centre', 'place')"
    )
    assert {row["name"] for row in guarded} == set(COLUMNS)
    assert {row["subject"] for row in named} == set(COLUMNS)
    assert {row["name"] for row in stateful} == set(COLUMNS)


@pytest.mark.parametrize("table", COLUMNS)
async def test_a_state_changes_where_the_table_allows_it_and_nowhere_else(
    with_rows: Placing, owner: asyncpg.Connection, table: str
) -> None:
    column, states = COLUMNS[table], await states_of(owner, table)
    allowed = {(row["old"], row["new"]) for row in await owner.fetch(ALLOWED, table)}
    assert {state for pair in allowed for state in pair} == set(states)
    change = f"UPDATE {table} SET {column} = $1"
    done, refused = set(), set()
    for old, new in product(states, states):
        await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER keep_transitions")
        await with_rows.do(change, old)
        await owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER keep_transitions")
        try:
            await with_rows.do(change, new)
            done.add((old, new))
        except Conflict as refusal:
            refused.add(refusal.key)
    assert done == allowed | {(state, state) for state in states}
    assert refused == {"conflict.state_transition"}
