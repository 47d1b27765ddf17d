"""All that could be done: an option is one person on one seat at one start."""

from __future__ import annotations

from typing import NamedTuple

from rundum_engine.eligibility import eligible, reach
from rundum_engine.index import Index, open_seats, position
from rundum_engine.limits import Work, work_of
from rundum_engine.plan import Assignment
from rundum_engine.scoring import parts
from rundum_engine.snapshot import Provider, Seat, Variant, Visit


class Option(NamedTuple):
    """`score` is what the pair itself adds; `at` the seat's position in its visit."""

    visit: Visit
    variant: Variant
    seat: Seat
    at: int
    provider: Provider
    score: int
    work: Work

    @property
    def assignment(self) -> Assignment:
        return Assignment(
            visit=self.visit.id,
            seat=self.seat.id,
            provider=self.provider.id,
            start=self.work.start,
            end=self.work.end,
        )


Choices = dict[tuple[int, int], list[Option]]
"""The options of a visit by (variant, position of the seat), best first."""


def all_options(index: Index) -> dict[int, Choices]:
    """By visit: every eligible option of its open seats, best first, ties by identity."""
    return {visit.id: _of_visit(index, visit) for visit in index.snapshot.visits}


def _of_visit(index: Index, visit: Visit) -> Choices:
    choices: Choices = {}
    for number, variant in enumerate(visit.variants):
        for seat in open_seats(visit):
            at = position(visit, seat)
            found = []
            for provider in index.snapshot.providers:
                if eligible(index, visit, seat, provider, variant):
                    km = reach(index, visit, provider).km
                    score = sum(p.points for p in parts(index, visit, seat, provider, km))
                    work = work_of(index, visit, seat, variant, provider.id)
                    found.append(Option(visit, variant, seat, at, provider, score, work))
            found.sort(key=lambda o: (-o.score, o.provider.id))
            choices[number, at] = found
    return choices
