"""Whom and what a question for reasons is about."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from rundum_core.queries import many, one


class FirstSeat(msgspec.Struct, frozen=True, kw_only=True):
    """The first open seat of a visit."""

    id: int
    visit: UUID
    starts_at: datetime
    ends_at: datetime


person_of_provider = one("matching/explain", "person_of_provider", int)
slots_held_for = many("matching/explain", "slots_held_for", int)
first_open_seats = many("matching/explain", "first_open_seats", FirstSeat)
