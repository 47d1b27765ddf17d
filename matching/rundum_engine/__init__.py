"""The matching engine: from a snapshot to a plan, pure and deterministic.

Light to import: numpy and the solver are loaded by `plan` alone.
"""

from __future__ import annotations

from collections.abc import Callable

from rundum_engine.eligibility import Reach, eligible, reach, refusals
from rundum_engine.index import Index
from rundum_engine.outcomes import outcome
from rundum_engine.plan import Plan, Prices
from rundum_engine.scoring import parts, worth
from rundum_engine.snapshot import Snapshot
from rundum_engine.travel import DEFAULT_MODES, way_km, way_minutes
from rundum_engine.verify import verify

__all__ = [
    "DEFAULT_MODES",
    "Index",
    "Plan",
    "Prices",
    "Reach",
    "Snapshot",
    "eligible",
    "outcome",
    "parts",
    "plan",
    "reach",
    "refusals",
    "verify",
    "way_km",
    "way_minutes",
    "worth",
]


def plan(
    snapshot: Snapshot, deadline: Callable[[], bool] | None = None, prices: Prices = ()
) -> Plan:
    """The best plan found for the snapshot, verified, with its proven bound.

    Pure: the same snapshot (and `prices` of an earlier plan, which save time) gives the same plan
    as long as no deadline bites. `deadline` is asked now and then and answers True when time is
    up; the best plan so far is returned.
    """
    from rundum_engine.planner import make_plan

    return make_plan(snapshot, deadline, prices)
