"""Links, guardians and staff: what each may look at, and that looks are noted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from factories import a_desk, a_request, a_sitter
from helpers_placing import Placing
from rundum_core import links
from rundum_core.actor import Actor
from rundum_core.errors import Conflict, NotFound
from rundum_matching import approvals, offers, views
from rundum_matching.views import Reached


async def booked(placing: Placing, person: int, when: str = "fri 16-19") -> int:
    request = await a_request(placing.db, placing.centre, when=when, approval="book")
    (offer,) = await placing.asks(request, person)
    (booking,) = await offers.accept(placing.db, placing.actor(person), offer)
    return booking


def come(actor: Actor, id: int) -> Reached:
    return Reached(actor=actor, id=id, link=None)


async def test_a_standing_link_that_is_over_opens_nothing(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    booking = await booked(placing, petra)
    async with placing.db.work() as tx:
        token = await links.issue(
            tx,
            "booking",
            subject=booking,
            person=petra,
            centre=placing.centre.id,
            standing=True,
            expires_at=tx.now + timedelta(days=1),
        )
    assert (await views.reach(placing.db, placing.actor(petra), "booking", token)).id == booking
    placing.db.clock.turn(days=1)  # type: ignore[attr-defined]
    with pytest.raises(Conflict, match=r"link\.expired"):
        await views.reach(placing.db, placing.actor(petra), "booking", token)


async def test_a_guardian_sees_the_address_of_a_minor_only(placing: Placing) -> None:
    mia = await a_sitter(
        placing.db,
        placing.centre,
        birth_date=date(2008, 12, 1),
        schooling_until=date(2025, 7, 31),
    )
    mother = await placing.id("SELECT other FROM relation WHERE person = $1", mia)
    guardian = placing.actor(mother, "guardian")
    young = await booked(placing, mia, "fri 16-19")
    await approvals.approve(placing.db, guardian, await placing.approval(young, "guardian"))
    assert (await views.booking_view(placing.db, come(guardian, young))).address is not None
    grown = await booked(placing, mia, "fri 16-19 +1")
    with pytest.raises(NotFound):
        await views.booking_view(placing.db, come(guardian, grown))


async def test_a_look_of_staff_at_an_address_is_noted(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    booking = await booked(placing, petra)
    desk = await a_desk(placing.db, placing.centre)
    for who in (placing.actor(petra), desk):
        assert (await views.booking_view(placing.db, come(who, booking))).address is not None
    assert await placing.rows("SELECT actor FROM event WHERE kind = 'booking.viewed'") == [
        {"actor": desk.person}
    ]
