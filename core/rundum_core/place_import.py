"""Places from files: the table of the demo district, and a postal code file of any size."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from itertools import islice

import msgspec

from rundum_core.db import Database, Transaction
from rundum_core.names import search_key
from rundum_core.queries import one

BATCH = 2000
# The licence of GeoNames' files wants this line wherever its data are shown.
CREDIT = "Postal codes and coordinates: GeoNames (https://www.geonames.org), CC BY 4.0"


class NewPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place as a file has it: five digits, a name, its municipality and district, degrees."""

    postal_code: str
    name: str
    municipality: str
    district: str
    state: str
    lat: float
    lon: float


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch."""

    added: int
    changed: int


class PlacesReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did: lines read, places added, changed, as they were, and named twice."""

    read: int
    added: int
    changed: int
    unchanged: int
    repeated: int


store_places = one("core/place", "store_places", Stored)


async def load_demo_places(tx: Transaction) -> PlacesReport:
    """Take the demo district's places into the table; again changes nothing."""
    return await _take(tx, list(demo_places()))


def demo_places() -> Iterator[NewPlace]:
    """The hand-made table of Landkreis Börde and Magdeburg."""
    text = (files("rundum_core") / "data" / "places.csv").read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    for row in csv.DictReader(lines):
        yield msgspec.convert(row, NewPlace, strict=False)


async def import_places(
    db: Database, found: Iterable[NewPlace], progress: Callable[[int], None] = lambda done: None
) -> PlacesReport:
    """Take places of a file into the table, in transactions of 2,000.

    Known ones (same code and name) are changed where the file says otherwise; none is deleted,
    since addresses refer to them. `progress` hears after each batch how many were read. A run
    that was broken off may simply be repeated.
    """
    total = PlacesReport(read=0, added=0, changed=0, unchanged=0, repeated=0)
    seen: set[tuple[str, str]] = set()
    rows = iter(found)
    while batch := list(islice(rows, BATCH)):
        async with db.work() as tx:
            part = await _take(tx, batch, seen)
        total = PlacesReport(
            **{
                field: getattr(total, field) + getattr(part, field)
                for field in PlacesReport.__struct_fields__
            }
        )
        progress(total.read)
    return total


async def _take(
    tx: Transaction, batch: list[NewPlace], seen: set[tuple[str, str]] | None = None
) -> PlacesReport:
    seen = set() if seen is None else seen
    fresh: list[NewPlace] = []
    for place in batch:
        if (place.postal_code, place.name) not in seen:
            seen.add((place.postal_code, place.name))
            fresh.append(place)
    stored = await store_places(
        tx,
        postal_codes=[place.postal_code for place in fresh],
        names=[place.name for place in fresh],
        municipalities=[place.municipality for place in fresh],
        districts=[place.district for place in fresh],
        states=[place.state for place in fresh],
        lats=[place.lat for place in fresh],
        lons=[place.lon for place in fresh],
        search_keys=[search_key(place.name) for place in fresh],
    )
    assert stored is not None
    return PlacesReport(
        read=len(batch),
        added=stored.added,
        changed=stored.changed,
        unchanged=len(fresh) - stored.added - stored.changed,
        repeated=len(batch) - len(fresh),
    )
