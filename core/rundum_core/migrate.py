"""The schema's way forward: numbered files, each run once, in its own transaction.

Any number of processes may start at once: each migration runs under a lock of its transaction,
and who gets the lock later finds it done. The three roles are made on the way, where the login may.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import re
from collections.abc import Callable, Iterable
from functools import cache

import asyncpg
import msgspec

from rundum_core import sqlfiles
from rundum_core.refusal import StartRefused

OWNER, WEB, WORKER = ROLES = ("rundum_owner", "rundum_web", "rundum_worker")
OLDEST_SERVER = 150000
_LOCK = int.from_bytes(b"rundum", "big")
_FILE = re.compile(r"(\d{4})_(\w+)\.sql")
_CREATE_TABLE = f"""
    SELECT pg_advisory_xact_lock({_LOCK});
    SET LOCAL ROLE {OWNER};
    CREATE TABLE IF NOT EXISTS migration (
        number      integer PRIMARY KEY,
        name        text NOT NULL,
        checksum    text NOT NULL,
        applied_at  timestamptz NOT NULL DEFAULT now()
    );
"""
_APPLIED = "SELECT number, name, checksum FROM migration ORDER BY number"
_RECORD = "INSERT INTO migration (number, name, checksum) VALUES ($1, $2, $3)"
_PROTECT = f"""
    SELECT pg_advisory_xact_lock({_LOCK});
    SET LOCAL ROLE {OWNER};
    REVOKE ALL ON migration FROM {WEB}, {WORKER};
    GRANT SELECT ON migration TO {WEB}, {WORKER};
"""  # noqa: S608  (constants of this file)
# no waiting helps: password, login or database, or what asyncpg can't read in the address
_WRONG_ADDRESS = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InterfaceError,
    ValueError,
)
# what the loser of a race sees: the role is there, or its row was just changed by another
_ALSO_AT_IT = (
    asyncpg.DuplicateObjectError,
    asyncpg.UniqueViolationError,
    asyncpg.InternalServerError,
)


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """One file: its number, its name with the number (`0001_persons`), and what it does."""

    number: int
    name: str
    checksum: str
    sql: str


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What a database says of a migration that ran in it."""

    number: int
    name: str
    checksum: str


@cache
def known() -> tuple[Migration, ...]:
    """This version's migrations, in order of their numbers."""
    found: list[Migration] = []
    for path in sorted((sqlfiles.root() / "migrations").glob("*.sql")):
        match = _FILE.fullmatch(path.name)
        if match is None or (found and int(match[1]) <= found[-1].number):
            raise StartRefused(f"{path} doesn't follow the migrations before it by its number.")
        sql = path.read_text("utf-8")
        found.append(
            Migration(
                number=int(match[1]),
                name=path.stem,
                checksum=hashlib.sha256(sql.encode()).hexdigest(),
                sql=sql,
            )
        )
    return tuple(found)


async def migrate(
    dsn: str, *, patience: float = 0.0, say: Callable[[str], None] = lambda _line: None
) -> tuple[str, ...]:
    """Bring a database to this version; gives the names of the migrations that we ran.

    Waits up to `patience` seconds for a server that is away, and tells `say` of each step. Raises
    StartRefused where the server is away or too old, the login may not, a migration fails or was
    changed after it ran, or the database belongs to a newer version.
    """
    connection = await _connect(dsn, patience, say)
    try:
        await _prepare(connection)
        return tuple(await _run_pending(connection, say))
    except asyncpg.PostgresError as failure:
        raise StartRefused(f"The database could not be migrated: {failure}") from failure
    finally:
        await connection.close()


async def pending(connection: asyncpg.Connection) -> tuple[str, ...]:
    """The names of the migrations that this database still lacks; raises StartRefused as above."""
    applied = [msgspec.convert(dict(row), Applied) for row in await connection.fetch(_APPLIED)]
    return tuple(migration.name for migration in outstanding(known(), applied))


def outstanding(
    migrations: Iterable[Migration], applied: Iterable[Applied]
) -> tuple[Migration, ...]:
    """What is still to run; raises StartRefused where the two don't tell the same story."""
    ours = {migration.number: migration for migration in migrations}
    done = {migration.number: migration for migration in applied}
    newer = [migration.name for number, migration in done.items() if number not in ours]
    if newer:
        raise StartRefused(
            f"The database was brought to {max(newer)} by a newer version of rundum, and this one "
            f"knows {len(ours)} migrations: install the newer version."
        )
    for number, migration in done.items():
        if ours[number].checksum != migration.checksum:
            raise StartRefused(
                f"Migration {migration.name} was changed after it ran in this database. Migrations "
                "are never edited: put the file back and write a new one. (While developing: start "
                "with a fresh RUNDUM_DATA.)"
            )
    return tuple(migration for number, migration in ours.items() if number not in done)


