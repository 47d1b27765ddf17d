"""`kill -9` at any moment: nothing is lost, doubled or left half done, and all goes on."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from email import message_from_bytes
from itertools import cycle, islice

import pytest

from helpers_processes import family, freeze, kill, server_of, solvers, thaw
from helpers_service import Poster, Town, leases_run_out, until
from rundum_core.errors import Conflict

pytestmark = pytest.mark.slow

TRIES = 20  # for one kill: what was to be interrupted may be over by then


async def test_killed_in_the_middle_of_matching_runs(town: Town, kills: int) -> None:
    await town.asks_for(4)
    await until(lambda: a_whole_run(town), "a whole run")  # compiles the engine
    poster = Poster(town.service.client, town.placing.centre.slug)
    written = []
    async with poster.posting():
        for victim in in_any_order(("service", "worker", "solver", "database"), kills):
            written.append((victim, await tried(lambda who=victim: killed_in_a_run(town, who))))
            print(*written[-1], flush=True)
    print("killed, with so many offers of the run written:", written)
    print(f"{len(poster.acknowledged)} requests sent meanwhile, {poster.retries} again")
    await leases_run_out(town.db)
    await until(town.has_no_run, "no run that goes on for ever")
    await until(lambda: a_whole_run(town), "a whole run")
    await town.is_well()
    assert await unserved(town) == []
    assert await half_written(town) == []
    kept = await town.placing.rows("SELECT public_id::text FROM care_request WHERE channel = 'api'")
    assert sorted(row["public_id"] for row in kept) == sorted(poster.acknowledged.values())  # type: ignore[type-var]


async def test_killed_in_the_middle_of_sending(town: Town, kills: int) -> None:
    town.relay.seconds = 0.15
    doubtful = []
    for victim in in_any_order(("service", "worker", "database"), kills):
        doubtful.append((victim, await tried(lambda who=victim: killed_in_sending(town, who))))
        print(*doubtful[-1], flush=True)
    town.relay.seconds = 0
    await town.is_well()
    taken = defaultdict(set)
    for recipient, mail in town.relay.mails:
        taken[str(message_from_bytes(mail)["Message-ID"])].add((recipient, mail))
    owed = await town.placing.rows(
        "SELECT message_id, state FROM delivery WHERE channel = 'email' AND state <> 'obsolete'"
    )
    twice = len(town.relay.mails) - len(taken)
    print("killed, with so many mails leased:", doubtful)
    print(f"{len(owed)} owed, {len(town.relay.mails)} taken by the relay, {twice} a second time")
    assert {row["state"] for row in owed} == {"accepted"}
    assert {name.strip("<>").partition("@")[0] for name in taken} == {
        row["message_id"] for row in owed
    }
    assert [name for name, copies in taken.items() if len(copies) > 1] == []


def in_any_order(victims: tuple[str, ...], kills: int) -> list[str]:
    order = list(islice(cycle(victims), kills))
    random.shuffle(order)
    return order


async def tried(once: Callable[[], Awaitable[int | None]]) -> int:
    """Until the victim was killed right in the middle."""
    for _ in range(TRIES):
        if (found := await once()) is not None:
            return found
    raise AssertionError("never in the middle")


async def killed_in_a_run(town: Town, victim: str) -> int | None:
    """How many offers the run had written when the victim was killed; None if it was over."""
    asked = random.randint(4, 10)
    await town.asks_for(asked)
    async with one_at_work(town) as worker:
        await until(lambda: is_running(town), "a run")
        if victim != "solver" and random.random() < 0.6:
            await writing(town, random.randint(1, asked - 1))
        await asyncio.sleep(random.choice((0, 0.02, 1)) * random.random())
        with all_stopped(town):
            running = await town.running()
            if not running or (victim == "solver" and not solvers(worker)):
                return None
            (run,) = running
            written = await offers_of(town, run)
            die(town, worker, victim)
            if victim in {"service", "worker"}:
                assert await town.runs("running") == 1  # nobody is there to end it
                await until(lambda: dead_let_go(town), "the leases of the dead")
    await rise(town, victim)
    return written


async def killed_in_sending(town: Town, victim: str) -> int | None:
    """How many mails were leased when the victim was killed; None if all were sent."""
    sent, asked = len(town.relay.mails), random.randint(6, 14)
    async with one_at_work(town) as worker:
        for request in await town.asks_for(asked):
            await offered(town, request)
        goal = sent + random.randint(0, asked - 1)
        await until(lambda: reached(town, goal), "mails")
        await asyncio.sleep(random.uniform(0, town.relay.seconds))
        with all_stopped(town):
            leased = await town.leased()
            if not leased:
                return None
            die(town, worker, victim)
            if victim in {"service", "worker"}:
                assert await town.leased() == leased
                await until(lambda: dead_let_go(town), "the leases of the dead")
    await rise(town, victim)
    return leased


def die(town: Town, worker: int, victim: str) -> None:
    match victim:
        case "service":
            town.service.kill()
        case "worker":
            kill([worker])
        case "solver":
            kill(solvers(worker))
        case "database":
            kill(server_of(town.service.folder))


async def rise(town: Town, victim: str) -> None:
    """What is to come back by itself does; a whole service is started by its operator."""
    if victim == "service":
        await town.service.start()
    elif victim == "database":
        await until(lambda: has_database(town), "the database is back")
        await leases_run_out(town.db)
    elif victim == "solver":
        await until(town.has_no_run, "the run ends")


async def dead_let_go(town: Town) -> bool:
    """The server notices a moment later that the dead hold no locks any more."""
    await leases_run_out(town.db)
    return await town.holds_nothing()


async def has_database(town: Town) -> bool:
    return await town.runs("running") >= 0


@asynccontextmanager
async def one_at_work(town: Town) -> AsyncIterator[int]:
    """What is done is done by this worker; whoever else there is does nothing, and holds nothing
    meanwhile."""

    async def two() -> bool:
        return len(town.service.workers()) == 2

    await until(two, "two workers")
    worker = random.choice(town.service.workers())
    others = [one for other in town.service.workers() if other != worker for one in family(other)]

    async def stopped_with_empty_hands() -> bool:
        freeze(others)
        if await town.holds_nothing():
            return True
        thaw(others)
        await asyncio.sleep(0.05)
        return False

    await until(stopped_with_empty_hands, "an end of what went before")
    try:
        yield worker
    finally:
        thaw(others)


@contextmanager
def all_stopped(town: Town) -> Iterator[None]:
    """Time stands still for the service: it can be looked at, and killed at this very moment."""
    running = set(family(town.service.pid))
    freeze(running)
    try:
        yield
    finally:
        thaw(running)


async def offered(town: Town, request: int) -> None:
    for person in random.sample(town.helpers, len(town.helpers)):
        try:
            await town.placing.asks(request, person)
        except Conflict:
            continue
        return


async def a_whole_run(town: Town) -> bool:
    """Whether a run that began behind this question has seen everything."""
    last = await town.placing.id("SELECT coalesce(max(id), 0) FROM run")
    await until(lambda: is_running(town), "a run")
    await until(town.has_no_run, "its end")
    return bool(await town.placing.ids("SELECT id FROM run WHERE state = 'done' AND id > $1", last))


async def is_running(town: Town) -> bool:
    """A wake that nobody hears yet is lost."""
    await town.wakes_matching()
    for _ in range(30):
        if await town.running():
            return True
        await asyncio.sleep(0.01)
    return False


async def offers_of(town: Town, run: int) -> int:
    return await town.placing.id("SELECT count(*) FROM offer WHERE run = $1", run)


async def writing(town: Town, count: int) -> None:
    """Until so many offers of the run are written, or it is over."""

    async def there() -> bool:
        running = await town.running()
        return not running or await offers_of(town, running[0]) >= count

    await until(there, "offers")


async def reached(town: Town, count: int) -> bool:
    return len(town.relay.mails) >= count


async def unserved(town: Town) -> list[int]:
    """Open visits that nobody is asked for, and of which no run has said that nobody can come."""
    return await town.placing.ids(
        "SELECT v.id FROM visit v JOIN care_request r ON r.id = v.request"
        " JOIN seat s ON s.visit = v.id WHERE r.state = 'open'"
        " AND NOT EXISTS (SELECT FROM offer_seat os WHERE os.seat = s.id AND os.live)"
        " AND NOT EXISTS (SELECT FROM booking b WHERE b.seat = s.id AND b.live)"
        " AND NOT EXISTS (SELECT FROM run_visit rv WHERE rv.visit = v.id"
        " AND rv.run = (SELECT max(id) FROM run) AND rv.outcome <> 'filled')"
    )


async def half_written(town: Town) -> list[int]:
    """Offers without a seat, a held time or a letter."""
    return await town.placing.ids(
        "SELECT o.id FROM offer o WHERE o.state = 'pending' AND NOT ("
        " EXISTS (SELECT FROM offer_seat os JOIN slot s ON s.id = os.slot AND s.live"
        "  WHERE os.offer = o.id AND os.live)"
        " AND EXISTS (SELECT FROM message m JOIN delivery d ON d.message = m.id"
        "  WHERE m.template = 'offer' AND m.subject = o.id AND m.person = o.person))"
    )
