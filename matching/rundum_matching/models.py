"""Runs, offers, bookings and approvals as they are kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

OfferState = Literal["proposed", "pending", "accepted", "declined", "expired", "withdrawn"]
BookingState = Literal["provisional", "confirmed", "completed", "no_show", "cancelled", "released"]
Trigger = Literal["schedule", "demand", "urgent"]
Party = Literal["client", "guardian", "desk", "group"]
CancelledBy = Literal["client", "provider", "guardian", "desk"]
CancelReason = Literal["illness", "not_needed", "other_solution", "no_time", "mistake", "other"]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One matching run: what it saw, planned, offered, and how long the engine took."""

    id: int
    trigger: Trigger
    state: Literal["running", "done", "failed"]
    started_at: datetime
    finished_at: datetime | None
    visits: int | None
    providers: int | None
    planned: int | None
    offered: int | None
    solve_ms: int | None
    certificate: list[dict[str, Any]] | None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a run found for a visit: `funnel` is (reason, how many), `candidates` at most ten."""

    visit: int
    run: int
    outcome: Literal["filled", "partial", "unfilled"]
    eligible: int
    funnel: list[tuple[str, int]]
    candidates: list[dict[str, Any]]


class RunVisit(msgspec.Struct, frozen=True, kw_only=True):
    visit: int
    public_id: UUID
    request_public_id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str
    outcome: Literal["filled", "partial", "unfilled"]
    eligible: int
    funnel: list[tuple[str, int]]
    candidates: list[dict[str, Any]]


class LockedRequest(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    centre: int
    client: int
    asked_by: int
    state: str
    approval: Literal["book", "ask", "meet"]
    policy: Literal["all", "core"]
    payer: str
    rate: int | None
    service: str
    version: int
    priority: str
    answered_at: datetime | None


class SeatToFill(msgspec.Struct, frozen=True, kw_only=True):
    """A seat as it stands inside the transaction that fills it."""

    id: int
    visit: int
    request: int
    centre: int
    required: bool
    lanes: int
    state: str
    starts_at: datetime
    ends_at: datetime
    start_place: int
    end_place: int
    wished_at: datetime
    visit_starts_at: datetime
    booked: bool
    live_lanes: list[int]


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    public_id: UUID
    centre: int
    request: int
    person: int
    run: int | None
    state: OfferState
    parallel: bool
    request_version: int
    rate: int | None
    way_minutes: int
    distance_km: float
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None


class OfferSeat(msgspec.Struct, frozen=True, kw_only=True):
    """A seat that an offer names; `slot` is the time it holds (none for parallel offers), `taken`
    that the offer's yes was a yes to it."""

    offer: int
    seat: int
    lane: int
    live: bool
    slot: int | None
    visit: int
    visit_public_id: UUID
    required: bool
    role: str
    starts_at: datetime
    ends_at: datetime
    start_place: int
    end_place: int
    taken: bool


class Behalf(msgspec.Struct, frozen=True, kw_only=True):
    """For whom staff answers, and the request to which they go back."""

    person: int
    name: str
    request: UUID


class Rival(msgspec.Struct, frozen=True):
    """Another live offer to the same seat, or of the same person at the same time."""

    id: int
    person: int
    centre: int
    state: OfferState
    parallel: bool


class OfferDetails(msgspec.Struct, frozen=True, kw_only=True):
    """All that may be shown before the firm booking."""

    id: int
    public_id: UUID
    centre: int
    state: OfferState
    parallel: bool
    rate: int | None
    way_minutes: int
    distance_km: float
    expires_at: datetime
    person: int
    request: int
    request_public_id: UUID
    service: str
    payer: str
    client_kind: str
    client_status: str
    tasks: list[str]
    tags: list[str]
    client_tags: list[str]
    bands: list[str]
    children: int
    place: str


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """A person on a seat; firm when it waits for nothing more."""

    id: int
    public_id: UUID
    centre: int
    seat: int
    visit: int
    required: bool
    person: int
    slot: int
    offer: int | None
    origin: Literal["matched", "phone", "self_arranged"]
    state: BookingState
    rate: int | None
    way_minutes: int
    ical_uid: str
    ical_sequence: int
    late: bool
    reason: str | None
    cancelled_by: CancelledBy | None
    starts_at: datetime
    ends_at: datetime
    waits_for: list[Party]


class BookingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A booking in a list or a calendar feed: no address, no name."""

    id: int
    public_id: UUID
    state: BookingState
    starts_at: datetime
    ends_at: datetime
    place: str
    service: str
    ical_uid: str
    ical_sequence: int


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    centre: int
    booking: int
    by: Party
    deadline: datetime
    given_at: datetime | None
    refused_at: datetime | None
    request: int
    visit: int
    person: int


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The people a visit needs together; `required` are the core, without whom nobody goes."""

    required: int
    seats: int
    asked_by: int
    centre: int
    request: int
    client: int
    starts_at: datetime


class OverdueApproval(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    centre: int
    booking: int
    by: Party
    deadline: datetime
    starts_at: datetime


class BookingDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a booking; only `disclosure` hands parts of it on."""

    id: int
    public_id: UUID
    centre: int
    state: BookingState
    person: int
    rate: int | None
    way_minutes: int
    ical_uid: str
    ical_sequence: int
    cancelled_by: CancelledBy | None
    reason: str | None
    late: bool
    starts_at: datetime
    ends_at: datetime
    request: int
    request_public_id: UUID
    visit: int
    service: str
    payer: str
    note: str
    tasks: list[str]
    asked_by: int
    client_name: str
    client_kind: str
    start_place: str
    start_postal_code: str
    start_street: str
    end_place: str
    end_street: str
    role: str
    given_name: str
    family_name: str
    bands: list[str]
    children: int
    client_phone: str | None
    provider_phone: str | None
    certificate_seen_on: date | None
    first_aid_until: date | None


class Reminder(msgspec.Struct, frozen=True):
    id: int
    person: int
    visit: int
    asked_by: int


class DueAnswer(msgspec.Struct, frozen=True):
    id: int
    centre: int
    asked_by: int
    hopeful: bool


class FoundSoFar(msgspec.Struct, frozen=True, kw_only=True):
    """Of the people whom a request still needs: how many are firm, how many said yes."""

    people: int
    firm: int
    provisional: int


class Completed(msgspec.Struct, frozen=True):
    id: int
    centre: int


class Due(msgspec.Struct, frozen=True):
    """An offer whose time to answer is over."""

    id: int
    centre: int
    request: int


class SeatCount(msgspec.Struct, frozen=True):
    people: int
    others_asked: int


class RequestSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A request in a letter: times are those of its first visit."""

    id: int
    public_id: UUID
    centre: int
    state: str
    service: str
    client: int
    asked_by: int
    answer_by: datetime
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    visits: int
    place: str


class VisitSummary(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    public_id: UUID
    centre: int
    request: int
    service: str
    asked_by: int
    starts_at: datetime
    ends_at: datetime
    place: str
    postal_code: str
    start_street: str
    ical_sequence: int
    people: int


class PlannedSeat(msgspec.Struct, frozen=True, kw_only=True):
    """The engine's word for one seat: begin at `starts_at`, after a way of so many minutes."""

    seat: int
    visit: int
    starts_at: datetime
    way_minutes: int
    distance_km: float


class PlannedOffer(msgspec.Struct, frozen=True, kw_only=True):
    """One offer to come: all seats of one request that the plan gives to one person."""

    request: int
    request_version: int
    person: int
    seats: tuple[PlannedSeat, ...]
    parallel: bool = False
    run: int | None = None
