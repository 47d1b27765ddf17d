"""Days, telephone numbers, ages and children as people and spreadsheets write them, as the texts
that our forms read. Pure; what is not understood stays as it is, for the form to refuse."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable

BANDS = ("0-1", "2-3", "4-6", "7-10", "11-13", "14-17")
_LAST_OF_CENTURY = 100

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_NUMBERS = re.compile(r"(\d{1,2})[./-]\s*(\d{1,2})[./-]\s*(\d{4}|\d{2})")
_NAMED = re.compile(r"(\d{1,2})\.?\s*([A-Za-zäÄ]{3,9})\.?\s*(\d{4}|\d{2})")
_MONTH = re.compile(r"(\d{1,2})[./](\d{4}|\d{2})")
_DAY_OF_MONTH = re.compile(r"(\d{1,2})\.?[ -]?([A-Za-zäÄ]{3,4})\.?")
_MONTHS = (
    "jan",
    "feb",
    "mär mrz mar",
    "apr",
    "mai may",
    "jun",
    "jul",
    "aug",
    "sep",
    "okt oct",
    "nov",
    "dez dec",
)
_DASH = r"\s*(?:[-–—−‑]|bis|to)\s*"
_YEARS = r"\s*(?:jahren?|j\b\.?|years?)?"
_AGES = re.compile(rf"(\d{{1,2}}){_DASH}(\d{{1,2}}){_YEARS}", re.I)
_FROM_AGE = re.compile(rf"(?:ab|from)\s*(\d{{1,2}}){_YEARS}|(\d{{1,2}})\s*\+", re.I)
_AGE = re.compile(rf"(\d{{1,2}}){_YEARS}", re.I)
_COUNTED = re.compile(rf"(\d{{1,3}})\s*(?:[x×]\s*|\()(\d{{1,2}}{_DASH}\d{{1,2}}){_YEARS}\)?", re.I)
_COUNTED_AFTER = re.compile(rf"(\d{{1,2}}{_DASH}\d{{1,2}}){_YEARS}\s*[:=]\s*(\d{{1,3}})", re.I)


class NotChildren(ValueError):
    """What stands there says neither how old nor how many."""


def day_in(text: str, *, born: int | None = None, ending: bool = False) -> str:
    """A day as 2026-12-05, from 5.12.2026, 05.12.26, 5. Dez. 2026 and the like.

    `born` is the present year where the day is a birth: then 90 is 1990 and 12 is 2012. A month
    alone (12/2026) is its first day, or its last one with `ending`.
    """
    text = text.strip()
    if found := _ISO.fullmatch(text):
        return _iso(found[1], found[2], found[3])
    if found := _NUMBERS.fullmatch(text):
        return _iso(_year(found[3], born), found[2], found[1])
    if (found := _NAMED.fullmatch(text)) and (month := _month(found[2])):
        return _iso(_year(found[3], born), str(month), found[1])
    if (found := _MONTH.fullmatch(text)) and 1 <= int(found[1]) <= 12:
        year = int(_year(found[2], born))
        last = calendar.monthrange(year, int(found[1]))[1] if year else 1
        return _iso(str(year), found[1], str(last if ending else 1))
    return text


def unmangled(text: str) -> str:
    """`8-12` again where a spreadsheet made 8 December of it."""
    if found := _ISO.fullmatch(text.strip()):
        return f"{int(found[3])}-{int(found[2])}"
    if (found := _DAY_OF_MONTH.fullmatch(text.strip())) and (month := _month(found[2])):
        return f"{int(found[1])}-{month}"
    return text


def bands_in(text: str) -> list[str]:
    """The age bands that a cell names: `0-1, 4-6`, `2 bis 10 Jahre`, `ab 4`; only those that lie
    wholly in what is said. Raises NotChildren."""
    found: list[str] = []
    for piece in _pieces(text):
        piece = unmangled(piece)
        if piece.lower() in ("alle", "all"):
            first, last = 0, 17
        elif (match := _AGES.fullmatch(piece)) is not None:
            first, last = int(match[1]), int(match[2])
        elif (match := _FROM_AGE.fullmatch(piece)) is not None:
            first, last = int(match[1] or match[2]), 17
        else:
            raise NotChildren(piece)
        within = [band for band in BANDS if first <= _ends(band)[0] and _ends(band)[1] <= last]
        if not within:
            raise NotChildren(piece)
        found += within
    return [band for band in BANDS if band in found]


def children_in(text: str) -> dict[str, int]:
    """How many children of each band: `2x 4-6, 1x 0-1`, `4-6: 2`, `3 J., 5 J.`; NotChildren."""
    counts: dict[str, int] = {}
    for piece in _pieces(text):
        ages = unmangled(piece)
        if (match := _COUNTED.fullmatch(piece)) is not None:
            band, count = match[2], int(match[1])
        elif (match := _COUNTED_AFTER.fullmatch(piece)) is not None:
            band, count = match[1], int(match[2])
        elif _AGES.fullmatch(ages):
            band, count = ages, 1
        elif (match := _AGE.fullmatch(piece)) is not None:
            band, count = _band_of(int(match[1]), piece), 1
        else:
            raise NotChildren(piece)
        ends = _AGES.fullmatch(band)
        key = f"{int(ends[1])}-{int(ends[2])}" if ends else band
        if key not in BANDS:
            raise NotChildren(piece)
        counts[key] = counts.get(key, 0) + count
    return counts


def write_children(counts: Iterable[tuple[str, int]]) -> str:
    """`2x 4-6, 1x 0-1`: no spreadsheet takes that for a day."""
    return ", ".join(f"{count}x {band}" for band, count in counts)


def _pieces(text: str) -> list[str]:
    return [
        piece for piece in re.split(r"\s*[,;\n/]\s*|\s+und\s+|\s+and\s+", text.strip()) if piece
    ]


def _ends(band: str) -> tuple[int, int]:
    first, _, last = band.partition("-")
    return int(first), int(last)


def _band_of(age: int, piece: str) -> str:
    for band in BANDS:
        if _ends(band)[0] <= age <= _ends(band)[1]:
            return band
    raise NotChildren(piece)


def _month(name: str) -> int | None:
    for number, starts in enumerate(_MONTHS, start=1):
        if any(name.lower().startswith(start) for start in starts.split()):
            return number
    return None


def _year(text: str, born: int | None) -> str:
    if len(text) == 4:
        return text
    century = 2000 if born is None or int(text) <= born % _LAST_OF_CENTURY else 1900
    return str(century + int(text))


def _iso(year: str, month: str, day: str) -> str:
    """Also of a day that never was: then the form says so."""
    return f"{int(year):04d}-{int(month):02d}-{int(day):02d}"
