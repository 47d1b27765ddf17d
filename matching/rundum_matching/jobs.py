"""The sweeps of matching; each may repeat harmlessly."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from rundum_core import events
from rundum_core.clock import BERLIN
from rundum_core.db import Database
from rundum_identity.centres import centres
from rundum_matching.store import bookings as store
from rundum_matching.store import runs as run_store
from rundum_notifications.messages import tell
from rundum_notifications.tasks import open_task

KEEP_RUNS = timedelta(days=90)


async def send_reminders(db: Database) -> int:
    """The day before, from the centre's `reminder_hour` on: one reminder to each side, once."""
    async with db.work() as tx:
        hours = {centre.id: centre.settings.reminder_hour for centre in await centres(tx)}
        today = tx.now.astimezone(BERLIN)
        due = await store.bookings_to_remind(
            tx, date=today.date() + timedelta(days=1), firm_before=tx.now, now=tx.now
        )
        count = 0
        for line in due:
            at = datetime.combine(today.date(), time(hours[line.centre]), BERLIN).astimezone(UTC)
            if tx.now < at:
                continue
            day = line.starts_at.astimezone(BERLIN).date()
            event = await events.record(
                tx,
                "booking.reminded",
                line.id,
                centre=line.centre,
                key=f"reminder:{line.id}:{day}",
            )
            if event is None:
                continue
            for person in {line.person, line.asked_by}:
                await tell(
                    tx,
                    event=event,
                    person=person,
                    template="reminder",
                    subject=line.id,
                    centre=line.centre,
                )
            count += 1
    return count


async def answer_families(db: Database) -> int:
    """At `answer_by` the family hears where we are, whatever the state, and the desk has a task."""
    async with db.work() as tx:
        due = await store.due_answers(tx, now=tx.now)
        for line in due:
            if await store.mark_answered(tx, id=line.id, now=tx.now) is None:
                continue
            event = await events.must_record(tx, "request.answered", line.id, centre=line.centre)
            await tell(
                tx,
                event=event,
                person=line.asked_by,
                template="still_searching" if line.somebody_asked else "nobody_found",
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
