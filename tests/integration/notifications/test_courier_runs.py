"""The courier as it runs all day: woken, stopped, killed, and without its database."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter

import pytest

from rundum_core.clock import system_clock

KILLED = """
import asyncio, sys
sys.path.insert(0, "tests")
import sample_letters
from rundum_core.db import Database
from rundum_core.i18n import Catalogues
from rundum_notifications.courier import Courier
from rundum_notifications.letters import LETTERS
from rundum_notifications.relay import Relay

async def main(dsn, port):
    LETTERS.fill(sample_letters.LOADERS)
    db = await Database.connect(dsn, key=b"a key for tests, of 32 bytes ...", size=5)
    relay = Relay(host="127.0.0.1", port=port, sender="post@rundum.example", tls="none")
    texts = Catalogues.load("rundum_core", "rundum_notifications", "sample_letters")
    await Courier(db, relay, "https://rundum.example", texts).run(asyncio.Event())

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


class Running:
    """A courier that runs beside the test, and is stopped at its end."""

    def __init__(self, courier):
        self.stop = asyncio.Event()
        self._task = asyncio.create_task(courier.run(self.stop))

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.stop.set()
        await asyncio.wait_for(self._task, 10)


async def become(world, states, seconds=10.0):
    """Wait until the deliveries stand so."""
    for _ in range(int(seconds / 0.02)):
        if await world.states() == states:
            return
        await asyncio.sleep(0.02)
    assert await world.states() == states


async def test_telling_somebody_wakes_the_courier(world, relay, courier_to):
    async with Running(courier_to(relay.port, poll_seconds=3600)):
        await asyncio.sleep(0.2)
        await world.mail()
        await become(world, {"accepted": 1})


async def test_a_running_courier_looks_for_itself_too(world, relay, courier_to):
    await world.mail()
    async with Running(courier_to(relay.port, poll_seconds=0.1)):
        await become(world, {"accepted": 1})
        async with world.db.work() as tx:
            await tx.connection.execute("UPDATE delivery SET next_at = now(), attempts = 0")
        await world.mail(2)
        await become(world, {"accepted": 2})


async def test_a_courier_that_stops_finishes_its_mail_and_gives_back_the_rest(
    world, relay, courier_to
):
    relay.seconds = 0.2
    for number in range(8):
        await world.mail(number)
    async with Running(courier_to(relay.port, connections=2)) as running:
        await relay.arrived.wait()
        running.stop.set()
    assert await world.states() == {"accepted": 2, "pending": 6}
    async with world.db.work() as tx:
        tried = await tx.connection.fetchval(
            "SELECT max(attempts) FROM delivery WHERE state = 'pending'"
        )
    assert tried == 0
    assert len(relay.mails) == 2


async def test_a_courier_lives_through_the_loss_of_its_database(
    world, relay, courier_to, administrator
):
    async with Running(courier_to(relay.port, poll_seconds=0.1)):
        await world.mail(1)
        await become(world, {"accepted": 1})
        async with world.db.work() as tx:
            name = await tx.connection.fetchval("SELECT current_database()")
        await administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )
        await asyncio.sleep(0.3)
        await world.mail(2)
        await become(world, {"accepted": 2})


@pytest.mark.slow
async def test_couriers_killed_while_they_send_lose_no_mail(world, relay, courier_to, database_url):
    """`kill -9` at any moment: each mail arrives; one that comes twice is the same mail."""
    world.db.clock = system_clock
    world.clock = system_clock
    relay.seconds = 0.01
    ids = [await world.mail(number) for number in range(100)]
    for moment in (0.0, 0.04, 0.1):
        relay.arrived.clear()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", KILLED, database_url, str(relay.port)
        )
        await asyncio.wait_for(relay.arrived.wait(), 30)
        await asyncio.sleep(moment)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    async with world.db.work() as tx:
        left = await tx.connection.execute(
            "UPDATE delivery SET next_at = $1 WHERE state = 'leased'", tx.now
        )
    assert left != "UPDATE 0"
    courier = courier_to(relay.port)
    while await courier.run_once():
        pass
    assert await world.states() == {"accepted": len(ids)}
    arrived = Counter(recipient for recipient, _ in relay.mails)
    assert len(arrived) == len(ids)
    assert len(set(relay.mails)) == len(ids)
    # no more than what was on the way over each connection when its courier died
    assert sum(arrived.values()) - len(ids) <= 3 * 4
