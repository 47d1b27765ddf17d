"""Offers: written where the world is still as the plan saw it, answered once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from rundum_core import events, links
from rundum_core.actor import Actor
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, NotFound
from rundum_core.links import Link
from rundum_identity.centres import centre_by_id
from rundum_identity.rights import allow
from rundum_matching import deadlines, snapshot
from rundum_matching.bookings import book, settle, wake
from rundum_matching.models import LockedRequest, Offer, OfferSeat, PlannedOffer, SeatToFill
from rundum_matching.sight import Sight
from rundum_matching.store import bookings as booking_store
from rundum_matching.store import offers as store
from rundum_notifications.messages import end_calls, tell
from rundum_notifications.tasks import finish_task, open_task


async def place(tx: Transaction, planned: PlannedOffer, seen: Sight | None = None) -> int:
    """Write one planned offer; raises Conflict where the world has moved on since the snapshot.

    An exclusive offer holds the person's time; parallel ones hold nothing and take numbered lanes.
    With `seen`, the look before the plan's world was read, every rule is asked again only if the
    person has changed since.
    """
    request = await store.lock_request(tx, id=planned.request)
    if request is None or request.state != "open" or request.version != planned.request_version:
        raise Conflict("offer.world_moved")
    centre = seen.centres.get(request.centre) if seen else None
    if centre is None:
        centre = await centre_by_id(tx, request.centre)
    await store.lock_persons(tx, persons=[planned.person])
    if seen is None:
        by_mail, as_planned = await store.has_email(tx, persons=[planned.person]), False
    else:
        stand = await seen.stand(tx, planned.person)
        by_mail, as_planned = stand.by_mail, seen.holds(planned.person, stand)
    seats = await _moved(tx, planned)
    expires_at = deadlines.answer(
        tx.now, min(seat.starts_at for seat in seats), centre, by_phone=not by_mail
    )
    released = not centre.settings.desk_releases_offers
    way = max(planned.seats, key=lambda seat: seat.way_minutes)
    offer = await store.insert_offer(
        tx,
        centre=request.centre,
        request=request.id,
        person=planned.person,
        run=planned.run,
        state="pending" if released else "proposed",
        parallel=planned.parallel,
        request_version=request.version,
        rate=request.rate,
        way_minutes=way.way_minutes,
        distance_km=way.distance_km,
        now=tx.now,
        expires_at=expires_at,
    )
    assert offer is not None
    for seat in seats:
        if not as_planned:
            await _may(tx, seat.id, planned.person, "offer.world_moved")
        await store.insert_offer_seat(
            tx,
            centre=request.centre,
            offer=offer,
            seat=seat.id,
            lane=next(n for n in range(1, 99) if n not in seat.live_lanes),
            holds=not planned.parallel,
            person=planned.person,
            starts_at=seat.starts_at,
            ends_at=seat.ends_at,
            start_place=seat.start_place,
            end_place=seat.end_place,
            expires_at=expires_at,
        )
    if released:
        await _send(tx, offer, planned.person, request.centre)
    else:
        await events.record(tx, "offer.proposed", offer, centre=request.centre)
        await open_task(
            tx,
            kind="release",
            subject=offer,
            centre=request.centre,
            due_at=tx.now,
            person=planned.person,
        )
    return offer


async def release(db: Database, actor: Actor, offer: int) -> None:
    """The desk lets a proposed offer go out; its deadline counts from now."""
    async with db.transaction(actor) as tx:
        found = await _locked(tx, offer)
        allow(tx.actor, "offer.release")
        seats = await store.seats_of_offer(tx, offer=offer)
        expires_at = deadlines.answer(
            tx.now,
            min(s.starts_at for s in seats),
            await centre_by_id(tx, found.centre),
            by_phone=not await store.has_email(tx, persons=[found.person]),
        )
        await _change(tx, found, "proposed", "pending", expires_at=expires_at)
        await finish_task(tx, kind="release", subject=offer, outcome="released")
        await _send(tx, offer, found.person, found.centre)


async def accept(
    db: Database,
    actor: Actor,
    offer: int,
    *,
    visits: Sequence[UUID] | None = None,
    link: Link | None = None,
) -> list[int]:
    """The provider takes all dates of the offer, or those named (and is not asked for the others
    again); the bookings' ids.

    One transaction: everything is checked again as it is now (I12), her time becomes the
    booking's, the seat's other offers are withdrawn, and what has every approval becomes firm.
    Raises Conflict: `offer.taken`, `offer.expired`, `offer.withdrawn`, `offer.answered`,
    `offer.no_longer_possible`.
    """
    async with db.transaction(actor) as tx:
        found = await _locked(tx, offer)
        allow(tx.actor, "offer.accept", owner=found.person)
        if link is not None:
            await links.use(tx, link)
        if found.expires_at <= tx.now:
            raise Conflict("offer.expired")
        await _change(tx, found, "pending", "accepted")
        request = await store.lock_request(tx, id=found.request)
        if request is None or request.state != "open":
            raise Conflict("offer.withdrawn")
        named = await store.seats_of_offer(tx, offer=offer)
        taken = [seat for seat in named if visits is None or seat.visit_public_id in visits]
        if not taken:
            raise Conflict("offer.no_seat_chosen")
        # first, since her own other offers may hold the very time that she gives now
        await _withdraw_rivals(tx, found, [seat.seat for seat in taken])
        bookings = await _book(tx, found, request, taken)
        await store.end_offer_seats(tx, offer=offer)
        await events.record(
            tx, "offer.accepted", offer, centre=found.centre, seats=[s.seat for s in taken]
        )
        for visit in sorted({seat.visit for seat in taken}):
            await settle(tx, visit)
        if len(taken) < len(named):
            await store.note_choice(
                tx, centre=found.centre, request=request.id, person=found.person, kind="declined"
            )
            await wake(tx)
    return bookings


async def decline(db: Database, actor: Actor, offer: int, *, link: Link | None = None) -> None:
    """No, and never asked again for this request. Raises Conflict when it was answered before."""
    async with db.transaction(actor) as tx:
        found = await _locked(tx, offer)
        allow(tx.actor, "offer.decline", owner=found.person)
        if link is not None:
            await links.use(tx, link)
        await _change(tx, found, "pending", "declined")
        await store.end_offer_seats(tx, offer=offer)
        await store.note_choice(
            tx, centre=found.centre, request=found.request, person=found.person, kind="declined"
        )
        await events.record(tx, "offer.declined", offer, centre=found.centre)
        await wake(tx)


async def withdraw(tx: Transaction, offer: Offer, *, reason: str, told: bool = True) -> None:
    """Take an offer back; whoever was asked hears it."""
    await _change(tx, offer, offer.state, "withdrawn")
    await store.end_offer_seats(tx, offer=offer.id)
    event = await events.must_record(
        tx, "offer.withdrawn", offer.id, centre=offer.centre, reason=reason
    )
    await finish_task(tx, kind="release", subject=offer.id, outcome="withdrawn")
    if told and offer.state == "pending":
        await tell(
            tx,
            event=event,
            person=offer.person,
            template="offer_withdrawn",
            subject=offer.id,
            centre=offer.centre,
        )


async def expire_offers(db: Database) -> int:
    """Offers that nobody answered in time free their lanes and hours; says how many."""
    async with db.work() as tx:
        due = await store.expired_offers(tx, now=tx.now)
    count = 0
    for line in due:
        async with db.work() as tx:
            found = await _locked(tx, line.id)
            if found.state not in ("pending", "proposed") or found.expires_at > tx.now:
                continue
            await _change(tx, found, found.state, "expired")
            await store.end_offer_seats(tx, offer=found.id)
            if found.state == "pending":  # who was never asked has not said no
                await store.note_choice(
                    tx,
                    centre=found.centre,
                    request=found.request,
                    person=found.person,
                    kind="declined",
                )
            await finish_task(tx, kind="release", subject=found.id, outcome="expired")
            await events.record(tx, "offer.expired", found.id, centre=found.centre)
            await wake(tx)
            count += 1
    return count


async def _moved(tx: Transaction, planned: PlannedOffer) -> list[SeatToFill]:
    """The seats as they stand, their visits moved to the planned start where that is allowed;
    Conflict when one is booked, dropped, full, or can't be moved any more."""
    wanted = {seat.seat: seat for seat in planned.seats}
    seats = await store.seats_to_fill(tx, seats=list(wanted))
    moved: set[int] = set()
    for seat in seats:
        by = wanted[seat.id].starts_at - seat.starts_at
        if by and seat.visit not in moved:
            await store.move_visit(tx, visit=seat.visit, by=by)
            moved.add(seat.visit)
    if moved:
        seats = await store.seats_to_fill(tx, seats=list(wanted))
    lanes = {s.id: s.lanes if planned.parallel else 1 for s in seats}
    fits = len(seats) == len(wanted) and all(
        seat.state == "open"
        and not seat.booked
        and len(seat.live_lanes) < lanes[seat.id]
        and seat.starts_at == wanted[seat.id].starts_at
        and seat.starts_at > tx.now
        for seat in seats
    )
    if not fits:
        raise Conflict("offer.world_moved")
    return seats


