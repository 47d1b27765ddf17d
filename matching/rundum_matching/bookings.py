"""Bookings: provisional until every approval is there, then firm for all; and how they end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import get_args
from uuid import uuid4

from rundum_core import events, links
from rundum_core.actor import Actor
from rundum_core.clock import BERLIN
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, NotFound
from rundum_core.links import Link
from rundum_identity.centres import Centre, centre_by_id
from rundum_identity.rights import allow
from rundum_matching import deadlines
from rundum_matching.models import (
    Booking,
    CancelledBy,
    CancelReason,
    Group,
    LockedRequest,
    Party,
    SeatToFill,
)
from rundum_matching.store import bookings as store
from rundum_matching.store.offers import has_email, lock_persons, lock_request, note_choice
from rundum_notifications.messages import tell
from rundum_notifications.tasks import drop_task, open_task
from rundum_providers.ages import age_on
from rundum_requests.rules import answer_by

ADULT = 18


async def book(
    tx: Transaction,
    *,
    request: LockedRequest,
    seat: SeatToFill,
    person: int,
    slot: int,
    offer: int | None,
    origin: str,
    rate: int | None,
    way_minutes: int,
    centre: Centre,
) -> int:
    """A provisional booking with everything it waits for; the caller has locked request and
    person and calls `settle` for the visit afterwards."""
    booking = await store.insert_booking(
        tx,
        centre=request.centre,
        seat=seat.id,
        starts_at=seat.starts_at,
        ends_at=seat.ends_at,
        person=person,
        slot=slot,
        offer=offer,
        origin=origin,
        rate=rate,
        way_minutes=way_minutes,
        ical_uid=f"{uuid4()}@rundum",
        now=tx.now,
    )
    assert booking is not None
    for by in await _needed(tx, request, seat, person, centre):
        deadline = await _deadline(tx, by, request, seat, person, centre)
        approval = await store.insert_approval(
            tx, centre=request.centre, booking=booking, by=by, deadline=deadline
        )
        assert approval is not None
        await _ask(tx, by, approval, request, person, centre, until=seat.starts_at)
    return booking


async def settle(tx: Transaction, visit: int) -> list[int]:
    """Make firm what waits for nothing any more, and say which bookings that are.

    People who only make sense together (I16) become firm together: in the transaction in which
    the last required seat has its person and her approvals.
    """
    group = await store.group_of_visit(tx, visit=visit)
    if group is None:
        return []
    everybody = await store.bookings_of_visit(tx, visit=visit)
    ready = [b for b in everybody if b.state == "provisional" and not _open(b)]
    together = await store.open_required_seats(tx, visit=visit) == 0 and not any(
        _open(b) for b in everybody if b.required and b.state == "provisional"
    )
    if together:
        await store.give_group_approvals(tx, bookings=[b.id for b in ready], now=tx.now)
    else:
        ready = [b for b in ready if "group" not in b.waits_for]
    for booking in ready:
        await _confirm(tx, booking)
    if ready:
        await store.next_calendar_state(tx, visit=visit)
        await store.answer_if_complete(tx, id=group.request, now=tx.now)
        event = await events.must_record(tx, "visit.staffed", visit, centre=group.centre)
        await tell(
            tx,
            event=event,
            person=group.asked_by,
            template="booking_client",
            subject=visit,
            centre=group.centre,
        )
    return [b.id for b in ready]


async def cancel_booking(
    db: Database,
    actor: Actor,
    booking: int,
    *,
    by: CancelledBy,
    reason: CancelReason,
    link: Link | None = None,
) -> None:
    """The provider (her guardian, the desk) can't: the seat is open again at once.

    Raises Conflict `booking.not_live` when it has ended already. Illness counts against nobody;
    any other late cancellation is marked. The family is told, and called when time is short; the
    provider's calendar forgets it, whoever cancelled.
    """
    async with db.transaction(actor) as tx:
        found = await _locked(tx, booking)
        guardians = await guardians_at(tx, found.person, found.starts_at)
        allow(tx.actor, "booking.cancel", owner=[found.person, *guardians])
        if link is not None:
            await links.use(tx, link)
        if found.ends_at <= tx.now or found.state not in ("provisional", "confirmed"):
            raise Conflict("booking.not_live")
        if by == "provider" and tx.actor.person in guardians:
            by = "guardian"
        centre = await centre_by_id(tx, found.centre)
        soon = centre.settings.is_urgent(found.starts_at - tx.now)
        late = found.starts_at - tx.now < timedelta(hours=centre.settings.late_cancel_hours)
        event = await end(
            tx, found, "cancelled", by=by, reason=reason, late=late and reason != "illness"
        )
        group = await _group(tx, found.visit)
        await store.next_calendar_state(tx, visit=found.visit)
        await tell(
            tx,
            event=event,
            person=group.asked_by,
            template="booking_cancelled_client",
            subject=found.id,
            centre=found.centre,
        )
        if by != "provider" or found.state == "confirmed":
            await tell_provider(tx, event, found, "booking_cancelled_provider")
        await tell_guardians(tx, event, found, "booking_cancelled_guardian")
        await note_choice(
            tx, centre=found.centre, request=group.request, person=found.person, kind="declined"
        )
        if await _promise_anew(tx, group, found, centre) and soon:
            await open_task(
                tx,
                kind="unplaced",
                subject=group.request,
                centre=found.centre,
                due_at=tx.now,
                person=group.asked_by,
            )
        await wake(tx, urgent=soon)


async def end(
    tx: Transaction,
    booking: Booking,
    becomes: str,
    *,
    by: CancelledBy | None = None,
    reason: str | None = None,
    late: bool = False,
) -> int:
    """End a live booking and free its time; the event's id. Raises Conflict when it moved on."""
    changed = await store.change_booking(
        tx,
        id=booking.id,
        was=booking.state,
        becomes=becomes,
        now=tx.now,
        cancelled_by=by,
        reason=reason,
        late=late,
    )
    if changed is None:
        raise Conflict("booking.not_live")
    await store.free_slot(tx, slot=booking.slot)
    await _clear_board(tx, booking)
    return await events.must_record(
        tx, f"booking.{becomes}", booking.id, centre=booking.centre, by=by, reason=reason
    )


