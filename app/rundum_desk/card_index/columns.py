"""Which line of a sheet is its headings, and which of our fields each of its columns means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from rundum_core.names import search_key
from rundum_desk.card_index.headings import COLUMNS, Column, Table, column_of
from rundum_desk.card_index.tables import Line, Sheet, Unreadable
from rundum_desk.card_index.writing import plain

HEADINGS_WITHIN = 30  # lines in which titles may stand above the headings
LEAST_KNOWN = 3
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")


class Row(Struct, frozen=True, kw_only=True):
    """A line under its headings: texts by field (empty ones left out), headings by field."""

    sheet: str
    number: int
    texts: dict[str, str]
    headings: dict[str, str]

    def text(self, field: str) -> str:
        return self.texts.get(field, "")


class Rows(Struct, frozen=True, kw_only=True):
    """All rows of a file, and the headings that nobody knew."""

    rows: tuple[Row, ...]
    unknown: tuple[str, ...]


def key_of(heading: str) -> str:
    """How headings are compared: small letters, no umlauts, no signs, nothing in brackets."""
    return search_key(_BRACKETS.sub(" ", heading)) or search_key(heading)


def rows_of(table: Table, sheets: Sequence[Sheet]) -> Rows:
    """The rows under the first line that is a line of this table's headings.

    Titles above it, further sheets and headings that are repeated between the rows are passed
    over. Raises Unreadable where no sheet has such a line.
    """
    known = _known(table)
    for sheet in sheets:
        for index, line in enumerate(sheet.lines[:HEADINGS_WITHIN]):
            if len(_fields(line, known)) >= LEAST_KNOWN:
                return _under(sheet, index, known, table)
    examples = ", ".join(column.de for column in COLUMNS[table][1:3])
    raise Unreadable("card_index.file.headings", examples=examples)


def _known(table: Table) -> dict[str, Column]:
    """Columns by every heading they may have; whoever is named first keeps a heading."""
    found: dict[str, Column] = {}
    for column in COLUMNS[table]:
        for heading in (column.de, column.en):
            found.setdefault(key_of(heading), column)
    for column in COLUMNS[table]:
        for heading in column.also:
            found.setdefault(key_of(heading), column)
    return found


def _under(sheet: Sheet, index: int, known: dict[str, Column], table: Table) -> Rows:
    head = sheet.lines[index]
    fields = _meant(_fields(head, known), table)
    unknown = [
        text
        for position, text in enumerate(head.cells)
        if text and position not in fields and key_of(text) not in known
    ]
    doubled = [
        text
        for position, text in enumerate(head.cells)
        if text and position not in fields and key_of(text) in known
    ]
    read = {p: c for p, c in fields.items() if not c.only_read}
    headings = {column.field: head.cells[position] for position, column in read.items()}
    rows = []
    for line in sheet.lines[index + 1 :]:
        if len(_fields(line, known)) >= LEAST_KNOWN:
            continue
        texts = {
            column.field: plain(line.cells[position])
            for position, column in read.items()
            if position < len(line.cells) and line.cells[position]
        }
        if texts:
            rows.append(Row(sheet=sheet.name, number=line.number, texts=texts, headings=headings))
    return Rows(rows=tuple(rows), unknown=tuple(dict.fromkeys([*unknown, *doubled])))


def _fields(line: Line, known: dict[str, Column]) -> dict[int, Column]:
    """Which columns stand where; one that stands twice counts once, but for telephones."""
    found: dict[int, Column] = {}
    for position, text in enumerate(line.cells):
        column = known.get(key_of(text)) if text else None
        if column is not None and column.field == "phone" and _has(found.values(), "phone"):
            column = known.get("handy", column)
        if column is not None and not _has(found.values(), column.field):
            found[position] = column
    return found


def _meant(fields: dict[int, Column], table: Table) -> dict[int, Column]:
    """`Name` beside `Vorname` is the family's, beside a contact person the organisation's; alone
    it is the whole name."""
    names = {column.field for column in fields.values()}
    if "given_name" in names:
        meaning = "family_name"
    elif "speaker" in names and "client_name" not in names:
        meaning = "client_name"
    else:
        meaning = "full_name"
    meant = column_of(table, meaning)
    return {
        position: meant if column.field == "name" and meant and meaning not in names else column
        for position, column in fields.items()
    }


def _has(columns: Iterable[Column], field: str) -> bool:
    return any(column.field == field for column in columns)
