"""Until when people have to answer, and what silence means."""

from __future__ import annotations

from datetime import UTC, datetime

from factories import a_centre, a_client, a_desk, a_request, a_sitter
from helpers_placing import Placing
from rundum_core.db import Database
from rundum_identity.centres import CentreSettings
from rundum_matching import approvals, offers

FRIDAY = datetime(2026, 11, 27, 11, 30, tzinfo=UTC)  # in Haldensleben the desk closes at 12:00
MONDAY = datetime(2026, 11, 30, tzinfo=UTC)


async def ends_at(placing: Placing, offer: int) -> datetime:
    (row,) = await placing.rows("SELECT expires_at FROM offer WHERE id = $1", offer)
    return row["expires_at"]  # type: ignore[return-value]


async def test_who_is_reached_by_phone_only_has_the_desks_hours_to_answer(placing: Placing) -> None:
    by_mail = await a_sitter(placing.db, placing.centre)
    by_phone = await a_sitter(placing.db, placing.centre, email=None)
    placing.db.clock.now = FRIDAY  # type: ignore[attr-defined]
    late = [await a_request(placing.db, placing.centre, when="fri 14-16 +1") for _ in range(2)]
    (mailed,) = await placing.asks(late[0], by_mail)
    (called,) = await placing.asks(late[1], by_phone)
    assert await ends_at(placing, mailed) < MONDAY < await ends_at(placing, called)


async def test_a_family_without_an_address_has_the_desks_hours_to_say_yes(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    family = await a_client(placing.db, placing.centre, email=None)
    placing.db.clock.now = FRIDAY  # type: ignore[attr-defined]
    request = await a_request(placing.db, placing.centre, family, when="fri 14-16 +1")
    (offer,) = await placing.asks(request, petra)
    await offers.accept(placing.db, placing.actor(petra), offer)
    (row,) = await placing.rows("SELECT deadline FROM approval")
    assert row["deadline"] > MONDAY  # type: ignore[operator]


async def test_those_who_only_go_together_wait_for_each_other_equally_long(
    placing: Placing,
) -> None:
    people = [await a_sitter(placing.db, placing.centre) for _ in range(3)]
    club = await a_client(placing.db, placing.centre, "club")
    request = await a_request(
        placing.db, placing.centre, club, "sat 14-18 +1", people=3, service="event", approval="book"
    )
    asked = await placing.asks(request, *people, seats=await placing.seats(request))
    await offers.accept(placing.db, placing.actor(people[0]), asked[0])
    placing.db.clock.turn(hours=5)  # type: ignore[attr-defined]
    await offers.accept(placing.db, placing.actor(people[1]), asked[1])
    (row,) = await placing.rows("SELECT DISTINCT deadline FROM approval")
    assert row["deadline"] == datetime(2026, 11, 29, 10, 0, tzinfo=UTC)
    placing.db.clock.now = row["deadline"]  # type: ignore[attr-defined]
    await offers.expire_offers(placing.db)
    placing.db.clock.turn(hours=12)  # type: ignore[attr-defined]
    await approvals.sweep_overdue(placing.db)
    states = await placing.rows("SELECT DISTINCT state FROM booking")
    assert states == [{"state": "released"}]


async def test_who_was_never_asked_has_not_declined(db: Database) -> None:
    centre = await a_centre(db, settings=CentreSettings(desk_releases_offers=True))
    placing = Placing(db=db, centre=centre)
    petra = await a_sitter(db, centre)
    request = await a_request(db, centre)
    await placing.asks(request, petra)
    db.clock.turn(days=2)  # type: ignore[attr-defined]
    assert await offers.expire_offers(db) == 1
    (offer,) = await placing.asks(request, petra)
    await offers.release(db, await a_desk(db, centre), offer)
    db.clock.turn(days=2)  # type: ignore[attr-defined]
    await offers.expire_offers(db)
    assert await placing.rows("SELECT kind FROM request_provider") == [{"kind": "declined"}]


async def test_a_held_offer_does_not_keep_her_from_another_at_the_same_time(
    placing: Placing,
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    first, second = [
        await a_request(placing.db, placing.centre, when=when)
        for when in ("sat 19-22", "sat 20-23")
    ]
    (urgent,) = await placing.asks(second, petra, parallel=True)
    (held,) = await placing.asks(first, petra)
    await offers.accept(placing.db, placing.actor(petra), urgent)
    assert await placing.id(
        "SELECT count(*) FROM offer WHERE id = $1 AND state = 'withdrawn'", held
    )


async def test_who_takes_some_dates_is_not_asked_for_the_others_again(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    request = await a_request(
        placing.db, placing.centre, when=["tue 15-18", "wed 15-18"], approval="book"
    )
    (offer,) = await placing.asks(request, petra)
    (row, *_) = await placing.rows("SELECT public_id FROM visit ORDER BY ordinal")
    await offers.accept(placing.db, placing.actor(petra), offer, visits=[row["public_id"]])  # type: ignore[list-item]
    assert await placing.rows("SELECT person, kind FROM request_provider") == [
        {"person": petra, "kind": "declined"}
    ]
