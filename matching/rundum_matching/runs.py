"""Matching runs: read the world, let the engine plan, write offers one by one."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID, uuid4

import msgspec
import structlog

from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.errors import Conflict, Unavailable
from rundum_engine.eligibility import reach
from rundum_engine.index import Index
from rundum_engine.plan import Outcome, Plan, Prices
from rundum_identity.rights import allow
from rundum_matching import offers, sight, snapshot
from rundum_matching.models import PlannedOffer, PlannedSeat, Run, Trigger
from rundum_matching.sight import Sight
from rundum_matching.snapshot import World
from rundum_matching.solver import Solved, Solver
from rundum_matching.store import runs as store
from rundum_matching.translation import instant

LEASE = timedelta(minutes=3)  # longer than the solver's deadline
AT_ONCE = 100  # people whose offers are written under one lease
WRITERS = 3  # transactions at once; pages need connections, too
WAIT = 1.0  # between two looks whether the other run is over
NEWEST = 2**62

log = structlog.get_logger()


class LeaseLost(Exception):
    """Another process has taken the run over."""


async def run(db: Database, solver: Solver, *, trigger: Trigger) -> Run | None:
    """One matching run over all centres; None when another one is running.

    A short transaction reads the world, the engine plans in its own process with no connection
    held, then each offer is written in a transaction of its own, where the world is still as it
    was. Killed anywhere, a run leaves whole offers and a lease that runs out.
    """
    await solver.make_ready()
    token = uuid4()
    async with db.work() as tx:
        await store.fail_dead_runs(tx, now=tx.now)
        id = await store.begin_run(
            tx, trigger=trigger, token=token, lease_until=tx.now + LEASE, now=tx.now
        )
    if id is None:
        return None
    finished = False
    try:
        async with db.work() as tx:
            seen = await sight.look(tx)
            world = await snapshot.read(tx)
            kept = await store.last_prices(tx)
        solved = await solver.plan(world.snapshot, msgspec.convert(kept or [], Prices))
        offered = await _write(db, id, token, _offers(id, world, solved.plan), seen)
        await _finish(db, id, token, world, solved, offered)
        finished = True
    finally:
        if not finished:
            await asyncio.shield(_fail(db, id, token))
    async with db.work() as tx:
        return await store.run_by_id(tx, id=id)


async def run_next(db: Database, solver: Solver) -> Run:
    """A run for somebody with patience: as soon as the one that is under way is over."""
    while True:
        if (done := await run(db, solver, trigger="demand")) is not None:
            return done
        await asyncio.sleep(WAIT)


async def run_on_demand(db: Database, actor: Actor, solver: Solver) -> Run:
    """Staff want a run now; raises Conflict `run.running` while another one runs."""
    allow(actor, "matching.run")
    done = await run(db, solver, trigger="demand")
    if done is None:
        raise Conflict("run.running")
    return done


async def follow_dead_runs(db: Database) -> int:
    """What a run was about that died with its process waits for no tick: a new one begins as soon
    as the lease is over. Says how many had died."""
    async with db.work() as tx:
        dead = await store.fail_dead_runs(tx, now=tx.now)
        if dead:
            await store.wake_runs(tx)
    return dead


async def run_urgently(db: Database, solver: Solver, wished_at: datetime) -> None:
    """Somebody waits: run now, or right after the run that is under way, unless another process
    has begun one behind the wish by then."""
    while True:
        async with db.work() as tx:
            newest = await store.runs(tx, before=NEWEST, most=1)
        if any(one.state != "failed" and one.started_at >= wished_at for one in newest):
            return
        if await run(db, solver, trigger="urgent") is not None:
            return
        await asyncio.sleep(WAIT)


async def _write(
    db: Database, id: int, token: UUID, planned: Iterable[PlannedOffer], seen: Sight
) -> int:
    """Write the planned offers, several people's at a time; says how many were still possible."""
    by_person: dict[int, list[PlannedOffer]] = defaultdict(list)
    for offer in planned:
        by_person[offer.person].append(offer)
    written = 0

    async def write(waiting: Iterator[list[PlannedOffer]]) -> None:
        nonlocal written
        for offers_of_one in waiting:
            for planned in offers_of_one:
                try:
                    async with db.work() as tx:
                        if await store.is_ours(tx, id=id, token=token) is None:
                            raise LeaseLost
                        await offers.place(tx, planned, seen)
                except (Conflict, Unavailable) as moved:  # the last ones come with the commit
                    log.info("offer not written", run=id, request=planned.request, why=moved.key)
                else:
                    seen.written(planned)
                    written += 1

    people = iter(by_person.values())
    while lot := list(islice(people, AT_ONCE)):
        async with db.work() as tx:
            if await store.hold_run(tx, id=id, token=token, lease_until=tx.now + LEASE) is None:
                raise LeaseLost
        waiting = iter(lot)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(WRITERS):
                    group.create_task(write(waiting))
        except* LeaseLost as lost:
            raise LeaseLost from lost
    return written


