"""A centre with its offers, a second way to its database, and the owner's way."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from factories import a_centre
from helpers_placing import Placing
from rundum_core.db import Database
from rundum_identity.centres import CentreSettings


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--races", type=int, default=25, help="rounds of each race over two pools")


@pytest.fixture
async def placing(db: Database) -> Placing:
    return Placing(db=db, centre=await a_centre(db, settings=CentreSettings(parallel_lanes=5)))


@pytest.fixture
async def other(placing: Placing, database_url: str) -> AsyncIterator[Database]:
    """Another process, as far as the database can tell: a pool of its own."""
    database = await Database.connect(
        database_url, key=b"a key for tests, of 32 bytes ...", size=5, clock=placing.db.clock
    )
    yield database
    await database.close()


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Who may change the schema."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("SET ROLE rundum_owner")
    yield connection
    await connection.close()
