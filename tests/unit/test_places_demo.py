"""The hand-made table of places: plausible points, and known distances."""

from __future__ import annotations

import re
from math import asin, cos, radians, sin, sqrt

import pytest

from rundum_core.places import PlaceRow, demo_places

# As the crow flies, in kilometres, estimated apart from the table; roads are up to a third longer.
KNOWN = [
    ("Haldensleben", "Magdeburg-Altstadt", 23.5),
    ("Wolmirstedt", "Magdeburg-Altstadt", 13.3),
    ("Oschersleben", "Magdeburg-Altstadt", 30),
    ("Wanzleben", "Magdeburg-Altstadt", 15.5),
    ("Barleben", "Magdeburg-Altstadt", 8),
    ("Haldensleben", "Wolmirstedt", 15.5),
    ("Haldensleben", "Flechtingen", 12.5),
    ("Haldensleben", "Calvörde", 14.3),
    ("Haldensleben", "Oebisfelde", 33),
    ("Haldensleben", "Weferlingen", 24.2),
    ("Oschersleben", "Wanzleben", 15),
    ("Oschersleben", "Gröningen", 10.3),
    ("Oschersleben", "Hadmersleben", 6.6),
    ("Wolmirstedt", "Colbitz", 7.7),
    ("Wolmirstedt", "Zielitz", 5.5),
    ("Zielitz", "Rogätz", 6.7),
    ("Eilsleben", "Ummendorf", 2.2),
    ("Irxleben", "Niederndodeleben", 3.7),
    ("Osterweddingen", "Langenweddingen", 4.2),
    ("Magdeburg-Rothensee", "Magdeburg-Westerhüsen", 14),
]
# Villages next to each other, which no slip of a digit should tear apart.
NEIGHBOURS = [
    ("Hundisburg", "Haldensleben"),
    ("Süplingen", "Bülstringen"),
    ("Bülstringen", "Satuelle"),
    ("Uthmöden", "Wieglitz"),
    ("Meitzendorf", "Barleben"),
    ("Ebendorf", "Barleben"),
    ("Dahlenwarsleben", "Klein Ammensleben"),
    ("Groß Ammensleben", "Vahldorf"),
    ("Samswegen", "Jersleben"),
    ("Glindenberg", "Wolmirstedt"),
    ("Heinrichsberg", "Loitsche"),
    ("Hohenwarsleben", "Hermsdorf"),
    ("Eichenbarleben", "Ochtmersleben"),
    ("Wellen", "Mammendorf"),
    ("Domersleben", "Wanzleben"),
    ("Bottmersdorf", "Blumenberg"),
    ("Seehausen", "Remkersleben"),
    ("Druxberge", "Drackenstedt"),
    ("Peseckendorf", "Klein Oschersleben"),
    ("Sülldorf", "Osterweddingen"),
    ("Wegenstedt", "Mannhausen"),
    ("Etingen", "Rätzlingen"),
    ("Morsleben", "Beendorf"),
    ("Völpke", "Barneberg"),
    ("Hamersleben", "Ausleben"),
]


@pytest.fixture(scope="module")
def by_name() -> dict[str, PlaceRow]:
    return {place.name: place for place in demo_places()}


def kilometres(a: PlaceRow, b: PlaceRow) -> float:
    p, q = radians(a.lat), radians(b.lat)
    h = sin((q - p) / 2) ** 2 + cos(p) * cos(q) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(h))


def test_the_district_has_at_least_120_places_each_listed_once() -> None:
    keys = [(place.postal_code, place.name) for place in demo_places()]
    assert len(keys) >= 120
    assert len(set(keys)) == len(keys)


def test_every_place_lies_in_the_district_with_a_code_of_the_region() -> None:
    for place in demo_places():
        assert 51.9 <= place.lat <= 52.6, place
        assert 10.9 <= place.lon <= 11.95, place
        assert re.fullmatch(r"39[0-9]{3}", place.postal_code), place
        assert place.state == "Sachsen-Anhalt"
        assert place.district in ("Landkreis Börde", "Magdeburg")
        assert place.municipality
        assert place.name == place.name.strip()


def test_every_postal_code_of_magdeburg_has_a_place() -> None:
    codes = {p.postal_code for p in demo_places() if p.municipality == "Magdeburg"}
    assert codes == {f"391{n:02}" for n in (*range(4, 32, 2),)}


@pytest.mark.parametrize(("a", "b", "km"), KNOWN)
def test_known_distances_are_right_to_about_a_kilometre(
    by_name: dict[str, PlaceRow], a: str, b: str, km: float
) -> None:
    assert kilometres(by_name[a], by_name[b]) == pytest.approx(km, abs=1.2)


@pytest.mark.parametrize(("a", "b"), NEIGHBOURS)
def test_neighbouring_villages_lie_side_by_side(
    by_name: dict[str, PlaceRow], a: str, b: str
) -> None:
    assert 0.8 < kilometres(by_name[a], by_name[b]) < 6


def test_no_two_places_share_a_point_and_none_is_alone(by_name: dict[str, PlaceRow]) -> None:
    places = list(by_name.values())
    for place in places:
        nearest = min(kilometres(place, other) for other in places if other is not place)
        assert 0.5 < nearest < 7, (place, nearest)


def test_places_of_one_municipality_lie_together(by_name: dict[str, PlaceRow]) -> None:
    for place in by_name.values():
        kin = [p for p in by_name.values() if p.municipality == place.municipality]
        assert max(kilometres(place, other) for other in kin) < 27, place
