"""What a process does besides answering: ticks, mail, and runs that can't wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from rundum_app.schedule import all_jobs, ticking
from rundum_core.db import Database
from rundum_core.errors import Unavailable
from rundum_core.i18n import Catalogues
from rundum_core.settings import Settings
from rundum_matching.runs import run_urgently
from rundum_matching.solver import Solver
from rundum_notifications.courier import Courier
from rundum_notifications.jobs import jobs as courier_jobs
from rundum_notifications.relay import Relay

GATHER = 1.0  # seconds in which several urgent wishes become one run
RETRY = 3.0
LISTEN = 60.0  # a listening connection may die unheard

log = structlog.get_logger()


def relay_of(settings: Settings) -> Relay:
    """The relay that takes our mail."""
    return Relay(
        host=settings.smtp_host or "127.0.0.1",
        port=settings.smtp_port,
        sender=settings.mail_from,
        user=settings.smtp_user,
        password=settings.smtp_password,
        tls=settings.smtp_tls,
    )


@asynccontextmanager
async def working(
    db: Database, settings: Settings, catalogues: Catalogues
) -> AsyncIterator[Solver]:
    """Courier, schedule and urgent runs while the block runs; all finish what they hold."""
    solver = Solver(kernels=settings.data / "kernels")
    courier = Courier(db, relay_of(settings), settings.base_url, catalogues)
    stop = asyncio.Event()
    every = timedelta(minutes=settings.match_every_minutes)
    jobs = all_jobs(solver, match_every=every) + courier_jobs(courier, catalogues)
    mail = asyncio.create_task(courier.run(stop))
    urgent = asyncio.create_task(_urgent(db, solver))
    try:
        async with ticking(db, jobs):
            yield solver
    finally:
        stop.set()
        urgent.cancel()
        with suppress(asyncio.CancelledError):
            await urgent
        with suppress(TimeoutError):
            await asyncio.wait_for(mail, 10)
        solver.close()


async def _urgent(db: Database, solver: Solver) -> None:
    """A run as soon as somebody can't wait for the next tick; survives any loss of database."""
    wish = asyncio.Event()
    wished_at = db.clock()

    def heard(_payload: str) -> None:
        nonlocal wished_at
        wished_at = db.clock()
        wish.set()

    ourselves = asyncio.current_task()
    # giving a broken connection back raises, and our cancellation is lost in that error
    while ourselves is None or not ourselves.cancelling():
        try:
            async with db.listening("matching", heard) as lost:
                while True:
                    async with asyncio.timeout(LISTEN):
                        await wish.wait()
                    if lost.is_set():  # the wish is heard once we listen again
                        break
                    await asyncio.sleep(GATHER)
                    wish.clear()
                    await run_urgently(db, solver, wished_at)
        except TimeoutError:
            continue
        except Exception as failure:
            if isinstance(failure, Unavailable) and failure.key != "error.solver_away":
                wish.set()  # somebody still waits; what kills solvers may well wait for a tick
            log.warning("urgent runs interrupted", error=type(failure).__name__)
            if ourselves is None or not ourselves.cancelling():
                await asyncio.sleep(RETRY)
