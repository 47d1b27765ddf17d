"""Who listens hears everything, or that she hears nothing any more."""

from __future__ import annotations

import asyncio

import asyncpg

from rundum_core.db import Database


async def test_what_is_notified_is_heard(db: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with db.listening("matching", heard.put_nowait) as lost:
        async with db.work() as tx:
            await tx.connection.execute("SELECT pg_notify('matching', 'one')")
        assert await heard.get() == "one"
        assert not lost.is_set()


async def test_the_loss_of_the_connection_is_told_at_once(
    db: Database, administrator: asyncpg.Connection, database_url: str
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with db.listening("matching", heard.put_nowait) as lost:
        await administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
            database_url.partition("@/")[2].partition("?")[0],
        )
        await lost.wait()
        assert await heard.get() == ""
