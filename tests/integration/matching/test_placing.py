"""From an open request to a firm booking, through the real engine and database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest

from factories import a_centre, a_client, a_desk, a_request, a_sitter, an_actor
from rundum_app.check import faults
from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.errors import Conflict
from rundum_identity.centres import Centre, CentreSettings
from rundum_matching import approvals, bookings, cancellations, offers, runs
from rundum_matching.solver import Solver


@pytest.fixture(scope="module")
async def solver() -> AsyncIterator[Solver]:
    solver = Solver()
    yield solver
    solver.close()


@pytest.fixture(autouse=True)
async def every_invariant_holds(db: Database) -> AsyncIterator[None]:
    yield
    assert not await faults(db)


async def rows(db: Database, sql: str, *args: object) -> list[dict[str, object]]:
    async with db.work() as tx:
        return [dict(row) for row in await tx.connection.fetch(sql, *args)]


async def offers_out(db: Database, request: int) -> dict[int, str]:
    """Who was asked, and what became of it."""
    found = await rows(
        db, "SELECT person, state FROM offer WHERE request = $1 ORDER BY id", request
    )
    return {line["person"]: line["state"] for line in found}  # type: ignore[misc]


async def offer_to(db: Database, person: int) -> int:
    found = await rows(
        db, "SELECT id FROM offer WHERE person = $1 ORDER BY id DESC LIMIT 1", person
    )
    return found[0]["id"]  # type: ignore[return-value]


async def told(db: Database, person: int) -> list[str]:
    found = await rows(db, "SELECT template FROM message WHERE person = $1 ORDER BY id", person)
    return [str(line["template"]) for line in found]


async def booking_states(db: Database, request: int) -> list[str]:
    found = await rows(
        db,
        "SELECT b.state FROM booking b JOIN seat s ON s.id = b.seat JOIN visit v ON v.id = s.visit"
        " WHERE v.request = $1 ORDER BY b.id",
        request,
    )
    return [str(line["state"]) for line in found]


async def asker(db: Database, request: int) -> int:
    found = await rows(db, "SELECT asked_by FROM care_request WHERE id = $1", request)
    return found[0]["asked_by"]  # type: ignore[return-value]


async def approval(db: Database, by: str) -> int:
    found = await rows(
        db, "SELECT id FROM approval WHERE by = $1 AND given_at IS NULL ORDER BY id", by
    )
    return found[0]["id"]  # type: ignore[return-value]


async def accepts(db: Database, centre: Centre, *people: int) -> None:
    for person in people:
        await offers.accept(db, an_actor(centre, person, "provider"), await offer_to(db, person))


async def family_of(db: Database, centre: Centre, request: int) -> Actor:
    return an_actor(centre, await asker(db, request), "client")


async def match(db: Database, solver: Solver) -> None:
    assert await runs.run(db, solver, trigger="demand") is not None


async def test_a_yes_of_both_sides_makes_it_firm(db: Database, solver: Solver) -> None:
    centre = await a_centre(db)
    petra = await a_sitter(db, centre, free="sat 18-23")
    await a_sitter(db, centre, free="sun 18-23")
    request = await a_request(db, centre, when="sat 19-22")
    await match(db, solver)
    assert await offers_out(db, request) == {petra: "pending"}
    await accepts(db, centre, petra)
    assert await booking_states(db, request) == ["provisional"]
    family = await family_of(db, centre, request)
    await approvals.approve(db, family, await approval(db, "client"))
    assert await booking_states(db, request) == ["confirmed"]
    assert await told(db, petra) == ["offer", "booking_provider"]
    assert await told(db, await asker(db, request)) == ["approval_client", "booking_client"]


async def test_a_declined_offer_goes_to_the_next_sitter(db: Database, solver: Solver) -> None:
    centre = await a_centre(db)
    near = await a_sitter(db, centre)
    far = await a_sitter(db, centre, place="39164 Wanzleben")
    request = await a_request(db, centre)
    await match(db, solver)
    assert await offers_out(db, request) == {near: "pending"}
    await offers.decline(db, an_actor(centre, near, "provider"), await offer_to(db, near))
    await match(db, solver)
    assert await offers_out(db, request) == {near: "declined", far: "pending"}
    with pytest.raises(Conflict, match=r"offer\.answered"):
        await accepts(db, centre, near)


async def test_an_unanswered_offer_runs_out_and_frees_the_time(
    db: Database, solver: Solver
) -> None:
    centre = await a_centre(db)
    near, far = await a_sitter(db, centre), await a_sitter(db, centre, place="39164 Wanzleben")
    request = await a_request(db, centre)
    await match(db, solver)
    db.clock.turn(days=2)  # type: ignore[attr-defined]
    assert await offers.expire_offers(db) == 1
    assert await rows(db, "SELECT 1 FROM slot WHERE live") == []
    await match(db, solver)
    assert await offers_out(db, request) == {near: "expired", far: "pending"}


async def test_of_several_who_are_asked_at_once_the_first_wins(
    db: Database, solver: Solver
) -> None:
    centre = await a_centre(db)
    people = [await a_sitter(db, centre) for _ in range(3)]
    request = await a_request(db, centre, when="mon 19-22", urgent=True)
    await match(db, solver)
    asked = await offers_out(db, request)
    assert len(asked) == 2
    first, second = asked
    await accepts(db, centre, second)
    assert await offers_out(db, request) == {first: "withdrawn", second: "accepted"}
    assert await told(db, first) == ["offer", "offer_withdrawn"]
    with pytest.raises(Conflict, match=r"offer\.withdrawn"):
        await accepts(db, centre, first)
    assert set(asked) < set(people)


async def test_racing_yeses_leave_one_booking(db: Database, solver: Solver) -> None:
    centre = await a_centre(db)
    for _ in range(2):
        await a_sitter(db, centre)
    request = await a_request(db, centre, when="mon 19-22", urgent=True)
    await match(db, solver)
    both = await offers_out(db, request)
    answers = await asyncio.gather(
        *(accepts(db, centre, person) for person in both), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in answers) == ["Conflict", "NoneType"]
    assert await booking_states(db, request) == ["provisional"]


async def test_an_event_is_firm_for_all_or_for_nobody(db: Database, solver: Solver) -> None:
    centre = await a_centre(db)
    people = [await a_sitter(db, centre) for _ in range(4)]
    club = await a_client(db, centre, "club")
    request = await a_request(
        db, centre, club, "sat 14-18", people=4, service="event", approval="book"
    )
    await match(db, solver)
    assert await offers_out(db, request) == dict.fromkeys(people, "pending")
    await accepts(db, centre, *people[:3])
    assert await booking_states(db, request) == ["provisional"] * 3
    await accepts(db, centre, people[3])
    assert await booking_states(db, request) == ["confirmed"] * 4
    assert await told(db, await asker(db, request)) == ["booking_client"]


async def test_several_dates_are_one_offer_and_may_be_taken_in_part(
    db: Database, solver: Solver
) -> None:
    centre = await a_centre(db)
    petra = await a_sitter(db, centre)
    request = await a_request(
        db, centre, when=["tue 15-18", "wed 15-18", "thu 15-18"], approval="book"
    )
    await match(db, solver)
    assert await told(db, petra) == ["offer"]
    found = await rows(db, "SELECT public_id FROM visit WHERE request = $1 ORDER BY id", request)
    await offers.accept(
        db,
        an_actor(centre, petra, "provider"),
        await offer_to(db, petra),
        visits=[line["public_id"] for line in found[:2]],  # type: ignore[misc]
    )
    assert await booking_states(db, request) == ["confirmed", "confirmed"]
    assert len(await rows(db, "SELECT 1 FROM slot WHERE live")) == 2


async def test_a_minor_needs_her_guardians_yes(db: Database, solver: Solver) -> None:
    centre = await a_centre(db)
    mia = await a_sitter(
        db,
        centre,
        birth_date=date(2010, 3, 1),
        schooling_until=date(2026, 7, 31),
        guardians=["mother@example.org"],
    )
    request = await a_request(db, centre, when="fri 16-19", approval="book")
    await match(db, solver)
    await accepts(db, centre, mia)
    assert await booking_states(db, request) == ["provisional"]
    found = await rows(db, "SELECT other FROM relation WHERE person = $1", mia)
    mother: int = found[0]["other"]  # type: ignore[assignment]
    await approvals.approve(
        db, an_actor(centre, mother, "guardian"), await approval(db, "guardian")
    )
    assert await booking_states(db, request) == ["confirmed"]
    assert await told(db, mother) == ["approval_guardian", "booking_guardian"]


async def test_a_no_of_the_family_frees_her_and_the_search_goes_on_without_her(
    db: Database, solver: Solver
) -> None:
    centre = await a_centre(db)
    petra = await a_sitter(db, centre)
    eva = await a_sitter(db, centre, place="39164 Wanzleben")
    request = await a_request(db, centre)
    await match(db, solver)
    await accepts(db, centre, petra)
    family = await family_of(db, centre, request)
    await approvals.refuse(db, family, await approval(db, "client"))
    assert await booking_states(db, request) == ["released"]
    assert await told(db, petra) == ["offer", "booking_released"]
    await match(db, solver)
    assert await offers_out(db, request) == {petra: "accepted", eva: "pending"}


async def test_an_approval_nobody_gives_is_decided_by_the_desk_then_released(
    db: Database, solver: Solver
) -> None:
    centre = await a_centre(db)
    petra = await a_sitter(db, centre)
    request = await a_request(db, centre)
    await match(db, solver)
    await accepts(db, centre, petra)
    db.clock.turn(hours=15)  # type: ignore[attr-defined]
    await approvals.sweep_overdue(db)
    open_tasks = await rows(db, "SELECT kind FROM task WHERE state = 'open' AND kind = 'decide'")
    assert len(open_tasks) == 1
    db.clock.turn(hours=24)  # type: ignore[attr-defined]
    await approvals.sweep_overdue(db)
    assert await booking_states(db, request) == ["released"]


async def test_a_cancellation_opens_the_seat_again_at_once(db: Database, solver: Solver) -> None:
    centre = await a_centre(db)
    petra = await a_sitter(db, centre)
    eva = await a_sitter(db, centre, place="39164 Wanzleben")
    request = await a_request(db, centre, approval="book")
    await match(db, solver)
    await accepts(db, centre, petra)
    booking = (await rows(db, "SELECT id FROM booking"))[0]["id"]
    await bookings.cancel_booking(
        db,
        an_actor(centre, petra, "provider"),
        booking,  # type: ignore[arg-type]
        by="provider",
        reason="illness",
    )
    assert await rows(db, "SELECT late FROM booking") == [{"late": False}]
    await match(db, solver)
    assert (await offers_out(db, request))[eva] == "pending"
    assert "booking_cancelled_client" in await told(db, await asker(db, request))


async def test_a_cancelled_request_frees_everybody(db: Database, solver: Solver) -> None:
    centre = await a_centre(db)
    petra, eva = await a_sitter(db, centre), await a_sitter(db, centre)
    request = await a_request(
        db, centre, when="sat 14-18", people=2, service="event", approval="book"
    )
    await match(db, solver)
    await accepts(db, centre, petra)
    family = await family_of(db, centre, request)
    await cancellations.cancel_request(db, family, request, by="client", reason="not_needed")
    assert await offers_out(db, request) == {petra: "accepted", eva: "withdrawn"}
    assert await booking_states(db, request) == ["cancelled"]
    assert await rows(db, "SELECT 1 FROM slot WHERE live") == []


async def test_nobody_gets_two_visits_she_cannot_travel_between(
    db: Database, solver: Solver
) -> None:
    centre = await a_centre(db)
    petra = await a_sitter(db, centre, transport="bike")
    first = await a_request(db, centre, when="sat 14-16", place="39340 Haldensleben")
    second = await a_request(db, centre, when="sat 16:30-18", place="39164 Wanzleben")
    await match(db, solver)
    asked = [*await offers_out(db, first), *await offers_out(db, second)]
    assert asked == [petra]


async def test_a_flexible_start_is_moved_to_where_somebody_can(
    db: Database, solver: Solver
) -> None:
    centre = await a_centre(db)
    await a_sitter(db, centre, free="sat 15-19")
    request = await a_request(db, centre, when="sat 14-17", flexible=(0, 120))
    await match(db, solver)
    moved = await rows(
        db,
        "SELECT lower(during) - wished_at AS by FROM visit WHERE request = $1",
        request,
    )
    assert moved[0]["by"].total_seconds() == 3600  # type: ignore[attr-defined]
    assert len(await offers_out(db, request)) == 1


async def test_the_desk_releases_offers_where_the_centre_wants_it(
    db: Database, solver: Solver
) -> None:
    centre = await a_centre(db, settings=CentreSettings(desk_releases_offers=True))
    petra = await a_sitter(db, centre)
    request = await a_request(db, centre)
    await match(db, solver)
    assert await offers_out(db, request) == {petra: "proposed"}
    assert await told(db, petra) == []
    await offers.release(db, await a_desk(db, centre), await offer_to(db, petra))
    assert await offers_out(db, request) == {petra: "pending"}
    assert await told(db, petra) == ["offer"]


async def test_two_runs_never_run_at_once_and_a_dead_one_frees_its_place(
    db: Database, solver: Solver
) -> None:
    centre = await a_centre(db)
    await a_sitter(db, centre)
    await a_request(db, centre)
    together = await asyncio.gather(*(runs.run(db, solver, trigger="demand") for _ in range(3)))
    assert sum(one is not None for one in together) == 1
    async with db.work() as tx:
        await tx.connection.execute(
            "INSERT INTO run (trigger, token, lease_until, started_at)"
            " VALUES ('schedule', gen_random_uuid(), $1, $1)",
            tx.now,
        )
    assert await runs.run(db, solver, trigger="demand") is None
    assert await runs.follow_dead_runs(db) == 0
    db.clock.turn(minutes=1)  # type: ignore[attr-defined]
    assert await runs.follow_dead_runs(db) == 1
    assert await runs.run(db, solver, trigger="demand") is not None


async def test_an_urgent_wish_waits_for_the_run_that_is_under_way_and_is_answered_once(
    db: Database, solver: Solver
) -> None:
    centre = await a_centre(db)
    petra = await a_sitter(db, centre)
    async with db.work() as tx:
        await tx.connection.execute(
            "INSERT INTO run (trigger, token, lease_until, started_at) VALUES"
            " ('schedule', gen_random_uuid(), $1::timestamptz + interval '1 minute', $1)",
            tx.now,
        )
    request = await a_request(db, centre)
    db.clock.turn(seconds=1)  # type: ignore[attr-defined]
    wishes = [asyncio.create_task(runs.run_urgently(db, solver, db.clock())) for _ in range(2)]
    await asyncio.sleep(0.5)
    assert not any(wish.done() for wish in wishes)
    db.clock.turn(minutes=2)  # type: ignore[attr-defined]
    await asyncio.gather(*wishes)
    assert await offers_out(db, request) == {petra: "pending"}
    assert len(await rows(db, "SELECT 1 FROM run WHERE trigger = 'urgent'")) == 1


async def test_each_centre_looks_as_far_ahead_as_it_wants(db: Database, solver: Solver) -> None:
    near = await a_centre(db, settings=CentreSettings(horizon_days=2))
    far = await a_centre(db, "ohre", settings=CentreSettings(horizon_days=30))
    asked = []
    for centre in (near, far):
        await a_sitter(db, centre)
        asked.append(await a_request(db, centre, when="sat 19-22"))
    await match(db, solver)
    assert [len(await offers_out(db, request)) for request in asked] == [0, 1]
