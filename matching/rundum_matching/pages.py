"""Answering: an offer, an approval, a booking; by mail link or signed in."""

from collections.abc import Awaitable
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from rundum_core.errors import Conflict, FieldError, Invalid
from rundum_core.links import Purpose
from rundum_identity.faces import show_centre
from rundum_matching import approvals, bookings, feeds, offers, views
from rundum_matching.forms import CHOSEN_VISITS, PROVIDER_CANCELS
from rundum_matching.views import Reached
from rundum_notifications import calendar
from rundum_web.bodies import form_body
from rundum_web.forms import Filled
from rundum_web.given import Db, Who
from rundum_web.render import furniture_of, page, see_other, translator

AnyRequest = Request[Any, Any, Any]

# the answer that stands already: the page behind says so in words
ANSWERED = {
    "link.used",
    "link.expired",
    "offer.answered",
    "approval.answered",
    "booking.not_live",
}


@get("/offers/{reference:str}")
async def show_offer(
    request: AnyRequest, db: Db, actor: Who, reference: FromPath[str]
) -> Response[str]:
    """What is asked, and the two answers; changes nothing."""
    reached = await _reach(request, db, actor, "offer", reference)
    return await _offer_page(request, db, reached, reference, CHOSEN_VISITS.blank())


@post("/offers/{reference:str}/acceptance", status_code=303)
async def accept_offer(
    request: AnyRequest, db: Db, actor: Who, reference: FromPath[str]
) -> Response[str]:
    """Yes: to all seats, or to those that are ticked."""
    reached = await _reach(request, db, actor, "offer", reference)
    sent = await form_body(request)
    chosen = CHOSEN_VISITS.parse(sent).visits if "choice" in sent else None
    if chosen == ():
        none = Invalid((FieldError("visits", "offer.no_seat_chosen"),))
        form = CHOSEN_VISITS.filled(sent, none)
        return await _offer_page(request, db, reached, reference, form)
    return await _answered(
        offers.accept(
            db,
            reached.actor,
            reached.id,
            visits=chosen,
            link=reached.link,
        ),
        f"/offers/{reference}",
    )


@post("/offers/{reference:str}/refusal", status_code=303)
async def decline_offer(
    request: AnyRequest, db: Db, actor: Who, reference: FromPath[str]
) -> Response[str]:
    """No, which is fine."""
    reached = await _reach(request, db, actor, "offer", reference)
    return await _answered(
        offers.decline(db, reached.actor, reached.id, link=reached.link), f"/offers/{reference}"
    )


@get("/approvals/{reference:str}")
async def show_approval(
    request: AnyRequest, db: Db, actor: Who, reference: FromPath[str]
) -> Response[str]:
    """Who would come, and the two answers."""
    reached = await _reach(request, db, actor, "approval", reference)
    view = await views.approval_view(db, reached)
    return page(
        request,
        "matching/approval.html",
        status=410 if reached.is_over(db.clock()) else 200,
        view=view,
        reference=reference,
        form=PROVIDER_CANCELS.blank(),
    )


@post("/approvals/{reference:str}/consent", status_code=303)
async def give_approval(
    request: AnyRequest, db: Db, actor: Who, reference: FromPath[str]
) -> Response[str]:
    reached = await _reach(request, db, actor, "approval", reference)
    return await _answered(
        approvals.approve(db, reached.actor, reached.id, link=reached.link),
        f"/approvals/{reference}",
    )


@post("/approvals/{reference:str}/refusal", status_code=303)
async def refuse_approval(
    request: AnyRequest, db: Db, actor: Who, reference: FromPath[str]
) -> Response[str]:
    reached = await _reach(request, db, actor, "approval", reference)
    return await _answered(
        approvals.refuse(db, reached.actor, reached.id, link=reached.link),
        f"/approvals/{reference}",
    )


@get("/bookings/{reference:str}")
async def show_booking(
    request: AnyRequest, db: Db, actor: Who, reference: FromPath[str]
) -> Response[str]:
    """The provider's page of a booking, with the address once it is firm."""
    reached = await _reach(request, db, actor, "booking", reference)
    return await _booking_page(request, db, reached, reference, PROVIDER_CANCELS.blank())


