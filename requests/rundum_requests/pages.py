"""Asking for care: the form, what came of it, and confirming by the mail link."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from rundum_core.actor import Actor
from rundum_core.errors import Conflict, Invalid
from rundum_identity.authentication import network_of
from rundum_identity.centres import Centre
from rundum_identity.faces import face_of
from rundum_identity.given import Here
from rundum_requests import service
from rundum_requests.forecast import forecast
from rundum_requests.form import HONEYPOT, REQUEST, is_trapped, read_page
from rundum_requests.models import SERVICES, SPOKEN
from rundum_requests.prefill import Known, known_to, prefilled
from rundum_web.bodies import form_body
from rundum_web.field import first
from rundum_web.forms import Filled, changes_rows, form_key
from rundum_web.given import Db, Speech, Who
from rundum_web.render import page, see_other, translator

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
PUBLIC = {"public": True}

# the person did what she should, and the page behind says how it stands
DONE = {"requests.moved_on"}


@get("/centres/{slug:str}/requests/new", opt=PUBLIC, include_in_schema=False)
async def show_form(request: AnyRequest, db: Db, actor: Who, centre: Here) -> AnyResponse:
    """What is it about? And then the form for that."""
    if request.query_params.get("service") not in SERVICES:
        return page(
            request,
            "requests/services.html",
            slug=centre.slug,
            services=SERVICES,
            client=request.query_params.get("client", ""),
        )
    known = await known_to(db, actor, centre, request.query_params.get("client", ""))
    values = prefilled(known, request.query_params)
    if actor.within(centre.id).is_staff:
        values["channel"] = "phone"  # whoever asks the desk mostly calls
    form = REQUEST.blank(**values)
    return _form_page(request, actor, centre, known, form)


@post("/centres/{slug:str}/requests", opt=PUBLIC, include_in_schema=False)
async def submit(request: AnyRequest, db: Db, actor: Who, centre: Here, t: Speech) -> AnyResponse:
    """Take the request, or show the form again with everything that was typed."""
    sent = await form_body(request)
    if changes_rows(sent):
        known = await known_to(db, actor, centre, first(sent, "client"))
        return _form_page(request, actor, centre, known, REQUEST.filled(sent))
    if is_trapped(sent):
        return see_other(f"/centres/{centre.slug}/requests/received")
    try:
        taken = await service.submit(
            db,
            actor,
            centre,
            read_page(sent),
            via="web",
            locale=t.locale,
            key=form_key(sent),
            network=network_of(request),
        )
    except Invalid as invalid:
        known = await known_to(db, actor, centre, first(sent, "client"))
        form = REQUEST.filled(sent, invalid)
        return _form_page(request, actor, centre, known, form, status=422)
    except Conflict as conflict:
        if conflict.key != "requests.please_call":
            raise
        return page(request, "requests/please_call.html", status=409)
    if actor.within(centre.id).is_staff and not taken.warnings:
        return see_other(f"/desk/requests/{taken.id}")
    return see_other(f"/centres/{centre.slug}/requests/received?id={taken.id}")


@get("/centres/{slug:str}/requests/received", opt=PUBLIC, include_in_schema=False)
async def show_received(
    request: AnyRequest, db: Db, actor: Who, centre: Here, t: Speech
) -> AnyResponse:
    """What happens now: look into your mail, we call, or we are searching."""
    taken = None
    if written := request.query_params.get("id"):
        try:
            taken = await service.received(db, actor, centre, UUID(written))
        except ValueError:
            raise NotFoundException from None
    # who filled in the field that nobody sees reads what everybody reads
    return page(
        request,
        "requests/received.html",
        taken=taken,
        next=taken.next if taken else "mail",
        forecast=await forecast(db, t, taken.id) if taken else [],
        staff=actor.within(centre.id).is_staff,
    )


@get("/requests/confirmations/{token:str}", opt=PUBLIC, include_in_schema=False)
async def show_confirmation(request: AnyRequest, db: Db, token: FromPath[str]) -> AnyResponse:
    """What is to be confirmed; looking at it confirms nothing."""
    found = await service.confirmation(db, token)
    t = translator(request)
    request.state.centre = face_of(found.centre, t)
    gone = found.state == "expired"
    return page(
        request,
        "requests/confirmation.html",
        status=410 if gone else 200,
        found=found,
        forecast=[] if gone else await forecast(db, t, found.view.request.public_id),
        token=token,
        slug=found.centre.slug,
    )


@post("/requests/confirmations/{token:str}", opt=PUBLIC, include_in_schema=False)
async def confirm(request: AnyRequest, db: Db, token: FromPath[str]) -> AnyResponse:
    """Yes, this is my request."""
    try:
        return see_other(f"/requests/{await service.confirm(db, token)}")
    except Conflict as conflict:
        if conflict.key in DONE | {"link.used", "link.expired"}:
            return see_other(f"/requests/confirmations/{token}")
        if conflict.key != "requests.please_call":
            raise
        return page(request, "requests/please_call.html", status=409)


def _form_page(
    request: AnyRequest,
    actor: Actor,
    centre: Centre,
    known: Known,
    form: Filled,
    *,
    status: int = 200,
) -> AnyResponse:
    return page(
        request,
        "requests/form.html",
        status=status,
        form=form,
        slug=centre.slug,
        known=known,
        staff=actor.within(centre.id).is_staff,
        honeypot=HONEYPOT,
        spoken=SPOKEN,
    )


routes: list[Any] = [show_form, submit, show_received, show_confirmation, confirm]
