"""The small commands of `rundum`: thin, each a call of what does the work."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import asyncpg
import click

from rundum_app import check as checking
from rundum_app.starting import bring_up_to_date, database_of, ending_in_order, with_database
from rundum_core import sqlfiles
from rundum_core.db import Database
from rundum_core.pgcluster import LOGIN, SUPERUSER, data_directory, open_cluster
from rundum_core.postgres import embedded
from rundum_core.refusal import StartRefused
from rundum_core.schema import schema_as_sql
from rundum_core.settings import Settings, explain, load
from rundum_identity.rights import as_markdown


@click.command()
@click.option("--schema", is_flag=True, help="Then write sql/schema.sql anew, for reading.")
def migrate(schema: bool) -> None:
    """Bring the database up to date with this version."""
    with ending_in_order(), database_of(load()) as settings:
        bring_up_to_date(settings)
        click.echo("The database is up to date.")
        if schema:
            path = sqlfiles.root() / "schema.sql"
            path.write_text(asyncio.run(_schema(settings.database_url)), "utf-8")
            click.echo(f"Written: {path}")


@click.command()
def settings() -> None:
    """Show every setting: name, value, where it comes from, what it is."""
    rows = [(line.name, line.value, line.source, line.description) for line in explain()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        padded = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*padded, row[3]]))


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
def database(command: tuple[str, ...]) -> None:
    """Run a program of PostgreSQL's (psql, pg_dump …) on the embedded database, as superuser."""
    chosen = load()
    if chosen.database_url:
        raise StartRefused("RUNDUM_DATABASE_URL is set: use your server's own programs.")
    with ending_in_order(), embedded(chosen.data) as dsn:
        programs = open_cluster(data_directory(chosen.data)).programs.folder
        environ = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
            "PGHOST": parse_qs(urlsplit(dsn).query)["host"][0],
            "PGPORT": "5432",
            "PGUSER": SUPERUSER,
            "PGDATABASE": LOGIN,
        }
        program = shutil.which(command[0], path=environ["PATH"])
        if program is None:
            raise StartRefused(f"There is no program {command[0]}.")
        sys.exit(subprocess.run([program, *command[1:]], check=False, env=environ).returncode)


@click.command()
def rights() -> None:
    """Print who may do what (docs/rights.md holds the same)."""
    click.echo(as_markdown(), nl=False)


@click.command()
def check() -> None:
    """Count what breaks each invariant; ends with 1 unless all are zero."""

    async def report(db: Database, _settings: Settings) -> bool:
        return await checking.report(db)

    if not with_database(report):
        sys.exit(1)


async def _schema(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        return await schema_as_sql(connection)
    finally:
        await connection.close()
