"""Card indexes from the command line: read a file in, or write one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rundum_app.starting import with_database
from rundum_app.wiring import PACKAGES, fill_hooks
from rundum_core.actor import Actor
from rundum_core.clock import system_clock
from rundum_core.db import Database
from rundum_core.errors import NotFound
from rundum_core.i18n import Catalogues, Locale, Translator
from rundum_core.settings import Settings
from rundum_desk.card_index import service
from rundum_desk.card_index.headings import TABLES, Table
from rundum_desk.card_index.report import OUTCOMES, Report, Said
from rundum_desk.card_index.service import FORMATS
from rundum_desk.card_index.tables import Unreadable
from rundum_identity.centres import centre_by_slug
from rundum_identity.contacts import contact_key
from rundum_identity.persons import contacts_of
from rundum_identity.staff import lock_administrators

_TABLE = click.argument("table", type=click.Choice(TABLES))
_CENTRE = click.option("--centre", required=True, metavar="SLUG", help="Whose card index it is.")
_BY = click.option("--by", metavar="EMAIL", help="Which administrator answers for it.")


@click.command("import")
@_TABLE
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_CENTRE
@_BY
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option(
    "--consent-on-file", is_flag=True, help="All have agreed to the privacy text on paper."
)
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)
def import_(
    table: Table, file: Path, centre: str, by: str | None, dry_run: bool, consent_on_file: bool,
    language: str,
) -> None:  # fmt: skip
    """Read FILE, a CSV or XLSX of providers, clients or requests: all of it or nothing.

    Says for each row what it is: new, changed, unchanged, or what has to be settled in which
    column. The same file again changes nothing. Ends with 1 if there is something to settle.
    """
    fill_hooks()
    content = file.read_bytes()

    async def take(db: Database, _settings: Settings) -> tuple[Report, Translator]:
        actor = await _administrator(db, centre, by)
        verb = service.try_out if dry_run else service.apply
        report = await verb(db, actor, table, content, consent_on_file=consent_on_file)
        return report, Catalogues.load(*PACKAGES).translator(language, db.clock())

    try:
        report, t = with_database(take)
    except Unreadable as unreadable:
        t = Catalogues.load(*PACKAGES).translator(language, system_clock())
        raise click.ClickException(t(unreadable.key, **unreadable.params)) from None
    for line in told(report, t):
        click.echo(line)
    if report.has_mistakes:
        sys.exit(1)


@click.command("export")
@_TABLE
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@_CENTRE
@_BY
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)
def export(table: Table, file: Path, centre: str, by: str | None, language: str) -> None:
    """Write FILE, a .csv or .xlsx of providers, clients or requests."""
    format = file.suffix.lower().removeprefix(".")
    if format not in FORMATS:
        raise click.BadParameter("its name has to end in .csv or .xlsx", param_hint="FILE")

    async def write(db: Database, _settings: Settings) -> bytes:
        actor = await _administrator(db, centre, by)
        locale: Locale = "en" if language == "en" else "de"
        return await service.export(db, actor, table, format, locale)

    file.write_bytes(with_database(write))
    click.echo(f"Written: {file}")


def told(report: Report, t: Translator) -> list[str]:
    """The report in lines: what there is to settle and to change, then the counts."""
    lines = []
    for row in report.rows:
        place = f"{row.sheet} {row.number}".strip()
        said = [_sentence(one, t) for one in (*row.mistakes, *row.notes)]
        if row.outcome != "unchanged" or said:
            head = f"{place}  {t(f'card_index.outcome.{row.outcome}')}  {row.name}"
            lines.append(f"{head}  {', '.join(row.changes)}".rstrip())
            lines += [f"    {one}" for one in said]
    if report.unknown:
        lines.append(t("card_index.report.unknown", headings=", ".join(report.unknown)))
    counts = [
        f"{t(f'card_index.outcome.{outcome}')}: {report.count(outcome)}" for outcome in OUTCOMES
    ]
    lines.append(", ".join(counts))
    if report.applied:
        table = t(f"card_index.table.{report.table}")
        new, changed = report.count("new"), report.count("changed")
        lines.append(t("card_index.done", table=table, new=new, changed=changed))
    return lines


def _sentence(said: Said, t: Translator) -> str:
    absent = f" {t('card_index.absent')}" if said.absent else ""
    where = f"{said.heading}{absent}: " if said.heading else ""
    return where + t(said.key, **said.params)


async def _administrator(db: Database, slug: str, email: str | None) -> Actor:
    """Who answers for it: the centre's administrator of that address, or its only one."""
    async with db.work() as tx:
        try:
            centre = await centre_by_slug(tx, slug)
        except NotFound:
            raise click.BadParameter(f"there is no centre {slug}", param_hint="--centre") from None
        found = []
        for person in await lock_administrators(tx, centre=centre.id, now=tx.now):
            addresses = {contact_key(one.value) for one in await contacts_of(tx, person=person)}
            if email is None or contact_key(email) in addresses:
                found.append(person)
    if len(found) != 1:
        problem = "no administrator has it" if email else "name one of the administrators"
        raise click.BadParameter(problem, param_hint="--by")
    return Actor(kind="web", centre=centre.id, person=found[0], roles=frozenset({"administrator"}))
