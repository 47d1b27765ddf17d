"""The way from a snapshot to a plan, in its steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rundum_engine.index import Index
from rundum_engine.outcomes import outcomes
from rundum_engine.plan import Assignment, Certificate, Plan
from rundum_engine.scoring import Worth, fairness_slopes, quarters, worth
from rundum_engine.snapshot import Snapshot
from rundum_engine.solver.greedy import construct, improve
from rundum_engine.solver.options import Choices, all_options
from rundum_engine.verify import verify


class Faulty(Exception):
    """The verifier found faults in a plan; it must not be used."""


def make_plan(snapshot: Snapshot, deadline: Callable[[], bool] | None = None) -> Plan:
    """See `rundum_engine.plan`."""
    index = Index(snapshot)
    options = all_options(index)
    draft = improve(construct(index, options), options, deadline)
    chosen = [option.assignment for option in draft.options()]
    reached = worth(index, chosen)
    assignments = _with_parts(chosen, reached)
    plan = Plan(
        assignments=assignments,
        outcomes=outcomes(index, assignments),
        certificates=_certificates(index, options, reached),
    )
    if faults := verify(snapshot, plan):
        raise Faulty("; ".join(faults[:5]))
    return plan


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


def _certificates(
    index: Index, options: dict[int, Choices], reached: Worth
) -> tuple[Certificate, ...]:
    """Bounds as if every visit had its best people to itself."""
    urgent = value = 0
    weights = index.weights
    dearest = max((points for _, points in fairness_slopes(weights)), default=0)
    for visit in index.snapshot.visits:
        best_urgent = best_value = 0
        for number, variant in enumerate(visit.variants):
            seats = [at for v, at in options[visit.id] if v == number]
            core = [at for at in seats if visit.seats[at].required]
            if not all(options[visit.id][number, at] for at in core):
                continue
            points = (visit.value if core else 0) - variant.cost
            pins = 0
            for at in seats:
                found, seat = options[visit.id][number, at], visit.seats[at]
                if found:
                    extra = 0 if seat.required else seat.value
                    extra += max(0, dearest) * quarters(seat.end - seat.begin)
                    extra += max(0, weights.series_same) if visit.series is not None else 0
                    gain = found[0].score + extra
                    points += gain if seat.required else max(0, gain)
                    if found[0].score >= weights.pinned > 0:
                        pins += weights.pinned
            best_value = max(best_value, points)
            earned = visit.value if core and visit.urgent else 0
            best_urgent = max(best_urgent, earned + pins)
        urgent, value = urgent + best_urgent, value + best_value
    return (
        Certificate(
            tier="urgent",
            objective=reached.urgent,
            bound=max(urgent, reached.urgent),
            proven=urgent <= reached.urgent,
        ),
        Certificate(
            tier="value",
            objective=reached.value,
            bound=max(value, reached.value),
            proven=value <= reached.value,
        ),
    )
