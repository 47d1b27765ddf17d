"""The way that the check computes in SQL is the way that the engine plans with."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rundum_core.db import Database
from rundum_engine.snapshot import Place
from rundum_engine.travel import DEFAULT_MODES, way_km, way_minutes

pytestmark = pytest.mark.slow

# as exact as a postal code file tells them; nobody sits two thousand kilometres away
PLACES = st.builds(
    lambda number, lat, lon: Place(id=number, lat=lat / 10_000, lon=lon / 10_000),
    st.just(0),
    st.integers(450_000, 570_000),
    st.integers(30_000, 180_000),
)
NEAR = st.integers(-20, 20).map(lambda step: step / 10_000)
NEIGHBOURS = st.builds(
    lambda a, north, east: (a, Place(id=0, lat=a.lat + north, lon=a.lon + east)), PLACES, NEAR, NEAR
)
PAIRS = st.lists(st.one_of(st.tuples(PLACES, PLACES), NEIGHBOURS), min_size=1, max_size=30)
# what the check leaves to rounding: it may be a minute below the engine there, never above
SPARED = 0.01
HOME = Place(id=0, lat=52.2897, lon=11.4109)

ASKED = """
WITH given AS (
    SELECT * FROM unnest($1::float8[], $2::float8[], $3::float8[], $4::float8[])
        WITH ORDINALITY AS g (lat, lon, to_lat, to_lon, number)
), starts AS (
    INSERT INTO place (postal_code, name, municipality, district, state, lat, lon, search_key)
    SELECT '00000', 'from ' || number, '', '', '', lat, lon, '' FROM given RETURNING id, name
), ends AS (
    INSERT INTO place (postal_code, name, municipality, district, state, lat, lon, search_key)
    SELECT '00000', 'to ' || number, '', '', '', to_lat, to_lon, '' FROM given RETURNING id, name
)
SELECT number, s.id AS a, e.id AS b FROM given
JOIN starts s ON s.name = 'from ' || number JOIN ends e ON e.name = 'to ' || number
ORDER BY number
"""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=PAIRS)
@example(pairs=[(HOME, HOME)])
async def test_both_tell_the_same_minutes(db: Database, pairs: list[tuple[Place, Place]]) -> None:
    columns = [
        [getattr(pair[n], field) for pair in pairs] for n in (0, 1) for field in ("lat", "lon")
    ]
    async with db.work() as tx:
        rows = await tx.connection.fetch(ASKED, *columns)
        for mode in DEFAULT_MODES:
            told = await tx.connection.fetch(
                "SELECT way_minutes(a, b, $3) FROM unnest($1::bigint[], $2::bigint[]) AS p (a, b)",
                [row["a"] for row in rows],
                [row["b"] for row in rows],
                mode.key,
            )
            for (a, b), (sql,) in zip(pairs, told, strict=True):
                exact = way_km(mode, a, b) * 60 / mode.km_per_hour
                engine = way_minutes(mode, a, b)
                spared = 0 < exact % 1 < 2 * SPARED
                assert sql == engine or (spared and sql == engine - 1), (mode.key, a, b)
        await tx.connection.execute("DELETE FROM place")


async def test_the_tables_means_of_transport_are_the_engines(db: Database) -> None:
    async with db.work() as tx:
        rows = await tx.connection.fetch("SELECT key, km_per_hour, detour, overhead FROM transport")
    stored = {row["key"]: (row["km_per_hour"], row["detour"], row["overhead"]) for row in rows}
    assert stored == {
        mode.key: (mode.km_per_hour, mode.detour, mode.overhead) for mode in DEFAULT_MODES
    }
