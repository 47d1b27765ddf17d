"""The service's work by hand: a matching run, and mail until none is due."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from rundum_app.background import relay_of
from rundum_app.caught import mail_taken
from rundum_app.starting import with_database
from rundum_app.wiring import PACKAGES, fill_hooks
from rundum_core.db import Database
from rundum_core.i18n import Catalogues
from rundum_core.settings import Settings
from rundum_matching import runs, snapshot
from rundum_matching.models import Run
from rundum_matching.solver import Solver
from rundum_notifications.courier import Courier


@click.command()
@click.option(
    "--dump",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the snapshot as JSON (ids only) instead of matching.",
)
def match(dump: Path | None) -> None:
    """Match now: read all open visits, plan, write offers. The running service sends them."""

    async def picture(db: Database, _settings: Settings) -> bytes:
        async with db.work() as tx:
            world = await snapshot.read(tx)
        return msgspec.json.encode(world.snapshot)

    async def work(db: Database, settings: Settings) -> Run:
        solver = Solver(kernels=settings.data / "kernels")
        try:
            if (done := await runs.run(db, solver, trigger="demand")) is not None:
                return done
            click.echo("Another run is under way; ours begins when it is over …", err=True)
            return await runs.run_next(db, solver)
        finally:
            solver.close()

    if dump is not None:
        dump.write_bytes(with_database(picture))
        click.echo(f"Written: {dump}")
        return
    done = with_database(work)
    click.echo(
        f"Run {done.id}: saw {done.visits} visits and {done.providers} providers, planned "
        f"{done.planned} seats in {done.solve_ms} ms, wrote {done.offered} offers."
    )


@click.command()
def courier() -> None:
    """Send the mail that is due, until none is."""

    async def work(db: Database, settings: Settings) -> int:
        fill_hooks()
        async with mail_taken(settings) as complete:
            relay = relay_of(complete)
            post = Courier(db, relay, settings.base_url, Catalogues.load(*PACKAGES))
            total = 0
            try:
                while count := await post.run_once():
                    total += count
                    click.echo(f"{total} …", err=True)
            finally:
                await post.close()
        return total

    click.echo(f"{with_database(work)} deliveries handled.")
