"""A service that is told to end does so, whatever its solver is doing."""

from __future__ import annotations

import asyncio
import multiprocessing
from contextlib import suppress

import pytest

from helpers_service import thinks_for_ever, until
from rundum_core.errors import Unavailable
from rundum_engine.snapshot import Calendar, Snapshot
from rundum_matching import solver as solving

NOTHING = Snapshot(
    now=0,
    calendar=Calendar(midnights=(0, 1440), first_weekday=0),
    places=(),
    modes=(),
    providers=(),
    visits=(),
)


async def test_a_plan_that_takes_for_ever_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "_solve", thinks_for_ever)
    before = set(multiprocessing.active_children())
    solver = solving.Solver()
    planning = asyncio.create_task(solver.plan(NOTHING))

    async def thinks() -> bool:
        return solver._process is not None

    await until(thinks, "a process that thinks")
    (process,) = set(multiprocessing.active_children()) - before
    solver.close()
    await asyncio.to_thread(process.join, 30)
    assert not process.is_alive()
    with suppress(Unavailable):
        await planning
