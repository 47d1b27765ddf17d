"""The day before, each side hears once, over a change of the clock and after a standstill too."""

from __future__ import annotations

from datetime import UTC, datetime

from factories import a_client, a_request, a_sitter
from helpers_placing import Placing
from rundum_matching import jobs, offers


async def reminded(placing: Placing) -> list[tuple[object, object]]:
    rows = await placing.rows(
        "SELECT person, template FROM message WHERE template LIKE 'reminder%' ORDER BY id"
    )
    return [(row["person"], row["template"]) for row in rows]


def at(placing: Placing, now: datetime) -> None:
    placing.db.clock.now = now  # type: ignore[attr-defined]


async def test_a_family_is_reminded_once_of_a_visit_with_several_people(placing: Placing) -> None:
    people = [await a_sitter(placing.db, placing.centre) for _ in range(2)]
    club = await a_client(placing.db, placing.centre, "club")
    request = await a_request(
        placing.db, placing.centre, club, "sat 14-18", people=2, service="event", approval="book"
    )
    asked = await placing.asks(request, *people, seats=await placing.seats(request))
    for person, offer in zip(people, asked, strict=True):
        await offers.accept(placing.db, placing.actor(person), offer)
    who = await placing.id("SELECT asked_by FROM care_request")
    at(placing, datetime(2026, 11, 27, 15, 59, tzinfo=UTC))  # Friday, before 17:00 in Berlin
    assert await jobs.send_reminders(placing.db) == 0
    at(placing, datetime(2026, 11, 27, 16, 0, tzinfo=UTC))
    assert await jobs.send_reminders(placing.db) == 2
    assert await jobs.send_reminders(placing.db) == 0
    assert sorted(await reminded(placing)) == sorted(
        [*((person, "reminder") for person in people), (who, "reminder_client")]
    )


async def test_what_was_missed_is_made_up_for_until_the_visit_begins(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    request = await a_request(placing.db, placing.centre, when="sat 14-18", approval="book")
    (offer,) = await placing.asks(request, petra)
    await offers.accept(placing.db, placing.actor(petra), offer)
    at(placing, datetime(2026, 11, 28, 13, 0, tzinfo=UTC))  # it begins at this moment
    assert await jobs.send_reminders(placing.db) == 0
    at(placing, datetime(2026, 11, 28, 7, 0, tzinfo=UTC))
    assert await jobs.send_reminders(placing.db) == 1


async def test_what_became_firm_this_evening_needs_no_reminder(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    at(placing, datetime(2026, 11, 27, 16, 30, tzinfo=UTC))
    request = await a_request(placing.db, placing.centre, when="sat 14-18", approval="book")
    (offer,) = await placing.asks(request, petra)
    await offers.accept(placing.db, placing.actor(petra), offer)
    assert await jobs.send_reminders(placing.db) == 0
    at(placing, datetime(2026, 11, 28, 7, 0, tzinfo=UTC))
    assert await jobs.send_reminders(placing.db) == 0


async def test_the_eve_of_a_change_of_the_clock_has_its_hour(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    at(placing, datetime(2027, 3, 26, 8, 0, tzinfo=UTC))
    request = await a_request(placing.db, placing.centre, when="mon 14-18", approval="book")
    (offer,) = await placing.asks(request, petra)
    await offers.accept(placing.db, placing.actor(petra), offer)
    at(placing, datetime(2027, 3, 28, 14, 59, tzinfo=UTC))  # 16:59 by the new clock
    assert await jobs.send_reminders(placing.db) == 0
    at(placing, datetime(2027, 3, 28, 15, 0, tzinfo=UTC))
    assert await jobs.send_reminders(placing.db) == 1
