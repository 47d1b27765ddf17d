"""Commands that are loaded only when they are called, so that `--help` costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

# name: where its click command is (`module:attribute`), and what it does
Table = Mapping[str, tuple[str, str]]


class LazyGroup(click.Group):
    """A group over a table of commands; lists them without importing anything."""

    def __init__(self, *given: Any, table: Table, **more: Any) -> None:
        super().__init__(*given, **more)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.table:
            return None
        module, _, attribute = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in self.table.items()])