def sql_for_the_administrator(login: str, database: str) -> tuple[str, ...]:
    """What an administrator of a managed server runs once, when our login may not."""
    roles = ", ".join(ROLES)
    return (
        *(f"CREATE ROLE {role} NOLOGIN;" for role in ROLES),
        f'GRANT {roles} TO "{login}";',
        f'\\connect "{database}"',
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER};",
    )


async def _connect(dsn: str, patience: float, say: Callable[[str], None]) -> asyncpg.Connection:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    for attempt in itertools.count():
        try:
            connection = await asyncpg.connect(dsn, timeout=5)
            break
        except _WRONG_ADDRESS as failure:
            raise StartRefused(f"RUNDUM_DATABASE_URL: {failure}") from failure
        except (OSError, asyncpg.PostgresError, TimeoutError) as failure:
            reason = str(failure) or type(failure).__name__
            if loop.time() >= deadline:
                raise StartRefused(f"The database doesn't answer: {reason}") from failure
            if attempt % 5 == 0:
                say(f"Waiting for the database ({reason}) …")
            await asyncio.sleep(min(2.0, max(0.1, deadline - loop.time())))
    version = await connection.fetchval("SELECT current_setting('server_version_num')::integer")
    if version < OLDEST_SERVER:
        await connection.close()
        raise StartRefused(f"The database is PostgreSQL {version // 10000}; rundum needs 15.")
    return connection


async def _prepare(connection: asyncpg.Connection) -> None:
    """The three roles, the login a member of each, and the owner's right to the schema."""
    for others_allowed in (2, 1, 0):
        try:
            async with connection.transaction():
                await connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
                for role in ROLES:
                    await _have_role(connection, role)
                await _let_owner_create(connection)
        except asyncpg.InsufficientPrivilegeError as refusal:
            who = await connection.fetchrow(
                "SELECT session_user AS login, current_database() AS db"
            )
            assert who is not None
            raise StartRefused(
                f"The login {who['login']} may not set up the database. Let an administrator run:",
                *sql_for_the_administrator(who["login"], who["db"]),
            ) from refusal
        except _ALSO_AT_IT:
            # roles belong to the whole server, our lock to this database: somebody was faster
            if not others_allowed:
                raise
        else:
            return


async def _have_role(connection: asyncpg.Connection, role: str) -> None:
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
        await connection.execute(f"CREATE ROLE {role} NOLOGIN")
    kind = "SET" if connection.get_server_version().major >= 16 else "MEMBER"
    if not await connection.fetchval("SELECT pg_has_role($1::name, $2)", role, kind):
        await connection.execute(f"GRANT {role} TO CURRENT_USER")


async def _let_owner_create(connection: asyncpg.Connection) -> None:
    may = "SELECT has_schema_privilege($1, 'public', 'CREATE')"
    if not await connection.fetchval(may, OWNER):
        await connection.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
        # what isn't ours to grant is a warning of the server, not an error
        if not await connection.fetchval(may, OWNER):
            raise asyncpg.InsufficientPrivilegeError("schema public")


async def _run_pending(connection: asyncpg.Connection, say: Callable[[str], None]) -> list[str]:
    if await connection.fetchval("SELECT to_regclass('public.migration')") is None:
        async with connection.transaction():
            await connection.execute(_CREATE_TABLE)
    waiting = set(await pending(connection))
    ours = [
        migration.name
        for migration in known()
        if migration.name in waiting and await _run(connection, migration, say)
    ]
    if ours:
        async with connection.transaction():
            await connection.execute(_PROTECT)
    return ours


async def _run(
    connection: asyncpg.Connection, migration: Migration, say: Callable[[str], None]
) -> bool:
    """Whether we ran it; False where another process was faster."""
    async with connection.transaction():
        await connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
        if migration.name not in await pending(connection):
            return False
        say(f"Migrating the database: {migration.name}")
        # rather fail than make the running service's requests queue up behind us
        await connection.execute(f"SET LOCAL ROLE {OWNER}; SET LOCAL lock_timeout = '20s'")
        try:
            await connection.execute(migration.sql)
        except asyncpg.PostgresError as failure:
            raise StartRefused(
                f"Migration {migration.name} failed{_line(failure, migration.sql)}: {failure}"
            ) from failure
        await connection.execute(_RECORD, migration.number, migration.name, migration.checksum)
    return True


def _line(failure: asyncpg.PostgresError, sql: str) -> str:
    position = str(failure.position or "")
    return f" in line {sql.count(chr(10), 0, int(position)) + 1}" if position.isdigit() else ""
