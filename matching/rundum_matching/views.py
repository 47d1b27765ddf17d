"""What pages and API show of offers, approvals and bookings, each side its own part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from rundum_core import events, links
from rundum_core.actor import Actor
from rundum_core.db import Database, Transaction
from rundum_core.errors import NotFound
from rundum_core.links import Link, Purpose
from rundum_identity.centres import centre_by_id
from rundum_identity.rights import allow
from rundum_matching import disclosure
from rundum_matching.approvals import speakers
from rundum_matching.bookings import guardians_at
from rundum_matching.disclosure import BookingForProvider, HelperForClient
from rundum_matching.models import Approval, Behalf, BookingLine, OfferDetails, OfferSeat, SeatCount
from rundum_matching.store import bookings as store
from rundum_matching.store import offers as offer_store
from rundum_notifications.calendar import CalendarEntry

RECENT = timedelta(days=60)


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """Who came to a thing, by which way: a mail link, or signed in by its public id."""

    actor: Actor
    id: int
    link: Link | None

    def link_acts(self, now: datetime) -> bool:
        """Whether an answer can be given on this way: a link that has come to its end can't."""
        return self.link is None or links.state(self.link, now) == "live"

    def is_over(self, now: datetime) -> bool:
        """Whether it was a link that nobody used while it was good."""
        return self.link is not None and links.state(self.link, now) == "expired"


class OfferView(msgspec.Struct, frozen=True, kw_only=True):
    """An offer as its provider sees it; `answerable` while a yes or no still counts."""

    offer: OfferDetails
    seats: list[OfferSeat]
    count: SeatCount
    answerable: bool


class ApprovalView(msgspec.Struct, frozen=True, kw_only=True):
    """A provisional booking as the family or the guardian sees it."""

    approval: Approval
    booking: BookingForProvider
    helper: HelperForClient
    answerable: bool


async def reach(db: Database, actor: Actor, purpose: Purpose, reference: str) -> Reached:
    """The thing behind a link's token or a public id; raises NotFound.

    With a token the actor is the link's holder; with a public id it is who is signed in. An
    approval is known by its booking's: it is the one that the actor has to give.
    """
    try:
        public_id = UUID(reference)
    except ValueError:
        link, holder = await links.holder(db, purpose, reference)
        return Reached(actor=holder, id=link.subject, link=link)
    async with db.transaction(actor) as tx:
        if purpose == "offer":
            offer = await offer_store.offer_by_public_id(tx, public_id=public_id)
            id = offer.id if offer else None
        elif purpose == "booking":
            id = await store.booking_by_public_id(tx, public_id=public_id)
        elif purpose == "approval":
            id = await _approval_of(tx, public_id)
        else:
            id = None
    if id is None:
        raise NotFound
    return Reached(actor=actor, id=id, link=None)


async def _approval_of(tx: Transaction, booking: UUID) -> int | None:
    for by in ("client", "guardian"):
        id = await store.approval_of_booking(tx, booking=booking, by=by)
        found = None if id is None else await store.approval_by_id(tx, id=id)
        if found is not None and tx.actor.person in await speakers(tx, found):
            return found.id
    return None


async def offer_view(db: Database, reached: Reached) -> OfferView:
    """The offer and what may be known before the firm booking."""
    async with db.transaction(reached.actor) as tx:
        details = await offer_store.offer_details(tx, id=reached.id)
        if details is None:
            raise NotFound
        allow(tx.actor, "offer.view", owner=await _side(tx, details.person, tx.now))
        seats = await offer_store.seats_of_offer(tx, offer=details.id)
        count = await offer_store.seat_count(tx, seat=seats[0].seat, offer=details.id)
        assert count is not None
        return OfferView(
            offer=details,
            seats=seats,
            count=count,
            answerable=details.state == "pending"
            and details.expires_at > tx.now
            and reached.link_acts(tx.now),
        )


