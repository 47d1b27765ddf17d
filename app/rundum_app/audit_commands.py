"""`rundum audit`: is the event log as it was sealed?"""

from __future__ import annotations

import sys

import click

from rundum_app.starting import with_database
from rundum_core.audit import Breach, Seal, breaches, is_hash_of_seal, last_seal
from rundum_core.db import Database
from rundum_core.settings import Settings

SHOWN = 20
WORDS = {
    "changed": "Event {} is not what it was.",
    "missing": "Event {} is gone.",
    "added": "Event {} was put in afterwards.",
    "chain": "Seal {} does not follow from the one before it.",
}


class Hash(click.ParamType[bytes]):
    name = "hash"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        """64 hexadecimal digits."""
        try:
            return bytes.fromhex(value)
        except ValueError:
            self.fail(f"{value!r} is no hash: 64 of the digits 0-9 and a-f", param, ctx)


@click.group()
def audit() -> None:
    """The event log: who did what, sealed so that nobody changes it unseen."""


@audit.command()
@click.option(
    "--hash", "noted", type=Hash(), help="A last hash that you noted earlier must still be there."
)
def verify(noted: bytes | None) -> None:
    """Compare every sealed event with its seal; ends with 1 if one was touched."""

    async def compare(
        db: Database, _settings: Settings
    ) -> tuple[list[Breach], Seal | None, bool | None]:
        found = [breach async for breach in breaches(db)]
        async with db.work() as tx:
            known = None if noted is None else await is_hash_of_seal(tx, hash=noted)
            return found, await last_seal(tx), known

    found, last, known = with_database(compare)
    for breach in found[:SHOWN]:
        click.echo(WORDS[breach.what].format(breach.number))
    if len(found) > SHOWN:
        click.echo(f"... and {len(found) - SHOWN} more.")
    if known is False:
        click.echo("The hash you noted is not there: the log was cut or made anew.")
    if found or known is False:
        sys.exit(1)
    if last is None:
        click.echo("Nothing is sealed yet.")
    else:
        click.echo(f"All is as it was sealed, up to event {last.last}. Last hash, to be noted:")
        click.echo(last.hash.hex())