async def _finish(
    db: Database, id: int, token: UUID, world: World, solved: Solved, offered: int
) -> None:
    plan = solved.plan
    async with db.work() as tx:
        if await store.hold_run(tx, id=id, token=token, lease_until=tx.now + LEASE) is None:
            raise LeaseLost
        await store.insert_run_visit.each(
            tx,
            [
                {
                    "centre": world.visits[outcome.visit].centre,
                    "run": id,
                    "visit": outcome.visit,
                    "outcome": outcome.state,
                    "eligible": outcome.eligible,
                    "funnel": [list(line) for line in outcome.funnel],
                    "candidates": msgspec.to_builtins(outcome.candidates[:10]),
                }
                for outcome in plan.outcomes
            ],
        )
        await store.finish_run(
            tx,
            id=id,
            token=token,
            state="done",
            now=tx.now,
            visits=len(world.visits),
            providers=len(world.snapshot.providers),
            planned=len(plan.assignments),
            offered=offered,
            solve_ms=solved.milliseconds,
            certificate=msgspec.to_builtins(plan.certificates),
            prices=msgspec.to_builtins(plan.prices),
        )
        await store.forget_prices(tx, id=id)


async def _fail(db: Database, id: int, token: UUID) -> None:
    try:
        async with db.work() as tx:
            await store.finish_run(
                tx,
                id=id,
                token=token,
                state="failed",
                now=tx.now,
                **dict.fromkeys(
                    (
                        "visits",
                        "providers",
                        "planned",
                        "offered",
                        "solve_ms",
                        "certificate",
                        "prices",
                    )
                ),
            )
    except Unavailable:
        log.warning("run left to its lease", run=id)


def _offers(id: int, world: World, plan: Plan) -> Iterable[PlannedOffer]:
    """The plan as offers: what one person gets of one request is one offer with several seats.

    A single urgent seat goes to several people at once instead, the best candidates first.
    """
    outcomes = {outcome.visit: outcome for outcome in plan.outcomes}
    index = Index(world.snapshot)
    together: dict[tuple[int, int], list[PlannedSeat]] = defaultdict(list)
    urgent = {v.id for v in world.snapshot.visits if v.urgent and len(v.seats) == 1}
    for assignment in plan.assignments:
        visit = world.visits[assignment.visit]
        way = reach(index, index.visits[assignment.visit], index.providers[assignment.provider])
        seat = PlannedSeat(
            seat=assignment.seat,
            visit=assignment.visit,
            starts_at=instant(assignment.start),
            way_minutes=way.minutes,
            distance_km=way.km,
        )
        lanes = world.seats[assignment.seat].lanes
        if assignment.visit in urgent and lanes > 1:
            yield from _wave(
                id, world, outcomes[assignment.visit], seat, assignment.provider, lanes
            )
        else:
            together[visit.request, assignment.provider].append(seat)
    for (request, person), seats in together.items():
        yield PlannedOffer(
            request=request,
            request_version=world.visits[seats[0].visit].version,
            person=person,
            seats=tuple(seats),
            run=id,
        )


def _wave(
    id: int, world: World, outcome: Outcome, seat: PlannedSeat, person: int, lanes: int
) -> Iterable[PlannedOffer]:
    """The planned person and the next best who are free: first acceptance wins."""
    others = [
        candidate
        for candidate in outcome.candidates
        if candidate.provider != person
        and not candidate.refusals
        and candidate.planned_elsewhere is None
        and candidate.seat == seat.seat
        and instant(candidate.start) == seat.starts_at
    ]
    seats = [(person, seat)]
    for candidate in others[: lanes - 1]:
        way = msgspec.structs.replace(
            seat, way_minutes=candidate.travel_minutes, distance_km=candidate.distance_km
        )
        seats.append((candidate.provider, way))
    for asked, one in seats:
        yield PlannedOffer(
            request=world.visits[outcome.visit].request,
            request_version=world.visits[outcome.visit].version,
            person=asked,
            seats=(one,),
            parallel=True,
            run=id,
        )