async def behalf(db: Database, reached: Reached, purpose: Purpose) -> Behalf | None:
    """For whom the staff enters an answer; None for whoever answers for herself."""
    if reached.link is not None or not reached.actor.is_staff:
        return None
    async with db.transaction(reached.actor) as tx:
        find = offer_store.behalf_of_offer if purpose == "offer" else store.behalf_of_booking
        found = await find(tx, id=reached.id)
    return None if found is None or found.person == reached.actor.person else found


async def approval_view(db: Database, reached: Reached) -> ApprovalView:
    async with db.transaction(reached.actor) as tx:
        approval = await store.approval_by_id(tx, id=reached.id)
        details = None if approval is None else await store.booking_details(tx, id=approval.booking)
        if approval is None or details is None:
            raise NotFound
        if reached.link is None:
            allow(tx.actor, f"approval.{approval.by}", owner=await speakers(tx, approval))
        days = (await centre_by_id(tx, details.centre)).settings.disclosure_days
        return ApprovalView(
            approval=approval,
            booking=disclosure.for_provider(details, tx.now, days),
            helper=disclosure.for_client(details, tx.now, days),
            answerable=details.state == "provisional"
            and reached.link_acts(tx.now)
            and approval.given_at is None
            and approval.refused_at is None,
        )


async def booking_view(db: Database, reached: Reached) -> BookingForProvider:
    """A booking as its provider sees it, with the address while it is hers to know."""
    async with db.transaction(reached.actor) as tx:
        details = await store.booking_details(tx, id=reached.id)
        if details is None:
            raise NotFound
        owners = await _side(tx, details.person, details.starts_at)
        allow(tx.actor, "booking.view", owner=owners)
        if tx.actor.is_staff and tx.actor.person not in owners:
            await events.record(tx, "booking.viewed", details.id, centre=details.centre)
        days = (await centre_by_id(tx, details.centre)).settings.disclosure_days
        return disclosure.for_provider(details, tx.now, days)


async def offers_of(db: Database, actor: Actor) -> list[OfferView]:
    """The actor's own offers, those that wait first."""
    async with db.transaction(actor) as tx:
        allow(actor, "offer.view", owner=actor.person)
        offers = await offer_store.offers_of_person(
            tx, person=actor.person, centre=actor.centre, most=20
        )
        ids = [offer.id for offer in offers]
        details = {one.id: one for one in await offer_store.details_of_offers(tx, ids=ids)}
        seats = await offer_store.seats_of_offers(tx, offers=ids)
        return [
            _view(details[id], [seat for seat in seats if seat.offer == id], tx.now) for id in ids
        ]


async def bookings_of(db: Database, actor: Actor, person: int) -> list[BookingLine]:
    """A provider's coming and recent bookings, without addresses."""
    async with db.transaction(actor) as tx:
        allow(actor, "calendar.view", owner=person)
        return await store.bookings_of_person(tx, person=person, since=tx.now - RECENT)


async def feed_of(
    db: Database, actor: Actor, person: int, summary: Callable[[str], str]
) -> list[CalendarEntry]:
    """A provider's private calendar: firm and provisional bookings, villages only."""
    return [
        CalendarEntry(
            uid=line.ical_uid,
            sequence=line.ical_sequence,
            method="REQUEST",
            starts_at=line.starts_at,
            ends_at=line.ends_at,
            summary=summary(line.place),
        )
        for line in await bookings_of(db, actor, person)
        if line.state != "no_show"
    ]


def _view(details: OfferDetails, seats: list[OfferSeat], now: datetime) -> OfferView:
    return OfferView(
        offer=details,
        seats=seats,
        count=SeatCount(1, 0),
        answerable=details.state == "pending" and details.expires_at > now,
    )


async def _side(tx: Transaction, provider: int, at: datetime) -> list[int]:
    """The provider, and who answers for her on that day while she is a minor."""
    return [provider, *await guardians_at(tx, provider, at)]
