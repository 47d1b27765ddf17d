"""`rundum bench asking`: one request against everybody, as the web process answers it."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable

import click
from msgspec.structs import replace

from rundum_engine.index import open_seats
from rundum_engine.invented import SIZES, instance
from rundum_engine.snapshot import Bond, Snapshot, Span, Visit

LIMIT = 5.0


@click.command("asking")
@click.option("--instance", "name", type=click.Choice(sorted(SIZES)), default="nation")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--questions", default=300, show_default=True, help="How many visits are asked for.")
def asking(name: str, seed: int, questions: int) -> None:
    """Milliseconds of CPU for "who could do it now?" and "what would work?"."""
    from rundum_engine.crowd import Asked, Crowd
    from rundum_engine.relax import what_would_work

    snapshot = instance(name, seed)
    begun = time.process_time()
    crowd = Crowd(snapshot)
    built = time.process_time() - begun
    click.echo(f"{name}: an index of {len(crowd)} people in {built:.2f} s CPU")
    asked = list(_questions(snapshot))[:: max(1, len(snapshot.visits) // questions)]
    bytes_ = sum(a.nbytes for a in vars(crowd).values() if hasattr(a, "nbytes"))
    bytes_ += sum(marks.nbytes for marks in crowd.skills.values())
    click.echo(f"columns {bytes_ / 1e6:.1f} MB")

    def who(question: Snapshot) -> object:
        visit = question.visits[0]
        seat, starts = open_seats(visit)[0], [variant.start for variant in visit.variants]
        reach = Span(min(starts) + seat.begin, max(starts) + seat.end)
        return Asked(crowd, question, visit, seat, reach).candidates(10)

    def work(question: Snapshot) -> object:
        visit = question.visits[0]
        return what_would_work(crowd, question, visit, open_seats(visit)[0], give_up=("adult",))

    _tell("who could do it now", asked, who, f"limit {LIMIT:.0f} ms")
    _tell("what would work", asked[::10], work, "exact, all kinds of changes")


def _questions(snapshot: Snapshot) -> list[Snapshot]:
    """Each visit alone, as a new request would be asked for."""
    bonds: dict[int, list[Bond]] = defaultdict(list)
    for bond in snapshot.bonds:
        bonds[bond.client].append(bond)
    nothing = replace(snapshot, providers=(), visits=(), bonds=(), series=(), pins=())

    def alone(visit: Visit) -> Snapshot:
        sites = {visit.start_place, visit.end_place}
        places = tuple(snapshot.places[id - 1] for id in sorted(sites))
        own = tuple(bonds.get(visit.client, ()))
        return replace(nothing, places=places, visits=(visit,), bonds=own)

    return [alone(visit) for visit in snapshot.visits if visit.series is None]


def _tell(name: str, asked: list[Snapshot], ask: Callable[[Snapshot], object], note: str) -> None:
    took = []
    for question in asked:
        begun = time.process_time()
        ask(question)
        took.append(1000 * (time.process_time() - begun))
    took.sort()
    click.echo(
        f"{name:20} median {statistics.median(took):6.2f} ms"
        f"  95 % {took[int(len(took) * 0.95)]:6.2f} ms  worst {took[-1]:6.2f} ms CPU  ({note})"
    )
