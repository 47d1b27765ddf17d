"""Many people do many things in any order, some at the same time: every invariant holds all along.

The seed of a life is its parameter; what it was made of is printed.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from factories import a_centre, a_client, a_desk, a_request, a_sitter, a_staff
from helpers_placing import Placing
from rundum_app.check import faults
from rundum_app.wiring import fill_hooks
from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.errors import Conflict, Invalid, NotFound
from rundum_identity.centres import CentreSettings
from rundum_matching import approvals, bookings, cancellations, jobs, offers, runs
from rundum_matching.solver import Solver
from rundum_providers.service import lifecycle
from rundum_requests import service as requests

AT_ONCE = 3
CHECKED_EVERY = 10
PLACES = ("39340 Haldensleben", "39164 Wanzleben", "39326 Wolmirstedt", "39179 Barleben")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OPEN_WORDS = (
    "SELECT id FROM approval WHERE by <> 'group' AND given_at IS NULL AND refused_at IS NULL"
)


@pytest.fixture(scope="module")
async def solver() -> AsyncIterator[Solver]:
    solver = Solver()
    yield solver
    solver.close()


class Life:
    """A district in which chance decides who does what; `pools` are the processes it meets."""

    def __init__(self, placing: Placing, pools: list[Database], solver: Solver, seed: int) -> None:
        self.placing = placing
        self.pools = pools
        self.solver = solver
        self.chance = random.Random(seed)
        self.outcomes: Counter[str] = Counter()
        self.clients: list[int] = []
        self.desk: Actor

    @property
    def db(self) -> Database:
        return self.chance.choice(self.pools)

    async def settle(self) -> None:
        db, centre = self.pools[0], self.placing.centre
        await a_staff(db, centre)
        self.desk = await a_desk(db, centre)
        for number in range(6):
            minor = {"birth_date": date(2010, 3, 1), "schooling_until": date(2026, 7, 31)}
            person: Any = minor if number == 0 else {}
            await a_sitter(
                db,
                centre,
                place=self.chance.choice(PLACES),
                transport=self.chance.choice(("car", "bike")),
                email=self.chance.choice(("", "", None)),
                **person,
            )
        kinds: Any = ("household", "household", "club")
        self.clients = [await a_client(db, centre, kind) for kind in kinds]

    async def goes_on(self, steps: int) -> None:
        verbs = [
            *[self.asks] * 4,
            *[self.is_matched] * 4,
            *[self.accepts] * 8,
            *[self.declines] * 2,
            *[self.releases] * 2,
            *[self.approves] * 6,
            *[self.refuses] * 2,
            *[self.cancels_a_booking] * 2,
            *[self.cancels_a_request, self.cancels_a_visit, self.stops_helping],
            *[self.time_passes] * 2,
        ]
        for step in range(steps):
            some = self.chance.sample(verbs, self.chance.randint(1, AT_ONCE))
            await asyncio.gather(*(self._does(verb) for verb in some))
            if step % CHECKED_EVERY == 0 or step == steps - 1:
                found = await faults(self.pools[0])
                assert not found, (step, found)

    async def _does(self, verb: Any) -> None:
        try:
            did = "done" if await verb() else "nothing to do"
        except (Conflict, NotFound, Invalid) as refusal:
            did = refusal.key
        self.outcomes[f"{verb.__name__}: {did}"] += 1

    async def _any(self, sql: str) -> dict[str, Any] | None:
        found = await self.placing.rows(sql)
        return self.chance.choice(found) if found else None

    async def asks(self) -> bool:
        event = self.chance.random() < 0.3
        hour = self.chance.randint(7, 18)
        when = [
            f"{day} {hour}-{hour + self.chance.randint(1, 4)}"
            for day in self.chance.sample(DAYS, self.chance.randint(1, 3))
        ]
        await a_request(
            self.pools[0],
            self.placing.centre,
            self.clients[2 if event else self.chance.randint(0, 1)],
            when,
            people=self.chance.randint(2, 3) if event else 1,
            service="event" if event else "childcare",
            policy=self.chance.choice(("all", "core")),
            approval=self.chance.choice(("ask", "book")),
            flexible=self.chance.choice((0, 0, 60)),
            urgent=self.chance.random() < 0.3,
            place=self.chance.choice(PLACES),
        )
        return True

    async def is_matched(self) -> bool:
        return await runs.run(self.db, self.solver, trigger="demand") is not None

    async def accepts(self) -> bool:
        offer = await self._any("SELECT id, person FROM offer WHERE state = 'pending'")
        if offer:
            await offers.accept(self.db, self.placing.actor(offer["person"]), offer["id"])
        return bool(offer)

    async def declines(self) -> bool:
        offer = await self._any("SELECT id, person FROM offer WHERE state <> 'proposed'")
        if offer:
            await offers.decline(self.db, self.placing.actor(offer["person"]), offer["id"])
        return bool(offer)

    async def releases(self) -> bool:
        offer = await self._any("SELECT id FROM offer WHERE state = 'proposed'")
        if offer:
            await offers.release(self.db, self.desk, offer["id"])
        return bool(offer)

    async def approves(self) -> bool:
        word = await self._any(OPEN_WORDS)
        if word:
            await approvals.approve(self.db, self.desk, word["id"])
        return bool(word)

    async def refuses(self) -> bool:
        word = await self._any(OPEN_WORDS)
        if word:
            await approvals.refuse(self.db, self.desk, word["id"])
        return bool(word)

    async def cancels_a_booking(self) -> bool:
        booking = await self._any(
            "SELECT id, person FROM booking WHERE state IN ('provisional', 'confirmed')"
        )
        if booking:
            who = self.placing.actor(booking["person"])
            why: Any = self.chance.choice(("illness", "no_time"))
            await bookings.cancel_booking(self.db, who, booking["id"], by="provider", reason=why)
        return bool(booking)

    async def cancels_a_request(self) -> bool:
        request = await self._any("SELECT id FROM care_request WHERE state = 'open'")
        if request:
            await cancellations.cancel_request(
                self.db, self.desk, request["id"], by="client", reason="not_needed"
            )
        return bool(request)

    async def cancels_a_visit(self) -> bool:
        visit = await self._any("SELECT id FROM visit")
        if visit:
            await cancellations.cancel_visit(
                self.db, self.desk, visit["id"], by="client", reason="other_solution"
            )
        return bool(visit)

    async def stops_helping(self) -> bool:
        helper = await self._any("SELECT public_id, status FROM provider")
        assert helper is not None
        verb: Any = {
            "active": self.chance.choice((lifecycle.pause, lifecycle.suspend)),
            "paused": lifecycle.resume,
            "suspended": lifecycle.reinstate,
        }[helper["status"]]
        await verb(self.db, self.desk, helper["public_id"])
        return True

    async def time_passes(self) -> bool:
        clock: Any = self.pools[0].clock
        clock.turn(minutes=self.chance.choice((10, 60, 240, 1440)))
        for sweep in (
            *(offers.expire_offers, approvals.sweep_overdue, bookings.complete_bookings),
            *(jobs.send_reminders, jobs.answer_families, requests.close_over),
        ):
            await sweep(self.db)
        return True


async def a_life(
    db: Database, database_url: str, solver: Solver, seed: int, steps: int
) -> Counter[str]:
    fill_hooks()
    settings = CentreSettings(
        desk_releases_offers=seed % 3 == 2, desk_approves=seed % 2 == 1, parallel_lanes=3
    )
    placing = Placing(db=db, centre=await a_centre(db, settings=settings))
    other = await Database.connect(
        database_url, key=b"a key for tests, of 32 bytes ...", size=5, clock=db.clock
    )
    life = Life(placing, [db, other], solver, seed)
    try:
        await life.settle()
        await life.goes_on(steps)
    finally:
        await other.close()
        print(*(f"{count:5d}  {what}" for what, count in sorted(life.outcomes.items())), sep="\n")
    return life.outcomes


@pytest.mark.parametrize("seed", [2, 3])
async def test_a_short_life_breaks_nothing(
    db: Database, database_url: str, solver: Solver, seed: int
) -> None:
    outcomes = await a_life(db, database_url, solver, seed, steps=60)
    assert outcomes["accepts: done"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 12))
async def test_a_long_life_breaks_nothing(
    db: Database, database_url: str, solver: Solver, seed: int
) -> None:
    outcomes = await a_life(db, database_url, solver, seed, steps=200)
    assert outcomes["approves: done"] > 0
