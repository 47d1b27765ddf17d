"""Who may see what of a booking: decided here, in the struct that leaves the service."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from rundum_matching.models import BookingDetails, BookingState


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where a visit is and whom to call: open from the firm booking until some days after it."""

    client_name: str
    start_street: str
    start_postal_code: str
    end_street: str
    phone: str | None
    note: str


class BookingForProvider(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as its provider sees it; `address` is None while or when it isn't hers to know."""

    id: int
    public_id: UUID
    state: BookingState
    starts_at: datetime
    ends_at: datetime
    service: str
    start_place: str
    end_place: str
    bands: list[str]
    children: int
    tasks: list[str]
    rate: int | None
    payer: str
    way_minutes: int
    role: str
    address: Address | None


class HelperForClient(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes, as the family sees it: the full name and phone from the firm booking on."""

    id: int
    public_id: UUID
    state: BookingState
    starts_at: datetime
    ends_at: datetime
    role: str
    short_name: str
    full_name: str | None
    phone: str | None
    certificate_seen: bool
    first_aid_until: date | None


def for_provider(booking: BookingDetails, now: datetime, days: int) -> BookingForProvider:
    """The provider's view; the address is open for `days` after the visit."""
    address = None
    if _open(booking, now, days):
        address = Address(
            client_name=booking.client_name,
            start_street=booking.start_street,
            start_postal_code=booking.start_postal_code,
            end_street=booking.end_street,
            phone=booking.client_phone,
            note=booking.note,
        )
    return BookingForProvider(
        id=booking.id,
        public_id=booking.public_id,
        state=booking.state,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        service=booking.service,
        start_place=booking.start_place,
        end_place=booking.end_place,
        bands=booking.bands,
        children=booking.children,
        tasks=booking.tasks,
        rate=booking.rate,
        payer=booking.payer,
        way_minutes=booking.way_minutes,
        role=booking.role,
        address=address,
    )


def for_client(booking: BookingDetails, now: datetime, days: int) -> HelperForClient:
    """The family's view: a first name until it is firm."""
    shown = _open(booking, now, days)
    return HelperForClient(
        id=booking.id,
        public_id=booking.public_id,
        state=booking.state,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        role=booking.role,
        short_name=f"{booking.given_name} {booking.family_name[:1]}.",
        full_name=f"{booking.given_name} {booking.family_name}" if shown else None,
        phone=booking.provider_phone if shown else None,
        certificate_seen=booking.certificate_seen_on is not None,
        first_aid_until=booking.first_aid_until,
    )


def _open(booking: BookingDetails, now: datetime, days: int) -> bool:
    firm = booking.state in ("confirmed", "completed", "no_show")
    return firm and now < booking.ends_at + timedelta(days=days)
