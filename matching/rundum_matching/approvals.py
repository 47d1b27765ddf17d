"""Approvals: the family's, the guardian's, the desk's word on a provisional booking."""

from __future__ import annotations

from datetime import timedelta

from rundum_core import events, links
from rundum_core.actor import Actor
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, NotFound
from rundum_core.links import Link
from rundum_identity.centres import centre_by_id
from rundum_identity.rights import allow
from rundum_matching.bookings import release, settle
from rundum_matching.models import Approval
from rundum_matching.store import bookings as store
from rundum_matching.store.offers import lock_persons, lock_request, note_choice
from rundum_notifications.messages import end_calls
from rundum_notifications.tasks import finish_task, open_task

LAST_RELEASE = timedelta(hours=1)  # a provisional booking nobody confirmed doesn't outlive this


async def approve(db: Database, actor: Actor, approval: int, *, link: Link | None = None) -> None:
    """Yes. When it was the last yes, the booking is firm. Raises Conflict `approval.answered`."""
    async with db.transaction(actor) as tx:
        found = await _decide(tx, approval, given=True, link=link)
        await events.record(tx, "approval.given", approval, centre=found.centre, by=found.by)
        await settle(tx, found.visit)


async def refuse(db: Database, actor: Actor, approval: int, *, link: Link | None = None) -> None:
    """No, without a reason: the provider is free again, the search goes on without her."""
    async with db.transaction(actor) as tx:
        found = await _decide(tx, approval, given=False, link=link)
        await events.record(tx, "approval.refused", approval, centre=found.centre, by=found.by)
        booking = await store.booking_by_id(tx, id=found.booking)
        if booking is None or booking.state != "provisional":
            raise Conflict("booking.not_live")
        await note_choice(
            tx, centre=found.centre, request=found.request, person=found.person, kind="not_again"
        )
        await release(tx, booking, reason=f"{found.by}_refused")


async def speakers(tx: Transaction, approval: Approval) -> list[int]:
    """Whose word this approval is; nobody's but the staff's for desk and group."""
    if approval.by == "guardian":
        return await store.guardians_of(tx, person=approval.person)
    group = await store.group_of_visit(tx, visit=approval.visit)
    if approval.by != "client" or group is None:
        return []
    return [group.asked_by, *await store.contacts_of_client(tx, client=group.client)]


async def sweep_overdue(db: Database) -> int:
    """Approvals nobody gave in time: first the desk decides, and when the visit is near (or a day
    has passed) the booking is released. Says how many were looked at."""
    async with db.work() as tx:
        due = await store.overdue_approvals(tx, now=tx.now)
    for line in due:
        async with db.work() as tx:
            found = await _locked(tx, line.id)
            booking = await store.booking_by_id(tx, id=found.booking)
            if booking is None or booking.state != "provisional" or found.given_at is not None:
                continue
            centre = await centre_by_id(tx, found.centre)
            grace = timedelta(hours=centre.settings.desk_decides_hours)
            if tx.now >= min(found.deadline + grace, booking.starts_at - LAST_RELEASE):
                await finish_task(tx, kind="decide", subject=booking.id, outcome="released")
                await release(tx, booking, reason="no_answer")
            else:
                await open_task(
                    tx,
                    kind="decide",
                    subject=booking.id,
                    centre=found.centre,
                    due_at=found.deadline,
                    # whom to call: who has not answered yet, where that is a person
                    person=next(iter(await speakers(tx, found)), booking.person),
                )
    return len(due)


async def _decide(tx: Transaction, approval: int, *, given: bool, link: Link | None) -> Approval:
    found = await _locked(tx, approval)
    owners = await speakers(tx, found)
    allow(tx.actor, f"approval.{found.by}", owner=owners)
    if link is not None:
        await links.use(tx, link)
    decided = await store.decide_approval(
        tx, id=approval, given=given, now=tx.now, person=tx.actor.person
    )
    if decided is None:
        raise Conflict("approval.answered")
    if (booking := await store.booking_by_id(tx, id=found.booking)) is None or (
        booking.state != "provisional"
    ):
        raise Conflict("booking.not_live")
    await finish_task(tx, kind="approve", subject=approval, outcome="given" if given else "refused")
    await end_calls(tx, template=f"approval_{found.by}", subject=approval)
    return found


async def _locked(tx: Transaction, approval: int) -> Approval:
    found = await store.approval_by_id(tx, id=approval)
    if found is None or await lock_request(tx, id=found.request) is None:
        raise NotFound
    await lock_persons(tx, persons=[found.person])
    locked = await store.approval_by_id(tx, id=approval)
    assert locked is not None
    return locked