async def release(tx: Transaction, booking: Booking, *, reason: str) -> None:
    """A provisional booking comes to nothing: the seat is open again, and all hear it who had
    heard of it, the family too if it had been asked and did not say no itself."""
    event = await end(tx, booking, "released", reason=reason)
    await tell_provider(tx, event, booking, "booking_released")
    if reason != "guardian_refused":
        await tell_guardians(tx, event, booking, "booking_cancelled_guardian")
    group = await _group(tx, booking.visit)
    asked = await store.approval_of_booking(tx, booking=booking.public_id, by="client")
    if asked is not None and reason != "client_refused":
        await tell(
            tx,
            event=event,
            person=group.asked_by,
            template="booking_cancelled_client",
            subject=booking.id,
            centre=booking.centre,
        )
    await _promise_anew(tx, group, booking, await centre_by_id(tx, booking.centre))
    await wake(tx)


async def complete_bookings(db: Database) -> int:
    """Visits that are over are completed; says how many."""
    async with db.work() as tx:
        done = await store.complete_bookings(tx, now=tx.now)
        for booking in done:
            await drop_task(tx, "decide", booking.id)
            await events.record(tx, "booking.completed", booking.id, centre=booking.centre)
    return len(done)


async def wake(tx: Transaction, *, urgent: bool = True) -> None:
    """Ask for a matching run soon, once this transaction is committed."""
    if urgent:
        await tx.connection.execute("SELECT pg_notify('matching', 'urgent')")


async def _promise_anew(tx: Transaction, group: Group, booking: Booking, centre: Centre) -> bool:
    """The family hears from us again, soon when the visit is near; False when nobody searches."""
    within = timedelta(hours=centre.settings.answer_hours)
    promised = await store.promise_anew(
        tx,
        request=group.request,
        answer_by=answer_by(tx.now, booking.starts_at, within),
        urgent=centre.settings.is_urgent(booking.starts_at - tx.now),
        now=tx.now,
    )
    return promised is not None


def _open(booking: Booking) -> set[Party]:
    """What a booking waits for besides the others of its visit."""
    return set(booking.waits_for) - {"group"}


async def _needed(
    tx: Transaction, request: LockedRequest, seat: SeatToFill, person: int, centre: Centre
) -> list[Party]:
    needed: list[Party] = []
    chosen = await store.was_chosen(tx, request=request.id, client=request.client, person=person)
    if request.approval != "book" and not chosen:
        needed.append("client")
    if await guardians_at(tx, person, seat.starts_at):
        needed.append("guardian")
    if centre.settings.desk_approves:
        needed.append("desk")
    if (await _group(tx, seat.visit)).seats > 1:
        needed.append("group")
    assert set(needed) <= set(get_args(Party))
    return needed


