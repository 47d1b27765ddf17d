"""Places from files: the table of the demo district, and a postal code file of any size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from rundum_core.db import Database, Transaction
from rundum_core.geonames import Unreadable, read
from rundum_core.names import search_key
from rundum_core.places import PlaceRow, demo_places
from rundum_core.queries import one

BATCH = 2000
SHOWN = 10
# The licence of GeoNames' files wants this line wherever its data are shown.
CREDIT = "Postal codes and coordinates: GeoNames (https://www.geonames.org), CC BY 4.0"


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch."""

    added: int
    changed: int


class PlacesReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did: places read, how many of them were new or changed the table, and the
    lines that gave none: how many for which reason, and the first ten."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unreadable: dict[str, int] = {}
    first_unreadable: tuple[Unreadable, ...] = ()

    @property
    def unchanged(self) -> int:
        return self.read - self.added - self.changed


store_places = one("core/place", "store_places", Stored)


async def load_demo_places(tx: Transaction) -> PlacesReport:
    """Take the demo district's places into the table; again changes nothing."""
    rows = demo_places()
    stored = await _store(tx, rows)
    return PlacesReport(read=len(rows), added=stored.added, changed=stored.changed)


async def import_places(
    db: Database, lines: Iterable[bytes], progress: Callable[[int], None] = lambda read: None
) -> PlacesReport:
    """Take the German places of a GeoNames postal code file, in transactions of 2,000.

    Known ones (same code and name) are changed where the file says otherwise; none is deleted,
    since addresses refer to them. `progress` hears after each batch how many were read. A run
    that was broken off may simply be repeated.
    """
    done = added = changed = 0
    reasons: Counter[str] = Counter()
    first: list[Unreadable] = []

    def good() -> Iterator[PlaceRow]:
        for found in read(lines):
            if isinstance(found, PlaceRow):
                yield found
                continue
            reasons[found.reason] += 1
            if len(first) < SHOWN:
                first.append(found)

    rows = good()
    while batch := list(islice(rows, BATCH)):
        async with db.work() as tx:
            stored = await _store(tx, batch)
        done += len(batch)
        added += stored.added
        changed += stored.changed
        progress(done)
    return PlacesReport(
        read=done,
        added=added,
        changed=changed,
        unreadable=dict(reasons),
        first_unreadable=tuple(first),
    )


async def _store(tx: Transaction, rows: Sequence[PlaceRow]) -> Stored:
    stored = await store_places(
        tx,
        postal_codes=[row.postal_code for row in rows],
        names=[row.name for row in rows],
        municipalities=[row.municipality for row in rows],
        districts=[row.district for row in rows],
        states=[row.state for row in rows],
        lats=[row.lat for row in rows],
        lons=[row.lon for row in rows],
        search_keys=[search_key(row.name) for row in rows],
    )
    assert stored is not None
    return stored
