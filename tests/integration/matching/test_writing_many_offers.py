"""Many offers are written after one look; whoever has changed since is looked at again."""

from __future__ import annotations

import pytest

from factories import a_request, a_sitter
from helpers_placing import Placing
from rundum_core.errors import Conflict
from rundum_matching import offers, sight
from rundum_matching.models import PlannedOffer
from rundum_matching.sight import Sight


async def seen(placing: Placing, *planned: PlannedOffer) -> Sight:
    async with placing.db.work() as tx:
        return await sight.look(tx, planned)


async def test_who_is_as_she_was_seen_is_asked_by_that_look(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre, free="sat 18-23")
    fits, too_early = [
        await placing.planned(await a_request(placing.db, placing.centre, when=when), petra)
        for when in ("sat 19-22", "sat 9-12")
    ]
    look = await seen(placing, fits, too_early)
    async with placing.db.work() as tx:
        assert await offers.place(tx, fits, look)
    with pytest.raises(Conflict, match=r"offer\.world_moved"):
        async with placing.db.work() as tx:
            await offers.place(tx, too_early, look)


async def test_who_has_given_time_away_since_is_looked_at_again(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre, transport="bike")
    near, far = [
        await a_request(placing.db, placing.centre, when=when, place=place)
        for when, place in (
            ("sat 14-16", "39340 Haldensleben"),
            ("sat 16:10-18", "39164 Wanzleben"),
        )
    ]
    planned = await placing.planned(far, petra)
    look = await seen(placing, planned)
    await placing.asks(near, petra)
    with pytest.raises(Conflict, match=r"offer\.world_moved"):
        async with placing.db.work() as tx:
            await offers.place(tx, planned, look)


async def test_nobody_stands_twice_in_a_lot(placing: Placing) -> None:
    people = [await a_sitter(placing.db, placing.centre) for _ in range(2)]
    requests = [await a_request(placing.db, placing.centre) for _ in range(3)]
    planned = [await placing.planned(request, person) for request in requests for person in people]
    lots = list(sight.rounds(planned))
    assert [[one.person for one in lot] for lot in lots] == [people] * 3
    assert [one for lot in lots for one in lot] == planned
