"""Public instances: read as they are written, filled as far as can be."""

from __future__ import annotations

import click
import pytest

from rundum_app.bench.smptsp import FILLED, snapshot_of
from rundum_engine import plan

THREE_TASKS = """# two workers; the last two tasks overlap
Type = 1
Jobs = 3
0 60
60 180
120 1500
Qualifications = 2
2: 0 1
3 0 1 2
"""


def test_tasks_become_visits_and_workers_providers() -> None:
    world = snapshot_of(THREE_TASKS)
    assert [visit.variants[0].start for visit in world.visits] == [0, 60, 120]
    assert [visit.seats[0].end for visit in world.visits] == [60, 120, 1380]
    assert [len(one.skills) for one in world.providers] == [2, 3]
    assert world.calendar.midnights == (0, 1440, 2880)


def test_every_task_is_filled_where_that_can_be() -> None:
    found = plan(snapshot_of(THREE_TASKS))
    assert len(found.assignments) == 3
    assert found.certificates[1].objective == found.certificates[1].bound == 3 * FILLED


def test_what_cannot_be_filled_is_proven() -> None:
    one_worker = THREE_TASKS.replace("Qualifications = 2\n2: 0 1\n", "Qualifications = 1\n")
    found = plan(snapshot_of(one_worker))
    assert len(found.assignments) == 2
    assert found.certificates[1].bound == 2 * FILLED


@pytest.mark.parametrize(
    ("was", "becomes", "line"),
    [
        ("60 180", "60", 5),
        ("60 180", "180 60", 5),
        ("60 180", "sixty 180", 5),
        ("2: 0 1", "3: 0 1", 8),
        ("2: 0 1", "2: 0 7", 8),
        ("Qualifications = 2", "Qualifications = 3", 7),
    ],
)
def test_a_line_that_is_wrong_is_named(was: str, becomes: str, line: int) -> None:
    with pytest.raises(click.ClickException, match=f"Line {line}: "):
        snapshot_of(THREE_TASKS.replace(was, becomes))


def test_a_file_of_something_else_is_refused() -> None:
    with pytest.raises(click.ClickException, match="No line 'Jobs'"):
        snapshot_of("PK\x03\x04")
