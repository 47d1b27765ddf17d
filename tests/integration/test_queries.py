"""Every named query against the real schema, and its columns against what its store says."""

from __future__ import annotations

import importlib
import pkgutil
import types
from datetime import date, datetime, time
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

import asyncpg
import msgspec

from rundum_app.wiring import PACKAGES
from rundum_core.db import Database
from rundum_core.queries import QUERIES, is_struct, names
from rundum_core.sqlfiles import root

for package in PACKAGES:
    found = importlib.import_module(package)
    for module in pkgutil.walk_packages(found.__path__, f"{package}."):
        if not module.name.endswith((".asgi", ".cli", ".commands", ".server", ".worker", ".serve")):
            importlib.import_module(module.name)

KNOWN: dict[str, tuple[type, ...]] = {
    "int8": (int,),
    "int4": (int,),
    "int2": (int,),
    "float8": (float,),
    "float4": (float,),
    "bool": (bool,),
    "text": (str,),
    "bytea": (bytes,),
    "uuid": (UUID,),
    "timestamptz": (datetime,),
    "date": (date,),
    "time": (time,),
}


async def test_every_query_fits_the_schema_and_its_struct(db: Database) -> None:
    wrong: dict[str, str] = {}
    for name, query in QUERIES.items():
        try:
            async with db.work() as tx:
                prepared = await tx.connection.prepare(query.sql)
                columns = {one.name: one.type.name for one in prepared.get_attributes()}
                if len(prepared.get_parameters()) != len(query.parameters):
                    wrong[name] = "takes other parameters"
        except asyncpg.PostgresError as failure:
            wrong[name] = str(failure)
            continue
        if query.row is not None and (fault := _misfit(query.row, columns)):
            wrong[name] = fault
    assert not wrong


def test_every_query_that_is_written_is_used() -> None:
    folder = root() / "queries"
    written = {
        f"{path.relative_to(folder).with_suffix('').as_posix()}:{name}"
        for path in folder.rglob("*.sql")
        for name in names(path.relative_to(folder).with_suffix("").as_posix())
    }
    assert written == set(QUERIES)


def _misfit(row: Any, columns: dict[str, str]) -> str:
    """What doesn't fit between a query's columns and its type; empty when all does."""
    if not is_struct(row):
        return "" if _fits(row, next(iter(columns.values()))) else f"{row} from {columns}"
    fields = {field.name: field for field in msgspec.structs.fields(row)}
    if lacking := {name for name, field in fields.items() if field.required} - columns.keys():
        return f"lacks {lacking}"
    if unread := columns.keys() - fields.keys():
        return f"nobody reads {unread}"
    other = {name: kind for name, kind in columns.items() if not _fits(fields[name].type, kind)}
    return f"other types: {other}" if other else ""


def _fits(kind: Any, column: str) -> bool:
    if kind is Any or column == "jsonb":
        return True
    if get_origin(kind) in (Union, types.UnionType):
        return any(_fits(one, column) for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is Literal:
        return column == "text"
    if column.endswith("[]") or column.startswith("_"):
        element = column.strip("_").removesuffix("[]")
        return get_origin(kind) in (list, tuple, set, frozenset) and _fits(
            get_args(kind)[0], element
        )
    if hasattr(kind, "__metadata__"):
        return _fits(get_args(kind)[0], column)
    return any(issubclass(kind, one) or one is kind for one in KNOWN.get(column, (object,)))
