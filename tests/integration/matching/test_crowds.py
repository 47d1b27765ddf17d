"""Who is free, kept in memory: what is asked again is as new as the tables."""

from __future__ import annotations

import asyncio

import pytest

from factories import a_request, a_sitter
from helpers_placing import Placing
from rundum_engine.crowd import Asked, Crowd
from rundum_engine.snapshot import Span
from rundum_matching import crowds, offers, snapshot


async def free(placing: Placing, request: int) -> list[int]:
    """Who could take the request's first visit, by the crowd in memory."""
    crowd = await crowds.crowd(placing.db, placing.centre.id)
    async with placing.db.work() as tx:
        (question, *_) = await snapshot.questions(tx, request)
    midnights = crowd.ground.days.midnights
    reach = Span(midnights[0], midnights[-1])
    asked = Asked(crowd, question.snapshot, question.visit, question.seat, reach)
    return sorted(one.provider for one in asked.candidates(10)[1])


async def test_everybody_who_may_be_placed_and_whoever_comes_and_goes(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    assert await free(placing, request) == [petra]
    elke = await a_sitter(placing.db, placing.centre)
    assert await free(placing, request) == sorted([petra, elke])
    await placing.do("UPDATE provider SET status = 'paused' WHERE person = $1", petra)
    assert await free(placing, request) == [elke]


async def test_time_that_was_given_away_counts_at_once(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    first = await a_request(placing.db, placing.centre, when="fri 16-19")
    second = await a_request(placing.db, placing.centre, when="fri 17-20")
    assert await free(placing, second) == [petra]
    (offer,) = await placing.asks(first, petra)
    await offers.accept(placing.db, placing.actor(petra), offer)
    assert await free(placing, second) == []


async def settled(placing: Placing) -> Crowd:
    """The crowd once no transaction on the whole server is older than what is in it: until then
    the same people are read again."""
    while True:
        found = await crowds.crowd(placing.db, placing.centre.id)
        if await crowds.crowd(placing.db, placing.centre.id) is found:
            return found
        await asyncio.sleep(0.05)


async def test_only_those_who_changed_are_read_again(
    placing: Placing, monkeypatch: pytest.MonkeyPatch
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    await a_sitter(placing.db, placing.centre)
    first = await settled(placing)
    read: list[list[int]] = []
    whole = snapshot.crowd_of

    async def noted(tx, persons, *, before):  # type: ignore[no-untyped-def]
        read.append(persons)
        return await whole(tx, persons, before=before)

    monkeypatch.setattr(snapshot, "crowd_of", noted)
    assert await crowds.crowd(placing.db, placing.centre.id) is first
    await placing.do("UPDATE provider SET radius_km = 3 WHERE person = $1", petra)
    second = await crowds.crowd(placing.db, placing.centre.id)
    assert read == [[petra]]
    assert second is not first
    await settled(placing)
    read.clear()
    await placing.do("UPDATE centre SET state = state")
    assert isinstance(await crowds.crowd(placing.db, placing.centre.id), Crowd)
    assert len(read) == 2  # everybody: the ground, and the people


async def test_a_change_that_ends_behind_a_later_one_is_not_missed(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    elke = await a_sitter(placing.db, placing.centre)
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    pause = "UPDATE provider SET status = 'paused' WHERE person = $1"
    async with placing.db.work() as slow:
        await slow.connection.execute(pause, petra)
        await placing.do(pause, elke)
        assert await free(placing, request) == [petra]
    assert await free(placing, request) == []


async def test_many_who_ask_at_once_read_it_once(placing: Placing) -> None:
    await a_sitter(placing.db, placing.centre)
    await settled(placing)
    crowds.drop(placing.db)
    found = await asyncio.gather(*(crowds.crowd(placing.db, placing.centre.id) for _ in range(5)))
    assert len({id(one) for one in found}) == 1
    crowds.drop(placing.db)
    assert await crowds.crowd(placing.db, placing.centre.id) is not found[0]
