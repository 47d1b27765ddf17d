"""Lists of those who help are found by index, also behind the wall between centres."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helpers_made import House
from rundum_core.queries import Query
from rundum_providers.store import availability, pictures, providers

pytestmark = pytest.mark.slow


async def crowded(house: House) -> None:
    """Two thousand in this centre, ten thousand in another."""
    async with house.db.work() as tx:
        other = await tx.connection.fetchval(
            """INSERT INTO centre (slug, name, place, phone, email, hours)
               SELECT 'harz', 'Harz', place, '+493904555013', 'h@example.org', hours
               FROM centre WHERE id = $1 RETURNING id""",
            house.centre,
        )
        await tx.connection.execute(
            """WITH p AS (
                 INSERT INTO person (given_name, family_name, search_key, sound_key, centres,
                                     created_at)
                 SELECT 'Anna', 'Vogt' || n, 'anna vogt' || n, '342',
                        ARRAY[CASE WHEN n <= 2000 THEN $1::bigint ELSE $2::bigint END], now()
                 FROM generate_series(1, 12000) AS n RETURNING id, centres)
               INSERT INTO provider (person, centre, status, engagement, place, street, transport,
                                     radius_km, hours_week, created_at)
               SELECT id, centres[1], 'active', 'minijob', (SELECT min(id) FROM place), 'x', 'car',
                      15, 10, now() FROM p""",
            house.centre,
            other,
        )
        await tx.connection.execute(
            """INSERT INTO availability (centre, person, weekday, wall_from, wall_to)
               SELECT centre, person, 5, '14:00', '18:00' FROM provider"""
        )
        await tx.connection.execute("RESET ROLE")
        await tx.connection.execute("ANALYZE provider, person, availability")


async def scans(house: House, query: Query, **given: object) -> dict[str, str]:
    """How each table is read: `provider` → `Bitmap Heap Scan`."""
    async with house.db.transaction(house.desk) as tx:
        text = await tx.connection.fetchval(
            f"EXPLAIN (FORMAT JSON) {query.sql}", *query.arguments(given)
        )
    found: dict[str, str] = {}

    def look(node: dict[str, Any]) -> None:
        if "Relation Name" in node:
            found[node["Alias"]] = node["Node Type"]
        for child in node.get("Plans", ()):
            look(child)

    look(json.loads(text)[0]["Plan"])
    return found


async def test_the_desks_list_reads_its_own_centre_only(house: House) -> None:
    await crowded(house)
    found = await scans(
        house,
        providers.providers_page,
        centre=house.centre,
        statuses=["applicant"],
        words=["vogt7"],
        sounds=[],
        after=None,
        most=51,
    )
    assert found["v"] in ("Index Scan", "Bitmap Heap Scan")
    assert found["p"] == "Index Scan"


async def test_a_persons_plan_and_picture_are_found_by_her(house: House) -> None:
    await crowded(house)
    found = await scans(house, availability.week_of, persons=[7])
    assert found["availability"] in ("Index Scan", "Bitmap Heap Scan")
    found = await scans(house, pictures.active_providers, persons=[7, 8])
    assert found["v"] in ("Index Scan", "Bitmap Heap Scan")
    assert found["p"] == "Index Scan"
