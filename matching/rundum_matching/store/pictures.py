"""What a snapshot is read from."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from rundum_core.queries import many, one, run


class OpenVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that lacks somebody, with what its request and client say."""

    id: int
    request: int
    centre: int
    client: int
    client_kind: str
    client_status: str
    client_tags: list[str]
    tags: list[str]
    service: str
    priority: str
    rate: int | None
    version: int
    created_at: datetime
    flexible_before: int
    flexible_after: int
    wished_at: datetime
    starts_at: datetime
    ends_at: datetime
    start_place: int
    end_place: int


class OpenSeat(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    visit: int
    role: Literal["lead", "normal", "extra", "reserve"]
    required: bool
    starts_at: datetime
    ends_at: datetime
    lanes: int
    holder: int | None


class RequestNeed(msgspec.Struct, frozen=True):
    request: int
    key: str
    must: bool


class RequestChildren(msgspec.Struct, frozen=True):
    request: int
    band: str
    count: int


class RequestChoice(msgspec.Struct, frozen=True):
    request: int
    person: int
    kind: Literal["preferred", "excluded", "declined", "not_again"]


class PairRule(msgspec.Struct, frozen=True):
    client: int
    person: int
    kind: Literal["preferred", "excluded", "blocked"]
    set_by: Literal["client", "provider", "desk"]


class Together(msgspec.Struct, frozen=True):
    client: int
    person: int
    visits: int


class Taken(msgspec.Struct, frozen=True):
    """A live slot of a person."""

    id: int
    person: int
    starts_at: datetime
    ends_at: datetime
    start_place: int | None
    end_place: int | None
    work: bool


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
