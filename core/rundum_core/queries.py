"""Named SQL: a query lives in sql/queries/<domain>/<noun>.sql, a store gives it a type.

A file holds entries of this shape, the comment line being its documentation::

    -- name: visits_of_request
    -- The visits of one request, by date.
    SELECT id, starts_at FROM visit WHERE request = :request ORDER BY starts_at;

A store says ``visits_of_request = many("requests/visit", "visits_of_request", Visit)`` and calls
``await visits_of_request(tx, request=7)``. Every such query stands in `QUERIES`, where one test
prepares it against the real schema and compares its columns with the struct's fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec

from rundum_core import sqlfiles
from rundum_core.db import Transaction

T = TypeVar("T")
QUERIES: dict[str, Query] = {}

_ENTRY = re.compile(r"^-- name: (\w+)\n((?:--.*\n)*)", re.MULTILINE)
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


class Query:
    """One named statement with its parameters in order."""

    row: Any = None

    def __init__(self, file: str, name: str) -> None:
        self.name = f"{file}:{name}"
        self.about, text = _entries(file)[name]
        order: list[str] = []

        def number(match: re.Match[str]) -> str:
            if match[1] not in order:
                order.append(match[1])
            return f"${order.index(match[1]) + 1}"

        self.sql = _PARAMETER.sub(number, text)
        self.parameters = tuple(order)
        QUERIES[self.name] = self

    def arguments(self, given: dict[str, Any]) -> Iterable[Any]:
        if given.keys() != set(self.parameters):
            raise TypeError(f"{self.name} takes {self.parameters}, got {tuple(given)}")
        return (_plain(given[name]) for name in self.parameters)


class One(Query, Generic[T]):
    """At most one row, as a struct (or a bare value when the type is no struct)."""

    def __init__(self, file: str, name: str, row: type[T]) -> None:
        super().__init__(file, name)
        self.row = row

    async def __call__(self, tx: Transaction, **given: Any) -> T | None:
        record = await tx.connection.fetchrow(self.sql, *self.arguments(given))
        if record is None or (record[0] is None and not is_struct(self.row)):
            return None
        found: T = _convert(record, self.row)
        return found


class Many(Query, Generic[T]):
    """All rows, as structs (or bare values)."""

    def __init__(self, file: str, name: str, row: type[T]) -> None:
        super().__init__(file, name)
        self.row = row

    async def __call__(self, tx: Transaction, **given: Any) -> list[T]:
        records = await tx.connection.fetch(self.sql, *self.arguments(given))
        return [_convert(record, self.row) for record in records]


class Run(Query):
    """A statement without an answer; returns how many rows it touched."""

    async def __call__(self, tx: Transaction, **given: Any) -> int:
        status: str = await tx.connection.execute(self.sql, *self.arguments(given))
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def each(self, tx: Transaction, rows: Iterable[dict[str, Any]]) -> None:
        """The same statement for many rows in one round trip."""
        await tx.connection.executemany(self.sql, [tuple(self.arguments(row)) for row in rows])


def one(file: str, name: str, row: type[T]) -> One[T]:
    return One(file, name, row)


def many(file: str, name: str, row: type[T]) -> Many[T]:
    return Many(file, name, row)


def run(file: str, name: str) -> Run:
    return Run(file, name)


def is_struct(row: Any) -> bool:
    return isinstance(row, type) and issubclass(row, msgspec.Struct)


def _convert(record: Any, row: type[T]) -> T:
    """Columns become fields of the same name; a bare value is the row's first column."""
    return msgspec.convert(dict(record) if is_struct(row) else record[0], row)


def _plain(value: Any) -> Any:
    """Enums as their values and structs as JSON; the rest asyncpg knows."""
    if isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value)
    return getattr(value, "value", value)


def names(file: str) -> list[str]:
    """The names in a file, in their order."""
    return list(_entries(file))


@cache
def _entries(file: str) -> dict[str, tuple[str, str]]:
    """Name → (what it is about, its SQL)."""
    text = (sqlfiles.root() / "queries" / f"{file}.sql").read_text("utf-8")
    found = list(_ENTRY.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return {
        match[1]: (
            " ".join(line.removeprefix("--").strip() for line in match[2].splitlines()),
            text[match.end() : end].strip().rstrip(";"),
        )
        for match, end in zip(found, ends, strict=True)
    }
