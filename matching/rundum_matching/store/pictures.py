"""What a snapshot is read from."""

from __future__ import annotations

import msgspec

from rundum_core.queries import many, one, run
from rundum_matching.models import (
    OpenSeat,
    OpenVisit,
    PairRule,
    RequestChildren,
    RequestChoice,
    RequestNeed,
    Taken,
    Together,
)


class ModeRow(msgspec.Struct, frozen=True):
    key: str
    km_per_hour: float
    detour: float
    overhead: int


class PlaceRow(msgspec.Struct, frozen=True):
    id: int
    lat: float
    lon: float


class SeatToAsk(msgspec.Struct, frozen=True):
    """`wanted` is how many open seats of its visit are required."""

    id: int
    visit: int
    wanted: int


open_visits = many("matching/picture", "open_visits", OpenVisit)
visits_by_seat = many("matching/picture", "visits_by_seat", OpenVisit)
seats_of_visits = many("matching/picture", "seats_of_visits", OpenSeat)
needs_of_requests = many("matching/picture", "needs_of_requests", RequestNeed)
children_of_requests = many("matching/picture", "children_of_requests", RequestChildren)
choices_of_requests = many("matching/picture", "choices_of_requests", RequestChoice)
pair_rules_of_clients = many("matching/picture", "pair_rules_of_clients", PairRule)
visits_together = many("matching/picture", "visits_together", Together)
commitments = many("matching/picture", "commitments", Taken)
modes = many("matching/picture", "modes", ModeRow)
places_by_id = many("matching/picture", "places_by_id", PlaceRow)
oldest_transaction = one("matching/picture", "oldest_transaction", int)
changed_providers = many("matching/picture", "changed_providers", int)
forget_changes = run("matching/picture", "forget_changes")
providers_of_centre = many("matching/picture", "providers_of_centre", int)
seats_to_ask = many("matching/picture", "seats_to_ask", SeatToAsk)
asked_for_request = many("matching/picture", "asked_for_request", int)
