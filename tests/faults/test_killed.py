"""`kill -9` at any moment: nothing is lost, doubled or left half done, and all goes on."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from datetime import timedelta
from email import message_from_bytes

import pytest

from helpers_service import Poster, Town, until
from rundum_core.errors import Conflict

pytestmark = pytest.mark.slow

KILLS = 20
TRIES = 80


async def test_killed_in_the_middle_of_matching_runs(town: Town) -> None:
    await town.asks_for(4)
    await a_whole_run(town)  # compiles the engine, and tells how long a run takes
    lasts = await a_whole_run(town)
    poster = Poster(town.service.client, town.placing.centre.slug)
    killed, halfway, offered = 0, 0, []
    async with poster.posting():
        for _ in range(TRIES):
            await town.asks_for(5)
            before = await offers(town)
            await until(lambda: is_running(town), "a run")
            if random.random() < 0.5:
                await asyncio.sleep(random.uniform(0, lasts))
            else:
                await writing(town, before + random.randint(1, 4))
            town.service.kill()
            if await town.runs("running"):
                killed += 1
                written = await offers(town) - before
                halfway += written > 0
                offered.append(written)
            await town.rises_again()
            if killed == KILLS:
                break
    print(f"killed {killed} runs, {halfway} of them between two offers: {offered}")
    print(f"{len(poster.acknowledged)} requests sent meanwhile, {poster.retries} again")
    assert (killed, halfway > 0) == (KILLS, True)
    await a_whole_run(town)
    await town.is_well()
    assert await unserved(town) == []
    kept = await town.placing.rows("SELECT public_id::text FROM care_request WHERE channel = 'api'")
    assert sorted(row["public_id"] for row in kept) == sorted(poster.acknowledged.values())  # type: ignore[type-var]


async def test_killed_in_the_middle_of_sending(town: Town) -> None:
    town.relay.seconds = 0.03
    killed, doubtful = 0, 0
    for _ in range(TRIES):
        sent = len(town.relay.mails)
        for request in await town.asks_for(8):
            for person in random.sample(town.helpers, len(town.helpers)):
                try:
                    await town.placing.asks(request, person)
                    break
                except Conflict:
                    continue
        goal = sent + random.randint(0, 7)
        await until(lambda goal=goal: reached(town, goal), "mails")
        await asyncio.sleep(random.uniform(0, 0.05))
        town.service.kill()
        leased = await town.placing.id("SELECT count(*) FROM delivery WHERE state = 'leased'")
        killed += leased > 0
        doubtful += leased
        await town.rises_again()
        if killed == KILLS:
            break
    assert killed == KILLS
    await town.is_well()
    taken = defaultdict(set)
    for recipient, mail in town.relay.mails:
        taken[str(message_from_bytes(mail)["Message-ID"])].add((recipient, mail))
    owed = await town.placing.rows(
        "SELECT message_id, state FROM delivery WHERE channel = 'email' AND state <> 'obsolete'"
    )
    twice = len(town.relay.mails) - len(taken)
    print(f"killed {killed} times with {doubtful} mails under way: {len(owed)} owed,")
    print(f"{len(town.relay.mails)} taken by the relay, {twice} of them a second time")
    assert {row["state"] for row in owed} == {"accepted"}
    assert {name.strip("<>").partition("@")[0] for name in taken} == {
        row["message_id"] for row in owed
    }
    assert [name for name, copies in taken.items() if len(copies) > 1] == []


async def a_whole_run(town: Town) -> float:
    """Ask for a run until one has seen everything; how many seconds it took."""
    last = await town.placing.id("SELECT coalesce(max(id), 0) FROM run")
    done = "SELECT finished_at - started_at AS took FROM run WHERE state = 'done' AND id > $1"

    async def is_done() -> bool:
        await is_running(town)
        return bool(await town.placing.rows(done, last))

    await until(is_done, "a whole run")
    took = (await town.placing.rows(done, last))[0]["took"]
    assert isinstance(took, timedelta)
    return took.total_seconds()


async def is_running(town: Town) -> bool:
    """A wake that nobody hears yet is lost."""
    await town.wakes_matching()
    await asyncio.sleep(0.1)
    return await town.runs("running") > 0


async def offers(town: Town) -> int:
    return await town.placing.id("SELECT count(*) FROM offer")


async def writing(town: Town, count: int) -> None:
    """Until so many offers are written, or the run is over."""

    async def there() -> bool:
        return await offers(town) >= count or not await town.runs("running")

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
