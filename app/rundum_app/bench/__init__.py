"""Measurements by `rundum bench`: figures to look at, never asserted in tests."""

from __future__ import annotations

import click

from rundum_app.lazy import LazyGroup

BENCHES = {
    "matching": ("rundum_app.bench.matching:matching", "The engine against other methods."),
    "asking": ("rundum_app.bench.asking:asking", "One request against everybody."),
    "courier": ("rundum_app.bench.courier:command", "Mails a second into a slow sink."),
    "service": ("rundum_app.bench.service:service", "Start, memory, pages, a run, many mails."),
}


@click.command(cls=LazyGroup, table=BENCHES)
def bench() -> None:
    """Measure parts of the service; prints figures with ratios from one run."""
