"""Two at once, over two pools, again and again: one comes first, the other hears why not.

Nobody deadlocks, waits in vain or sees an error that isn't meant for people, and in the end every
invariant holds.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from factories import Clock, a_client, a_request, a_sitter
from helpers_asking import body
from helpers_placing import Placing
from rundum_app.check import faults
from rundum_core.actor import visitor
from rundum_core.db import Database
from rundum_core.errors import Conflict, NotFound
from rundum_matching import approvals, bookings, cancellations, offers, runs
from rundum_matching.solver import Solver
from rundum_requests.form import read_json
from rundum_requests.service import submit

pytestmark = pytest.mark.slow

ROUNDS = 25
MOST_APART = 0.004  # seconds by which one may start before the other

Round = Callable[[Placing, Database, int], Awaitable[str]]


@pytest.fixture(scope="module")
async def solver() -> AsyncIterator[Solver]:
    solver = Solver()
    yield solver
    solver.close()


@pytest.fixture
def times(request: pytest.FixtureRequest) -> int:
    """How often each race is run: `--races 200` for a thorough look."""
    return int(request.config.getoption("races", ROUNDS))


async def race(*deeds: Awaitable[object]) -> tuple[str, ...]:
    """All at once, each after a moment of its own; what became of each, by the refusal's key."""

    async def one(deed: Awaitable[object]) -> str:
        await asyncio.sleep(random.uniform(0, MOST_APART))
        try:
            await deed
        except (Conflict, NotFound) as refusal:
            return refusal.key
        return "done"

    return tuple(await asyncio.gather(*map(one, deeds)))


async def rounds(
    placing: Placing, times: int, play: Callable[[int], Awaitable[object]]
) -> Counter[object]:
    """How each of so many rounds came out; afterwards nothing is broken."""
    outcomes = Counter([await play(number) for number in range(times)])
    print(*(f"{count:4d}  {outcome}" for outcome, count in outcomes.most_common()), sep="\n")
    assert not await faults(placing.db)
    return outcomes


async def live_bookings(placing: Placing, request: int) -> int:
    return await placing.id(
        "SELECT count(*) FROM booking b JOIN seat s ON s.id = b.seat"
        " JOIN visit v ON v.id = s.visit WHERE v.request = $1 AND b.live",
        request,
    )


async def test_of_three_who_accept_one_wins(placing: Placing, other: Database, times: int) -> None:
    people = [await a_sitter(placing.db, placing.centre) for _ in range(3)]
    family = await a_client(placing.db, placing.centre)

    async def play(number: int) -> object:
        request = await a_request(placing.db, placing.centre, family, f"sat 19-22 +{number}")
        asked = await placing.asks(request, *people, parallel=True)
        said = await race(
            *(
                offers.accept(db, placing.actor(person), offer)
                for db, person, offer in zip((placing.db, other, other), people, asked, strict=True)
            )
        )
        assert await live_bookings(placing, request) == 1
        return tuple(sorted(said))

    said = await rounds(placing, times, play)
    assert set(said) == {("done", "offer.withdrawn", "offer.withdrawn")}


async def test_two_who_are_asked_for_the_same_two_visits_take_one_each(
    placing: Placing, other: Database, times: int
) -> None:
    petra, eva = [await a_sitter(placing.db, placing.centre) for _ in range(2)]
    families = [await a_client(placing.db, placing.centre) for _ in range(2)]

    async def play(number: int) -> object:
        first, second = [
            await a_request(placing.db, placing.centre, family, f"sat 19-22 +{number}")
            for family in families
        ]
        one, _ = await placing.asks(first, petra, eva, parallel=True)
        _, two = await placing.asks(second, petra, eva, parallel=True)
        return await race(
            offers.accept(placing.db, placing.actor(petra), one),
            offers.accept(other, placing.actor(eva), two),
        )

    assert set(await rounds(placing, times, play)) == {("done", "done")}


async def test_nobody_takes_two_visits_she_cannot_travel_between(
    placing: Placing, other: Database, times: int
) -> None:
    petra = await a_sitter(placing.db, placing.centre, transport="bike")
    family = await a_client(placing.db, placing.centre)

    async def play(number: int) -> object:
        asked = []
        for when, place in (("sat 14-16", "39340 Haldensleben"), ("sat 16-18", "39164 Wanzleben")):
            request = await a_request(
                placing.db, placing.centre, family, f"{when} +{number}", place=place
            )
            asked += await placing.asks(request, petra, parallel=True)
        return tuple(
            sorted(
                await race(
                    *(
                        offers.accept(db, placing.actor(petra), offer)
                        for db, offer in zip((placing.db, other), asked, strict=True)
                    )
                )
            )
        )

    said = await rounds(placing, times, play)
    assert set(said) == {("done", "offer.no_longer_possible")}


