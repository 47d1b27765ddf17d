"""A family hears by the time it was promised, and what it hears is so."""

from __future__ import annotations

from datetime import date

from factories import a_client, a_request, a_sitter
from helpers_placing import Placing
from rundum_matching import approvals, bookings, jobs, offers


async def told(placing: Placing, person: int) -> list[object]:
    rows = await placing.rows("SELECT template FROM message WHERE person = $1 ORDER BY id", person)
    return [row["template"] for row in rows]


async def family_of(placing: Placing, request: int) -> int:
    return await placing.id("SELECT asked_by FROM care_request WHERE id = $1", request)


async def test_a_request_that_is_filled_in_part_is_answered_all_the_same(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    request = await a_request(
        placing.db, placing.centre, when=["thu 15-18", "fri 15-18"], approval="book"
    )
    (offer,) = await placing.asks(request, petra)
    (first, _) = await placing.rows("SELECT public_id FROM visit ORDER BY ordinal")
    await offers.accept(placing.db, placing.actor(petra), offer, visits=[first["public_id"]])  # type: ignore[list-item]
    placing.db.clock.turn(days=2)  # type: ignore[attr-defined]
    assert await jobs.answer_families(placing.db) == 1
    assert await told(placing, await family_of(placing, request)) == [
        "booking_client",
        "still_searching",
    ]


async def test_who_only_has_to_say_yes_herself_is_not_told_that_nobody_was_found(
    placing: Placing,
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    request = await a_request(placing.db, placing.centre)
    (offer,) = await placing.asks(request, petra)
    await offers.accept(placing.db, placing.actor(petra), offer)
    placing.db.clock.turn(days=2)  # type: ignore[attr-defined]
    assert await jobs.answer_families(placing.db) == 0
    assert await told(placing, await family_of(placing, request)) == ["approval_client"]


async def test_after_a_late_cancellation_there_is_one_letter_and_a_new_promise(
    placing: Placing,
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    request = await a_request(placing.db, placing.centre, approval="book")
    (offer,) = await placing.asks(request, petra)
    (booking,) = await offers.accept(placing.db, placing.actor(petra), offer)
    placing.db.clock.turn(days=5)  # type: ignore[attr-defined]
    await bookings.cancel_booking(
        placing.db, placing.actor(petra), booking, by="provider", reason="no_time"
    )
    assert await jobs.answer_families(placing.db) == 0
    family = await family_of(placing, request)
    assert await told(placing, family) == ["booking_client", "booking_cancelled_client"]
    assert await told(placing, petra) == ["offer", "booking_provider", "booking_cancelled_provider"]
    placing.db.clock.turn(hours=6)  # type: ignore[attr-defined]
    assert await jobs.answer_families(placing.db) == 1
    assert (await told(placing, family))[-1] == "nobody_found"


async def test_a_family_that_said_yes_hears_that_the_guardian_said_no(placing: Placing) -> None:
    mia = await a_sitter(
        placing.db,
        placing.centre,
        birth_date=date(2010, 3, 1),
        schooling_until=date(2026, 7, 31),
    )
    family = await a_client(placing.db, placing.centre)
    request = await a_request(placing.db, placing.centre, family, when="fri 16-19")
    (offer,) = await placing.asks(request, mia)
    (booking,) = await offers.accept(placing.db, placing.actor(mia), offer)
    who = await placing.family(request)
    await approvals.approve(placing.db, who, await placing.approval(booking))
    mother = await placing.id("SELECT other FROM relation WHERE person = $1", mia)
    await approvals.refuse(
        placing.db, placing.actor(mother, "guardian"), await placing.approval(booking, "guardian")
    )
    assert await told(placing, await family_of(placing, request)) == [
        "approval_client",
        "booking_cancelled_client",
    ]


async def test_a_guardian_hears_that_a_firm_visit_does_not_take_place(placing: Placing) -> None:
    mia = await a_sitter(
        placing.db,
        placing.centre,
        birth_date=date(2010, 3, 1),
        schooling_until=date(2026, 7, 31),
    )
    request = await a_request(placing.db, placing.centre, when="fri 16-19", approval="book")
    (offer,) = await placing.asks(request, mia)
    (booking,) = await offers.accept(placing.db, placing.actor(mia), offer)
    mother = await placing.id("SELECT other FROM relation WHERE person = $1", mia)
    guardian = placing.actor(mother, "guardian")
    await approvals.approve(placing.db, guardian, await placing.approval(booking, "guardian"))
    await bookings.cancel_booking(placing.db, guardian, booking, by="provider", reason="other")
    assert await told(placing, mother) == [
        "approval_guardian",
        "booking_guardian",
        "booking_cancelled_guardian",
    ]
    assert await placing.rows("SELECT cancelled_by FROM booking") == [{"cancelled_by": "guardian"}]
    assert (await told(placing, mia))[-1] == "booking_cancelled_provider"
