"""What happens to requests by itself, as time goes by."""

from __future__ import annotations

from rundum_core import jobs
from rundum_requests import service
from rundum_requests.jobs import JOBS

SOON = [{"during": {"start": "2026-11-23T18:00", "end": "2026-11-23T22:00"}}]


async def states(house) -> list[str]:
    return [row["state"] for row in await house.rows("SELECT state FROM care_request ORDER BY id")]


async def test_what_nobody_confirmed_lapses_after_two_days(house) -> None:
    await house.ask()
    await house.ask(email=None, phone="03904 555013")
    await house.ask(house.desk)
    house.clock.turn(hours=47, minutes=59)
    assert await service.expire_unconfirmed(house.db) == 0
    house.clock.turn(minutes=1)
    assert await service.expire_unconfirmed(house.db) == 2
    assert await states(house) == ["expired", "expired", "open"]
    assert await house.value("SELECT state FROM task") == "obsolete"
    assert await house.value("SELECT count(*) FROM event WHERE kind = 'request.expired'") == 2
    assert await service.expire_unconfirmed(house.db) == 0


async def test_what_nobody_confirmed_lapses_when_it_begins(house) -> None:
    await house.ask(visits=SOON)
    house.clock.turn(hours=8)
    assert await service.expire_unconfirmed(house.db) == 1


async def test_a_centres_own_hours_count(house) -> None:
    await house.rows("""UPDATE centre SET settings = '{"confirm_hours": 3}' RETURNING id""")
    await house.ask()
    house.clock.turn(hours=3)
    assert await service.expire_unconfirmed(house.db) == 1


async def test_an_urgent_request_that_waits_ten_minutes_becomes_a_call(house) -> None:
    await house.ask(visits=SOON)
    await house.ask()
    house.clock.turn(minutes=9)
    assert await service.call_unconfirmed(house.db) == 0
    house.clock.turn(minutes=1)
    assert await service.call_unconfirmed(house.db) == 1
    (task,) = await house.rows("SELECT kind, subject, person, due_at FROM task")
    assert (task["kind"], task["subject"]) == ("confirm", 1)
    assert task["due_at"] == house.clock.now
    assert await service.call_unconfirmed(house.db) == 0


async def test_a_request_closes_when_its_last_visit_is_over(house) -> None:
    later = {"during": {"start": "2026-12-06T14:00", "end": "2026-12-06T18:00"}}
    sooner = {"during": {"start": "2026-12-05T14:00", "end": "2026-12-05T18:00"}}
    await house.ask(house.desk, visits=[later, sooner])
    house.clock.turn(days=13)
    assert await service.close_over(house.db) == 0
    house.clock.turn(hours=8)
    assert await service.close_over(house.db) == 1
    assert await states(house) == ["closed"]


async def test_every_sweep_is_scheduled_and_runs_once_a_slot(house) -> None:
    await house.ask()
    house.clock.turn(days=3)
    assert [await jobs.tick(house.db, job) for job in JOBS] == [True] * len(JOBS)
    assert [await jobs.tick(house.db, job) for job in JOBS] == [False] * len(JOBS)
    assert await house.value("SELECT count(*) FROM job_slot WHERE error IS NOT NULL") == 0
    assert await states(house) == ["expired"]
