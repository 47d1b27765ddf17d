"""The command line `rundum`: what there is to do, each loaded only when it is done."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from rundum_core.refusal import StartRefused

# name: where its click command is, and what it does (as `rundum --help` shows it)
COMMANDS = {
    "run": ("rundum_app.serve:run", "Start the service, with database and mail catcher."),
    "migrate": ("rundum_app.commands:migrate", "Bring the database up to date."),
    "settings": ("rundum_app.commands:settings", "Show every setting and where it comes from."),
    "places": ("rundum_app.centre_commands:places", "Take places from a postal code file."),
    "staff": ("rundum_app.centre_commands:staff", "Let somebody work for a centre."),
    "check": ("rundum_app.commands:check", "Count what breaks an invariant: zeros when well."),
}


class Commands(click.Group):
    """Lists the table above without importing anything."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
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
