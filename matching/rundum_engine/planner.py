"""The way from a snapshot to a plan, in its steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from rundum_engine.index import Index
from rundum_engine.outcomes import outcomes
from rundum_engine.plan import Assignment, Certificate, Plan, Prices
from rundum_engine.scoring import Worth, worth
from rundum_engine.snapshot import Snapshot
from rundum_engine.solver.solve import Tier, solve
from rundum_engine.verify import verify


class Faulty(Exception):
    """The verifier found faults in a plan; it must not be used."""


def make_plan(
    snapshot: Snapshot, deadline: Callable[[], bool] | None = None, prices: Prices = ()
) -> Plan:
    """See `rundum_engine.plan`."""
    index = Index(snapshot)
    found = solve(index, deadline, warm={tuple(key): price for *key, price in prices})
    reached = worth(index, found.assignments)
    assignments = _with_parts(found.assignments, reached)
    plan = Plan(
        assignments=assignments,
        outcomes=outcomes(index, assignments, found.eligible),
        certificates=(
            _certificate("urgent", found.urgent, reached.urgent),
            _certificate("value", found.value, reached.value),
        ),
        prices=tuple((*key, price) for key, price in sorted(found.prices.items())),
    )
    if faults := verify(snapshot, plan):
        raise Faulty("; ".join(faults[:5]))
    return plan


def _certificate(name: Literal["urgent", "value"], tier: Tier, reached: int) -> Certificate:
    """The objective is the final plan's, counted anew; the verifier compares it with the bound."""
    return Certificate(
        tier=name,
        objective=reached,
        bound=tier.bound,
        proven=tier.bound == reached,
        iterations=tier.iterations,
    )


def _with_parts(chosen: Sequence[Assignment], reached: Worth) -> tuple[Assignment, ...]:
    ordered = sorted(chosen, key=lambda a: (a.visit, a.seat))
    return tuple(
        Assignment(
            visit=a.visit,
            seat=a.seat,
            provider=a.provider,
            start=a.start,
            end=a.end,
            parts=reached.parts[a.visit, a.seat],
        )
        for a in ordered
    )