async def _book(
    tx: Transaction, offer: Offer, request: LockedRequest, taken: list[OfferSeat]
) -> list[int]:
    """Bookings for these seats, with her time; every rule is asked again first."""
    centre = await centre_by_id(tx, offer.centre)
    now_seats = {s.id: s for s in await store.seats_to_fill(tx, seats=[s.seat for s in taken])}
    if any(seat.booked or seat.state != "open" for seat in now_seats.values()):
        raise Conflict("offer.taken")
    bookings: list[int] = []
    for held in taken:
        seat = now_seats[held.seat]
        slot = held.slot
        await _may(tx, seat.id, offer.person, "offer.no_longer_possible", slot)
        if slot is None:
            slot = await _take(tx, seat, offer.person)
        elif await booking_store.keep_slot(tx, slot=slot) is None:
            raise Conflict("offer.expired")
        bookings.append(
            await book(
                tx,
                request=request,
                seat=seat,
                person=offer.person,
                slot=slot,
                offer=offer.id,
                origin="matched",
                rate=offer.rate,
                way_minutes=offer.way_minutes,
                centre=centre,
            )
        )
    return bookings


async def _may(tx: Transaction, seat: int, person: int, key: str, slot: int | None = None) -> None:
    """Every rule, as the world is now (I12); the time she holds for this very seat is free."""
    held = [] if slot is None else [slot]
    if why := await snapshot.refusals_now(tx, seat, person, except_slots=held):
        raise Conflict(key, reason=why[0].reason)


