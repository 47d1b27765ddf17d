"""A database for each test: copied from a migrated template, on one server for the whole run."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings

from rundum_core.db import Database
from rundum_core.migrate import migrate
from rundum_core.pgcluster import LOGIN, SUPERUSER
from rundum_core.postgres import embedded

TEMPLATE = "rundum_template"
KEY = b"a key for tests, of 32 bytes ..."
# What is written here is thrown away. Then copying files is faster than copying through the log.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=150")
_FOLDER = "TEST_FOLDER_OF_RUNDUM"

# No test asserts a time on the clock, nor does Hypothesis: two busy cores are no fault.
settings.register_profile("rundum", deadline=None)
settings.load_profile("rundum")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # pytest-xdist's workers inherit it
        folder = tempfile.mkdtemp(prefix="rundum-test-", dir=_roomy_place())
        os.chmod(folder, 0o711)  # as root, the server's user has to pass
        os.environ[_FOLDER] = folder


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(_FOLDER), ignore_errors=True)


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[str]:
    """The DSN of the run's server, with the template in it; pytest-xdist's workers share it."""
    folder = Path(os.environ[_FOLDER])
    with embedded(folder, options=CARELESS) as dsn:
        with _alone(folder / "template.lock") as first:
            if first:
                await _make_template(dsn)
        yield dsn


@pytest.fixture(scope="session")
async def administrator(server: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection, for making databases and looking past row-level security."""
    connection = await asyncpg.connect(_as_superuser(server))
    yield connection
    await connection.close()


@pytest.fixture
async def empty_database_url(server: str, administrator: asyncpg.Connection) -> AsyncIterator[str]:
    """A database without our schema, dropped afterwards."""
    name = f"empty_{uuid.uuid4().hex[:12]}"
    await administrator.execute(f"CREATE DATABASE {name} OWNER {LOGIN}")
    yield _in_database(server, name)
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database_url(server: str, administrator: asyncpg.Connection) -> AsyncIterator[str]:
    """A migrated database of this test's own, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    await administrator.execute(
        f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy OWNER {LOGIN}"
    )
    yield _in_database(server, name)
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """The service's own way to that database; a test may set `db.clock`."""
    database = await Database.connect(database_url, key=KEY, size=5)
    yield database
    await database.close()


def _roomy_place() -> str:
    """In memory where there is plenty of it: each test's database is a copy of 10 MB."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK)
    return str(memory) if roomy and shutil.disk_usage(memory).free > 2 << 30 else "/var/tmp"


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Nobody else is inside; True for the very first one (that came through without an error)."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.seek(0, os.SEEK_END) == 0
        file.write("done")


async def _make_template(dsn: str) -> None:
    superuser = await asyncpg.connect(_as_superuser(dsn))
    await superuser.execute(f"CREATE DATABASE {TEMPLATE} OWNER {LOGIN}")
    await superuser.close()
    await migrate(_in_database(dsn, TEMPLATE))


def _in_database(dsn: str, name: str) -> str:
    return dsn.replace(f"@/{LOGIN}?", f"@/{name}?")


def _as_superuser(dsn: str) -> str:
    return dsn.replace(f"//{LOGIN}@/{LOGIN}?", f"//{SUPERUSER}@/postgres?")
