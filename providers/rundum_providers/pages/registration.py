"""Registering: the form, and what happens next."""

from typing import Any

from litestar import Request, Response, get, post

from rundum_core.actor import Actor
from rundum_core.errors import Invalid
from rundum_identity.authentication import network_of
from rundum_identity.centres import Centre
from rundum_identity.given import Here
from rundum_providers.form import HONEYPOT, REGISTRATION, in_order, is_trapped
from rundum_providers.service import registration
from rundum_providers.service.registration import Known
from rundum_web.bodies import form_body
from rundum_web.field import first
from rundum_web.forms import Filled, changes_rows, form_key
from rundum_web.given import Db, Speech, Who
from rundum_web.render import page, see_other

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
PUBLIC = {"public": True}


@get("/centres/{slug:str}/providers/new", opt=PUBLIC, include_in_schema=False)
async def show_form(
    request: AnyRequest, db: Db, actor: Who, centre: Here, t: Speech
) -> AnyResponse:
    """Everything we need to know, on one page."""
    actor = actor.within(centre.id)
    known = await registration.known_to(db, actor)
    form = REGISTRATION.blank(languages=("de",), locale=t.locale)
    return _form_page(request, actor, centre, known, form)


@post("/centres/{slug:str}/providers", opt=PUBLIC, include_in_schema=False)
async def register(request: AnyRequest, db: Db, actor: Who, centre: Here, t: Speech) -> AnyResponse:
    """Take the application, or show the form again with everything that was typed."""
    actor = actor.within(centre.id)
    sent = await form_body(request)
    known = await registration.known_to(db, actor)
    if changes_rows(sent):
        return _form_page(request, actor, centre, known, REGISTRATION.filled(sent))
    if is_trapped(sent):
        return see_other(f"/centres/{centre.slug}/providers/received")
    if known.person is not None:
        sent["given_name"] = [known.person.given_name]
        sent["family_name"] = [known.person.family_name]
    if not first(sent, "locale"):
        sent["locale"] = [t.locale]
    try:
        reading = REGISTRATION.read(sent)
        wrong = await registration.mistakes(db, actor, reading.values)
        taken = await registration.register(
            db,
            actor,
            reading.value(lambda _: wrong),
            key=form_key(sent),
            network=network_of(request),
        )
    except Invalid as invalid:
        form = REGISTRATION.filled(sent, in_order(REGISTRATION, invalid))
        return _form_page(request, actor, centre, known, form, status=422)
    if actor.is_staff:
        return see_other(f"/desk/providers/{taken.provider}")
    return see_other(f"/centres/{centre.slug}/providers/received")


@get("/centres/{slug:str}/providers/received", opt=PUBLIC, include_in_schema=False)
async def show_received(request: AnyRequest, actor: Who, centre: Here) -> AnyResponse:
    """What happens now."""
    return page(request, "providers/received.html", slug=centre.slug)


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
        "providers/registration.html",
        status=status,
        form=form,
        known=known,
        slug=centre.slug,
        staff=actor.is_staff,
        young=any(name.startswith("guardians.") and any(form.sent[name]) for name in form.sent)
        or any(error.field.startswith("guardians") for error in form.errors),
        honeypot=HONEYPOT,
    )


routes: list[Any] = [show_form, register, show_received]
