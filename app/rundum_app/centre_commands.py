"""Commands for setting a centre up: places from a file, and the first member of its staff."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from rundum_app.starting import with_database
from rundum_core.db import Database
from rundum_core.errors import NotFound
from rundum_core.place_import import CREDIT, PlacesReport, import_places, load_demo_places
from rundum_core.settings import Settings
from rundum_identity.staff import StaffAdded, add_staff
from rundum_web.fields import Email, Wrong

# what keeps a line of the file from being a place
REASONS = {
    "not_utf8": "is not UTF-8",
    "columns": "has not 12 columns",
    "control_character": "holds a control character",
    "postal_code": "has no German postal code",
    "name": "has no name",
    "coordinates": "has no coordinates",
    "outside_germany": "lies outside of Germany",
    "duplicate": "was there before",
}


@click.group()
def places() -> None:
    """Postal codes and places with their coordinates."""


@places.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(file: Path) -> None:
    """Take the German places of FILE, the unpacked postal code file of GeoNames.

    Get it from https://download.geonames.org/export/zip/ (DE.zip, inside DE.txt). Places that are
    there already are brought up to date, none is taken away; it may be repeated at any time.
    """

    with (
        file.open("rb") as lines,
        click.progressbar(length=file.stat().st_size, label="Reading places") as bar,
    ):

        async def take(db: Database, _settings: Settings) -> PlacesReport:
            return await import_places(db, lines, lambda _: bar.update(lines.tell() - bar.pos))

        report = with_database(take)
    click.echo(
        f"{report.read} places read: {report.added} new, {report.changed} changed, "
        f"{report.unchanged} as they were."
    )
    for reason, count in sorted(report.unreadable.items()):
        click.echo(f"{count} left out, each a line that {REASONS[reason]}.")
    for line in report.first_unreadable:
        click.echo(f"  line {line.line} {REASONS[line.reason]}")
    click.echo(CREDIT)
    if not report.read:
        click.echo(f"There is no place in {file}. Is it the unpacked DE.txt?", err=True)
        sys.exit(1)


@places.command("demo")
def demo_places_command() -> None:
    """Take the places that come with Rundum: Landkreis Börde and Magdeburg."""

    async def take(db: Database, _settings: Settings) -> None:
        async with db.work() as tx:
            await load_demo_places(tx)

    with_database(take)
    click.echo(f"Taken. {CREDIT}")


@click.group()
def staff() -> None:
    """Who works for a centre."""


@staff.command("add")
@click.option("--centre", required=True, metavar="SLUG", help="The centre's name in addresses.")
@click.option("--email", required=True, help="Where her sign-in links go.")
@click.option("--name", required=True, help="Given and family name.")
@click.option(
    "--role",
    type=click.Choice(["administrator", "desk"]),
    default="administrator",
    show_default=True,
    help="What she may do.",
)
def add(centre: str, email: str, name: str, role: Literal["administrator", "desk"]) -> None:
    """Let somebody work for a centre. She signs in by a link that comes by mail, and there sets up
    a passkey, or a password with a code, unless her centre leaves it at links."""
    try:
        address = Email().convert(email.strip())
    except Wrong:
        raise click.BadParameter("this is no mail address", param_hint="--email") from None
    if not name.strip():
        raise click.BadParameter("a name is needed", param_hint="--name")

    async def take(db: Database, settings: Settings) -> tuple[StaffAdded, str]:
        return await add_staff(db, centre, address, name, role), settings.base_url

    try:
        added, base_url = with_database(take)
    except NotFound:
        raise click.BadParameter(f"there is no centre {centre}", param_hint="--centre") from None
    known = "known before, now with this role" if added.known else "registered"
    click.echo(f"{known}. Sign in at {base_url}/sign-in with {address}.")
