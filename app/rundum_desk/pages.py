"""The desk's pages: board, requests, calls, runs, mail."""

from collections.abc import Awaitable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery

from rundum_core.actor import Actor
from rundum_core.errors import Conflict, Invalid, NotFound
from rundum_desk import service
from rundum_desk.audit import ASKED, PAGE, happened
from rundum_engine.plan import Why
from rundum_identity.centres import centre_by_id
from rundum_identity.rights import allow
from rundum_matching import approvals, cancellations, offers, reasons, ways
from rundum_matching.explain import why_not
from rundum_matching.forms import CLIENT_CANCELS
from rundum_matching.runs import run_on_demand
from rundum_matching.store.offers import offer_by_public_id
from rundum_requests import service as requests
from rundum_web.bodies import form_body
from rundum_web.forms import Filled
from rundum_web.given import Db, PathNumber, QueryNumber, Speech, Who
from rundum_web.render import page, see_other, translator

AnyRequest = Request[Any, Any, Any]
STATES = ("open", "unconfirmed", "closed", "cancelled", "expired")
LINES = 50
SETTLED = {
    "approval.answered",
    "offer.answered",
    "offer.expired",
    "offer.withdrawn",
    "request.not_open",
}


@get("/desk", include_in_schema=False)
async def show_board(request: AnyRequest, db: Db, actor: Who) -> Response[str]:
    """What waits, what comes, how it stands."""
    return page(
        request,
        "desk/board.html",
        board=await service.board(db, actor),
        now=db.clock(),
        form=CLIENT_CANCELS.blank(),
    )


