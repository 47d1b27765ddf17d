"""Where a request stands, in states that a family understands."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from rundum_core import links
from rundum_core.actor import Actor
from rundum_core.db import Database, Transaction
from rundum_core.errors import NotFound
from rundum_identity.centres import centre_by_id
from rundum_identity.rights import allow
from rundum_matching import disclosure
from rundum_matching.cancellations import speakers_of
from rundum_matching.disclosure import HelperForClient
from rundum_matching.models import RequestSummary
from rundum_matching.store import bookings as booking_store
from rundum_matching.store import status as store
from rundum_matching.store.status import AwaitedConsent, OwnRequest, SeatState

State = Literal[
    "unconfirmed",
    "searching",
    "asked",
    "your_yes",
    "promised",
    "partly",
    "firm",
    "nobody_yet",
    "searching_anew",
    "unfilled",
    "cancelled",
    "expired",
    "done",
]


class Helper(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who said yes; `approval` is what stands behind /approvals/ where the family answers,
    as long as it has not."""

    person: HelperForClient
    approval: str | None


class VisitStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One date: its state in a word, how many of how many people are firm, who they are."""

    id: int
    public_id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str
    state: State
    people: int
    firm: int
    asked: int
    helpers: list[Helper]
    cancellable: bool


class RequestStatus(msgspec.Struct, frozen=True, kw_only=True):
    summary: RequestSummary
    visits: list[VisitStatus]
    cancellable: bool


async def request_status(db: Database, actor: Actor, request: int) -> RequestStatus:
    """A request as the family sees it; raises NotFound for anybody else's."""
    async with db.transaction(actor) as tx:
        summary = await booking_store.request_summary(tx, request=request)
        if summary is None:
            raise NotFound
        owners = await speakers_of(tx, asked_by=summary.asked_by, client=summary.client)
        allow(actor, "request.view", owner=owners)
        lines = await store.seats_with_state(tx, request=request)
        helpers = await _helpers(tx, summary, lines, owners)
        visits = [
            _visit(summary, [line for line in lines if line.ordinal == visit], helpers, tx.now)
            for visit in sorted({line.ordinal for line in lines})
        ]
        return RequestStatus(
            summary=summary,
            visits=visits,
            cancellable=summary.state in ("unconfirmed", "open"),
        )


async def visit_of(db: Database, actor: Actor, request: int, public_id: UUID) -> int:
    """The id of one of a request's visits; raises NotFound for any other."""
    found = await request_status(db, actor, request)
    for visit in found.visits:
        if visit.public_id == public_id:
            return visit.id
    raise NotFound


async def own_requests(db: Database, actor: Actor, *, most: int = 50) -> list[OwnRequest]:
    """The requests of those for whom the actor speaks."""
    async with db.transaction(actor) as tx:
        allow(actor, "request.list", owner=actor.person)
        return await store.requests_of_person(tx, person=actor.person, most=most)


async def awaited_consents(db: Database, actor: Actor) -> list[tuple[AwaitedConsent, str]]:
    """What waits for this guardian, each with what its page is known by."""
    async with db.transaction(actor) as tx:
        found = await store.consents_of_guardian(tx, person=actor.person)
        return [(line, str(line.booking)) for line in found]


async def _helpers(
    tx: Transaction, summary: RequestSummary, lines: list[SeatState], owners: set[int]
) -> dict[int, Helper]:
    """Who said yes, by seat; the page to answer is for those whose answer it is."""
    days = (await centre_by_id(tx, summary.centre)).settings.disclosure_days
    seat_of = {line.booking: line for line in lines if line.booking is not None}
    helpers = {}
    for details in await booking_store.details_of_bookings(tx, ids=sorted(seat_of)):
        seat = seat_of[details.id]
        page = None
        if seat.approval is not None and tx.actor.person in owners:
            page = await _approval_page(tx, seat.approval, details.public_id)
        helpers[seat.id] = Helper(
            person=disclosure.for_client(details, tx.now, days), approval=page
        )
    return helpers


def _visit(
    summary: RequestSummary, seats: list[SeatState], helpers: dict[int, Helper], now: datetime
) -> VisitStatus:
    needed = [seat for seat in seats if seat.required and seat.state == "open"]
    return VisitStatus(
        id=seats[0].visit,
        public_id=seats[0].visit_public_id,
        starts_at=seats[0].starts_at,
        ends_at=seats[0].ends_at,
        place=seats[0].place,
        state=_state(summary, seats, now),
        people=len(needed),
        firm=sum(seat.booking_state in ("confirmed", "completed") for seat in needed),
        asked=sum(seat.asked for seat in seats),
        helpers=[helpers[seat.id] for seat in seats if seat.id in helpers],
        cancellable=summary.state == "open"
        and any(seat.state == "open" for seat in seats)
        and seats[0].ends_at > now,
    )


def _state(summary: RequestSummary, seats: list[SeatState], now: datetime) -> State:
    """The one word for a date, the most telling one first."""
    needed = [seat for seat in seats if seat.required and seat.state == "open"]
    firm = [seat for seat in needed if seat.booking_state in ("confirmed", "completed")]
    if summary.state == "unconfirmed":
        return "unconfirmed"
    if summary.state == "expired":
        return "expired"
    if summary.state == "cancelled" or not needed:
        return "cancelled"
    if seats[0].ends_at <= now:
        return "done" if firm else "unfilled"
    if any(seat.approval is not None for seat in needed):
        return "your_yes"
    if len(firm) == len(needed):
        return "firm"
    if firm:
        return "partly"
    if all(seat.booking for seat in needed):
        return "promised"
    if any(seat.ended for seat in needed):
        return "searching_anew"
    if any(seat.asked or seat.booking for seat in needed):
        return "asked"
    return "searching" if now < summary.answer_by else "nobody_yet"


async def _approval_page(tx: Transaction, approval: int, booking: UUID) -> str | None:
    """What stands behind /approvals/ where the actor answers: the booking's id for who is signed
    in, for who came by a link the one that she was sent when she was asked."""
    if tx.actor.link is None:
        return str(booking)
    return await links.living(tx, "approval", subject=approval, person=tx.actor.person)
