"""`rundum seed`: the demo district, or a larger one for measuring."""

from __future__ import annotations

import sys

import click

from rundum_app.seeds import demo
from rundum_app.starting import with_database
from rundum_core.db import Database
from rundum_core.settings import Settings


@click.command()
@click.option(
    "--providers",
    type=click.IntRange(demo.FEWEST_PROVIDERS, 20_000),
    default=demo.PROVIDERS,
    show_default=True,
    help="How many people help.",
)
@click.option(
    "--requests",
    type=click.IntRange(1, 50_000),
    default=demo.REQUESTS,
    show_default=True,
    help="How many requests there are in the fortnight.",
)
@click.option(
    "--seed",
    "number",
    default=demo.SEED,
    show_default=True,
    help="The same number gives the same district.",
)
def seed(providers: int, requests: int, number: int) -> None:
    """Fill an empty database with a demo centre: its places are real, its people are invented.

    A thousand providers with five thousand requests take a minute or two. Nobody gets a mail.
    """
    with click.progressbar(length=1, label="Seeding", file=sys.stderr) as bar:

        def progress(done: int, whole: int) -> None:
            bar.length = whole
            bar.update(done - bar.pos)

        async def fill(db: Database, _settings: Settings) -> demo.Seeded | None:
            return await demo.seed(
                db,
                now=db.clock(),
                seed=number,
                providers=providers,
                requests=requests,
                only_if_empty=True,
                progress=progress,
            )

        done = with_database(fill)
    if done is None:
        click.echo("There is a centre already; nothing was changed.", err=True)
        sys.exit(1)
    click.echo(f"{done.providers} providers and {done.requests} requests at {done.centre}.")
    for line in demo.lines(done.people):
        click.echo(line)
