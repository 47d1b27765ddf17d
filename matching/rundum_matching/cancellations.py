"""What a family takes back: one visit, or the whole request; everybody concerned is freed."""

from __future__ import annotations

from datetime import timedelta

from rundum_core import events
from rundum_core.actor import Actor
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, NotFound
from rundum_identity.centres import centre_by_id
from rundum_identity.rights import allow
from rundum_matching.bookings import end, tell_guardians, tell_provider
from rundum_matching.models import CancelledBy, CancelReason, LockedRequest
from rundum_matching.offers import withdraw
from rundum_matching.store import bookings as store
from rundum_matching.store import offers as offer_store
from rundum_notifications.messages import tell
from rundum_notifications.tasks import drop_task


async def cancel_request(
    db: Database, actor: Actor, request: int, *, by: CancelledBy, reason: CancelReason
) -> None:
    """Nobody is needed any more: offers are withdrawn, coming bookings cancelled, their time is
    free, all in one transaction. Raises Conflict `request.not_open`."""
    async with db.transaction(actor) as tx:
        found = await _locked(tx, request)
        allow(
            tx.actor,
            "request.cancel",
            owner=await speakers_of(tx, asked_by=found.asked_by, client=found.client),
        )
        if await store.cancel_request(tx, id=request) is None:
            raise Conflict("request.not_open")
        await drop_task(tx, "confirm", request)
        await drop_task(tx, "unplaced", request)
        visits = await store.coming_visits_of_request(tx, request=request, now=tx.now)
        await _free(tx, found, visits, by=by, reason=reason)
        event = await events.must_record(
            tx, "request.cancelled", request, centre=found.centre, by=by, reason=reason
        )
        await tell(
            tx,
            event=event,
            person=found.asked_by,
            template="request_cancelled",
            subject=request,
            centre=found.centre,
        )


async def cancel_visit(
    db: Database, actor: Actor, visit: int, *, by: CancelledBy, reason: CancelReason
) -> None:
    """One date of a request falls away; the others stand."""
    async with db.transaction(actor) as tx:
        request = await store.request_of_visit(tx, visit=visit)
        if request is None:
            raise NotFound
        found = await _locked(tx, request)
        allow(
            tx.actor,
            "request.cancel",
            owner=await speakers_of(tx, asked_by=found.asked_by, client=found.client),
        )
        coming = await store.coming_visits_of_request(tx, request=request, now=tx.now)
        if found.state != "open" or visit not in coming:
            raise Conflict("request.not_open")
        await _free(tx, found, [visit], by=by, reason=reason)
        event = await events.must_record(
            tx, "visit.cancelled", visit, centre=found.centre, by=by, reason=reason
        )
        await tell(
            tx,
            event=event,
            person=found.asked_by,
            template="visit_cancelled",
            subject=visit,
            centre=found.centre,
        )


async def speakers_of(tx: Transaction, *, asked_by: int, client: int) -> set[int]:
    """Who may speak for a request: who asked, and whoever acts for the client."""
    return {asked_by, *await store.contacts_of_client(tx, client=client)}


async def _free(
    tx: Transaction,
    request: LockedRequest,
    visits: list[int],
    *,
    by: CancelledBy,
    reason: CancelReason,
) -> None:
    """Seats dropped, offers to them withdrawn, bookings ended, everybody told."""
    centre = await centre_by_id(tx, request.centre)
    offers = await offer_store.live_offers_of_request(tx, request=request.id)
    bookings = [b for visit in visits for b in await store.bookings_of_visit(tx, visit=visit)]
    persons = sorted({one.person for one in offers} | {one.person for one in bookings})
    await offer_store.lock_persons(tx, persons=persons)
    # by accepting something else somebody may have ended her offer before we had her locked
    for offer in await offer_store.live_offers_of_request(tx, request=request.id):
        named = await offer_store.seats_of_offer(tx, offer=offer.id)
        if any(seat.visit in visits for seat in named):
            await withdraw(tx, offer, reason="not_needed")
    for booking in bookings:
        if booking.state not in ("provisional", "confirmed"):
            continue
        near = booking.starts_at - tx.now < timedelta(hours=centre.settings.late_cancel_hours)
        event = await end(
            tx, booking, "cancelled", by=by, reason=reason, late=near and reason != "illness"
        )
        await tell_provider(tx, event, booking, "booking_cancelled_provider")
        await tell_guardians(tx, event, booking, "booking_cancelled_guardian")
    for visit in visits:
        await store.next_calendar_state(tx, visit=visit)
    await store.drop_seats(tx, visits=visits)


async def _locked(tx: Transaction, request: int) -> LockedRequest:
    found = await offer_store.lock_request(tx, id=request)
    if found is None:
        raise NotFound
    return found
