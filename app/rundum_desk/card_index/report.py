"""What a file would do, row by row: for reading before anything is done, and to be compared with
what is done in the end."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, Literal

import msgspec
from msgspec import Struct

from rundum_core.errors import FieldError
from rundum_desk.card_index.columns import Row
from rundum_desk.card_index.headings import Table, column_of

Outcome = Literal["new", "changed", "unchanged", "mistake"]
UNREAD = "card_index.cell."
OUTCOMES: tuple[Outcome, ...] = ("mistake", "new", "changed", "unchanged")


class Said(Struct, frozen=True, kw_only=True):
    """A sentence about a column: `heading` as it stands in the file, or as it would stand there;
    `absent` where the file has no such column; empty for the row as a whole."""

    heading: str
    key: str
    params: dict[str, Any] = {}
    absent: bool = False


class RowReport(Struct, frozen=True, kw_only=True):
    """What a row is and what becomes of it; `changes` are headings, of one that is known."""

    sheet: str
    number: int
    name: str
    outcome: Outcome
    mistakes: tuple[Said, ...] = ()
    changes: tuple[str, ...] = ()
    notes: tuple[Said, ...] = ()


class Report(Struct, frozen=True, kw_only=True):
    """What a file would do or has done. `letters` are mails and calls that follow from it,
    `unknown` headings that nobody reads."""

    table: Table
    rows: tuple[RowReport, ...]
    unknown: tuple[str, ...]
    letters: int
    applied: bool = False

    @property
    def has_mistakes(self) -> bool:
        return any(row.outcome == "mistake" for row in self.rows)

    @property
    def changes_anything(self) -> bool:
        return any(row.outcome in ("new", "changed") for row in self.rows)

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome == outcome for row in self.rows)

    @property
    def digest(self) -> str:
        """The same for the same report: what somebody has read before she confirmed."""
        told = msgspec.json.encode(
            (self.table, self.rows, self.unknown, self.letters), enc_hook=str
        )
        return hashlib.sha256(told).hexdigest()


class Findings:
    """What comes to light about one row while it is read."""

    def __init__(self, table: Table, row: Row, name: str) -> None:
        self.table = table
        self.row = row
        self.name = name
        self.wrong: list[FieldError] = []
        self.notes: list[FieldError] = []
        self.changes: list[str] = []
        self.is_new = False

    def report(self) -> RowReport:
        outcome: Outcome = "changed" if self.changes else "unchanged"
        if self.wrong:
            outcome = "mistake"
        elif self.is_new:
            outcome = "new"
        return RowReport(
            sheet=self.row.sheet,
            number=self.row.number,
            name=self.name,
            outcome=outcome,
            mistakes=self._mistakes(),
            changes=()
            if self.wrong or self.is_new
            else tuple(dict.fromkeys(self._heading(c) for c in self.changes)),
            notes=tuple(self._said(one) for one in self.notes),
        )

    def _mistakes(self) -> tuple[Said, ...]:
        """Each once; about a cell that could not be read at all nothing else is said."""
        said = list({(one.field, one.key): self._said(one) for one in self.wrong}.values())
        unread = {one.heading for one in said if one.key.startswith(UNREAD)}
        return tuple(one for one in said if one.key.startswith(UNREAD) or one.heading not in unread)

    def _said(self, error: FieldError) -> Said:
        field = self._field(error.field)
        params = {name: _plain(value) for name, value in error.params.items()}
        return Said(
            heading=self._heading(error.field),
            key=error.key,
            params=params,
            absent=bool(field) and field not in self.row.headings,
        )

    def _heading(self, name: str) -> str:
        field = self._field(name)
        if field in self.row.headings:
            return self.row.headings[field]
        column = column_of(self.table, field)
        return column.de if column is not None else ""

    def _field(self, name: str) -> str:
        """The column of a form's field: the one the file has, of those that may hold it."""
        for field in (name, *_columns_of(name)):
            if field in self.row.headings:
                return field
        return next((f for f in _columns_of(name) if column_of(self.table, f)), name)


def _columns_of(name: str) -> tuple[str, ...]:
    """Columns in which the value of a form's field may stand, the usual one first."""
    head, *rest = name.split(".")
    if head == "guardians":
        number = int(rest[0]) + 1 if rest else 1
        last = rest[-1] if rest else ""
        ending = f"_{last}" if last in ("phone", "email") else ""
        return (f"guardian_{number}{ending}", f"guardian_{number}")
    if head == "visits":
        part = {"from": ("from", "time"), "to": ("to", "time")}.get(
            rest[-1] if rest else "", ("date",)
        )
        return (*part, "visits", "date")
    paper, _, told = name.rpartition("_")
    if paper in ("certificate", "first_aid", "course") and told in ("seen", "issued", "until"):
        return tuple(f"{paper}_{part}" for part in (told, "seen", "issued", "until"))
    return {
        "place": ("place", "town", "postal_code"),
        "family_name": ("family_name", "full_name", "speaker"),
        "given_name": ("given_name", "full_name", "speaker"),
        "lines": ("hours",),
        "client_kind": ("kind",),
        "children": ("children",),
    }.get(head, (head,))


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | date) else str(value)