async def _take(tx: Transaction, seat: SeatToFill, person: int) -> int:
    """Book her time for this seat; the schema refuses an overlap (I1)."""
    slot = await store.insert_slot(
        tx,
        person=person,
        starts_at=seat.starts_at,
        ends_at=seat.ends_at,
        kind="booking",
        start_place=seat.start_place,
        end_place=seat.end_place,
    )
    assert slot is not None
    return slot


async def _withdraw_rivals(tx: Transaction, offer: Offer, seats: list[int]) -> None:
    """Others need not answer any more; her own overlapping offers have become impossible."""
    for rival in await store.rivals(tx, offer=offer.id, person=offer.person, seats=seats):
        found = await store.offer_by_id(tx, id=rival.id)
        assert found is not None
        mine = rival.person == offer.person
        await withdraw(tx, found, reason="other_accepted" if not mine else "busy", told=not mine)


async def _send(tx: Transaction, offer: int, person: int, centre: int) -> None:
    event = await events.must_record(tx, "offer.sent", offer, centre=centre)
    await tell(tx, event=event, person=person, template="offer", subject=offer, centre=centre)


async def _locked(tx: Transaction, offer: int) -> Offer:
    """The offer as it is once its request and its person are locked, in this order."""
    found = await store.offer_by_id(tx, id=offer)
    if found is None:
        raise NotFound
    await store.lock_request(tx, id=found.request)
    await store.lock_persons(tx, persons=[found.person])
    locked = await store.offer_by_id(tx, id=offer)
    assert locked is not None
    return locked


async def _change(
    tx: Transaction, offer: Offer, was: str, becomes: str, *, expires_at: object = None
) -> None:
    """Compare and swap; the Conflict says what became of the offer instead."""
    changed = None
    if offer.state == was:
        changed = await store.change_offer(
            tx, id=offer.id, was=was, becomes=becomes, now=tx.now, expires_at=expires_at
        )
    if changed is None:
        said = {"accepted": "answered", "declined": "answered", "withdrawn": "withdrawn"}
        raise Conflict(f"offer.{said.get(offer.state, 'expired')}")
    if becomes != "pending":
        await end_calls(tx, template="offer", subject=offer.id)