@post("/bookings/{reference:str}/cancellation", status_code=303)
async def cancel_booking(
    request: AnyRequest, db: Db, actor: Who, reference: FromPath[str]
) -> Response[str]:
    """The provider can't come."""
    reached = await _reach(request, db, actor, "booking", reference)
    sent = await form_body(request)
    try:
        new = PROVIDER_CANCELS.parse(sent)
    except Invalid as invalid:
        form = PROVIDER_CANCELS.filled(sent, invalid)
        return await _booking_page(request, db, reached, reference, form)
    return await _answered(
        bookings.cancel_booking(
            db, reached.actor, reached.id, by="provider", reason=new.reason, link=reached.link
        ),
        f"/bookings/{reference}",
    )


@get("/calendars/{name:str}", media_type="text/calendar")
async def show_calendar(
    request: AnyRequest, db: Db, actor: Who, name: FromPath[str]
) -> Response[bytes]:
    """A provider's private feed; the link is the key, and holds villages only."""
    t = translator(request)
    reached = await _reach(request, db, actor, "feed", name.removesuffix(".ics"))
    entries = await views.feed_of(
        db, reached.actor, reached.id, lambda place: t("letters.calendar.provider", place=place)
    )
    body = calendar.feed(entries, db.clock(), name=t("matching.calendar.name"))
    return Response(body, media_type="text/calendar; charset=utf-8")


@get("/my-calendar", include_in_schema=False)
async def show_feed_address(request: AnyRequest, db: Db, actor: Who) -> Response[str]:
    """The address with which a provider's own calendar shows her visits."""
    path = await feeds.feed_address(db, actor)
    base = furniture_of(request).base_url
    return page(
        request,
        "matching/feed.html",
        address=None if path is None else base + path,
        form=PROVIDER_CANCELS.blank(),
    )


@post("/my-calendar", status_code=303, include_in_schema=False)
async def make_feed_address(db: Db, actor: Who) -> Response[Any]:
    """A new address; the old one, if there was one, opens nothing any more."""
    await feeds.new_feed_address(db, actor)
    return see_other("/my-calendar")


async def _reach(
    request: AnyRequest, db: Db, actor: Who, purpose: Purpose, reference: str
) -> Reached:
    """The thing and who came to it; the page shows the centre whose it is."""
    reached = await views.reach(db, actor, purpose, reference)
    if reached.actor.centre is not None:
        await show_centre(request, db, reached.actor.centre)
    return reached


async def _offer_page(
    request: AnyRequest, db: Db, reached: Reached, reference: str, form: Filled
) -> Response[str]:
    """An offer, with what was wrong with the answer, if it was."""
    return page(
        request,
        "matching/offer.html",
        status=422 if form.errors else 410 if reached.is_over(db.clock()) else 200,
        view=await views.offer_view(db, reached),
        behalf=await views.behalf(db, reached, "offer"),
        reference=reference,
        form=form,
    )


async def _booking_page(
    request: AnyRequest, db: Db, reached: Reached, reference: str, form: Filled
) -> Response[str]:
    """A booking, with what was wrong with the cancellation, if it was."""
    return page(
        request,
        "matching/booking.html",
        status=422 if form.errors else 200,
        view=await views.booking_view(db, reached),
        behalf=await views.behalf(db, reached, "booking"),
        reference=reference,
        form=form,
    )


async def _answered(act: Awaitable[object], back: str) -> Response[str]:
    """Do it and show the page again, which says what stands now; a second click changes nothing."""
    try:
        await act
    except Conflict as conflict:
        if conflict.key not in ANSWERED:
            raise
    return see_other(back)


routes = [
    show_offer,
    accept_offer,
    decline_offer,
    show_approval,
    give_approval,
    refuse_approval,
    show_booking,
    cancel_booking,
    show_calendar,
    show_feed_address,
    make_feed_address,
]
