"""The only way to a connection: a transaction on behalf of an actor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from rundum_core.actor import WORKER, Actor
from rundum_core.clock import Clock, system_clock
from rundum_core.errors import Conflict, Unavailable

ACQUIRE_SECONDS = 2.0
# statement, lock, idle in transaction; a worker's sweeps may take longer than a person waits
TIMEOUTS = {"web": ("3s", "2s", "5s"), "worker": ("60s", "10s", "60s")}

Connection = Any  # asyncpg.Connection or its pool proxy: the stubs give the two no common base


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """What stores take: the connection, who acts, the one `now` of this transaction, and the
    server's key for links."""

    connection: Connection
    actor: Actor
    now: datetime
    key: bytes


class Database:
    """A pool of connections whose every use is a transaction with role, centre and time limits."""

    def __init__(self, pool: asyncpg.Pool, *, key: bytes, clock: Clock = system_clock) -> None:
        self._pool = pool
        self._key = key
        self.clock = clock

    @classmethod
    async def connect(
        cls,
        dsn: str,
        *,
        key: bytes,
        size: int = 10,
        clock: Clock = system_clock,
        patience: float = 0.0,
    ) -> Database:
        """Open a pool; raises Unavailable when no server answers within `patience` seconds."""
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            try:
                pool = await asyncpg.create_pool(
                    dsn,
                    min_size=1,
                    max_size=size,
                    init=_prepare,
                    reset=_leave,
                    timeout=ACQUIRE_SECONDS,
                )
            except (OSError, asyncpg.PostgresError, TimeoutError) as failure:
                if asyncio.get_running_loop().time() >= deadline:
                    raise Unavailable("error.database_away") from failure
                await asyncio.sleep(0.2)
            else:
                return cls(pool, key=key, clock=clock)

    async def close(self) -> None:
        """Give the connections back to the server; waits at most two seconds for those in use."""
        try:
            await asyncio.wait_for(self._pool.close(), 2)
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[Transaction]:
        """One transaction as `actor`: committed at the end, undone by any error.

        A broken rule of the schema becomes Conflict with the constraint's name as key
        (`conflict.slot_no_overlap`); a server that is away, busy or too slow becomes Unavailable.
        """
        try:
            async with self._acquired() as connection, connection.transaction():
                await connection.execute(_opening(actor))
                yield Transaction(
                    connection=connection, actor=actor, now=self.clock(), key=self._key
                )
        except asyncpg.IntegrityConstraintViolationError as violation:
            raise Conflict(f"conflict.{violation.constraint_name or 'constraint'}") from violation
        except (
            asyncpg.DeadlockDetectedError,
            asyncpg.SerializationError,
            asyncpg.LockNotAvailableError,
            asyncpg.QueryCanceledError,
            asyncpg.IdleInTransactionSessionTimeoutError,
            asyncpg.OutdatedSchemaCacheError,
            asyncpg.InvalidCachedStatementError,
        ) as busy:
            raise Unavailable("error.busy", retry_after=2) from busy
        except (
            asyncpg.PostgresConnectionError,
            asyncpg.OperatorInterventionError,
            asyncpg.TooManyConnectionsError,
            ConnectionError,
            TimeoutError,
        ) as away:
            raise Unavailable("error.database_away") from away
        except asyncpg.InterfaceError as broken:
            if isinstance(broken, asyncpg.DataError) or "clos" not in str(broken):
                raise
            raise Unavailable("error.database_away") from broken

    @asynccontextmanager
    async def _acquired(self) -> AsyncIterator[Connection]:
        """A connection; a socket that isn't there (any OSError, here only) is a server away."""
        try:
            connection = await self._pool.acquire(timeout=ACQUIRE_SECONDS)
        except OSError as away:
            raise Unavailable("error.database_away") from away
        try:
            yield connection
        finally:
            await self._pool.release(connection)

    def work(self) -> Any:
        """A transaction of the house itself (jobs, courier, matching)."""
        return self.transaction(WORKER)

    @asynccontextmanager
    async def listening(
        self, channel: str, callback: Callable[[str], None]
    ) -> AsyncIterator[asyncio.Event]:
        """Call `callback(payload)` for every NOTIFY on `channel` while the block runs.

        The event is set, and the callback called with '', when the connection is lost: from then on
        nothing is heard, and something may have been missed.
        """
        lost = asyncio.Event()

        def heard(_connection: Any, _pid: int, _channel: str, payload: object) -> None:
            callback(str(payload))

        def ended(_connection: Any) -> None:
            lost.set()
            callback("")

        async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
            await connection.add_listener(channel, heard)
            connection.add_termination_listener(ended)
            try:
                yield lost
            finally:
                if not lost.is_set():
                    connection.remove_termination_listener(ended)
                    await connection.remove_listener(channel, heard)


def _opening(actor: Actor) -> str:
    """Role, centre and time limits as one round trip; every value is a number or from a table."""
    statement, lock, idle = TIMEOUTS[actor.kind]
    centre = "" if actor.centre is None else int(actor.centre)
    return (
        f"SET LOCAL ROLE rundum_{actor.kind};"
        f"SELECT set_config('rundum.centre', '{centre}', true);"
        f"SET LOCAL statement_timeout = '{statement}';"
        f"SET LOCAL lock_timeout = '{lock}';"
        f"SET LOCAL idle_in_transaction_session_timeout = '{idle}'"
    )


async def _leave(_connection: Connection) -> None:
    """Nothing to undo, and no round trip for it: whatever is set is set for one transaction, and
    `listening` ends what it began. What is open yet is rolled back before this."""


async def _prepare(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda raw: msgspec.json.decode(raw[1:]),
        format="binary",
    )
