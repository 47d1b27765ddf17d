"""Places: a postal code and a name with a point on the map, found by what people write."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files

import msgspec

from rundum_core.db import Transaction
from rundum_core.errors import FieldError, Invalid, NotFound
from rundum_core.names import search_key
from rundum_core.queries import many, one

MOST_SUGGESTED = 6
_CODE = re.compile(r"(?<![0-9])(?:D-?\s?)?([0-9]{5})(?![0-9])", re.IGNORECASE)
_PART_OF = re.compile(r"\b(?:OT|Ortsteil)\b\.?", re.IGNORECASE)


class PlaceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A place under one of its postal codes: (`postal_code`, `name`) is the key, since a German
    code may span several places, and even districts, and a place may have several codes."""

    postal_code: str
    name: str
    municipality: str
    district: str
    state: str
    lat: float
    lon: float


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place as it is kept; `district` is the Landkreis or the town that is none of one."""

    id: int
    postal_code: str
    name: str
    municipality: str
    district: str
    state: str
    lat: float
    lon: float

    @property
    def label(self) -> str:
        """`39340 Haldensleben`: what `resolve` takes back."""
        return f"{self.postal_code} {self.name}"


@cache
def demo_places() -> tuple[PlaceRow, ...]:
    """The demo district's places, right to about a kilometre; the file tells its origin."""
    text = (files("rundum_core") / "data" / "places.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(msgspec.convert(row, PlaceRow, strict=False) for row in csv.DictReader(lines))


places_by_code = many("core/place", "places_by_code", Place)
places_by_name = many("core/place", "places_by_name", Place)
places_by_code_and_name = many("core/place", "places_by_code_and_name", Place)
select_place = one("core/place", "place_by_id", Place)
select_places = many("core/place", "places_by_id", Place)
count_places = one("core/place", "count_places", int)


async def place_by_id(tx: Transaction, id: int) -> Place:
    """The place with that id; raises NotFound."""
    place = await select_place(tx, id=id)
    if place is None:
        raise NotFound("place.unknown")
    return place


async def places(tx: Transaction, ids: list[int]) -> dict[int, Place]:
    """Several places at once, by id."""
    return {place.id: place for place in await select_places(tx, ids=sorted(set(ids)))}


async def find_places(tx: Transaction, text: str, limit: int = 10) -> list[Place]:
    """Places that begin like `text`: `393`, `Hald`, `39340 Hald`; none for an empty text.

    Umlauts and capitals don't matter. Whole names come before longer ones.
    """
    digits, key = _parts(text)
    if digits and key and len(digits) == 5:
        return await places_by_code_and_name(
            tx, postal_code=digits, low=key, high=_after(key), most=limit
        )
    if key:
        return await places_by_name(tx, low=key, high=_after(key), most=limit)
    if digits:
        return await _of_code(tx, digits, limit)
    return []


async def resolve(tx: Transaction, postal_code: str, name: str, *, field: str = "place") -> Place:
    """The one place that a form means; raises Invalid at `field`. See `look_up`."""
    found = await look_up(tx, postal_code, name, field=field)
    if isinstance(found, FieldError):
        raise Invalid((found,))
    return found


async def look_up(
    tx: Transaction, postal_code: str, name: str, *, field: str = "place"
) -> Place | FieldError:
    """The one place that a form means, or what is wrong at `field`, to be told with the rest.

    Code and name may stand in two inputs or both in `name` ("39340 Haldensleben"). A code alone
    or a name alone is enough where only one place has it. The errors are `place.unknown`,
    `place.similar` and `place.ambiguous`; the latter two hold `suggestions`, a list in words.
    """
    digits, key = _parts(f"{postal_code} {name}")
    if len(digits) == 5:
        return await _by_code(tx, digits, key, field)
    if key and not digits:
        return await _by_name(tx, key, field)
    return await _unknown(tx, digits, key, field)


async def _by_code(tx: Transaction, digits: str, key: str, field: str) -> Place | FieldError:
    there = await _of_code(tx, digits, 500)
    if not there:
        return await _unknown(tx, digits, key, field)
    fits = _fitting(there, key) if key else there
    if len(fits) == 1:
        return fits[0]
    if not fits:
        return _error(field, "place.similar", sorted(there, key=_likeness(key), reverse=True))
    return _error(field, "place.ambiguous", fits)


async def _by_name(tx: Transaction, key: str, field: str) -> Place | FieldError:
    begin_so = await places_by_name(tx, low=key, high=_after(key), most=200)
    exact = [place for place in begin_so if search_key(place.name) == key]
    # `Oschersleben` is meant by who writes no `(Bode)`; `Oscher` may be anything
    fits = exact or [place for place in begin_so if search_key(place.name).startswith(f"{key} ")]
    if len(fits) == 1:
        return fits[0]
    if not fits:
        return await _unknown(tx, "", key, field)
    return _error(field, "place.ambiguous", fits)


async def _unknown(tx: Transaction, digits: str, key: str, field: str) -> FieldError:
    """Nothing is called so; what comes near is named."""
    near: list[Place] = []
    if len(key) >= 3:
        near = await places_by_name(tx, low=key[:3], high=_after(key[:3]), most=200)
    likeness = _likeness(key)
    near = sorted((place for place in near if likeness(place) >= 0.6), key=likeness, reverse=True)
    if not near and len(digits) >= 3:
        near = await _of_code(tx, digits[:4], MOST_SUGGESTED)
    return _error(field, "place.similar" if near else "place.unknown", near)


async def _of_code(tx: Transaction, digits: str, most: int) -> list[Place]:
    return await places_by_code(tx, low=digits.ljust(5, "0"), high=digits.ljust(5, "9"), most=most)


def _fitting(there: list[Place], key: str) -> list[Place]:
    """Places of one postal code that a name may mean, by the closest way in which any does."""
    ways: tuple[Callable[[Place], bool], ...] = (
        lambda place: search_key(place.name) == key,
        lambda place: f" {key} " in f" {search_key(place.name)} ",
        lambda place: f" {search_key(place.name)} " in f" {key} ",
        lambda place: search_key(place.name).startswith(key),
        lambda place: search_key(place.municipality) == key,
    )
    for way in ways:
        if fits := [place for place in there if way(place)]:
            return fits
    return []


def _likeness(key: str) -> Callable[[Place], float]:
    def likeness(place: Place) -> float:
        return SequenceMatcher(None, key, search_key(place.name)).ratio()

    return likeness


def _error(field: str, key: str, suggested: list[Place]) -> FieldError:
    if not suggested:
        return FieldError(field, key)
    named = ", ".join(place.label for place in suggested[:MOST_SUGGESTED])
    return FieldError(field, key, {"suggestions": named})


def _parts(text: str) -> tuple[str, str]:
    """The postal code (or the beginning of one) and the search key of the name in a text."""
    if found := _CODE.search(text):
        digits, text = found[1], f"{text[: found.start()]} {text[found.end() :]}"
    else:
        digits = "".join(re.findall(r"^\s*([0-9]{1,9})", text))
    return digits, search_key(_PART_OF.sub(" ", re.sub(r"[0-9]+", " ", text)))


def _after(prefix: str) -> str:
    """The text that comes first behind all that begin with `prefix` (ASCII)."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
