"""Telling people: a message and its delivery, written in the transaction that causes them."""

from __future__ import annotations

from typing import Literal

import msgspec

from rundum_core.db import Transaction
from rundum_core.i18n import Translator
from rundum_core.queries import one
from rundum_notifications import store
from rundum_notifications.layout import as_script
from rundum_notifications.letters import Draft, draft
from rundum_notifications.schedule import call_due
from rundum_notifications.tasks import drop_task, finish_task, open_task


class Told(msgspec.Struct, frozen=True, kw_only=True):
    message: int
    delivery: int
    channel: Literal["email", "phone"]


insert_message = one("notifications/message", "insert_message", Told)
end_call = one("notifications/delivery", "end_call", int)


async def tell(
    tx: Transaction,
    *,
    event: int,
    person: int,
    template: str,
    subject: int,
    centre: int,
    contact: int | None = None,
) -> int | None:
    """Tell a person what an event means for her; returns the message's id.

    An event has one message per person and template (I4): the second time nothing happens and
    None comes back, so that it may be repeated harmlessly. It goes by e-mail if she has an
    address (`contact` names which of her contact points; else a verified one first, then the
    newest); else the desk gets a call task. Somebody who was erased is told nothing.
    """
    told = await insert_message(
        tx,
        event=event,
        person=person,
        template=template,
        subject=subject,
        centre=centre,
        contact=contact,
        now=tx.now,
    )
    if told is None:
        return None
    if told.channel == "phone":
        await open_task(tx, "call", told.delivery, centre, call_due(tx.now), person)
    return told.message


async def script(tx: Transaction, delivery: int, t: Translator) -> str | None:
    """What the desk says on the phone: the same letter as plain text, in the language of `t`,
    without links. None if there is nothing left to say or no such delivery."""
    found = await preview(tx, delivery, t)
    return as_script(found) if found else None


async def preview(tx: Transaction, delivery: int, t: Translator) -> Draft | None:
    """The letter of a delivery as the desk may read it, by the words that are said on the phone.

    Nothing remains of it: links are made for a letter that is sent, not for one that is read.
    """
    found = await store.letters(tx, [delivery])
    if not found:
        return None
    reading = tx.connection.transaction()
    await reading.start()
    try:
        return await draft(tx, found[0].message(t, channel="phone"), "")
    finally:
        await reading.rollback()


async def finish_call(tx: Transaction, delivery: int, *, reached: bool) -> bool:
    """Note how a call ended: told, or given up for good. False if it had ended before.

    Also ends the call that follows a failed mail, whose delivery stays failed.
    """
    outcome = "reached" if reached else "not_reached"
    done = await finish_task(tx, "call", delivery, outcome=outcome)
    state = "done" if reached else "given_up"
    ended = await end_call(tx, id=delivery, state=state, now=tx.now)
    return done or ended is not None


async def end_calls(tx: Transaction, *, template: str, subject: int) -> None:
    """Take calls off the list whose question was answered, or is no question any more."""
    calls = await store.calls_about(tx, template=template, subject=subject)
    if calls:
        await store.drop_calls(tx, ids=calls, now=tx.now)
        for delivery in calls:
            await drop_task(tx, "call", delivery)
