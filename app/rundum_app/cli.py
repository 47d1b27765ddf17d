"""The command line `rundum`: what there is to do, each loaded only when it is done."""

from __future__ import annotations

import sys

import click

from rundum_app.lazy import LazyGroup
from rundum_core.refusal import StartRefused

COMMANDS = {
    "run": ("rundum_app.serve:run", "Start the service, with database and mail catcher."),
    "migrate": ("rundum_app.commands:migrate", "Bring the database up to date."),
    "database": ("rundum_app.commands:database", "Run psql, pg_dump … on the embedded database."),
    "settings": ("rundum_app.commands:settings", "Show every setting and where it comes from."),
    "places": ("rundum_app.centre_commands:places", "Take places from a postal code file."),
    "centre": ("rundum_app.centre_setup:centre", "Set centres up and change their settings."),
    "staff": ("rundum_app.centre_commands:staff", "Let somebody work for a centre."),
    "rights": ("rundum_app.commands:rights", "Print who may do what, as a table."),
    "audit": ("rundum_app.audit_commands:audit", "Verify that the event log is untouched."),
    "import": ("rundum_app.import_commands:import_", "Read a card index: CSV or XLSX."),
    "export": ("rundum_app.import_commands:export", "Write a card index: CSV or XLSX."),
    "seed": ("rundum_app.seeds.command:seed", "Fill an empty database with a demo centre."),
    "match": ("rundum_app.work_commands:match", "Match now: plan and write offers."),
    "courier": ("rundum_app.work_commands:courier", "Send the mail that is due."),
    "bench": ("rundum_app.bench:bench", "Measure: figures with ratios from one run."),
    "check": ("rundum_app.commands:check", "Count what breaks an invariant: zeros when well."),
}


@click.command(
    cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="rundum", prog_name="rundum")
def rundum() -> None:
    """Placing babysitters and household helpers, for family-service centres.

    Settings are environment variables, RUNDUM_...; `rundum settings` shows them all.
    """


def main() -> None:
    """Run a command; what keeps it from starting is said in lines, without a traceback."""
    try:
        rundum()
    except StartRefused as refused:
        for line in refused.lines:
            click.echo(f"rundum: {line}", err=True)
        sys.exit(1)
