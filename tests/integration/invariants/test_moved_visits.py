"""A visit that is moved within what the family allowed: what follows it, and what stays."""

from __future__ import annotations

from datetime import timedelta

from factories import a_request, a_sitter
from helpers_placing import Placing
from rundum_app.check import faults
from rundum_matching import approvals, offers

TO_MIDNIGHT = timedelta(minutes=60)


async def moved_by(placing: Placing, request: int, person: int, later: timedelta) -> None:
    planned = await placing.planned(request, person, later=later)
    async with placing.db.work() as tx:
        await offers.place(tx, planned)


async def test_over_midnight_its_date_follows(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    request = await a_request(placing.db, placing.centre, when="fri 23:30-3", flexible=120)
    await moved_by(placing, request, petra, TO_MIDNIGHT)
    moved = await placing.rows("SELECT extract(isodow FROM date)::integer AS day FROM visit")
    assert moved == [{"day": 6}]
    assert not await faults(placing.db)


async def test_a_booking_that_came_to_nothing_keeps_its_times_and_holds_nobody_up(
    placing: Placing,
) -> None:
    petra, eva = [await a_sitter(placing.db, placing.centre) for _ in range(2)]
    request = await a_request(placing.db, placing.centre, when="sat 14-17", flexible=120)
    (offer,) = await placing.asks(request, petra)
    (booking,) = await offers.accept(placing.db, placing.actor(petra), offer)
    before = await placing.rows("SELECT during FROM booking")
    who = await placing.family(request)
    await approvals.refuse(placing.db, who, await placing.approval(booking))
    await moved_by(placing, request, eva, TO_MIDNIGHT)
    assert await placing.rows("SELECT during FROM booking") == before
    assert await placing.ids("SELECT count(*) FROM offer WHERE state = 'pending'") == [1]
    assert not await faults(placing.db)
