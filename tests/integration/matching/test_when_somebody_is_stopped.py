"""A provider is suspended, pauses, loses a document; a client is blocked: what is out then."""

from __future__ import annotations

from uuid import UUID

import pytest

from factories import a_client, a_desk, a_request, a_sitter
from helpers_placing import Placing
from rundum_app.wiring import fill_hooks
from rundum_clients import service as clients
from rundum_matching import bookings, offers, runs
from rundum_matching.solver import Solver
from rundum_providers.service import credentials, lifecycle


@pytest.fixture(autouse=True)
def wired() -> None:
    fill_hooks()


async def public_id(placing: Placing, table: str, column: str, id: int) -> UUID:
    (row,) = await placing.rows(f"SELECT public_id FROM {table} WHERE {column} = $1", id)
    return row["public_id"]  # type: ignore[return-value]


async def asked_yes_and_firm(placing: Placing, petra: int, family: int) -> list[int]:
    """One offer is out, one booking waits for the family, one is firm; the requests."""
    requests = [
        await a_request(placing.db, placing.centre, family, when, approval=approval)
        for when, approval in (("wed 15-18", "ask"), ("thu 15-18", "ask"), ("fri 15-18", "book"))
    ]
    for number, request in enumerate(requests):
        (offer,) = await placing.asks(request, petra)
        if number:
            await offers.accept(placing.db, placing.actor(petra), offer)
    return requests


async def how_it_stands(placing: Placing) -> tuple[list[object], list[object], list[object]]:
    """The states of offers and bookings, and what the desk has to decide."""
    found = [
        await placing.rows(f"SELECT {column} AS x FROM {rest}")
        for column, rest in (
            ("state", "offer WHERE state <> 'accepted'"),
            ("state", "booking ORDER BY id"),
            ("kind", "task WHERE state = 'open' AND kind = 'decide'"),
        )
    ]
    first, second, third = ([row["x"] for row in rows] for rows in found)
    return first, second, third


@pytest.mark.parametrize("verb", [lifecycle.suspend, lifecycle.leave])
async def test_who_is_suspended_or_leaves_is_asked_nothing_and_the_desk_decides_what_is_firm(
    placing: Placing, verb: object
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    family = await a_client(placing.db, placing.centre)
    await asked_yes_and_firm(placing, petra, family)
    desk = await a_desk(placing.db, placing.centre)
    await verb(placing.db, desk, await public_id(placing, "provider", "person", petra))  # type: ignore[operator]
    assert await how_it_stands(placing) == (["withdrawn"], ["released", "confirmed"], ["decide"])
    told = await placing.rows("SELECT template FROM message WHERE person = $1 ORDER BY id", petra)
    assert [row["template"] for row in told][-2:] == ["offer_withdrawn", "booking_released"]


async def test_who_pauses_keeps_what_is_agreed(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    family = await a_client(placing.db, placing.centre)
    await asked_yes_and_firm(placing, petra, family)
    who = placing.actor(petra)
    await lifecycle.pause(placing.db, who, await public_id(placing, "provider", "person", petra))
    assert await how_it_stands(placing) == (["withdrawn"], ["provisional", "confirmed"], [])


async def test_a_struck_certificate_stops_care_of_children_and_nothing_else(
    placing: Placing,
) -> None:
    petra = await a_sitter(placing.db, placing.centre, services=("childcare", "household"))
    family = await a_client(placing.db, placing.centre)
    await asked_yes_and_firm(placing, petra, family)
    cleaning = await a_request(
        placing.db, placing.centre, family, "sat 9-11", service="household", approval="book"
    )
    (offer,) = await placing.asks(cleaning, petra)
    await offers.accept(placing.db, placing.actor(petra), offer)
    desk = await a_desk(placing.db, placing.centre)
    await credentials.strike_credential(
        placing.db,
        desk,
        await public_id(placing, "provider", "person", petra),
        await public_id(placing, "credential", "person", petra),
    )
    assert await how_it_stands(placing) == (
        ["withdrawn"],
        ["released", "confirmed", "confirmed"],
        ["decide"],
    )
    (task,) = await placing.ids("SELECT subject FROM task WHERE kind = 'decide'")
    await bookings.cancel_booking(placing.db, desk, task, by="desk", reason="other")
    assert (await how_it_stands(placing))[2] == []


async def test_for_a_blocked_client_nobody_is_asked(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    family = await a_client(placing.db, placing.centre)
    await asked_yes_and_firm(placing, petra, family)
    desk = await a_desk(placing.db, placing.centre)
    await clients.block(
        placing.db, desk, placing.centre.id, await public_id(placing, "client", "id", family)
    )
    assert await how_it_stands(placing) == (["withdrawn"], ["released", "confirmed"], ["decide"])
    solver = Solver()
    try:
        run = await runs.run(placing.db, solver, trigger="demand")
    finally:
        solver.close()
    assert run is not None
    assert (run.visits, run.offered) == (0, 0)