async def _deadline(
    tx: Transaction,
    by: Party,
    request: LockedRequest,
    seat: SeatToFill,
    person: int,
    centre: Centre,
) -> datetime:
    """Until when this yes has to be there; all who go together wait equally long."""
    if by == "group":
        first = await store.group_deadline(tx, visit=seat.visit)
        return first or deadlines.together(tx.now, seat.starts_at)
    by_phone = by == "desk" or not await has_email(
        tx, persons=await _asked(tx, by, request, person)
    )
    return deadlines.answer(tx.now, seat.starts_at, centre, by_phone=by_phone)


async def _asked(tx: Transaction, by: Party, request: LockedRequest, person: int) -> list[int]:
    """Whom to ask for a yes."""
    if by == "guardian":
        return await store.guardians_of(tx, person=person)
    return [request.asked_by] if by == "client" else []


async def _ask(
    tx: Transaction,
    by: Party,
    approval: int,
    request: LockedRequest,
    person: int,
    centre: Centre,
    *,
    until: datetime,
) -> None:
    """Tell whoever has to say yes, with the link to say it; the group says nothing, it fills up."""
    if by == "desk":
        await open_task(
            tx, kind="approve", subject=approval, centre=centre.id, due_at=tx.now, person=person
        )
    if by not in ("client", "guardian"):
        return
    event = await events.must_record(tx, "approval.asked", approval, centre=centre.id, by=by)
    for asked in await _asked(tx, by, request, person):
        await links.issue(
            tx, "approval", subject=approval, person=asked, centre=centre.id, expires_at=until
        )
        await tell(
            tx,
            event=event,
            person=asked,
            template=f"approval_{by}",
            subject=approval,
            centre=centre.id,
        )


async def _confirm(tx: Transaction, booking: Booking) -> None:
    changed = await store.change_booking(
        tx,
        id=booking.id,
        was="provisional",
        becomes="confirmed",
        now=tx.now,
        cancelled_by=None,
        reason=None,
        late=False,
    )
    if changed is None:
        raise Conflict("booking.not_live")
    await _clear_board(tx, booking)
    event = await events.must_record(tx, "booking.confirmed", booking.id, centre=booking.centre)
    await tell_provider(tx, event, booking, "booking_provider")
    await tell_guardians(tx, event, booking, "booking_guardian")


async def _clear_board(tx: Transaction, booking: Booking) -> None:
    """The desk has nothing to decide about this booking any more."""
    await drop_task(tx, "decide", booking.id)
    approval = await store.approval_of_booking(tx, booking=booking.public_id, by="desk")
    if approval is not None:
        await drop_task(tx, "approve", approval)


async def tell_provider(tx: Transaction, event: int, booking: Booking, template: str) -> None:
    """Tell whoever was to come."""
    await tell(
        tx,
        event=event,
        person=booking.person,
        template=template,
        subject=booking.id,
        centre=booking.centre,
    )


async def tell_guardians(tx: Transaction, event: int, booking: Booking, template: str) -> None:
    """Whoever answers for a minor knows where she works, and where she doesn't."""
    for guardian in await guardians_at(tx, booking.person, booking.starts_at):
        await tell(
            tx,
            event=event,
            person=guardian,
            template=template,
            subject=booking.id,
            centre=booking.centre,
        )


async def guardians_at(tx: Transaction, person: int, at: datetime) -> list[int]:
    """Who answers for this person on the day of care; nobody for an adult."""
    birth_date = await store.birth_date_of(tx, person=person)
    if birth_date is None or age_on(birth_date, at.astimezone(BERLIN).date()) >= ADULT:
        return []
    return await store.guardians_of(tx, person=person)


async def _group(tx: Transaction, visit: int) -> Group:
    group = await store.group_of_visit(tx, visit=visit)
    if group is None:
        raise NotFound
    return group


async def _locked(tx: Transaction, booking: int) -> Booking:
    """The booking, with its request and then its person locked."""
    found = await store.booking_by_id(tx, id=booking)
    request = None if found is None else await store.request_of_visit(tx, visit=found.visit)
    if found is None or request is None or await lock_request(tx, id=request) is None:
        raise NotFound
    await lock_persons(tx, persons=[found.person])
    found = await store.booking_by_id(tx, id=booking)
    assert found is not None
    return found
