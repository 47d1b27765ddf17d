"""Lists and sweeps find their rows by an index, also behind row-level security."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from rundum_core.db import Transaction
from rundum_requests import store


async def plan(tx: Transaction, query: Any, **given: Any) -> str:
    """The names of what a query reads, with sequential scans made dear."""
    await tx.connection.execute("SET LOCAL enable_seqscan = off")
    explained = await tx.connection.fetchval(
        f"EXPLAIN (FORMAT JSON) {query.sql}", *query.arguments(given)
    )
    return json.dumps(json.loads(explained) if isinstance(explained, str) else explained)


@pytest.fixture
async def filled(house):
    await house.ask(house.desk)
    async with house.db.work() as tx:
        await tx.connection.execute(
            """
            INSERT INTO care_request (centre, client, asked_by, channel, service, state, answer_by,
                                      created_at)
            SELECT centre, client, asked_by, channel, service,
                   CASE WHEN n % 10 = 0 THEN 'unconfirmed' ELSE 'open' END,
                   answer_by, created_at + make_interval(mins => n)
            FROM care_request, generate_series(1, 3000) AS n
            """
        )
    return house


async def test_the_desks_list_walks_its_index_in_order(filled) -> None:
    async with filled.db.transaction(filled.desk) as tx:
        found = await plan(
            tx,
            store.listed_requests,
            centre=filled.centre.id,
            state="open",
            before_at=tx.now + timedelta(days=1),
            before_id=0,
            most=50,
        )
    assert '"care_request_centre"' in found
    assert '"Seq Scan"' not in found
    assert '"Sort Key": ["r.created_at' not in found


async def test_a_clients_list_uses_its_index(filled) -> None:
    async with filled.db.transaction(filled.desk) as tx:
        found = await plan(
            tx,
            store.requests_of_clients,
            clients=[1],
            before_at=tx.now + timedelta(days=1),
            before_id=0,
            most=50,
        )
    assert '"care_request_client"' in found


async def test_the_sweep_of_unconfirmed_requests_uses_its_index(filled) -> None:
    async with filled.db.work() as tx:
        await tx.connection.execute("ANALYZE care_request")
        for query, given in (
            (store.unconfirmed_over, {"confirm_hours": 48}),
            (store.unconfirmed_urgent, {"call_minutes": 10}),
        ):
            found = await plan(tx, query, now=tx.now, **given)
            assert '"care_request_unconfirmed"' in found
