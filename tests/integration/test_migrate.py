"""Migrations on a real server: together, refused, by logins of few rights."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from rundum_core import migrate as migrations
from rundum_core import sqlfiles
from rundum_core.migrate import known, migrate, pending
from rundum_core.refusal import StartRefused
from rundum_core.schema import schema_as_sql

ALL = tuple(migration.name for migration in known())


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(database_url)
    yield opened
    await opened.close()


async def test_a_migrated_database_lacks_nothing(connection: asyncpg.Connection) -> None:
    assert await pending(connection) == ()


async def test_a_second_run_does_nothing(database_url: str) -> None:
    assert await migrate(database_url) == ()


async def test_of_several_that_start_at_once_one_runs_each_migration(
    empty_database_url: str,
) -> None:
    done = await asyncio.gather(*(migrate(empty_database_url) for _ in range(4)))
    assert sorted(name for names in done for name in names) == sorted(ALL)


async def test_everything_belongs_to_the_owner(connection: asyncpg.Connection) -> None:
    foreign = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relowner <> 'rundum_owner'::regrole"
    )
    assert foreign == []


async def test_the_working_roles_read_the_migrations_and_write_none(
    connection: asyncpg.Connection,
) -> None:
    for role in ("rundum_web", "rundum_worker"):
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(f"SET LOCAL ROLE {role}")
        assert await pending(connection) == ()
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM migration")
        await transaction.rollback()


async def test_a_changed_migration_stops_the_start(
    database_url: str, connection: asyncpg.Connection
) -> None:
    await connection.execute("SET ROLE rundum_owner")
    await connection.execute("UPDATE migration SET checksum = 'other' WHERE number = 2")
    with pytest.raises(StartRefused, match=f"{ALL[1]} was changed after it ran"):
        await migrate(database_url)


async def test_a_database_of_a_newer_version_stops_the_start(
    database_url: str, connection: asyncpg.Connection
) -> None:
    await connection.execute("SET ROLE rundum_owner")
    await connection.execute(
        "INSERT INTO migration (number, name, checksum) VALUES (9000, '9000_later', '')"
    )
    with pytest.raises(StartRefused, match="brought to 9000_later by a newer version"):
        await migrate(database_url)


async def test_a_migration_that_fails_leaves_nothing_and_names_its_line(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = "CREATE TABLE note (id integer);\nSELECT 1 / 0;"
    broken = migrations.Migration(number=1, name="0001_broken", checksum="x", sql=sql)
    wrong = migrations.Migration(number=1, name="0001_wrong", checksum="x", sql="\n\nSELEC;")
    monkeypatch.setattr(migrations, "known", lambda: (broken,))
    with pytest.raises(StartRefused, match="0001_broken failed: division by zero"):
        await migrate(empty_database_url)
    monkeypatch.setattr(migrations, "known", lambda: (wrong,))
    with pytest.raises(StartRefused, match="0001_wrong failed in line 3: syntax error"):
        await migrate(empty_database_url)
    connection = await asyncpg.connect(empty_database_url)
    assert await connection.fetchval("SELECT to_regclass('note')") is None
    await connection.close()


@asynccontextmanager
async def as_login(
    administrator: asyncpg.Connection, owner_dsn: str
) -> AsyncIterator[tuple[str, str]]:
    """A login of no rights at all, and its way to the database."""
    login = f"guest_{uuid.uuid4().hex[:8]}"
    await administrator.execute(f"CREATE ROLE {login} LOGIN")
    yield login, owner_dsn.replace("//rundum@", f"//{login}@")
    await administrator.execute(f"DROP ROLE {login}")


async def test_a_login_without_rights_is_told_what_an_administrator_runs(
    empty_database_url: str, administrator: asyncpg.Connection
) -> None:
    async with as_login(administrator, empty_database_url) as (login, dsn):
        with pytest.raises(StartRefused) as refused:
            await migrate(dsn)
        assert f"The login {login} may not set up the database" in refused.value.lines[0]
        superuser = await asyncpg.connect(empty_database_url.replace("//rundum@", "//postgres@"))
        for line in refused.value.lines[1:]:
            if not line.startswith(("CREATE ROLE", "\\")):  # the roles are there, for other tests
                await superuser.execute(line)
        await superuser.close()
        assert await migrate(dsn) == ALL


async def test_a_server_that_is_away_is_said_in_a_line_without_the_password() -> None:
    with pytest.raises(StartRefused, match="The database doesn't answer") as refused:
        await migrate("postgresql://rundum:hidden@127.0.0.1:9/rundum")
    assert "hidden" not in str(refused.value)


async def test_a_login_that_there_is_not_is_not_waited_for(server: str) -> None:
    with pytest.raises(StartRefused, match=r"RUNDUM_DATABASE_URL: role .* does not exist"):
        await migrate(server.replace("//rundum@", "//nobody_knows@"), patience=600)


async def test_the_schema_for_reading_is_what_the_migrations_make(
    connection: asyncpg.Connection,
) -> None:
    written = (sqlfiles.root() / "schema.sql").read_text("utf-8")
    made = await schema_as_sql(connection)
    assert written == made, "run `rundum migrate --schema`"


async def test_the_schema_for_reading_shows_walls_guards_and_grants(
    connection: asyncpg.Connection,
) -> None:
    text = await schema_as_sql(connection)
    for part in (
        "CREATE TABLE booking (",
        "CONSTRAINT slot_no_overlap EXCLUDE USING gist",
        "ALTER TABLE person ENABLE ROW LEVEL SECURITY;",
        "CREATE TRIGGER keep_transitions",
        "GRANT INSERT, SELECT ON event TO rundum_web;",
        "CREATE UNIQUE INDEX booking_seat_once",
    ):
        assert part in text
