"""The schema as one text for reading, table by table, taken from the database's own catalogue."""

from __future__ import annotations

from collections import defaultdict

import asyncpg
import msgspec

from rundum_core.queries import Many, many

HEAD = "-- For reading: what all migrations together make. Written by `rundum migrate --schema`.\n"


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a table's definition."""

    table: str
    text: str


_FILE = "core/schema"
schema_columns = many(_FILE, "schema_columns", Piece)
schema_constraints = many(_FILE, "schema_constraints", Piece)
schema_indexes = many(_FILE, "schema_indexes", Piece)
schema_triggers = many(_FILE, "schema_triggers", Piece)
schema_walls = many(_FILE, "schema_walls", Piece)
schema_policies = many(_FILE, "schema_policies", Piece)
schema_grants = many(_FILE, "schema_grants", Piece)
schema_functions = many(_FILE, "schema_functions", Piece)
schema_views = many(_FILE, "schema_views", Piece)


async def schema_as_sql(connection: asyncpg.Connection) -> str:
    """Functions, then each table with all that hangs on it, then views; the same for the same
    schema."""
    columns = await _pieces(connection, schema_columns)
    constraints = await _pieces(connection, schema_constraints)
    beside = [
        await _pieces(connection, query)
        for query in (
            schema_indexes,
            schema_triggers,
            schema_walls,
            schema_policies,
            schema_grants,
        )
    ]
    functions = await _pieces(connection, schema_functions)
    views = await _pieces(connection, schema_views)
    blocks = [HEAD]
    blocks += [f"{text};\n" for texts in functions.values() for text in texts]
    for table, declared in columns.items():
        inside = ",\n".join(f"    {text}" for text in [*declared, *constraints[table]])
        lines = [f"CREATE TABLE {table} (\n{inside}\n);"]
        lines += [f"{text};" for pieces in beside for text in pieces[table]]
        blocks.append("\n".join(lines) + "\n")
    blocks += [f"{text};\n" for texts in views.values() for text in texts]
    return "\n".join(blocks)


async def _pieces(
    connection: asyncpg.Connection, query: Many[Piece]
) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in await connection.fetch(query.sql):
        found[row["table"]].append(row["text"].rstrip())
    return found
