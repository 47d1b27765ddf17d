"""Places: found by what people write, and taken from files."""

from __future__ import annotations

import pytest

from rundum_core.actor import visitor
from rundum_core.db import Database
from rundum_core.errors import Invalid
from rundum_core.place_import import import_places, load_demo_places
from rundum_core.places import count_places, find_places, look_up, resolve


@pytest.fixture
async def places(db: Database) -> Database:
    async with db.work() as tx:
        await load_demo_places(tx)
    return db


def line(postal_code: str, name: str, lat: str = "52.1", lon: str = "11.6") -> bytes:
    cells = ["DE", postal_code, name, "Sachsen-Anhalt", "ST", "", "00", "Testkreis", "15083"]
    return ("\t".join([*cells, lat, lon, "4"]) + "\n").encode()


@pytest.mark.parametrize(
    ("postal_code", "name", "found"),
    [
        ("39340", "Haldensleben", "39340 Haldensleben"),
        ("", "39340 Haldensleben", "39340 Haldensleben"),
        ("", "D-39340 haldensleben", "39340 Haldensleben"),
        ("", "Haldensleben", "39340 Haldensleben"),
        ("39340", "", "39340 Haldensleben"),
        ("39167", "gross rodensleben", "39167 Groß Rodensleben"),
        ("39345", "Uthmoeden", "39345 Uthmöden"),
        ("39345", "Haldensleben OT Satuelle", "39345 Satuelle"),
        ("39112", "Magdeburg", "39112 Magdeburg-Sudenburg"),
        ("39110", "Diesdorf", "39110 Magdeburg-Diesdorf"),
    ],
)
async def test_a_place_is_found_in_any_spelling(
    places: Database, postal_code: str, name: str, found: str
) -> None:
    async with places.transaction(visitor()) as tx:
        assert (await resolve(tx, postal_code, name)).label == found


@pytest.mark.parametrize(
    ("postal_code", "name", "key", "suggested"),
    [
        ("", "Haldenslebn", "place.similar", "39340 Haldensleben"),
        ("39340", "Barleben", "place.similar", "39340 Haldensleben"),
        ("39110", "Magdeburg", "place.ambiguous", "39110 Magdeburg-Diesdorf"),
        ("39387", "", "place.ambiguous", "39387 Oschersleben"),
        ("3934", "Haldensleben", "place.similar", "39340 Haldensleben"),
    ],
)
async def test_what_is_not_clear_is_asked_with_suggestions(
    places: Database, postal_code: str, name: str, key: str, suggested: str
) -> None:
    async with places.transaction(visitor()) as tx:
        with pytest.raises(Invalid) as refused:
            await resolve(tx, postal_code, name, field="where")
    [error] = refused.value.errors
    assert (error.field, error.key) == ("where", key)
    assert suggested in error.params["suggestions"]


@pytest.mark.parametrize(
    "text", ["", "   ", "Xylophonien", "00000", "12345 Nirgendwo", "'; --", "ß"]
)
async def test_a_place_that_nothing_is_like_is_unknown(places: Database, text: str) -> None:
    async with places.transaction(visitor()) as tx:
        error = await look_up(tx, "", text)
    assert getattr(error, "key", None) == "place.unknown"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("39387", "39387 Oschersleben"),
        ("hald", "39340 Haldensleben"),
        ("39340 Hal", "39340 Haldensleben"),
        ("GROSS ROD", "39167 Groß Rodensleben"),
        ("Groß Rod", "39167 Groß Rodensleben"),
    ],
)
async def test_places_are_found_while_somebody_types(
    places: Database, text: str, first: str
) -> None:
    async with places.transaction(visitor()) as tx:
        found = await find_places(tx, text, 5)
    assert found[0].label == first
    assert len(found) <= 5


async def test_nothing_typed_finds_nothing(places: Database) -> None:
    async with places.transaction(visitor()) as tx:
        assert await find_places(tx, " ") == []


async def test_loading_the_demo_district_again_changes_nothing(places: Database) -> None:
    async with places.work() as tx:
        again = await load_demo_places(tx)
    assert again.read >= 100
    assert (again.added, again.changed, again.unchanged) == (0, 0, again.read)


async def test_an_import_adds_changes_and_reports_what_it_could_not_read(places: Database) -> None:
    heard: list[int] = []
    file = [
        line("39340", "Haldensleben", "52.30", "11.42"),
        line("39343", "Hundisburg", "52.251", "11.396"),
        line("10115", "Berlin"),
        line("1011", "Kurz"),
        b"\xff\xfe\n",
        line("10115", "Berlin"),
    ]
    report = await import_places(places, file, heard.append)
    assert (report.read, report.added) == (3, 1)
    assert report.unreadable == {"postal_code": 1, "not_utf8": 1, "duplicate": 1}
    assert [found.line for found in report.first_unreadable] == [4, 5, 6]
    assert heard == [3]
    async with places.transaction(visitor()) as tx:
        assert (await resolve(tx, "39340", "")).lat == 52.30
        hundisburg = await resolve(tx, "39343", "Hundisburg")
    assert hundisburg.municipality == "Haldensleben", "the file knows no municipalities"


async def test_an_import_of_many_goes_in_batches_and_may_be_repeated(places: Database) -> None:
    file = [line(f"{number:05}", f"Ort {number}") for number in range(1000, 6000)]
    heard: list[int] = []
    report = await import_places(places, file, heard.append)
    assert (report.added, heard) == (5000, [2000, 4000, 5000])
    assert (await import_places(places, file)).unchanged == 5000
    async with places.work() as tx:
        assert (await count_places(tx) or 0) > 5000
