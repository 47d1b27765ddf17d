"""The courier against relays that work, refuse, stall, vanish, and against other couriers."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta
from email import message_from_bytes, policy
from uuid import uuid4

import pytest

import sample_letters
from rundum_notifications import store
from rundum_notifications.schedule import PAUSES
from smtp_relay import a_relay, trusting_context


def a_closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_a_mail_arrives_and_its_bytes_are_erased(world, relay, courier_to):
    id = await world.mail()
    assert await courier_to(relay.port).run_once() == 1
    ((recipient, raw),) = relay.mails
    mail = message_from_bytes(raw, policy=policy.default)
    delivery = await world.delivery(id)
    assert recipient == "p1@example.org"
    assert mail["Subject"] == "Können Sie am Mo, 14. Juni?"
    assert mail["Message-ID"] == f"<{delivery['message_id']}@rundum.example>"
    assert "https://rundum.example/offers/AbC-_123" in mail.get_body(("plain",)).get_content()
    assert delivery["state"] == "accepted"
    assert delivery["rendered"] is None
    assert delivery["ended_at"] == world.clock.now


async def test_nothing_is_sent_twice_and_an_empty_day_costs_nothing(world, relay, courier_to):
    courier = courier_to(relay.port)
    await world.mail()
    assert [await courier.run_once() for _ in range(3)] == [1, 0, 0]
    assert len(relay.mails) == 1


async def test_a_letter_speaks_the_language_the_person_has_when_it_is_written(
    world, relay, courier_to
):
    person = await world.person(email="p@example.org")
    await world.tell(person)
    async with world.db.work() as tx:
        await tx.connection.execute("UPDATE person SET locale = 'en' WHERE id = $1", person)
    await courier_to(relay.port).run_once()
    assert b"Are you free on Mon, 14 June?" in relay.mails[0][1]


async def test_somebody_who_is_phoned_gets_no_mail(world, relay, courier_to):
    await world.tell(await world.person(phone="+493904555099"))
    assert await courier_to(relay.port).run_once() == 0


async def test_while_the_relay_is_down_mails_wait_and_then_go_out(world, relay, courier_to):
    ids = [await world.mail(number) for number in range(6)]
    down = courier_to(a_closed_port())
    assert await down.run_once() == 6
    for id in ids:
        delivery = await world.delivery(id)
        assert delivery["state"] == "pending"
        assert delivery["attempts"] == 1
        assert delivery["next_at"] == world.clock.now + timedelta(seconds=30)
        assert delivery["error"].startswith("connect")
    courier = courier_to(relay.port)
    assert await courier.run_once() == 0
    world.clock.wait(seconds=30)
    assert await courier.run_once() == 6
    assert await world.states() == {"accepted": 6}


async def test_a_mail_that_nobody_takes_fails_after_a_day_and_is_called_instead(world, courier_to):
    id = await world.mail(phone="+493904555099")
    begin = world.clock.now
    courier = courier_to(a_closed_port())
    for pause in (*PAUSES, timedelta(hours=1)):
        assert await courier.run_once() == 1
        world.clock.now += pause
    delivery = await world.delivery(id)
    assert delivery["state"] == "failed"
    assert delivery["attempts"] == len(PAUSES) + 1
    assert delivery["rendered"] is None
    assert timedelta(hours=23) < delivery["ended_at"] - begin <= timedelta(hours=24)
    assert await world.tasks() == [("call", id, "open"), ("mail_failed", id, "open")]
    assert await courier.run_once() == 0


async def test_a_refused_recipient_fails_at_once_and_stops_nobody(world, relay, courier_to):
    relay.rcpt = lambda address: "550 5.1.1 <gone> no such user" if "p2" in address else "250 OK"
    ids = [await world.mail(number, phone="+493904555099") for number in range(4)]
    await courier_to(relay.port, connections=1).run_once()
    assert relay.recipients == ["p0@example.org", "p1@example.org", "p3@example.org"]
    refused = await world.delivery(ids[2])
    assert refused["state"] == "failed"
    assert refused["error"] == "rcpt 550 5.1.1"
    assert await world.tasks() == [("call", ids[2], "open"), ("mail_failed", ids[2], "open")]
    async with world.db.work() as tx:
        failed = await tx.connection.fetchval(
            "SELECT subject FROM event WHERE kind = 'delivery.failed'"
        )
    assert failed == ids[2]


async def test_without_a_phone_number_a_failed_mail_is_no_call(world, relay, courier_to):
    relay.rcpt = lambda _: "553 5.1.3 bad address"
    id = await world.mail()
    await courier_to(relay.port).run_once()
    assert await world.tasks() == [("mail_failed", id, "open")]


@pytest.mark.parametrize(
    ("where", "answer", "error"),
    [
        ("rcpt", "451 4.7.1 greylisted", "rcpt 451 4.7.1"),
        ("data", "452 4.3.1 no room", "data 452 4.3.1"),
        ("mail", "451 4.3.0 try later", "mail 451 4.3.0"),
        ("mail", "550 5.7.1 sender unknown", "mail 550 5.7.1"),
        ("rcpt", "530 5.7.0 authenticate first", "rcpt 530 5.7.0"),
    ],
)
async def test_what_may_be_mended_is_tried_again_with_the_same_bytes(
    world, relay, courier_to, where, answer, error
):
    id = await world.mail()
    good = getattr(relay, where)
    setattr(relay, where, (lambda: answer) if where == "mail" else (lambda _: answer))
    courier = courier_to(relay.port)
    await courier.run_once()
    delivery = await world.delivery(id)
    assert (delivery["state"], delivery["error"]) == ("pending", error)
    assert relay.mails == []
    setattr(relay, where, good)
    world.clock.wait(seconds=30)
    assert await courier.run_once() == 1
    assert relay.mails == [("p1@example.org", delivery["rendered"])]


async def test_a_mail_that_the_relay_refuses_for_good_fails(world, relay, courier_to):
    relay.data = lambda _: "554 5.6.0 not acceptable"
    id = await world.mail()
    await courier_to(relay.port).run_once()
    assert (await world.delivery(id))["state"] == "failed"


async def test_a_connection_lost_behind_data_sends_the_same_bytes_again(world, relay, courier_to):
    id = await world.mail()
    relay.drops_after_data = True
    courier = courier_to(relay.port)
    await courier.run_once()
    delivery = await world.delivery(id)
    assert (delivery["state"], delivery["error"]) == ("unknown", "data lost")
    assert delivery["next_at"] == world.clock.now + timedelta(seconds=30)
    relay.drops_after_data = False
    world.clock.wait(seconds=30)
    await courier.run_once()
    assert (await world.delivery(id))["state"] == "accepted"
    first, second = relay.mails
    assert first == second


async def test_a_relay_that_stalls_is_left_and_tried_again(world, relay, courier_to):
    id = await world.mail()
    relay.seconds = 5
    courier = courier_to(relay.port, send_seconds=0.3)
    await courier.run_once()
    delivery = await world.delivery(id)
    assert (delivery["state"], delivery["error"]) == ("unknown", "data timeout")
    relay.seconds = 0
    world.clock.wait(seconds=30)
    await courier.run_once()
    assert (await world.delivery(id))["state"] == "accepted"


async def test_a_relay_that_never_greets_is_down(world, courier_to):
    await world.mail()
    mute = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    courier = courier_to(mute.sockets[0].getsockname()[1], send_seconds=0.3)
    assert await courier.run_once() == 1
    assert await world.states() == {"pending": 1}
    mute.close()


async def test_without_starttls_nothing_is_sent(world, relay, courier_to):
    id = await world.mail()
    await courier_to(relay.port, tls="starttls", host="localhost").run_once()
    assert relay.mails == []
    assert (await world.delivery(id))["state"] == "pending"


async def test_over_starttls_the_relay_shows_a_good_certificate(world, courier_to):
    id = await world.mail()
    async with a_relay(starttls=True) as relay:
        await courier_to(relay.port, tls="starttls").run_once()
        refused = await world.delivery(id)
        assert relay.mails == []
        assert refused["state"] == "pending"
        world.clock.wait(seconds=30)
        trusting = courier_to(relay.port, tls="starttls", tls_context=trusting_context())
        await trusting.run_once()
        assert len(relay.mails) == 1
        await trusting.close()
    assert (await world.delivery(id))["state"] == "accepted"


async def test_a_relay_that_hangs_up_between_mails_costs_no_attempt(world, relay, courier_to):
    relay.hangs_up_after_mail = True
    courier = courier_to(relay.port, connections=1)
    for number in range(3):
        id = await world.mail(number)
        await courier.run_once()
        await asyncio.sleep(0.05)
        delivery = await world.delivery(id)
        assert (delivery["state"], delivery["attempts"]) == ("accepted", 1)


async def test_mails_go_over_several_connections_that_are_kept(world, relay, courier_to):
    relay.seconds = 0.02
    courier = courier_to(relay.port, connections=3)
    for number in range(30):
        await world.mail(number)
    assert await courier.run_once() == 30
    assert relay.most_open == 3
    assert relay.connections == 3


async def test_a_relay_that_allows_one_connection_gets_all_over_one(world, relay, courier_to):
    relay.most_connections = 1
    relay.seconds = 0.01
    for number in range(10):
        await world.mail(number)
    await courier_to(relay.port, connections=4).run_once()
    assert await world.states() == {"accepted": 10}
    assert relay.most_open > 1


async def test_two_couriers_at_once_never_send_twice(world, relay, courier_to):
    relay.seconds = 0.005
    for number in range(60):
        await world.mail(number)
    couriers = [courier_to(relay.port) for _ in range(2)]

    async def work(courier):
        while await courier.run_once():
            pass

    await asyncio.gather(*(work(courier) for courier in couriers))
    assert await world.states() == {"accepted": 60}
    assert len(relay.mails) == len(set(relay.recipients)) == 60


async def test_a_courier_that_died_is_followed_by_another_when_its_lease_runs_out(
    world, relay, courier_to
):
    id = await world.mail()
    async with world.db.work() as tx:
        until = tx.now + timedelta(minutes=3)
        assert await store.lease(tx, token=uuid4(), until=until, count=40) == [id]
    courier = courier_to(relay.port)
    assert await courier.run_once() == 0
    world.clock.wait(minutes=3)
    assert await courier.run_once() == 1
    delivery = await world.delivery(id)
    assert (delivery["state"], delivery["attempts"]) == ("accepted", 2)


async def test_a_courier_that_lost_its_lease_writes_nothing(world, relay, courier_to):
    id = await world.mail()
    relay.seconds = 0.3
    relay.data = lambda _: "554 5.6.0 not acceptable"
    sending = asyncio.create_task(courier_to(relay.port).run_once())
    await relay.arrived.wait()
    world.clock.wait(minutes=4)
    async with world.db.work() as tx:
        until = tx.now + timedelta(minutes=3)
        assert await store.lease(tx, token=uuid4(), until=until, count=40) == [id]
    await sending
    assert (await world.delivery(id))["state"] == "leased"
    assert await world.tasks() == []


async def test_a_second_courier_sends_the_bytes_that_the_first_wrote(world, relay, courier_to):
    id = await world.mail()
    relay.seconds = 0.3
    late = asyncio.create_task(courier_to(relay.port).run_once())
    await relay.arrived.wait()
    world.clock.wait(minutes=4)
    await courier_to(relay.port).run_once()
    await late
    first, second = relay.mails
    assert first == second
    assert (await world.delivery(id))["state"] == "accepted"


async def test_what_is_obsolete_by_now_is_not_sent(world, relay, courier_to):
    stale = await world.mail(1, subject=7)
    await world.mail(2, subject=8)
    sample_letters.OBSOLETE.add(7)
    await courier_to(relay.port).run_once()
    assert relay.recipients == ["p2@example.org"]
    assert (await world.delivery(stale))["state"] == "obsolete"


async def test_what_became_obsolete_while_it_waited_is_not_sent(world, relay, courier_to):
    id = await world.mail(subject=7)
    await courier_to(a_closed_port()).run_once()
    sample_letters.OBSOLETE.add(7)
    world.clock.wait(seconds=30)
    await courier_to(relay.port).run_once()
    delivery = await world.delivery(id)
    assert relay.mails == []
    assert (delivery["state"], delivery["rendered"]) == ("obsolete", None)


async def test_a_letter_that_can_not_be_written_stops_nobody_and_fails_within_the_hour(
    world, relay, courier_to
):
    broken = await world.mail(1, subject=7)
    unknown = await world.tell(await world.person(email="p2@example.org"), "nonesuch")
    await world.mail(3, subject=8)
    sample_letters.BROKEN.add(7)
    courier = courier_to(relay.port)
    for _ in range(6):
        await courier.run_once()
        world.clock.wait(minutes=30)
    assert relay.recipients == ["p3@example.org"]
    assert (await world.delivery(broken))["state"] == "failed"
    assert (await world.delivery(unknown))["error"] == "write KeyError"
    assert await world.tasks() == [
        ("mail_failed", broken, "open"),
        ("mail_failed", unknown, "open"),
    ]


async def test_an_unusable_address_fails_and_stops_nobody(world, relay, courier_to):
    person = await world.person(email="käthe@example.org", phone="+493904555099")
    bad = await world.tell(person)
    await world.mail(2)
    await courier_to(relay.port).run_once()
    assert relay.recipients == ["p2@example.org"]
    delivery = await world.delivery(bad)
    assert (delivery["state"], delivery["error"]) == ("failed", "address")
    assert await world.tasks() == [("call", bad, "open"), ("mail_failed", bad, "open")]


async def test_a_relay_on_another_host_is_not_spoken_to_in_clear(courier_to):
    with pytest.raises(ValueError, match="TLS only"):
        courier_to(25, host="mail.example.org")
