"""The checks on a hundred thousand of everything: none goes through rows by rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from factories import a_centre
from rundum_app.check import CHECKS
from rundum_core.db import Database

pytestmark = pytest.mark.slow

ROWS = 20_000
# each row a few times, for as many joins as a check has; two tables multiplied would be 10^10
MOST_WORK = 20 * ROWS

# g: number; half of the visits are over, half are to come; every provider has fifty
BULK = """
SET session_replication_role = replica;
CREATE TEMP TABLE g AS SELECT n, (n % 400) + 1 AS helper, ROWS + n AS asker,
    timestamptz '2026-11-23 08:00+01' + ((n / 400) - 25) * interval '1 day' AS at
    FROM generate_series(1, ROWS) n;
CREATE TEMP TABLE h AS SELECT *, tstzrange(at, at + interval '3 hours') AS during FROM g;
INSERT INTO person OVERRIDING SYSTEM VALUE
    SELECT n, gen_random_uuid(), 'A', 'B', 'a b', '1', 'de', '1990-01-01', '{1}', at
    FROM (SELECT n, at FROM g UNION ALL SELECT asker, at FROM g) p;
INSERT INTO client OVERRIDING SYSTEM VALUE
    SELECT n, gen_random_uuid(), 1, 'household', 'A', 1, '', '{}', 'known', '', at FROM g;
INSERT INTO client_contact SELECT 1, n, asker FROM g;
INSERT INTO provider (person, centre, status, engagement, place, street, transport, radius_km,
                      hours_week, created_at)
    SELECT DISTINCT helper, 1, 'active', 'minijob', 1, '', 'car', 50, 40, now() FROM g;
INSERT INTO provider_skill SELECT 1, person, key FROM provider,
    unnest('{service:childcare,band:4-6,lang:de,infant_experience}'::text[]) AS k (key);
INSERT INTO credential (centre, person, kind, seen_on, seen_by, valid_until)
    SELECT 1, person, kind, '2026-01-01', 1, '2030-01-01' FROM provider,
    unnest('{certificate,first_aid}'::text[]) AS k (kind);
INSERT INTO availability (centre, person, weekday, wall_from, wall_to)
    SELECT 1, person, d, '08:00', '18:00' FROM provider, generate_series(0, 6) d;
INSERT INTO pair_rule SELECT 1, n, helper, 'preferred', 'client', at FROM g;
INSERT INTO care_request OVERRIDING SYSTEM VALUE
    SELECT n, gen_random_uuid(), 1, n, asker, 'web', 'childcare', 'open', 'all', 'ask', 'self', '',
           1500, 'normal', 0, 0, '{}', '{}', '', at, NULL, at - interval '3 days', 1 FROM g;
INSERT INTO request_need SELECT 1, n, 'first_aid', true FROM g;
INSERT INTO request_child SELECT 1, n, '4-6', 1 FROM g;
INSERT INTO request_provider SELECT 1, n, helper, 'preferred' FROM g;
INSERT INTO visit OVERRIDING SYSTEM VALUE
    SELECT n, gen_random_uuid(), 1, n, 'care', 1, at::date, at, during, n % 40 + 1, '',
           n % 40 + 1, '' FROM h;
INSERT INTO seat OVERRIDING SYSTEM VALUE
    SELECT n, 1, n, 1, 'normal', true, during, 2, 'open' FROM h;
INSERT INTO slot OVERRIDING SYSTEM VALUE
    SELECT n, helper, during, 'booking', n % 40 + 1, n % 40 + 1, NULL, true FROM h;
INSERT INTO offer OVERRIDING SYSTEM VALUE
    SELECT n, gen_random_uuid(), 1, n, helper, 1, 'accepted', false, 1, 1500, 1, 1.0,
           at - interval '2 days', at - interval '1 day', at - interval '2 days' FROM h;
INSERT INTO offer_seat SELECT 1, n, n, 1, false, n FROM g;
INSERT INTO booking (id, centre, seat, during, person, slot, offer, origin, state, rate,
                     way_minutes, ical_uid, created_at, confirmed_at, ended_at)
    OVERRIDING SYSTEM VALUE
    SELECT n, 1, n, during, helper, n, n, 'matched', CASE WHEN n <= ROWS / 2 THEN 'completed'
           ELSE 'confirmed' END, 1500, 1, n::text, at - interval '2 days', at - interval '2 days',
           CASE WHEN n <= ROWS / 2 THEN at + interval '3 hours' END FROM h;
INSERT INTO approval OVERRIDING SYSTEM VALUE
    SELECT n, 1, n, 'client', at, at - interval '2 days' FROM g;
