"""What the columns of a card index are called: headings.csv, in the order in which they are
written out; in both languages and with what else people write above them."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Literal

from msgspec import Struct

from rundum_core.i18n import Locale

Table = Literal["providers", "clients", "requests"]
TABLES: tuple[Table, ...] = ("providers", "clients", "requests")


class Column(Struct, frozen=True, kw_only=True):
    """A column: its field, its heading in both languages, and what else people call it.

    `only_read` columns are written out for reading; what stands there is not taken in.
    """

    field: str
    de: str
    en: str
    also: tuple[str, ...] = ()
    only_read: bool = False

    def heading(self, locale: Locale) -> str:
        return self.de if locale == "de" else self.en


def _columns(table: Table) -> tuple[Column, ...]:
    text = (files("rundum_desk") / "card_index" / "headings.csv").read_text("utf-8")
    return tuple(
        Column(
            field=line["field"],
            de=line["de"],
            en=line["en"],
            also=tuple(line["also"].split(" | ")) if line["also"] else (),
            only_read=line["only_read"] == "yes",
        )
        for line in csv.DictReader(text.splitlines(), delimiter=";")
        if table in line["tables"].split()
    )


COLUMNS: dict[Table, tuple[Column, ...]] = {table: _columns(table) for table in TABLES}


def column_of(table: Table, field: str) -> Column | None:
    """The column in which a field of that name stands."""
    return next((column for column in COLUMNS[table] if column.field == field), None)
