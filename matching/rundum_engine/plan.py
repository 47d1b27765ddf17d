"""What the engine answers: who goes where, why, and how good that provably is."""

from __future__ import annotations

from typing import Literal

from rundum_engine.snapshot import Data, Minute


class Why(Data, frozen=True, kw_only=True):
    """One reason, as data: a key and its numbers (`too_far`: km 41, of 30). Texts are made where
    a person reads them."""

    reason: str
    have: float | None = None
    want: float | None = None
    hard: bool = True


class Part(Data, frozen=True, kw_only=True):
    """A part of a score in points: `distance` -240, `preferred` 1500 …"""

    key: str
    points: int


class Assignment(Data, frozen=True, kw_only=True):
    visit: int
    seat: int
    provider: int
    start: Minute
    end: Minute
    parts: tuple[Part, ...] = ()


class Candidate(Data, frozen=True, kw_only=True):
    """Somebody who could do a seat of the visit, or (with `refusals`) just could not.

    `score` is the sum of `parts`, what she adds beside the visit's own value. `planned_elsewhere`
    is a visit the plan gives her that leaves no room for this one (or this one, if she got it).
    """

    provider: int
    seat: int
    score: int
    travel_minutes: int
    distance_km: float
    start: Minute
    parts: tuple[Part, ...] = ()
    refusals: tuple[Why, ...] = ()
    planned_elsewhere: int | None = None


class Outcome(Data, frozen=True, kw_only=True):
    """What became of a visit: the funnel counts providers by their first refusal.

    `filled`: every seat; `partial`: the required ones; `eligible`: how many could take a seat.
    In plans of very many pairs a filled visit has no funnel: `rundum_engine.outcome` makes it.
    """

    visit: int
    state: Literal["filled", "partial", "unfilled"]
    eligible: int
    funnel: tuple[tuple[str, int], ...] = ()
    candidates: tuple[Candidate, ...] = ()


class Certificate(Data, frozen=True, kw_only=True):
    """`bound` is proven: no plan is worth more. Gap = bound - objective, in points."""

    tier: Literal["urgent", "value"]
    objective: int
    bound: int
    proven: bool
    iterations: int = 0


Prices = tuple[tuple[int, ...], ...]
"""(visit, points) or, where each way to do it has its own, (visit, provider, seat, start, points):
with them a later plan of nearly the same world begins."""


class Plan(Data, frozen=True, kw_only=True):
    assignments: tuple[Assignment, ...]
    outcomes: tuple[Outcome, ...]
    certificates: tuple[Certificate, ...]
    prices: Prices = ()
