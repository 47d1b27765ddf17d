"""What the staff of a centre see and do, over several domains."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import msgspec

from rundum_core import events
from rundum_core.actor import Actor
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, NotFound
from rundum_core.i18n import Translator
from rundum_desk import store
from rundum_desk.store import (
    ActiveProvider,
    BoardTask,
    ComingVisit,
    LiveOffer,
    MailLine,
    OpenApproval,
    RequestContact,
    VisitInShort,
)
from rundum_engine.plan import Candidate
from rundum_identity.rights import allow
from rundum_matching import ways
from rundum_matching.models import Finding, Run, RunVisit
from rundum_matching.status import RequestStatus, request_status
from rundum_matching.store import runs as run_store
from rundum_matching.store.bookings import request_by_public_id
from rundum_matching.ways import Outlook
from rundum_notifications import messages, tasks
from rundum_notifications.tasks import Task

AHEAD = timedelta(days=14)
FIRST_PAGE = 2**62
PAGE = 50
DECIDED_THERE = ("approve", "release", "confirm")  # these end when it is decided, not by a tick


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The desk at a glance: what waits, what comes, how runs and mail stand."""

    tasks: list[BoardTask]
    visits: list[ComingVisit]
    run: Run | None
    mail: list[MailLine]


class NamedCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who could come, by name; `instead` is the visit the plan gave her that leaves no
    room for this one."""

    candidate: Candidate
    name: str
    instead: VisitInShort | None = None


class VisitFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What the last run found for a visit, with names."""

    finding: Finding
    candidates: list[NamedCandidate]


class Free(msgspec.Struct, frozen=True, kw_only=True):
    """Who could come at this moment: how many, and the best of them with names."""

    count: int
    candidates: list[NamedCandidate]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A request with everything the desk needs while it talks about it."""

    contact: RequestContact
    status: RequestStatus
    approvals: list[OpenApproval]
    offers: list[LiveOffer]
    findings: dict[int, VisitFinding]
    free: dict[int, Free]


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """A task; `script` is what to say in a call, `leads_to` the page where the thing itself is."""

    task: Task
    line: BoardTask | None
    script: str | None
    leads_to: str | None


async def board(db: Database, actor: Actor) -> Board:
    allow(actor, "task.list")
    async with db.transaction(actor) as tx:
        runs = await run_store.runs(tx, before=FIRST_PAGE, most=1)
        return Board(
            tasks=await store.board_tasks(tx, centre=actor.centre),
            visits=await store.coming_visits(
                tx, centre=actor.centre, since=tx.now, before=tx.now + AHEAD
            ),
            run=runs[0] if runs else None,
            mail=await store.mail_state(tx, centre=actor.centre),
        )


async def case(db: Database, actor: Actor, public_id: UUID) -> Case:
    """A request with name, address and notes; the look leaves a line in the log."""
    allow(actor, "staff.work")
    async with db.transaction(actor) as tx:
        contact = await store.request_contact(tx, public_id=public_id)
        if contact is None:
            raise NotFound
        await events.record(tx, "request.viewed", contact.id, centre=actor.centre)
        approvals = await store.open_approvals(tx, request=contact.id)
        offers = await store.live_offers(tx, request=contact.id)
    status = await request_status(db, actor, contact.id)
    now = await ways.who_now(db, actor.centre or 0, contact.id) if status.cancellable else {}
    async with db.transaction(actor) as tx:
        return Case(
            contact=contact,
            status=status,
            approvals=approvals,
            offers=offers,
            findings=await _findings(tx, [visit.id for visit in status.visits]),
            free=await _free(tx, now),
        )


async def outlooks(db: Database, actor: Actor, request: UUID) -> list[tuple[VisitInShort, Outlook]]:
    """For each coming visit that lacks somebody, the first ones: how many could come now, and
    what would work."""
    allow(actor, "matching.explain")
    async with db.transaction(actor) as tx:
        id = await request_by_public_id(tx, public_id=request)
    if id is None:
        raise NotFound
    found = await ways.for_staff(db, actor.centre or 0, id)
    async with db.transaction(actor) as tx:
        visits = await store.visits_in_short(tx, visits=sorted(found))
    return [(visit, found[visit.id]) for visit in visits]


async def active_providers(db: Database, actor: Actor, request: UUID) -> list[ActiveProvider]:
    """Everybody who may be placed, to choose from for a request; raises NotFound without one."""
    allow(actor, "matching.explain")
    async with db.transaction(actor) as tx:
        if await request_by_public_id(tx, public_id=request) is None:
            raise NotFound
        return await store.active_providers(tx, centre=actor.centre)


async def task(db: Database, actor: Actor, public_id: UUID, t: Translator) -> TaskView:
    """A task, with what to say when it is a call."""
    allow(actor, "task.list")
    async with db.transaction(actor) as tx:
        found = await tasks.find_task(tx, public_id)
        return TaskView(
            task=found,
            line=await store.board_task(tx, id=found.id),
            script=await messages.script(tx, found.subject, t) if found.kind == "call" else None,
            leads_to=await store.task_subject(tx, id=found.id),
        )


async def finish_task(db: Database, actor: Actor, public_id: UUID, *, reached: bool) -> None:
    """Take a task off the board; a call's end ends its message, too."""
    allow(actor, "task.finish")
    async with db.transaction(actor) as tx:
        found = await tasks.find_task(tx, public_id)
        if found.kind in DECIDED_THERE:
            raise Conflict("desk.task.decide_there")
        if found.kind == "call":
            await messages.finish_call(tx, found.subject, reached=reached)
        else:
            await tasks.finish_task(tx, found.kind, found.subject, outcome="done")


