"""The sweeps of matching; each may repeat harmlessly."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import msgspec

from rundum_core import events
from rundum_core.clock import BERLIN
from rundum_core.db import Database, Transaction
from rundum_identity.centres import centres
from rundum_matching import ways
from rundum_matching.models import Reminder
from rundum_matching.store import bookings as store
from rundum_matching.store import pictures as picture_store
from rundum_matching.store import runs as run_store
from rundum_notifications.messages import tell
from rundum_notifications.tasks import open_task

KEEP_RUNS = timedelta(days=90)
KEEP_CHANGES = timedelta(days=2)  # an index is read anew each day


async def send_reminders(db: Database) -> int:
    """From the centre's `reminder_hour` of the day before on: one reminder to whoever comes, and
    one to the family for the whole visit, each once; says for how many bookings.

    What became firm later than that is fresh enough. After a standstill what was missed goes out
    as long as the visit has not begun.
    """
    count = 0
    async with db.work() as tx:
        houses = await centres(tx)
    for centre in houses:
        async with db.work() as tx:
            today = tx.now.astimezone(BERLIN).date()
            for day in (today, today + timedelta(days=1)):
                eve = day - timedelta(days=1)
                at = datetime.combine(eve, time(centre.settings.reminder_hour), BERLIN)
                if tx.now < at:
                    continue
                due = await store.bookings_to_remind(
                    tx, centre=centre.id, date=day, firm_before=at, now=tx.now
                )
                for line in due:
                    await _remind(tx, line, day, centre.id)
                count += len(due)
    return count


async def answer_families(db: Database) -> int:
    """At `answer_by` the family hears where we are, whatever the state, and the desk has a task."""
    async with db.work() as tx:
        due = await store.due_answers(tx, now=tx.now)
    for line in due:
        outlook = next(iter((await ways.for_family(db, line.centre, line.id)).values()), None)
        async with db.work() as tx:
            if await store.mark_answered(tx, id=line.id, now=tx.now) is None:
                continue
            event = await events.must_record(
                tx,
                "request.answered",
                line.id,
                centre=line.centre,
                outlook=msgspec.to_builtins(outlook),
            )
            await tell(
                tx,
                event=event,
                person=line.asked_by,
                template="still_searching" if line.hopeful else "nobody_found",
                subject=line.id,
                centre=line.centre,
            )
            await open_task(
                tx,
                kind="unplaced",
                subject=line.id,
                centre=line.centre,
                due_at=tx.now,
                person=line.asked_by,
            )
    return len(due)


async def forget_runs(db: Database) -> int:
    """Runs that nobody asks about any more."""
    async with db.work() as tx:
        return await run_store.forget_runs(tx, before=tx.now - KEEP_RUNS)


async def forget_changes(db: Database) -> int:
    """Notes of who changed that no index in memory waits for any more."""
    async with db.work() as tx:
        return await picture_store.forget_changes(tx, before=tx.now - KEEP_CHANGES)


async def _remind(tx: Transaction, line: Reminder, day: date, centre: int) -> None:
    for kind, subject, key, person, template in (
        ("booking.reminded", line.id, f"reminder:{line.id}:{day}", line.person, "reminder"),
        (
            "visit.reminded",
            line.visit,
            f"reminder:visit:{line.visit}:{day}",
            line.asked_by,
            "reminder_client",
        ),
    ):
        event = await events.record(tx, kind, subject, centre=centre, key=key)
        if event is not None:
            await tell(
                tx, event=event, person=person, template=template, subject=subject, centre=centre
            )
