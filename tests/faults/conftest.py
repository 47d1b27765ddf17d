"""A data directory with an embedded database of its own, a relay, and a service on both."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from factories import a_centre
from helpers_placing import Placing
from helpers_service import Service, Town
from rundum_core.db import Database
from rundum_core.migrate import migrate
from rundum_core.postgres import embedded
from rundum_core.secretkey import kept_key
from smtp_relay import a_relay

KILLS = 4


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=KILLS, help="kills of each kind, in tests/faults")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """How often to kill; the option is known where tests/faults is asked for by name only."""
    return int(request.config.getoption("kills", KILLS))


@pytest.fixture(scope="session")
def kernels() -> None:
    """Compiled beforehand: a solver that is killed over it would begin again and again."""
    subprocess.run([sys.executable, "-m", "rundum_engine.solver"], check=True)


@pytest.fixture
def folder() -> Path:
    folder = Path(os.environ["TEST_FOLDER_OF_RUNDUM"]) / f"house-{uuid4().hex[:8]}"
    folder.mkdir(mode=0o711)
    return folder


@pytest.fixture
def own_database(folder: Path) -> Iterator[str]:
    """The embedded database of the data directory; the service uses the same one."""
    with embedded(folder) as dsn:
        yield dsn


@pytest.fixture
async def town(folder: Path, own_database: str, kernels: None) -> AsyncIterator[Town]:
    await migrate(own_database)
    db = await Database.connect(
        own_database,
        key=kept_key(folder / "secret.key"),
        size=5,
        clock=lambda: datetime.now(UTC),
    )
    async with a_relay() as relay:
        service = Service(
            folder,
            {
                "RUNDUM_DATA": str(folder),
                "RUNDUM_WORKERS": "2",
                "RUNDUM_SMTP_HOST": "127.0.0.1",
                "RUNDUM_SMTP_PORT": str(relay.port),
                "RUNDUM_SMTP_TLS": "none",
                "RUNDUM_MAIL_FROM": "centre@example.org",
            },
        )
        town = Town(db, Placing(db=db, centre=await a_centre(db)), service, relay)
        await town.settle()
        await service.start()
        yield town
        await service.close()
    await db.close()
