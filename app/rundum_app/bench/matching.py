"""`rundum bench matching`: our plan beside simpler methods, on the same instance and machine.

Ratios within one run are what counts: machines differ, and so do their busy hours.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from rundum_engine.invented import SIZES, instance
from rundum_engine.snapshot import Snapshot


class Row(NamedTuple):
    """One method on one instance; bound and gap (a share of the objective) only where proven."""

    instance: str
    seed: int
    method: str
    seconds: float
    cpu_seconds: float
    objective: int
    bound: int | None
    gap: float | None
    proven: bool
    peak_rss_mb: int


Answer = tuple[int, int | None]
"""Objective and bound of the weighted value."""


@click.command("matching")
@click.option(
    "--instance", "name", type=click.Choice(sorted(SIZES)), help="One of the invented worlds."
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--seeds", type=int, default=1, show_default=True, help="So many seeds from --seed on."
)
@click.option(
    "--file", "source", type=click.Path(exists=True, path_type=Path), help="A snapshot as JSON."
)
@click.option(
    "--smptsp",
    "public",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A public instance with fixed tasks and workers; may be given several times.",
)
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the rows as JSON.")
@click.option("--ours-only", is_flag=True, help="Leave the other methods out.")
@click.option(
    "--warm",
    is_flag=True,
    help="Ours begun with prices of a world without some of the visits, too.",
)
@click.option("--limit", type=float, default=60.0, show_default=True, help="Seconds per method.")
def matching(
    name: str | None,
    seed: int,
    seeds: int,
    source: Path | None,
    public: tuple[Path, ...],
    target: Path | None,
    ours_only: bool,
    warm: bool,
    limit: float,
) -> None:
    """Measure the matching engine and what it is compared with."""
    from rundum_app.bench.smptsp import tell
    from rundum_engine.solver.kernels import exercise

    rows: list[Row] = []
    exercise()  # so that no row pays for loading or compiling
    for path in public:
        tell(path, limit)
    if public:
        return
    for label, number, snapshot in _snapshots(name, seed, seeds, source):
        methods = _methods(snapshot, limit, ours_only)
        if warm:
            methods |= _warm_methods(snapshot, limit)
        for method, run in methods.items():
            rows.append(_measure(label, number, method, run))
            click.echo(_line(rows[-1], rows))
    if target is not None:
        target.write_text(json.dumps([row._asdict() for row in rows], indent=1))


def _snapshots(
    name: str | None, seed: int, seeds: int, source: Path | None
) -> list[tuple[str, int, Snapshot]]:
    if source is not None:
        return [(source.name, 0, msgspec.json.decode(source.read_bytes(), type=Snapshot))]
    names = [name] if name else ["district", "district-scarce", "region"]
    return [(n, s, instance(n, s)) for n in names for s in range(seed, seed + seeds)]


def _methods(snapshot: Snapshot, limit: float, ours_only: bool) -> dict[str, Callable[[], Answer]]:
    from rundum_app.bench.rivals import assignment_in_rounds, by_value, first_come, integer_program
    from rundum_engine.index import Index
    from rundum_engine.solver.solve import Effort, solve

    def ours(gap: float) -> Callable[[], Answer]:
        def run() -> Answer:
            started = time.monotonic()
            found = solve(
                Index(snapshot),
                deadline=lambda: time.monotonic() - started > limit,
                effort=Effort(gap=gap, core_seconds=limit),
            )
            return found.value.objective, found.value.bound

        return run

    methods: dict[str, Callable[[], Answer]] = {
        "ours": ours(0.0),
        "ours, to 0.5 %": ours(0.005),
    }
    if not ours_only:
        methods |= {
            "first come": lambda: first_come(snapshot),
            "by value, local search": lambda: by_value(snapshot),
            "assignment in rounds": lambda: assignment_in_rounds(snapshot),
            "HiGHS, clique model": lambda: integer_program(snapshot, limit),
        }
    return methods


def _warm_methods(snapshot: Snapshot, limit: float) -> dict[str, Callable[[], Answer]]:
    """Each begins with the prices of an earlier plan, whose making isn't measured."""
    from rundum_engine.index import Index
    from rundum_engine.solver.solve import Effort, solve

    def ours(new: set[int]) -> Callable[[], Answer]:
        before = tuple(visit for visit in snapshot.visits if visit.id not in new)
        pins = tuple(pin for pin in snapshot.pins if pin.visit not in new)
        earlier = msgspec.structs.replace(snapshot, visits=before, pins=pins)
        effort = Effort(gap=0.005, core_seconds=limit)
        prices = solve(Index(earlier), effort=effort).prices

        def run() -> Answer:
            started = time.monotonic()
            found = solve(
                Index(snapshot), lambda: time.monotonic() - started > limit, effort, prices
            )
            return found.value.objective, found.value.bound

        return run

    ids = [visit.id for visit in snapshot.visits]
    return {
        "warm, 5 % new, to 0.5 %": ours(set(ids[7::20])),
        "warm, ten new, to 0.5 %": ours(set(ids[:: len(ids) // 10][:10])),
    }


def _measure(label: str, seed: int, method: str, run: Callable[[], Answer]) -> Row:
    wall, cpu = time.perf_counter(), time.process_time()
    objective, bound = run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    gap = None if bound is None or objective <= 0 else (bound - objective) / objective
    return Row(
        label, seed, method, round(wall, 4), round(cpu, 4), objective, bound,
        None if gap is None else round(gap, 6), bound == objective,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )  # fmt: skip


def _line(row: Row, rows: list[Row]) -> str:
    """A line of the table; value and time as ratios to ours on the same instance."""
    first: Any = next(r for r in rows if (r.instance, r.seed) == (row.instance, row.seed))
    gap = "      -" if row.gap is None else f"{100 * row.gap:6.3f}%"
    return (
        f"{row.instance:16} {row.seed:3} {row.method:24} {row.seconds:8.3f}s"
        f" cpu {row.cpu_seconds:8.3f}s  value {row.objective / max(1, first.objective):7.4f}"
        f"  time {row.seconds / max(1e-9, first.seconds):7.3f}  gap {gap}"
        f" {'proven' if row.proven else ''} {row.peak_rss_mb} MB"
    )
