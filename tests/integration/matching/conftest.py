"""A centre with its offers, and every invariant after every test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from factories import a_centre
from helpers_placing import Placing
from rundum_app.check import faults
from rundum_core.db import Database


@pytest.fixture
async def placing(db: Database) -> Placing:
    return Placing(db=db, centre=await a_centre(db))


@pytest.fixture(autouse=True)
async def every_invariant_holds(db: Database) -> AsyncIterator[None]:
    yield
    assert not await faults(db)
