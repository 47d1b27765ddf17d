"""All scheduled work in one list. Every process ticks; who claims the slot does the work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from rundum_core import attempts, audit, idempotency, jobs
from rundum_core.clock import BERLIN
from rundum_core.db import Database
from rundum_core.errors import Unavailable
from rundum_core.jobs import Job, tick
from rundum_identity.centres import centres
from rundum_identity.codes import forget_browsers
from rundum_identity.sessions import forget_sessions
from rundum_matching import approvals, bookings, offers, runs
from rundum_matching import jobs as matching_jobs
from rundum_matching.solver import Solver
from rundum_requests import jobs as request_jobs

KEPT_KEYS = timedelta(days=7)
KEPT_SLOTS = timedelta(days=7)
FINISH = 3.0  # seconds for what a tick has begun, when we end

log = structlog.get_logger()


def all_jobs(solver: Solver, *, match_every: timedelta) -> tuple[Job, ...]:
    """What is done when, over all rooms (the courier's come beside it)."""

    async def match(db: Database) -> None:
        if await _is_daytime(db):
            await runs.run(db, solver, trigger="schedule")

    minutes = timedelta(minutes=1)
    return (
        Job(name="matching", every=match_every, work=match),
        Job(name="dead runs", every=minutes, work=runs.follow_dead_runs),
        Job(name="expire offers", every=minutes, work=offers.expire_offers),
        Job(name="overdue approvals", every=minutes, work=approvals.sweep_overdue),
        Job(name="complete bookings", every=5 * minutes, work=bookings.complete_bookings),
        Job(name="reminders", every=5 * minutes, work=matching_jobs.send_reminders),
        Job(name="answers", every=5 * minutes, work=matching_jobs.answer_families),
        Job(name="seal events", every=5 * minutes, work=audit.seal),
        Job(name="tidy up", every=timedelta(hours=6), work=tidy_up),
        *request_jobs.JOBS,
    )


@asynccontextmanager
async def ticking(db: Database, all_of_them: tuple[Job, ...]) -> AsyncIterator[None]:
    """Tick while the block runs; the first tick of each job comes at once. What has begun by the
    end is waited for, not long, then cancelled."""
    begun: set[asyncio.Task[None]] = set()

    async def begin(job: Job) -> None:
        """As a task of our own: one that the scheduler cancelled would be an error in its log."""
        task = asyncio.create_task(_tick(db, job))
        begun.add(task)
        task.add_done_callback(begun.discard)
        await asyncio.wait({task})

    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a long job skips ticks by intent
    scheduler = AsyncIOScheduler(timezone="UTC")
    for number, job in enumerate(all_of_them):
        scheduler.add_job(
            begin,
            "interval",
            seconds=min(job.every.total_seconds(), 60),
            args=(job,),
            id=job.name,
            jitter=5,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=db.clock() + timedelta(seconds=1 + number / 2),
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        await asyncio.sleep(0)  # what is due has begun by now
        await _ended(set(begun))
        scheduler.shutdown(wait=False)


async def tidy_up(db: Database) -> None:
    """Forget what nobody asks about any more."""
    async with db.work() as tx:
        await idempotency.forget_keys(tx, before=tx.now - KEPT_KEYS)
        await jobs.forget_slots(tx, before=tx.now - KEPT_SLOTS)
        await attempts.forget_attempts(tx, before=tx.now - KEPT_SLOTS)
        await forget_sessions(tx, now=tx.now)
        await forget_browsers(tx, now=tx.now)
    await matching_jobs.forget_runs(db)
    await matching_jobs.forget_changes(db)


async def _ended(begun: set[asyncio.Task[None]]) -> None:
    if not begun:
        return
    _, late = await asyncio.wait(begun, timeout=FINISH)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=FINISH)


async def _tick(db: Database, job: Job) -> None:
    try:
        await tick(db, job)
    except Unavailable as away:
        log.warning("tick without database", job=job.name, error=away.key)


async def _is_daytime(db: Database) -> bool:
    """Whether any centre wants scheduled runs at this hour."""
    async with db.work() as tx:
        hour = tx.now.astimezone(BERLIN).hour
        return any(
            one.settings.match_from <= hour < one.settings.match_to for one in await centres(tx)
        )
