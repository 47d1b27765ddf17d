"""A sound request is taken: everything that is kept of it, and what follows at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from rundum_core import events
from rundum_core.actor import Actor
from rundum_core.clock import BERLIN
from rundum_core.db import Transaction
from rundum_core.errors import Conflict, FieldError
from rundum_identity.centres import Centre
from rundum_identity.persons import give_consent
from rundum_notifications.messages import tell
from rundum_notifications.tasks import open_task
from rundum_requests import rules, store
from rundum_requests.asking import Asker, find_asker
from rundum_requests.mistakes import Found
from rundum_requests.models import CareRequest, Channel, NewCareRequest, RequestState
from rundum_requests.store import Address

HEALTH_TEXT = "2026-11"


class Submitted(Struct, frozen=True, kw_only=True):
    """What came of it: `next` is what the person has to do (follow the link in the mail, wait for
    our call) or that we are searching already."""

    id: UUID
    state: RequestState
    next: Literal["mail", "call", "search"]
    answer_by: datetime
    warnings: tuple[FieldError, ...] = ()


async def take(
    tx: Transaction,
    actor: Actor,
    centre: Centre,
    new: NewCareRequest,
    found: Found,
    via: Channel,
    locale: str,
) -> Submitted:
    assert found.start is not None
    start = Address(place=found.start, street=new.street)
    end = start if found.end is None else Address(place=found.end, street=new.end_street)
    # children are fetched somewhere and brought home: the end is where a household lives
    asker = await find_asker(
        tx, actor, centre.id, new, client=found.client, home=end, locale=locale
    )
    if asker.client.is_blocked:
        raise Conflict("requests.please_call")
    channel = (new.channel or via) if actor.is_staff else via
    request = await _insert(tx, centre, new, asker, channel)
    await store.insert_visits(
        tx, request, [visit.during for visit in new.visits], BERLIN, start, end
    )
    roles = rules.seat_roles(
        new.people, rules.leads_of(new.service, new.leads), new.extra, new.reserve
    )
    core = found.ratios.event_people if new.service == "event" else 1
    required = rules.required_seats(roles, new.policy, core)
    await store.insert_seats(tx, request, roles, required, centre.settings.parallel_lanes)
    await store.insert_needs(tx, request, new.needs, new.wishes)
    if new.service in rules.WITH_CHILDREN:
        await store.insert_children(tx, request, new.children)
    await store.insert_choices(tx, request, found.preferred, found.excluded)
    if new.ill_children:
        await give_consent(
            tx,
            centre=centre.id,
            person=asker.person,
            kind="health",
            text_version=HEALTH_TEXT,
            given_by=asker.person,
        )
    await _announce(tx, actor, request, asker)
    last = max(visit.during.start for visit in new.visits)
    return submitted(request, asker.has_email, last)


async def _insert(
    tx: Transaction, centre: Centre, new: NewCareRequest, asker: Asker, channel: Channel
) -> CareRequest:
    first = min(visit.during.start for visit in new.visits)
    urgent_within = timedelta(hours=centre.settings.urgent_within_hours)
    answer_within = timedelta(hours=centre.settings.answer_hours)
    request = await store.insert_request(
        tx,
        centre=centre.id,
        client=asker.client.id,
        asked_by=asker.person,
        channel=channel,
        service=new.service,
        state="open" if asker.proven else "unconfirmed",
        policy=new.policy,
        approval=new.approval,
        payer=new.payer,
        payer_reference=new.payer_reference,
        rate=new.rate,
        priority=rules.priority_of(new.priority, first, tx.now, urgent_within),
        flexible_before=new.flexible_before,
        flexible_after=new.flexible_after,
        tags=["ill_children"] if new.ill_children else [],
        tasks=list(new.tasks) if new.service == "household" else [],
        note=new.note,
        answer_by=rules.answer_by(tx.now, first, answer_within),
        now=tx.now,
    )
    assert request is not None
    return request


async def _announce(tx: Transaction, actor: Actor, request: CareRequest, asker: Asker) -> None:
    """What follows at once: the event, a letter or a call, and the matching run."""
    on_behalf_of = asker.person if actor.is_staff else None
    event = await events.record(
        tx, "request.submitted", request.id, centre=request.centre, on_behalf_of=on_behalf_of
    )
    assert event is not None
    if not asker.proven and not asker.has_email:
        await open_task(tx, "confirm", request.id, request.centre, tx.now, asker.person)
    # who has just been on the phone and reads no mail knows that we took it
    elif asker.has_email or not actor.is_staff:
        await tell(
            tx,
            event=event,
            person=asker.person,
            template="request_taken" if asker.proven else "request_received",
            subject=request.id,
            centre=request.centre,
        )
    if request.state == "open" and request.priority == "urgent":
        await store.wake_matching(tx)


def submitted(request: CareRequest, by_mail: bool, last_start: datetime) -> Submitted:
    waits = request.state == "unconfirmed"
    return Submitted(
        id=request.public_id,
        state=request.state,
        next=("mail" if by_mail else "call") if waits else "search",
        answer_by=request.answer_by,
        warnings=tuple(rules.rate_warnings(request.rate, last_start.astimezone(BERLIN).date())),
    )
