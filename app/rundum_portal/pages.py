"""Pages for families and providers: the way in, what is mine, and where a request stands."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from rundum_core import links
from rundum_core.actor import Actor, visitor
from rundum_core.errors import Conflict, Invalid, NotFound
from rundum_identity.centres import centres
from rundum_identity.faces import show_centre
from rundum_identity.given import Here
from rundum_matching import cancellations, status, views, ways
from rundum_matching.forms import CLIENT_CANCELS
from rundum_matching.store.bookings import request_by_public_id
from rundum_portal import timeline
from rundum_providers.service import profile
from rundum_web.bodies import form_body
from rundum_web.forms import Filled
from rundum_web.given import Db, Who
from rundum_web.render import page, see_other, translator

AnyRequest = Request[Any, Any, Any]
PUBLIC = {"public": True}


@get("/", opt=PUBLIC, include_in_schema=False)
async def show_start(request: AnyRequest, db: Db) -> Response[Any]:
    """The one centre of this installation, or the list to choose from."""
    async with db.transaction(visitor()) as tx:
        found = await centres(tx)
    if len(found) == 1:
        return see_other(f"/centres/{found[0].slug}")
    return page(request, "portal/start.html", centres=found)


@get("/centres/{slug:str}", opt=PUBLIC, include_in_schema=False)
async def show_centre_page(request: AnyRequest, actor: Who, centre: Here) -> Response[str]:
    """What a centre offers: ask for care, help, sign in."""
    return page(request, "portal/centre.html", found=centre)


@get("/home", include_in_schema=False)
async def show_home(request: AnyRequest, db: Db, actor: Who) -> Response[Any]:
    """What is mine: requests, offers, bookings, consents that wait for me."""
    if actor.person is None:
        return see_other("/sign-in")
    if actor.is_staff and not actor.roles & {"client", "provider", "guardian"}:
        return see_other("/desk")
    mine: dict[str, Any] = {"helping": None, "offers": [], "bookings": []}
    if "provider" in actor.roles:
        mine = {
            "helping": (await profile.mine(db, actor)).status,
            "offers": await views.offers_of(db, actor),
            "bookings": await views.bookings_of(db, actor, actor.person),
        }
    return page(
        request,
        "portal/home.html",
        requests=await status.own_requests(db, actor) if "client" in actor.roles else [],
        consents=await status.awaited_consents(db, actor) if "guardian" in actor.roles else [],
        now=db.clock(),
        **mine,
    )


@get("/requests/{reference:str}", include_in_schema=False)
async def show_request(
    request: AnyRequest, db: Db, actor: Who, reference: FromPath[str]
) -> Response[str]:
    """Where a request stands, in words, date by date."""
    actor, id = await _reach(request, db, actor, reference)
    return await _request_page(request, db, actor, id, reference, CLIENT_CANCELS.blank())


@post("/requests/{reference:str}/cancellation", status_code=303, include_in_schema=False)
async def cancel_request(
    request: AnyRequest, db: Db, actor: Who, reference: FromPath[str]
) -> Response[Any]:
    """Nobody is needed any more."""
    actor, id = await _reach(request, db, actor, reference)
    sent = await form_body(request)
    try:
        new = CLIENT_CANCELS.parse(sent)
    except Invalid as invalid:
        form = CLIENT_CANCELS.filled(sent, invalid)
        return await _request_page(request, db, actor, id, reference, form)
    await _over(cancellations.cancel_request(db, actor, id, by="client", reason=new.reason))
    return see_other(f"/requests/{reference}")


@post(
    "/requests/{reference:str}/visits/{visit:uuid}/cancellation",
    status_code=303,
    include_in_schema=False,
)
async def cancel_visit(
    request: AnyRequest, db: Db, actor: Who, reference: FromPath[str], visit: FromPath[UUID]
) -> Response[Any]:
    """One date falls away."""
    actor, id = await _reach(request, db, actor, reference)
    new = CLIENT_CANCELS.parse(await form_body(request))
    date = await status.visit_of(db, actor, id, visit)
    await _over(cancellations.cancel_visit(db, actor, date, by="client", reason=new.reason))
    return see_other(f"/requests/{reference}")


async def _request_page(
    request: AnyRequest, db: Db, actor: Actor, id: int, reference: str, form: Filled
) -> Response[str]:
    """The status page, with the form to cancel as it was sent if something was wrong with it."""
    found = await status.request_status(db, actor, id)
    t = translator(request)
    helpful = await ways.for_request(db, found)
    return page(
        request,
        "portal/request.html",
        status=422 if form.errors else 200,
        found=found,
        reference=reference,
        form=form,
        steps=lambda visit: timeline.steps(t, found.summary, visit),
        sentence=lambda visit: timeline.sentence(t, found.summary, visit),
        ways={id: ways.family_words(t, outlook) for id, outlook in helpful.items()},
    )


async def _over(cancelled: Awaitable[None]) -> None:
    """Cancel; the second click finds it cancelled, which the page behind says."""
    try:
        await cancelled
    except Conflict as conflict:
        if conflict.key != "request.not_open":
            raise


async def _reach(request: AnyRequest, db: Db, actor: Who, reference: str) -> tuple[Actor, int]:
    """The request behind a standing link or a public id, and who came."""
    try:
        public_id = UUID(reference)
    except ValueError:
        link, actor = await links.holder(db, "status", reference)
        await show_centre(request, db, link.centre)
        return actor, link.subject
    async with db.transaction(actor) as tx:
        id = await request_by_public_id(tx, public_id=public_id)
    if id is None:
        raise NotFound
    return actor, id


routes = [
    show_start,
    show_centre_page,
    show_home,
    show_request,
    cancel_request,
    cancel_visit,
]
