"""Scheduled work: every process ticks, one of them claims the slot (I9)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec
import structlog

from rundum_core.attempts import floor
from rundum_core.db import Database
from rundum_core.errors import RundumError
from rundum_core.queries import many, one, run

log = structlog.get_logger()


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    job: str
    claimed_at: datetime


claim_slot = one("core/job", "claim_slot", bool)
finish_slot = run("core/job", "finish_slot")
last_ticks = many("core/job", "last_ticks", Tick)
forget_slots = run("core/job", "forget_slots")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A sweep that may repeat harmlessly: after downtime the next slot does what was missed."""

    name: str
    every: timedelta
    work: Callable[[Database], Awaitable[object]]


async def tick(db: Database, job: Job) -> bool:
    """Do `job` if its present slot is still free; says whether we did it."""
    slot = floor(db.clock(), job.every)
    async with db.work() as tx:
        if await claim_slot(tx, job=job.name, slot=slot, now=tx.now) is None:
            return False
    error: str | None = "stopped"
    try:
        await job.work(db)
        error = None
    except RundumError as refusal:
        error = refusal.key
        log.warning("job refused", job=job.name, error=error)
    except Exception as failure:
        error = type(failure).__name__
        log.exception("job failed", job=job.name)
    finally:
        async with db.work() as tx:
            await finish_slot(tx, job=job.name, slot=slot, now=tx.now, error=error)
    return True
