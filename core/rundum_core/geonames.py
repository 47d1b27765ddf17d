"""The postal code files of GeoNames (https://download.geonames.org/export/zip/, CC BY 4.0), read
line by line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from rundum_core.places import PlaceRow

COUNTRY = "DE"
# A point outside of this box (degrees) is a slip of the keyboard or the famous 0, 0.
SOUTH, NORTH, WEST, EAST = 47.2, 55.1, 5.8, 15.1

_COLUMNS = (
    *("country", "postal_code", "name", "state", "state_code", "region", "region_code"),
    *("district", "district_code", "lat", "lon", "accuracy"),
)
_CODE = re.compile(r"[0-9]{5}")

Reason = Literal[
    "not_utf8",
    "columns",
    "control_character",
    "postal_code",
    "name",
    "coordinates",
    "outside_germany",
    "duplicate",
]


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A line (counted from 1) that gives no place, and what is wrong with it."""

    line: int
    reason: Reason


def read(lines: Iterable[bytes]) -> Iterator[PlaceRow | Unreadable]:
    """Every German place of the file, and every line that could not be read, in the file's order.

    Streams: memory grows with the number of keys only. Empty lines and other countries are passed
    over. Of lines with the same code and name the first counts. The file knows no municipalities:
    a place stands as its own.
    """
    seen: set[tuple[str, str]] = set()
    for number, raw in enumerate(lines, start=1):
        found = _place(raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw)
        if isinstance(found, PlaceRow):
            key = (found.postal_code, found.name)
            if key not in seen:
                seen.add(key)
                yield found
                continue
            found = "duplicate"
        if found is not None:
            yield Unreadable(line=number, reason=found)


def _place(raw: bytes) -> PlaceRow | Reason | None:
    """The place on a line, what is wrong with the line, or None where there is nothing to read."""
    if not raw.strip():
        return None
    try:
        cells = raw.decode("utf-8").rstrip("\r\n").split("\t")
    except UnicodeDecodeError:
        return "not_utf8"
    if len(cells) != len(_COLUMNS):
        return "columns"
    texts = (unicodedata.normalize("NFC", cell.strip()) for cell in cells)
    cell = dict(zip(_COLUMNS, texts, strict=True))
    if cell["country"] != COUNTRY:
        return None
    if any(unicodedata.category(sign) == "Cc" for text in cell.values() for sign in text):
        return "control_character"
    if not _CODE.fullmatch(cell["postal_code"]):
        return "postal_code"
    if not cell["name"]:
        return "name"
    try:
        lat, lon = float(cell["lat"]), float(cell["lon"])
    except ValueError:
        return "coordinates"
    if not (SOUTH <= lat <= NORTH and WEST <= lon <= EAST):
        return "outside_germany"
    return PlaceRow(
        postal_code=cell["postal_code"],
        name=cell["name"],
        municipality=cell["name"],
        district=cell["district"],
        state=cell["state"],
        lat=lat,
        lon=lon,
    )
