"""The factories themselves and the demo district: sound, the same every time, and silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from factories import a_centre, a_client, a_desk, a_request, a_sitter, a_staff, moments
from rundum_app import seeds
from rundum_app.check import faults
from rundum_core.db import Database
from rundum_core.pgcluster import LOGIN
from rundum_matching import runs
from rundum_matching.solver import Solver

pytestmark = pytest.mark.slow

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
# late in the evening before the clock changes, with Easter holidays ahead; and over Christmas
BEFORE_SUMMER_TIME = datetime(2027, 3, 20, 22, 30, tzinfo=UTC)
BEFORE_CHRISTMAS = datetime(2026, 12, 22, 16, 0, tzinfo=UTC)


async def rows(db: Database, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
    async with db.work() as tx:
        return [tuple(row) for row in await tx.connection.fetch(sql, *arguments)]


async def test_what_factories_make_breaks_no_invariant(db: Database) -> None:
    centre = await a_centre(db)
    await a_staff(db, centre, "administrator")
    petra = await a_sitter(db, centre, free="mon-fri 14-19, sat 18-23:30, fri 8-12 /2")
    await a_sitter(
        db, centre, birth_date=date(2011, 3, 1), email=None, guardians=("ines@example.org", None)
    )
    club = await a_client(db, centre, "club")
    await a_request(db, centre, preferred=[petra])
    await a_request(db, centre, club, ["sat 14-18", "sun 14-18 +1"], people=4, service="event")
    assert (await a_desk(db, centre)).is_staff
    assert await faults(db) == []


async def test_whoever_a_factory_makes_may_be_placed(db: Database) -> None:
    centre = await a_centre(db)
    await a_sitter(db, centre, free="sat 19-22")
    await a_sitter(db, centre, free="wed 15-18", birth_date=date(2009, 3, 1), transport="bike")
    await a_request(db, centre, when="sat 19-22")
    await a_request(db, centre, when=moments("wed 16-18"))
    solver = Solver()
    done = await runs.run(db, solver, trigger="demand")
    solver.close()
    assert done is not None
    assert (done.visits, done.offered) == (2, 2)
    assert await faults(db) == []


@pytest.fixture(scope="module")
async def demo(server: str, administrator: asyncpg.Connection) -> AsyncIterator[str]:
    """The name of a database with the demo district, to be copied."""
    async with _a_copy(server, administrator, "rundum_template") as db:
        made = await seeds.seed_if_empty(db)
        assert made is not None
        [(name,)] = await rows(db, "SELECT current_database()")
        await db.close()
        yield str(name)


@pytest.fixture
async def district(
    server: str, administrator: asyncpg.Connection, demo: str
) -> AsyncIterator[Database]:
    async with _a_copy(server, administrator, demo) as db:
        yield db


@asynccontextmanager
async def _a_copy(
    server: str, administrator: asyncpg.Connection, template: str
) -> AsyncIterator[Database]:
    name = f"seeds_{uuid4().hex[:12]}"
    await administrator.execute(
        f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy OWNER {LOGIN}"
    )
    db = await Database.connect(
        server.replace(f"@/{LOGIN}?", f"@/{name}?"), key=bytes(32), size=2, clock=lambda: MONDAY
    )
    yield db
    await db.close()
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_the_demo_district_has_the_people_and_requests_it_promises(
    district: Database,
) -> None:
    statuses = dict(await rows(district, "SELECT status, count(*) FROM provider GROUP BY status"))
    assert statuses["active"] >= 60
    assert {"applicant", "in_check", "paused", "suspended"} <= statuses.keys()
    kinds = Counter(
        dict(
            await rows(
                district,
                "SELECT CASE WHEN age($1, birth_date) < interval '18 years' THEN 'minor' "
                "WHEN age($1, birth_date) > interval '50 years' THEN 'older' ELSE 'other' END, "
                "count(*) FROM provider JOIN person ON person.id = person GROUP BY 1",
                MONDAY,
            )
        )
    )
    assert min(kinds.values()) >= 10
    states = dict(await rows(district, "SELECT state, count(*) FROM care_request GROUP BY state"))
    assert states.keys() == {"open", "unconfirmed"}
    assert sum(states.values()) >= 120
    services = dict(await rows(district, "SELECT service, count(*) FROM care_request GROUP BY 1"))
    assert services.keys() == {"childcare", "event", "household", "companionship"}


async def test_the_demo_district_breaks_no_invariant(district: Database) -> None:
    assert await faults(district) == []


async def test_nothing_of_the_demo_district_lies_in_the_past(district: Database) -> None:
    [(first, last)] = await rows(
        district, "SELECT min(lower(during)), max(lower(during)) FROM visit"
    )
    assert first > MONDAY
    assert last < MONDAY + timedelta(days=14)
    assert await rows(district, "SELECT FROM care_request WHERE answer_by <= $1", MONDAY) == []
    assert await rows(district, "SELECT FROM event WHERE at > $1", MONDAY) == []


async def test_nobody_of_the_demo_district_gets_a_mail_or_a_call_about_the_past(
    district: Database,
) -> None:
    deliveries = await rows(district, "SELECT DISTINCT state FROM delivery")
    assert deliveries == [("obsolete",)]
    tasks = {kind for (kind,) in await rows(district, "SELECT kind FROM task WHERE state = 'open'")}
    assert tasks == {"check", "confirm"}


async def test_everybody_named_can_sign_in_and_shares_reserved_addresses_only(
    district: Database,
) -> None:
    lines = await seeds.who_can_sign_in(district)
    assert len(lines) == 7
    assert any("ute.sommer@example.org" in line for line in lines)
    values = await rows(district, "SELECT channel, value FROM contact_point")
    emails = [value for channel, value in values if channel == "email"]
    phones = [value for channel, value in values if channel == "phone"]
    assert {email.partition("@")[2] for email in emails} <= {
        "example.org",
        "example.net",
        "example.com",
    }
    assert all(phone.startswith(("+493023125", "+4917139200", "+4917604069")) for phone in phones)


async def test_most_of_the_demo_district_can_be_placed_and_not_all(district: Database) -> None:
    solver = Solver()
    done = await runs.run(district, solver, trigger="demand")
    solver.close()
    assert done is not None
    outcomes = dict(await rows(district, "SELECT outcome, count(*) FROM run_visit GROUP BY 1"))
    assert outcomes["filled"] > 3 * outcomes["unfilled"] > 0
    reasons = await rows(
        district, "SELECT DISTINCT line ->> 0 FROM run_visit, jsonb_array_elements(funnel) line"
    )
    assert len(reasons) >= 15
    assert await faults(district) == []


async def test_seeding_again_changes_nothing(district: Database) -> None:
    before = await rows(district, "SELECT count(*) FROM event")
    assert await seeds.seed_if_empty(district) is None
    assert await rows(district, "SELECT count(*) FROM event") == before


STORY = """
SELECT r.created_at, r.channel, r.service, r.rate, r.note, c.name, c.street, lower(v.during),
       p.name AS place
