"""Messages, deliveries and call tasks, in the transaction that causes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import sample_letters
from rundum_core import events
from rundum_core.actor import Actor
from rundum_core.errors import NotFound
from rundum_notifications import tasks
from rundum_notifications.jobs import drop_stale_calls, health
from rundum_notifications.messages import finish_call, script, tell


async def test_somebody_with_an_address_gets_a_mail(world):
    delivery = await world.delivery(await world.mail())
    assert delivery["channel"] == "email"
    assert delivery["address"] == "p1@example.org"
    assert delivery["state"] == "pending"
    assert await world.tasks() == []


async def test_a_verified_address_goes_before_a_newer_one(world):
    person = await world.person(email="old@example.org")
    async with world.db.work() as tx:
        await tx.connection.execute("UPDATE contact_point SET verified_at = now()")
        for address, days in (("new@example.org", 1), ("newest@example.org", 2)):
            await tx.connection.execute(
                """INSERT INTO contact_point (person, channel, value, created_at)
                   VALUES ($1, 'email', $2, $3)""",
                person,
                address,
                tx.now + timedelta(days=days),
            )
    first = await world.delivery(await world.tell(person))
    async with world.db.work() as tx:
        await tx.connection.execute("UPDATE contact_point SET verified_at = NULL")
    second = await world.delivery(await world.tell(person))
    assert (first["address"], second["address"]) == ("old@example.org", "newest@example.org")


async def test_an_event_tells_a_person_once(world):
    person = await world.person(email="p@example.org")
    async with world.db.work() as tx:
        event = await events.must_record(tx, "sample.made", 1, centre=world.centre)
        told = [
            await tell(
                tx,
                event=event,
                person=person,
                template=template,
                subject=1,
                centre=world.centre,
            )
            for template in ("sample_offer", "sample_offer", "sample_booking")
        ]
    assert told[0] is not None
    assert told[1] is None
    assert told[2] is not None
    assert await world.states() == {"pending": 2}


async def test_somebody_without_an_address_is_on_the_call_list(world):
    id = await world.tell(await world.person(phone="+493904555099"))
    assert (await world.delivery(id))["channel"] == "phone"
    async with world.db.work() as tx:
        (task,) = await tasks.open_tasks(tx, world.centre)
        found = await tasks.find_task(tx, task.public_id)
    assert (task.kind, task.subject) == ("call", id)
    assert task.due_at == world.clock.now + timedelta(hours=1)
    assert found == task


async def test_nobody_is_called_at_night(world):
    world.clock.now = datetime(2027, 6, 10, 20, tzinfo=UTC)
    await world.tell(await world.person())
    async with world.db.work() as tx:
        (task,) = await tasks.open_tasks(tx, world.centre)
    assert task.due_at == datetime(2027, 6, 11, 6, tzinfo=UTC)


async def test_somebody_who_was_erased_is_told_nothing(world):
    person = await world.person(email="p@example.org")
    async with world.db.work() as tx:
        await tx.connection.execute("UPDATE person SET erased_at = now() WHERE id = $1", person)
        event = await events.must_record(tx, "sample.made", 1, centre=world.centre)
        told = await tell(
            tx, event=event, person=person, template="x", subject=1, centre=world.centre
        )
    assert told is None
    assert await world.states() == {}


async def test_a_page_tells_people_of_its_own_centre(world):
    person = await world.person(email="p@example.org")
    phoned = await world.person()
    async with world.db.transaction(Actor(kind="web", centre=world.centre)) as tx:
        event = await events.must_record(tx, "sample.made", 1, centre=world.centre)
        for one in (person, phoned):
            assert await tell(
                tx,
                event=event,
                person=one,
                template="sample_offer",
                subject=1,
                centre=world.centre,
            )
    async with world.db.work() as tx:
        rows = await tx.connection.fetch("SELECT channel, address FROM delivery ORDER BY id")
    assert [tuple(row) for row in rows] == [("email", "p@example.org"), ("phone", None)]


async def test_what_is_undone_told_nobody(world):
    person = await world.person()

    async def stumble() -> None:
        async with world.db.work() as tx:
            event = await events.must_record(tx, "sample.made", 1, centre=world.centre)
            await tell(tx, event=event, person=person, template="x", subject=1, centre=world.centre)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await stumble()
    assert await world.states() == {}
    assert await world.tasks() == []


async def test_the_desk_reads_the_letter_in_the_language_it_needs(world, catalogues):
    id = await world.tell(await world.person())
    async with world.db.work() as tx:
        german = await script(tx, id, catalogues.translator("de", tx.now))
        english = await script(tx, id, catalogues.translator("en", tx.now))
    assert german.startswith("Können Sie am Mo, 14. Juni?\n\nGuten Tag Petra Müller,")
    assert english.startswith("Are you free on Mon, 14 June?")
    assert "http" not in german + english


async def test_there_is_no_script_for_what_is_obsolete_or_unknown(world, catalogues):
    id = await world.tell(await world.person(), subject=7)
    sample_letters.OBSOLETE.add(7)
    async with world.db.work() as tx:
        t = catalogues.translator("de", tx.now)
        assert await script(tx, id, t) is None
        assert await script(tx, id + 1, t) is None


@pytest.mark.parametrize(("reached", "state"), [(True, "done"), (False, "given_up")])
async def test_a_call_ends_once(world, reached, state):
    id = await world.tell(await world.person())
    async with world.db.work() as tx:
        assert await finish_call(tx, id, reached=reached)
    async with world.db.work() as tx:
        assert not await finish_call(tx, id, reached=True)
    assert (await world.delivery(id))["state"] == state
    assert await world.tasks() == [("call", id, "done")]


async def test_a_call_that_is_obsolete_leaves_the_list(world, catalogues):
    stale = await world.tell(await world.person(), subject=7)
    broken = await world.tell(await world.person(), subject=8)
    good = await world.tell(await world.person(), subject=9)
    sample_letters.OBSOLETE.add(7)
    sample_letters.BROKEN.add(8)
    assert await drop_stale_calls(world.db, catalogues) == 1
    assert await drop_stale_calls(world.db, catalogues) == 0
    assert (await world.delivery(stale))["state"] == "obsolete"
    assert sorted(await world.tasks()) == [
        ("call", stale, "obsolete"),
        ("call", broken, "open"),
        ("call", good, "open"),
    ]


async def test_a_thing_is_on_the_board_once_and_due_at_its_earlier_time(world):
    now = world.clock.now
    async with world.db.work() as tx:
        later = await tasks.open_task(tx, "check", 5, world.centre, now + timedelta(hours=5))
        sooner = await tasks.open_task(tx, "check", 5, world.centre, now)
        again = await tasks.open_task(tx, "check", 5, world.centre, now + timedelta(hours=9))
        (task,) = await tasks.open_tasks(tx, world.centre)
    assert later == sooner == again == task.id
    assert task.due_at == now


async def test_a_task_is_claimed_done_and_taken_back(world):
    person = await world.person()
    desk = Actor(kind="web", centre=world.centre, person=person, roles=frozenset({"desk"}))
    async with world.db.transaction(desk) as tx:
        id = await tasks.open_task(tx, "check", 5, world.centre, tx.now)
        assert await tasks.claim_task(tx, id, person)
        assert await tasks.finish_task(tx, "check", 5, outcome="active")
        assert not await tasks.finish_task(tx, "check", 5)
        assert not await tasks.claim_task(tx, id, person)
        assert await tasks.open_tasks(tx, world.centre) == []
        assert await tasks.reopen_task(tx, id)
        (task,) = await tasks.open_tasks(tx, world.centre)
        assert task.claimed_by == person
        assert await tasks.drop_task(tx, "check", 5)


async def test_an_unknown_task_is_not_found(world):
    async with world.db.work() as tx:
        with pytest.raises(NotFound):
            await tasks.find_task(tx, "7e0755f0-0000-4000-8000-000000000000")


async def test_health_says_since_when_mail_waits(world):
    async with world.db.work() as tx:
        assert (await health(tx)).oldest_waiting is None
    begin = world.clock.now
    await world.mail(1)
    world.clock.wait(minutes=5)
    await world.mail(2)
    await world.tell(await world.person())
    async with world.db.work() as tx:
        figures = await health(tx)
    assert figures.oldest_waiting == begin
    assert figures.mails == {"pending": 2}
    assert figures.calls == 1
