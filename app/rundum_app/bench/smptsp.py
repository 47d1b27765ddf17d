"""The public instances of a neighbouring problem: fixed tasks, workers who can do some of them.

Krishnamoorthy, Ernst, Baatar (2012), "Algorithms for large scale Shift Minimisation Personnel Task
Scheduling Problems"; the files are those of OR-Library's `ptask`. We ask what can be compared: do
the workers whom a file names fill every task?
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from rundum_engine.snapshot import (
    Asker,
    Calendar,
    Mode,
    Need,
    Place,
    Provider,
    Seat,
    Skill,
    Snapshot,
    Span,
    Variant,
    Visit,
    Weights,
)

FILLED = 1_000
_HEADER = re.compile(r"(Jobs|Qualifications)\s*=\s*(\d+)", re.IGNORECASE)


def snapshot_of(text: str) -> Snapshot:
    """The instance as a world: a task is a visit of one seat, all at one place, and worth the same.

    Times are minutes from midnight. Raises ClickException with the line that can't be read.
    """
    lines = enumerate(text.splitlines(), 1)
    tasks = [_span(number, line) for number, line in _block(lines, "Jobs")]
    workers = [
        _skills(number, line, len(tasks)) for number, line in _block(lines, "Qualifications")
    ]
    end = max((span.end for span in tasks), default=0)
    midnights = tuple(day * 1440 for day in range(end // 1440 + 2))
    return Snapshot(
        now=0,
        calendar=Calendar(midnights=midnights, first_weekday=0),
        places=(Place(id=1, lat=52.0, lon=11.0),),
        modes=(Mode(key="foot", km_per_hour=5.0, detour=1.0, overhead=1),),
        providers=tuple(
            Provider(
                id=number,
                centre=1,
                home=1,
                mode="foot",
                free=(Span(start=0, end=midnights[-1]),),
                skills=tuple(Skill(key=f"task:{task}") for task in skills),
            )
            for number, skills in enumerate(workers, 1)
        ),
        visits=tuple(_visit(task, span) for task, span in enumerate(tasks)),
        weights=Weights(fairness_hour=0),
    )


def _visit(task: int, span: Span) -> Visit:
    return Visit(
        id=task + 1,
        request=task + 1,
        centre=1,
        client=1,
        asker=Asker.COMPANY,
        variants=(Variant(start=span.start),),
        start_place=1,
        end_place=1,
        seats=(Seat(id=task + 1, end=span.end - span.start, needs=(Need(skill=f"task:{task}"),)),),
        value=FILLED,
    )


def _block(lines: Iterator[tuple[int, str]], name: str) -> list[tuple[int, str]]:
    """The lines that the header `name = n` announces."""
    for number, line in lines:
        header = _HEADER.match(line.strip())
        if header and header[1].lower() == name.lower():
            found = [next(lines, (number, "")) for _ in range(int(header[2]))]
            if all(line.strip() for _, line in found):
                return found
            raise click.ClickException(f"Line {number}: fewer lines than {line.strip()!r} says.")
    raise click.ClickException(f"No line {name!r} = n.")


def _numbers(number: int, text: str) -> list[int]:
    try:
        return [int(part) for part in text.replace(",", " ").split()]
    except ValueError:
        raise click.ClickException(f"Line {number}: no whole numbers: {text[:60]!r}") from None


def _span(number: int, line: str) -> Span:
    match _numbers(number, line):
        case [start, end] if 0 <= start < end:
            return Span(start=start, end=end)
    raise click.ClickException(f"Line {number}: not a start and a later end: {line[:60]!r}")


def _skills(number: int, line: str, tasks: int) -> list[int]:
    """`count: task task …`, tasks from 0; the colon may be missing."""
    count, colon, rest = line.partition(":")
    if not colon:
        count, _, rest = line.strip().partition(" ")
    found = _numbers(number, rest)
    if _numbers(number, count) != [len(found)] or not all(0 <= task < tasks for task in found):
        raise click.ClickException(f"Line {number}: not a count and so many tasks: {line[:60]!r}")
    return found


def tell(path: Path, limit: float) -> None:
    """Fill the tasks of a file, and print how far that went and what is proven."""
    import time

    from rundum_engine.index import Index
    from rundum_engine.solver.solve import Effort, solve

    snapshot = snapshot_of(path.read_text())
    started = time.monotonic()
    found = solve(
        Index(snapshot),
        deadline=lambda: time.monotonic() - started > limit,
        effort=Effort(core_seconds=limit),
    )
    took = time.monotonic() - started
    tasks = len(snapshot.visits)
    most = min(tasks, found.value.bound // FILLED)
    click.echo(
        f"{path.name:32} {len(snapshot.providers):4} workers  filled"
        f" {len(found.assignments):5} of {tasks:5}  bound {most:5}  {took:8.3f}s"
    )
