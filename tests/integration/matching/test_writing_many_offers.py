"""A plan's offers are written after one look; who has changed since is asked for every rule."""

from __future__ import annotations

import pytest

from factories import a_request, a_sitter
from helpers_placing import Placing
from rundum_core.errors import Conflict
from rundum_matching import offers, sight, snapshot
from rundum_matching.models import PlannedOffer
from rundum_matching.sight import Sight


async def look(placing: Placing) -> Sight:
    async with placing.db.work() as tx:
        return await sight.look(tx)


async def write(placing: Placing, planned: PlannedOffer, seen: Sight) -> None:
    async with placing.db.work() as tx:
        await offers.place(tx, planned, seen)
    seen.written(planned)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The persons for whom every rule was asked."""
    people: list[int] = []
    rules = snapshot.refusals_now

    async def asking(tx: object, seat: int, person: int, **rest: object) -> object:
        people.append(person)
        return await rules(tx, seat, person, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(snapshot, "refusals_now", asking)
    return people


async def test_a_plan_is_taken_at_its_word_of_who_has_not_changed(
    placing: Placing, asked: list[int]
) -> None:
    petra, ines = [await a_sitter(placing.db, placing.centre) for _ in range(2)]
    saturday, sunday = [
        await a_request(placing.db, placing.centre, when=when) for when in ("sat 19-22", "sun 9-12")
    ]
    pairs = ((saturday, petra), (sunday, petra), (saturday, ines))
    planned = [await placing.planned(*pair) for pair in pairs]
    seen = await look(placing)
    await write(placing, planned[0], seen)
    await write(placing, planned[1], seen)
    with pytest.raises(Conflict, match=r"offer\.world_moved"):  # the seat is Petra's
        await write(placing, planned[2], seen)
    assert asked == []
    assert len(await placing.ids("SELECT seat FROM offer_seat")) == 2


async def test_who_has_given_time_away_since_is_asked_for_every_rule(
    placing: Placing, asked: list[int]
) -> None:
    petra = await a_sitter(placing.db, placing.centre, transport="bike")
    near, far = [
        await a_request(placing.db, placing.centre, when=when, place=place)
        for when, place in (
            ("sat 14-16", "39340 Haldensleben"),
            ("sat 16:10-18", "39164 Wanzleben"),
        )
    ]
    planned = await placing.planned(far, petra)
    seen = await look(placing)
    await placing.asks(near, petra)
    asked.clear()
    with pytest.raises(Conflict, match=r"offer\.world_moved"):
        await write(placing, planned, seen)
    assert asked == [petra]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE provider SET status = 'paused' WHERE person = {}",
        "DELETE FROM availability WHERE person = {}",
    ],
)
async def test_whose_facts_have_changed_since_is_asked_for_every_rule(
    placing: Placing, change: str
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    planned = await placing.planned(await a_request(placing.db, placing.centre), petra)
    seen = await look(placing)
    await placing.do(change.format(petra))
    with pytest.raises(Conflict, match=r"offer\.world_moved"):
        await write(placing, planned, seen)


async def test_a_change_for_everybody_is_one_for_each(placing: Placing, asked: list[int]) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    planned = await placing.planned(await a_request(placing.db, placing.centre), petra)
    seen = await look(placing)
    await placing.do("INSERT INTO provider_change (person) VALUES (0)")
    await write(placing, planned, seen)
    assert asked == [petra]