async def test_an_acceptance_and_a_cancelled_request_leave_no_booking(
    placing: Placing, other: Database, times: int
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    family = await a_client(placing.db, placing.centre)

    async def play(number: int) -> object:
        request = await a_request(placing.db, placing.centre, family, f"sat 19-22 +{number}")
        (offer,) = await placing.asks(request, petra)
        who = await placing.family(request)
        said = await race(
            offers.accept(placing.db, placing.actor(petra), offer),
            cancellations.cancel_request(other, who, request, by="client", reason="not_needed"),
        )
        assert await live_bookings(placing, request) == 0
        return said

    said = await rounds(placing, times, play)
    assert set(said) <= {("done", "done"), ("offer.withdrawn", "done")}


async def test_a_request_is_cancelled_whatever_those_who_are_asked_do_elsewhere(
    placing: Placing, other: Database, times: int
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    families = [await a_client(placing.db, placing.centre) for _ in range(2)]

    async def play(number: int) -> object:
        taken, cancelled = [
            await a_request(placing.db, placing.centre, family, f"sat 19-22 +{number}")
            for family in families
        ]
        (offer,) = await placing.asks(taken, petra, parallel=True)
        await placing.asks(cancelled, petra, parallel=True)
        who = await placing.family(cancelled)
        return await race(
            offers.accept(placing.db, placing.actor(petra), offer),
            cancellations.cancel_request(other, who, cancelled, by="client", reason="not_needed"),
        )

    assert set(await rounds(placing, times, play)) == {("done", "done")}


async def test_an_acceptance_and_the_end_of_the_offer(
    placing: Placing, other: Database, times: int
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    family = await a_client(placing.db, placing.centre)
    late = Clock()
    other.clock = late

    async def play(number: int) -> object:
        request = await a_request(placing.db, placing.centre, family, f"sat 19-22 +{number}")
        (offer,) = await placing.asks(request, petra)
        ends_at: datetime = (
            await placing.rows("SELECT expires_at FROM offer WHERE id = $1", offer)
        )[0]["expires_at"]  # type: ignore[assignment]
        late.now = ends_at
        said = await race(
            offers.accept(placing.db, placing.actor(petra), offer), offers.expire_offers(other)
        )
        assert await live_bookings(placing, request) == (1 if said[0] == "done" else 0)
        return said

    said = await rounds(placing, times, play)
    assert set(said) <= {("done", "done"), ("offer.expired", "done")}


async def test_an_acceptance_and_a_no_to_the_same_offer(
    placing: Placing, other: Database, times: int
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    family = await a_client(placing.db, placing.centre)

    async def play(number: int) -> object:
        request = await a_request(placing.db, placing.centre, family, f"sat 19-22 +{number}")
        (offer,) = await placing.asks(request, petra)
        said = await race(
            offers.accept(placing.db, placing.actor(petra), offer),
            offers.decline(other, placing.actor(petra), offer),
        )
        assert await live_bookings(placing, request) == (1 if said[0] == "done" else 0)
        return said

    said = await rounds(placing, times, play)
    assert set(said) <= {("done", "offer.answered"), ("offer.answered", "done")}


async def test_a_yes_and_a_no_of_the_same_family(
    placing: Placing, other: Database, times: int
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    family = await a_client(placing.db, placing.centre)

    async def play(number: int) -> object:
        request = await a_request(placing.db, placing.centre, family, f"sat 19-22 +{number}")
        (offer,) = await placing.asks(request, petra)
        (booking,) = await offers.accept(placing.db, placing.actor(petra), offer)
        approval, who = await placing.approval(booking), await placing.family(request)
        said = await race(
            approvals.approve(placing.db, who, approval), approvals.refuse(other, who, approval)
        )
        assert await live_bookings(placing, request) == (1 if said[0] == "done" else 0)
        return said

    said = await rounds(placing, times, play)
    assert set(said) <= {("done", "approval.answered"), ("approval.answered", "done")}


@pytest.mark.parametrize("what", ["request", "booking"])
async def test_a_yes_and_a_cancellation(
    placing: Placing, other: Database, times: int, what: str
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    family = await a_client(placing.db, placing.centre)

    async def play(number: int) -> object:
        request = await a_request(placing.db, placing.centre, family, f"sat 19-22 +{number}")
        (offer,) = await placing.asks(request, petra)
        (booking,) = await offers.accept(placing.db, placing.actor(petra), offer)
        approval, who = await placing.approval(booking), await placing.family(request)
        cancel: Awaitable[object] = (
            cancellations.cancel_request(other, who, request, by="client", reason="not_needed")
            if what == "request"
            else bookings.cancel_booking(
                other, placing.actor(petra), booking, by="provider", reason="illness"
            )
        )
        said = await race(approvals.approve(placing.db, who, approval), cancel)
        assert await live_bookings(placing, request) == 0
        return said

    said = await rounds(placing, times, play)
    assert set(said) <= {("done", "done"), ("booking.not_live", "done")}


async def test_the_last_two_of_an_event_accept_at_once_and_all_are_firm(
    placing: Placing, other: Database, times: int
) -> None:
    people = [await a_sitter(placing.db, placing.centre) for _ in range(3)]
    club = await a_client(placing.db, placing.centre, "club")

    async def play(number: int) -> object:
        request = await a_request(
            placing.db,
            placing.centre,
            club,
            f"sat 14-18 +{number}",
            people=3,
            service="event",
            approval="book",
        )
        asked = await placing.asks(request, *people, seats=await placing.seats(request))
        said = await race(
            *(
                offers.accept(db, placing.actor(person), offer)
                for db, person, offer in zip((placing.db, other, other), people, asked, strict=True)
            )
        )
        firm = await placing.rows("SELECT DISTINCT state, confirmed_at FROM booking WHERE live")
        assert {line["state"] for line in firm} == {"confirmed"}
        return said

    assert set(await rounds(placing, times, play)) == {("done", "done", "done")}


async def test_two_move_a_flexible_visit(placing: Placing, other: Database, times: int) -> None:
    people = [await a_sitter(placing.db, placing.centre) for _ in range(2)]
    family = await a_client(placing.db, placing.centre)

    async def play(number: int) -> object:
        request = await a_request(
            placing.db, placing.centre, family, f"sat 19-22 +{number}", flexible=60
        )
        plans = [
            await placing.planned(request, person, parallel=True, later=timedelta(minutes=later))
            for person, later in zip(people, (-30, 45), strict=True)
        ]

        async def place(db: Database, which: int) -> None:
            async with db.work() as tx:
                await offers.place(tx, plans[which])

        return tuple(sorted(await race(place(placing.db, 0), place(other, 1))))

    assert set(await rounds(placing, times, play)) == {("done", "offer.world_moved")}


async def test_a_run_and_an_acceptance(
    placing: Placing, other: Database, times: int, solver: Solver
) -> None:
    for _ in range(3):
        await a_sitter(placing.db, placing.centre)
    clock = placing.db.clock
    families = [await a_client(placing.db, placing.centre) for _ in range(3)]

    async def play(number: int) -> object:
        for family in families:
            await a_request(placing.db, placing.centre, family, "mon 19-22", urgent=True)
        assert await runs.run(placing.db, solver, trigger="demand") is not None
        asked = await placing.rows("SELECT id, person FROM offer WHERE state = 'pending'")
        said = await race(
            runs.run(other, solver, trigger="urgent"),
            *(
                offers.accept(placing.db, placing.actor(line["person"]), line["id"])  # type: ignore[arg-type]
                for line in asked
            ),
        )
        clock.turn(days=7)  # type: ignore[attr-defined]
        await offers.expire_offers(placing.db)
        await approvals.sweep_overdue(placing.db)
        return said[0], Counter(said[1:])["done"]

    said = await rounds(placing, times, play)
    assert {run for run, _ in said} == {"done"}


async def test_a_form_that_is_sent_twice_is_one_request(
    placing: Placing, other: Database, times: int
) -> None:
    async def play(number: int) -> object:
        asked = read_json(body(email=f"eva{number}@example.org"))
        answers: list[object] = []

        async def send(db: Database) -> None:
            key = f"key number {number}"
            answers.append(await submit(db, visitor(), placing.centre, asked, via="api", key=key))

        said = await race(send(placing.db), send(other), send(other))
        assert len(answers) == 3
        assert answers.count(answers[0]) == 3
        assert await placing.id("SELECT count(*) FROM care_request") == number + 1
        return said

    assert set(await rounds(placing, times, play)) == {("done", "done", "done")}
