"""Commands for the centres themselves: set one up, list them, change what one has set."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from typing import TypeVar

import click
import msgspec

from rundum_app.starting import with_database
from rundum_core.db import Database
from rundum_core.errors import Conflict, Invalid, NotFound
from rundum_core.places import resolve
from rundum_core.queries import many
from rundum_core.settings import Settings
from rundum_identity.centres import (
    Centre,
    CentreSettings,
    NewCentre,
    centre_by_slug,
    centres,
    change_settings,
    create_centre,
)
from rundum_identity.hours import OpeningHours, Span
from rundum_web.fields import Email, Phone, Wrong

DAYS = {
    "mon": "monday",
    "tue": "tuesday",
    "wed": "wednesday",
    "thu": "thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
}
T = TypeVar("T")
_HOURS = re.compile(r"(\w{3})(?:-(\w{3}))? (\d{1,2})(?::(\d\d))?-(\d{1,2})(?::(\d\d))?")

known_districts = many("identity/centre", "known_districts", str)
places_of_districts = many("identity/centre", "places_of_districts", int)


@click.group()
def centre() -> None:
    """Family-service centres of this installation."""


@centre.command("list")
def list_centres() -> None:
    """Every centre, and what it has set otherwise than the defaults."""

    async def read(db: Database, _settings: Settings) -> list[Centre]:
        async with db.work() as tx:
            return await centres(tx)

    for one in with_database(read):
        click.echo(f"{one.slug}: {one.name}, {one.postal_code} {one.place_name}, {one.phone}")
        for name, value in msgspec.to_builtins(one.settings).items():
            click.echo(f"  {name} = {msgspec.json.encode(value).decode()}")


@centre.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="As it stands on pages and letters.")
@click.option("--place", required=True, help="Postal code and place: '39340 Haldensleben'.")
@click.option("--street", default="", help="Street and number of the office.")
@click.option("--phone", required=True)
@click.option("--email", required=True, help="Where answers to letters go.")
@click.option(
    "--hours",
    required=True,
    help="When the desk is open: 'mon-thu 8-16, fri 8-12:30'.",
)
@click.option("--district", multiple=True, help="Districts it serves, as places name them.")
@click.option("--state", default="ST", show_default=True, help="Federal state, for holidays.")
def add(
    slug: str,
    name: str,
    place: str,
    street: str,
    phone: str,
    email: str,
    hours: str,
    district: tuple[str, ...],
    state: str,
) -> None:
    """Set a centre up; SLUG is its name in addresses. Then: `rundum staff add`."""
    reached = _checked("--phone", lambda: Phone().convert(phone))
    address = _checked("--email", lambda: Email().convert(email))
    open_when = _checked("--hours", lambda: opening_hours(hours))

    async def take(db: Database, settings: Settings) -> str:
        async with db.work() as tx:
            found = await resolve(tx, "", place)
            area = await places_of_districts(tx, districts=list(district))
            if district and not area:
                raise NotFound("centre.no_such_district")
            new = NewCentre(
                slug=slug,
                name=name,
                street=street,
                place=found.id,
                phone=reached,
                email=address,
                state=state,
                hours=open_when,
            )
            await create_centre(tx, new, area)
        return f"{settings.base_url}/centres/{slug} serves {len(area)} places."

    try:
        click.echo(with_database(take))
    except Invalid:
        hint = "unknown or ambiguous; `rundum places import` brings all of Germany"
        raise click.BadParameter(hint, param_hint="--place") from None
    except NotFound:
        known = ", ".join(with_database(_districts))
        hint = f"no place lies there; known: {known}"
        raise click.BadParameter(hint, param_hint="--district") from None
    except Conflict as conflict:
        raise click.BadParameter(f"not possible ({conflict.key})", param_hint="SLUG") from None


@centre.command("set")
@click.argument("slug")
@click.argument("name")
@click.argument("value")
def set_value(slug: str, name: str, value: str) -> None:
    """Change one setting of a centre; VALUE is JSON (`true`, `6`, `"…"`), `default` resets it."""
    known = {field.name for field in msgspec.structs.fields(CentreSettings)}
    if name not in known:
        raise click.BadParameter(f"one of {', '.join(sorted(known))}", param_hint="NAME")

    async def take(db: Database, _settings: Settings) -> None:
        async with db.work() as tx:
            found = await centre_by_slug(tx, slug)
            stored = msgspec.to_builtins(found.settings)
            stored.pop(name, None)
            if value != "default":
                stored[name] = msgspec.json.decode(value)
            await change_settings(tx, found.id, msgspec.convert(stored, CentreSettings))

    try:
        with_database(take)
    except NotFound:
        raise click.BadParameter(f"there is no centre {slug}", param_hint="SLUG") from None
    except (msgspec.DecodeError, msgspec.ValidationError) as wrong:
        raise click.BadParameter(str(wrong), param_hint="VALUE") from None
    click.echo(f"{slug}: {name} = {value}")


def opening_hours(text: str) -> OpeningHours:
    """`mon-thu 8-16, fri 8-12:30` as a week; raises ValueError."""
    week: dict[str, tuple[Span, ...]] = {}
    names = list(DAYS)
    for part in filter(None, map(str.strip, text.lower().split(","))):
        found = _HOURS.fullmatch(part)
        if found is None or found[1] not in DAYS or (found[2] or found[1]) not in DAYS:
            raise ValueError(f"{part!r} is not like 'mon-thu 8-16'")
        first, last = names.index(found[1]), names.index(found[2] or found[1])
        span = Span(
            time(int(found[3]), int(found[4] or 0)), time(int(found[5]), int(found[6] or 0))
        )
        for day in names[first : last + 1]:
            week[DAYS[day]] = (*week.get(DAYS[day], ()), span)
    return OpeningHours(**week)


async def _districts(db: Database, _settings: Settings) -> list[str]:
    async with db.work() as tx:
        return await known_districts(tx)


def _checked(hint: str, read: Callable[[], T]) -> T:
    """What `read` makes of an option, or the option's error."""
    try:
        return read()
    except (Wrong, ValueError) as wrong:
        raise click.BadParameter(str(wrong), param_hint=hint) from None
