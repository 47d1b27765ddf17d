"""How far requests are filled."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from rundum_core.queries import many
from rundum_matching.models import BookingState


class SeatState(msgspec.Struct, frozen=True, kw_only=True):
    """A seat and who has it; `approval` is the family's open word on her."""

    id: int
    visit: int
    visit_public_id: UUID
    ordinal: int
    role: str
    required: bool
    state: str
    starts_at: datetime
    ends_at: datetime
    place: str
    booking: int | None
    booking_state: BookingState | None
    asked: int
    approval: int | None
    ended: int


class OwnRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a family's list: `firm` of `people` are firm, `waiting` for her yes."""

    id: int
    public_id: UUID
    state: str
    service: str
    starts_at: datetime
    ends_at: datetime
    visits: int
    people: int
    firm: int
    waiting: int


class AwaitedConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A minor's booking that waits for the guardian."""

    id: int
    booking: UUID
    deadline: datetime
    starts_at: datetime
    ends_at: datetime
    given_name: str


seats_with_state = many("matching/status", "seats_with_state", SeatState)
requests_of_person = many("matching/status", "requests_of_person", OwnRequest)
consents_of_guardian = many("matching/status", "consents_of_guardian", AwaitedConsent)
