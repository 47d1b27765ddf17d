"""`rundum check`: SQL queries for each invariant, zero everywhere when all is well."""

from __future__ import annotations

import re

import click
import msgspec

from rundum_core.db import Database
from rundum_core.queries import Many, many, names

FILES = ("check/care", "check/house")
SHOWN = 5


def _number(name: str) -> int:
    """The invariant's: 12 for `i12_what_is_needed_holds_to_the_end`."""
    found = re.match(r"i(\d+)_", name)
    assert found is not None, name
    return int(found[1])


CHECKS: dict[str, Many[int]] = {
    name: many(file, name, int)
    for name, file in sorted(
        ((name, file) for file in FILES for name in names(file)), key=lambda one: _number(one[0])
    )
}


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A broken invariant: its name, what it means, and the ids at fault."""

    name: str
    about: str
    ids: list[int]


async def faults(db: Database) -> list[Fault]:
    """Every broken invariant; empty when all hold."""
    found = []
    for name, query in CHECKS.items():
        async with db.work() as tx:
            ids = await query(tx, **({"now": tx.now} if "now" in query.parameters else {}))
        if ids:
            found.append(Fault(name=name, about=query.about, ids=ids))
    return found


async def report(db: Database) -> bool:
    """Print a line for each check with its number of faults; says whether all are zero."""
    broken = {fault.name: fault for fault in await faults(db)}
    for name, query in CHECKS.items():
        fault = broken.get(name)
        count = len(fault.ids) if fault else 0
        click.echo(f"{count:6d}  {name}")
        if fault:
            click.echo(f"        {query.about} e.g. {fault.ids[:SHOWN]}")
    return not broken
