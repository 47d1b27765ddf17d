"""Files become rows of texts: CSV in the encodings of three decades, and XLSX; content decides
which, never a file's name."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from msgspec import Struct

MOST_BYTES = 2 * 1024 * 1024
MOST_LINES = 5_000
MOST_COLUMNS = 120
MOST_SHEETS = 20
MOST_IN_CELL = 5_000
# what an archive may become: two megabytes of honest table are about twenty
MOST_UNPACKED = 30 * 1024 * 1024
MOST_PARTS = 400

DELIMITERS = (";", ",", "\t")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_TEXT_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_MERGED = re.compile(
    rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
)


class Line(Struct, frozen=True, kw_only=True):
    """A line of a sheet: its number as the person sees it (from 1), and its cells as texts."""

    number: int
    cells: tuple[str, ...]


class Sheet(Struct, frozen=True, kw_only=True):
    """A sheet of a file, its empty lines left out; the name of a CSV's only sheet is empty."""

    name: str
    lines: tuple[Line, ...]


class Unreadable(Exception):
    """The file is no table that we can read; `key` names the sentence that says what to do."""

    def __init__(self, key: str, **params: Any) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


def read_tables(content: bytes) -> list[Sheet]:
    """Every way to see a file as a table: an XLSX's sheets, or a CSV once per delimiter.

    The one with the headings is chosen by who knows them. Raises Unreadable.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable("card_index.file.large")
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("card_index.file.empty")
    if content.startswith(_OLD_EXCEL):
        raise Unreadable("card_index.file.old_excel")
    if content.startswith(_ZIP):
        return _read_xlsx(content)
    return _read_csv(decoded(content))


def decoded(content: bytes) -> str:
    """A text file's text: UTF-16 or UTF-8 where a mark or the bytes show it, else Windows-1252."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if content.startswith(mark):
            return _plain(content[len(mark) :], (encoding,))
    if (found := _unmarked_utf16(content)) is not None:
        return _plain(content, (found,))
    return _plain(content, ("utf-8", "cp1252"))


def _unmarked_utf16(content: bytes) -> str | None:
    """Text of the Western world in UTF-16 has a zero in every other byte."""
    even, odd = content[0:2000:2].count(0), content[1:2000:2].count(0)
    half = min(len(content), 2000) // 2
    if odd > half * 0.7 and not even:
        return "utf-16-le"
    if even > half * 0.7 and not odd:
        return "utf-16-be"
    return None


def _plain(content: bytes, encodings: Iterable[str]) -> str:
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        start = text.lstrip()[:15].lower()
        if _TEXT_CONTROL.search(text) or start.startswith(
            ("%pdf", "<?xml", "<html", "<!doctype", "{\\rtf")
        ):
            break
        return text
    raise Unreadable("card_index.file.kind")


def _read_csv(text: str) -> list[Sheet]:
    said = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if said:
        return [_split(text, said[1], skipped=1)]
    sheets = [_split(text, delimiter) for delimiter in DELIMITERS if delimiter in text]
    return sheets or [_split(text, ";")]


def _split(text: str, delimiter: str, *, skipped: int = 0) -> Sheet:
    lines: list[Line] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 1
    try:
        for index, cells in enumerate(reader):
            if index >= skipped and any(cell.strip() for cell in cells):
                lines.append(_line(number, cells))
            number = reader.line_num + 1
    except csv.Error:
        raise Unreadable("card_index.file.kind") from None
    return Sheet(name="", lines=tuple(lines))


def _line(number: int, cells: Sequence[str]) -> Line:
    if number > MOST_LINES:
        raise Unreadable("card_index.file.long", most=MOST_LINES)
    if any(len(cell) > MOST_IN_CELL for cell in cells):
        raise Unreadable("card_index.file.cell", line=number)
    texts = [cell.strip() for cell in cells[:MOST_COLUMNS]]
    while texts and not texts[-1]:
        texts.pop()
    return Line(number=number, cells=tuple(texts))


def _read_xlsx(content: bytes) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bombs(archive)
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            try:
                return [_sheet(archive, sheet) for sheet in book.worksheets[:MOST_SHEETS]]
            finally:
                book.close()
    except Unreadable:
        raise
    # a broken archive or broken XML in it fails in as many ways as there are modules below
    except Exception as broken:
        raise Unreadable("card_index.file.broken") from broken


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    """Nothing that grows, nothing that is hidden, no DTD: what `zipfile` reads of a part is never
    more than its directory says, so that the sum of that is the sum of all."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable("card_index.file.bomb")
    if "xl/workbook.xml" not in archive.namelist():
        raise Unreadable("card_index.file.kind")
    for part in parts:
        if part.flag_bits & 1:
            raise Unreadable("card_index.file.locked")
        if part.filename.endswith((".xml", ".rels")):
            text = archive.read(part)
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text:
                raise Unreadable("card_index.file.bomb")


def _sheet(archive: zipfile.ZipFile, sheet: Any) -> Sheet:
    sheet.reset_dimensions()  # what a file says of its own size is often wrong
    rows = [
        [_text(cell) for cell in row]
        for row in sheet.iter_rows(max_row=MOST_LINES + 1, max_col=MOST_COLUMNS, values_only=True)
    ]
    _fill_merged(rows, archive.read(str(sheet._worksheet_path).lstrip("/")))
    lines = [
        _line(number, row) for number, row in enumerate(rows, start=1) if any(cell for cell in row)
    ]
    return Sheet(name=str(sheet.title), lines=tuple(lines))


def _fill_merged(rows: list[list[str]], xml: bytes) -> None:
    """What stands once beside several lines holds for each of them; a title that runs over several
    columns stays one cell."""
    for found in _MERGED.finditer(xml):
        left, right = _column(found[1]), _column(found[3])
        top, bottom = int(found[2]) - 1, min(int(found[4]), len(rows)) - 1
        if left != right or not 0 <= top <= bottom or left >= MOST_COLUMNS:
            continue
        for row in rows[top + 1 : bottom + 1]:
            row.extend([""] * (left + 1 - len(row)))
            row[left] = rows[top][left] if left < len(rows[top]) else ""


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _text(value: Any) -> str:
    """A cell as somebody would have typed it; days as 2026-12-05, hours as 14:00."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.10g}".replace(".", ",")
    return str(value).strip()
