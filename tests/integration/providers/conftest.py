"""One house for each test."""

from __future__ import annotations

import pytest

from helpers_made import House, a_house
from rundum_core.db import Database


@pytest.fixture
async def house(db: Database) -> House:
    return await a_house(db)