async def mail(db: Database, actor: Actor) -> list[MailLine]:
    """Mails that wait or failed."""
    allow(actor, "message.list")
    async with db.transaction(actor) as tx:
        return await store.mail_state(tx, centre=actor.centre)


async def runs(db: Database, actor: Actor, before: int | None) -> list[Run]:
    """Matching runs, the newest first, a page at a time."""
    allow(actor, "matching.view")
    async with db.transaction(actor) as tx:
        return await run_store.runs(tx, before=before or FIRST_PAGE, most=PAGE)


async def run(db: Database, actor: Actor, id: int) -> tuple[Run, list[RunVisit]]:
    """A run and what it found for the visits of this centre."""
    allow(actor, "matching.view")
    async with db.transaction(actor) as tx:
        found = await run_store.run_by_id(tx, id=id)
        if found is None:
            raise NotFound
        return found, await run_store.run_visits(tx, run=id)


async def _findings(tx: Transaction, visits: list[int]) -> dict[int, VisitFinding]:
    """What the last runs found for these visits, by visit."""
    found = [
        (finding, msgspec.convert(finding.candidates, list[Candidate]))
        for finding in await run_store.last_findings(tx, visits=visits)
    ]
    named = await _named(tx, [one for _, candidates in found for one in candidates])
    return {
        finding.visit: VisitFinding(finding=finding, candidates=[named(one) for one in candidates])
        for finding, candidates in found
    }


async def _free(tx: Transaction, now: dict[int, Outlook]) -> dict[int, Free]:
    named = await _named(tx, [one for outlook in now.values() for one in outlook.best])
    return {
        visit: Free(count=outlook.count, candidates=[named(one) for one in outlook.best])
        for visit, outlook in now.items()
    }


async def _named(
    tx: Transaction, candidates: list[Candidate]
) -> Callable[[Candidate], NamedCandidate]:
    """How to give each of these candidates her name, and where the plan sends her instead."""
    persons = sorted({one.provider for one in candidates})
    names = {one.id: one.name for one in await store.names_of(tx, persons=persons)}
    others = sorted({one.planned_elsewhere for one in candidates if one.planned_elsewhere})
    visits = {one.id: one for one in await store.visits_in_short(tx, visits=others)}

    def named(one: Candidate) -> NamedCandidate:
        return NamedCandidate(
            candidate=one,
            name=names.get(one.provider, ""),
            instead=visits.get(one.planned_elsewhere or 0),
        )

    return named