@get("/desk/requests", include_in_schema=False)
async def list_requests(
    request: AnyRequest,
    db: Db,
    actor: Who,
    status: FromQuery[str] = "open",
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """Requests in one state, page by page."""
    allow(actor, "staff.work")
    chosen: Any = status if status in STATES else "open"
    async with db.transaction(actor) as tx:
        centre = await centre_by_id(tx, actor.centre or 0)
    lines = await requests.listed(db, actor, centre, state=chosen, after=after, most=LINES)
    return page(
        request,
        "desk/requests.html",
        lines=lines,
        chosen=chosen,
        states=STATES,
        more=lines[-1].public_id if len(lines) == LINES else None,
    )


@get("/desk/requests/{public_id:uuid}", include_in_schema=False)
async def show_request(
    request: AnyRequest, db: Db, actor: Who, public_id: FromPath[UUID]
) -> Response[str]:
    """All about a request, while its family is on the phone."""
    return await _request_page(request, db, actor, public_id, CLIENT_CANCELS.blank())


@get("/desk/requests/{public_id:uuid}/reasons", include_in_schema=False)
async def show_reasons(
    request: AnyRequest,
    db: Db,
    actor: Who,
    t: Speech,
    public_id: FromPath[UUID],
    provider: FromQuery[UUID | None] = None,
) -> Response[str]:
    """Why somebody in particular could not come, and what would work, asked anew."""
    people = await service.active_providers(db, actor, public_id)
    return page(
        request,
        "desk/reasons.html",
        public_id=public_id,
        people=people,
        chosen=provider,
        name=next((one.name for one in people if one.public_id == provider), ""),
        found=await why_not(db, actor, public_id, provider) if provider else [],
        outlooks=await service.outlooks(db, actor, public_id),
        said=lambda why: reasons.in_words(t, why),
        way=lambda one: ways.in_words(t, one),
    )


@post("/desk/requests/{public_id:uuid}/confirmation", status_code=303, include_in_schema=False)
async def confirm_request(db: Db, actor: Who, public_id: FromPath[UUID]) -> Response[Any]:
    """The desk called: it is meant."""
    await requests.confirm_for(db, actor, public_id)
    return see_other(f"/desk/requests/{public_id}")


@post("/desk/requests/{public_id:uuid}/cancellation", status_code=303, include_in_schema=False)
async def cancel_request(
    request: AnyRequest, db: Db, actor: Who, public_id: FromPath[UUID]
) -> Response[Any]:
    """The family said on the phone that it needs nobody any more."""
    allow(actor, "staff.work")
    sent = await form_body(request)
    try:
        new = CLIENT_CANCELS.parse(sent)
    except Invalid as invalid:
        form = CLIENT_CANCELS.filled(sent, invalid)
        return await _request_page(request, db, actor, public_id, form)
    view = await requests.view(db, actor, public_id)
    await _settled(
        cancellations.cancel_request(db, actor, view.request.id, by="client", reason=new.reason)
    )
    return see_other(f"/desk/requests/{public_id}")


@post("/desk/offers/{public_id:uuid}/release", status_code=303, include_in_schema=False)
async def release_offer(
    request: AnyRequest, db: Db, actor: Who, public_id: FromPath[UUID]
) -> Response[Any]:
    """Let a proposed offer go out."""
    allow(actor, "offer.release")
    async with db.transaction(actor) as tx:
        offer = await offer_by_public_id(tx, public_id=public_id)
    if offer is None:
        raise NotFound
    await _settled(offers.release(db, actor, offer.id))
    return see_other(_back(request))


@post("/desk/approvals/{approval:int}/consent", status_code=303, include_in_schema=False)
async def give_approval(
    request: AnyRequest, db: Db, actor: Who, approval: PathNumber
) -> Response[Any]:
    """A yes that came by phone, or the desk's own."""
    allow(actor, "staff.work")
    await _settled(approvals.approve(db, actor, approval))
    return see_other(_back(request))


@post("/desk/approvals/{approval:int}/refusal", status_code=303, include_in_schema=False)
async def refuse_approval(
    request: AnyRequest, db: Db, actor: Who, approval: PathNumber
) -> Response[Any]:
    """A no that came by phone, or the desk's own."""
    allow(actor, "staff.work")
    await _settled(approvals.refuse(db, actor, approval))
    return see_other(_back(request))


@get("/desk/tasks/{public_id:uuid}", include_in_schema=False)
async def show_task(
    request: AnyRequest, db: Db, actor: Who, t: Speech, public_id: FromPath[UUID]
) -> Response[str]:
    """What is to be done; for a call, what to say."""
    view = await service.task(db, actor, public_id, t)
    return page(request, "desk/task.html", view=view, form=CLIENT_CANCELS.blank())


@post("/desk/tasks/{public_id:uuid}/outcome", status_code=303, include_in_schema=False)
async def finish_task(
    request: AnyRequest, db: Db, actor: Who, public_id: FromPath[UUID]
) -> Response[Any]:
    """Done, or nobody answered."""
    sent = await form_body(request)
    await service.finish_task(db, actor, public_id, reached=sent.get("reached") != ["no"])
    return see_other("/desk")


@get("/desk/runs", include_in_schema=False)
async def list_runs(
    request: AnyRequest, db: Db, actor: Who, before: QueryNumber = None
) -> Response[str]:
    """Matching runs, the newest first."""
    lines = await service.runs(db, actor, before)
    more = lines[-1].id if len(lines) == service.PAGE else None
    return page(request, "desk/runs.html", lines=lines, more=more, form=CLIENT_CANCELS.blank())


@post("/desk/runs", status_code=303, include_in_schema=False)
async def start_run(db: Db, actor: Who, state: State) -> Response[Any]:
    """Match now, unless a run is under way, which the list then shows."""
    try:
        done = await run_on_demand(db, actor, state.solver)
    except Conflict as conflict:
        if conflict.key != "run.running":
            raise
        return see_other("/desk/runs")
    return see_other(f"/desk/runs/{done.id}")


@get("/desk/runs/{id:int}", include_in_schema=False)
async def show_run(
    request: AnyRequest, db: Db, actor: Who, t: Speech, id: PathNumber
) -> Response[str]:
    """What a run saw, placed and left, visit by visit."""
    found, visits = await service.run(db, actor, id)

    def said(reason: str) -> str:
        return reasons.in_words(t, Why(reason=reason))

    return page(request, "desk/run.html", run=found, visits=visits, said=said)


@get("/desk/mail", include_in_schema=False)
async def show_mail(request: AnyRequest, db: Db, actor: Who) -> Response[str]:
    """Mails that wait or failed."""
    return page(request, "desk/mail.html", lines=await service.mail(db, actor))


@get("/desk/events", include_in_schema=False)
async def show_events(
    request: AnyRequest, db: Db, actor: Who, before: QueryNumber = None
) -> Response[str]:
    """Who did or saw what; asked for by what stands in the address."""
    sent = request.query_params.dict()
    reading = ASKED.read(sent)
    wrong = Invalid(tuple(reading.errors)) if reading.errors else None
    lines = [] if wrong else await happened(db, actor, reading.value(), before=before)
    query = [(name, one) for name in ASKED.fields for one in sent.get(name, ()) if one]
    return page(
        request,
        "desk/events.html",
        status=422 if wrong else 200,
        form=ASKED.filled(sent, wrong),
        lines=lines,
        more=urlencode([*query, ("before", lines[-1].id)]) if len(lines) == PAGE else None,
    )


async def _request_page(
    request: AnyRequest, db: Db, actor: Actor, public_id: UUID, form: Filled
) -> Response[str]:
    """A request's page, with the form to cancel as it was sent if something was wrong with it."""
    t = translator(request)
    return page(
        request,
        "desk/request.html",
        status=422 if form.errors else 200,
        case=await service.case(db, actor, public_id),
        form=form,
        said=lambda reason: reasons.in_words(t, Why(reason=reason)),
        why=lambda one: reasons.in_words(t, one),
        parts=lambda one: reasons.parts_in_words(t, one.parts),
        skill=lambda key: reasons.skill_in_words(t, key),
    )


async def _settled(act: Awaitable[object]) -> None:
    """Do it; where that was done already (a second click), the page behind says what stands."""
    try:
        await act
    except Conflict as conflict:
        if conflict.key not in SETTLED:
            raise


def _back(request: AnyRequest) -> str:
    """The desk's page the button was on, else the board."""
    path = request.query_params.get("back", "")
    return path if path.startswith("/desk/") and "\\" not in path else "/desk"


routes = [
    show_board,
    list_requests,
    show_request,
    show_reasons,
    confirm_request,
    cancel_request,
    release_offer,
    give_approval,
    refuse_approval,
    show_task,
    finish_task,
    list_runs,
    start_run,
    show_run,
    show_mail,
    show_events,
]