INSERT INTO event OVERRIDING SYSTEM VALUE
    SELECT k * ROWS + n, 1, kind, n, NULL, NULL, NULL, at - interval '2 days', '{}'
    FROM g, (VALUES (1, 'offer.sent'), (2, 'offer.accepted'), (3, 'booking.confirmed'),
                    (4, 'visit.staffed'), (5, 'approval.asked')) e (k, kind);
INSERT INTO message OVERRIDING SYSTEM VALUE
    SELECT k * ROWS + n, 1, k * ROWS + n, CASE who WHEN 'h' THEN helper ELSE asker END,
           template, n, at
    FROM g, (VALUES (1, 'h', 'offer'), (3, 'h', 'booking_provider'), (4, 'a', 'booking_client'),
                    (5, 'a', 'approval_client')) t (k, who, template);
INSERT INTO delivery (id, centre, message, channel, address, state, next_at, message_id, created_at,
                      ended_at) OVERRIDING SYSTEM VALUE
    SELECT id, 1, id, 'email', 'a@example.org', 'accepted', created_at, id::text, created_at,
           created_at FROM message;
INSERT INTO task (centre, kind, subject, due_at, state, created_at)
    SELECT 1, 'approve', n, at, 'done', at FROM g;
INSERT INTO run OVERRIDING SYSTEM VALUE
    SELECT n, 'schedule', 'done', gen_random_uuid(), 'infinity', at, 'infinity' FROM g
    WHERE n < 1000;
INSERT INTO run_visit SELECT 1, n % 999 + 1, n, 'filled', 1, '[]', '[]' FROM g;
INSERT INTO link (hash, purpose, subject, centre, standing, created_at, expires_at)
    SELECT sha256(n::text::bytea), 'offer', n, 1, false, at, at FROM g;
INSERT INTO job_slot SELECT 'matching', at + n * interval '1 s', at FROM g;
INSERT INTO idempotency SELECT 'requests:1:visitor', n || ' is a key', '\\x00',
    jsonb_build_object('id', r.public_id), at FROM g JOIN care_request r ON r.id = n;
-- a tenth is still asked, half of those by phone
DELETE FROM booking WHERE id > 0.9 * ROWS;
DELETE FROM approval WHERE id > 0.9 * ROWS;
DELETE FROM event WHERE subject > 0.9 * ROWS AND kind <> 'offer.sent';
DELETE FROM message WHERE subject > 0.9 * ROWS AND template <> 'offer';
DELETE FROM delivery d WHERE NOT EXISTS (SELECT FROM message m WHERE m.id = d.message);
UPDATE offer SET state = 'pending' WHERE id > 0.9 * ROWS;
UPDATE offer_seat SET live = true WHERE offer > 0.9 * ROWS;
UPDATE slot SET kind = 'offer' WHERE id > 0.9 * ROWS;
UPDATE delivery SET channel = 'phone', state = 'pending', ended_at = NULL
    WHERE message IN (SELECT id FROM message WHERE subject > 0.95 * ROWS);
INSERT INTO task (centre, kind, subject, due_at, created_at)
    SELECT 1, 'call', id, created_at, created_at FROM delivery WHERE state = 'pending';
SET session_replication_role = origin;
ANALYZE;
""".replace("ROWS", str(ROWS))


@pytest.fixture
async def large(db: Database, database_url: str) -> Database:
    await a_centre(db)
    superuser = await asyncpg.connect(database_url.replace("//rundum@", "//postgres@"))
    await superuser.execute(BULK)
    await superuser.close()
    return db


async def test_no_check_multiplies_rows(large: Database) -> None:
    work, wrong = {}, {}
    for name, query in CHECKS.items():
        async with large.work() as tx:
            given = query.arguments({"now": tx.now} if "now" in query.parameters else {})
            plan = await tx.connection.fetchval(
                f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query.sql}", *given
            )
        (told,) = json.loads(plan)
        work[name] = max(map(_rows_seen, _nodes(told["Plan"])))
        wrong[name] = told["Plan"]["Actual Rows"]
        print(f"{told['Execution Time']:8.0f} ms  {work[name]:9.0f} rows  {name}")
    assert {name: rows for name, rows in work.items() if rows > MOST_WORK} == {}
    assert {name: rows for name, rows in wrong.items() if rows} == {}


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _rows_seen(node: dict[str, Any]) -> float:
    """How many rows a step looked at, over all its repetitions."""
    removed = sum(count for key, count in node.items() if key.startswith("Rows Removed"))
    return float(node["Actual Loops"] * (node["Actual Rows"] + removed))