FROM care_request r JOIN client c ON c.id = r.client JOIN visit v ON v.request = r.id
JOIN place p ON p.id = v.start_place ORDER BY r.id, v.ordinal
"""
PEOPLE = """
SELECT given_name, family_name, birth_date, v.status, v.street, v.hours_week, p.created_at
FROM person p LEFT JOIN provider v ON v.person = p.id ORDER BY p.id
"""


async def test_the_same_number_gives_the_same_district(district: Database, db: Database) -> None:
    await seeds.seed(db, now=MONDAY)
    for told in (STORY, PEOPLE):
        assert await rows(district, told) == await rows(db, told)


@pytest.mark.parametrize("now", [BEFORE_SUMMER_TIME, BEFORE_CHRISTMAS])
async def test_a_district_can_be_made_on_any_day(db: Database, now: datetime) -> None:
    made = await seeds.seed(db, now=now, seed=7)
    assert made is not None
    assert await rows(db, "SELECT count(*) FROM care_request") == [(made.requests,)]
    assert await rows(db, "SELECT FROM visit WHERE lower(during) <= $1", now) == []
    assert await faults(db) == []


async def test_a_district_that_fails_halfway_is_not_there_at_all(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, _all: int) -> None:
        if done == 300:
            raise Stopped

    with pytest.raises(Stopped):
        await seeds.seed(db, now=MONDAY, progress=stop)
    assert await rows(db, "SELECT count(*) FROM person") == [(0,)]
    assert await rows(db, "SELECT count(*) FROM centre") == [(0,)]
