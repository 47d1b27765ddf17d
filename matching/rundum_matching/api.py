"""The API's face of offers, bookings, approvals, runs, and of where a request stands."""

from typing import Any, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from rundum_core.errors import NotFound
from rundum_identity.rights import allow
from rundum_matching import approvals, bookings, cancellations, feeds, offers, runs, status, views
from rundum_matching.disclosure import BookingForProvider
from rundum_matching.explain import Reasons, why_not
from rundum_matching.forms import CHOSEN_VISITS, CLIENT_CANCELS, PROVIDER_CANCELS
from rundum_matching.models import BookingLine, Run, RunVisit
from rundum_matching.status import RequestStatus
from rundum_matching.store import bookings as booking_store
from rundum_matching.store import runs as run_store
from rundum_matching.views import OfferView
from rundum_web.bodies import json_body
from rundum_web.given import Db, PathNumber, QueryNumber, Who

AnyRequest = Request[Any, Any, Any]
FIRST_PAGE = 2**62
Side = Literal["client", "guardian", "desk"]


class RunView(Struct, frozen=True, kw_only=True):
    """A run with what it found for the visits of the actor's centre."""

    run: Run
    visits: list[RunVisit]


class FeedAddress(Struct, frozen=True, kw_only=True):
    """Where a calendar program finds the feed; keep it to yourself."""

    path: str


@get("/api/v1/offers")
async def list_offers(db: Db, actor: Who) -> list[OfferView]:
    """The bearer's own offers, those that wait first."""
    return await views.offers_of(db, actor)


@get("/api/v1/offers/{id:uuid}")
async def show_offer(db: Db, actor: Who, id: FromPath[UUID]) -> OfferView:
    """What is asked, as far as it may be known before the firm booking."""
    return await views.offer_view(db, await views.reach(db, actor, "offer", str(id)))


@post("/api/v1/offers/{id:uuid}/acceptance", status_code=200, opt={"body": CHOSEN_VISITS})
async def accept_offer(request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]) -> OfferView:
    """Yes, to all dates or to those named in `visits`."""
    chosen = CHOSEN_VISITS.parse_json(await json_body(request))
    reached = await views.reach(db, actor, "offer", str(id))
    await offers.accept(db, actor, reached.id, visits=chosen.visits or None)
    return await views.offer_view(db, reached)


@post("/api/v1/offers/{id:uuid}/refusal", status_code=200)
async def decline_offer(db: Db, actor: Who, id: FromPath[UUID]) -> OfferView:
    """No; never asked again for this request."""
    reached = await views.reach(db, actor, "offer", str(id))
    await offers.decline(db, actor, reached.id)
    return await views.offer_view(db, reached)


@get("/api/v1/bookings")
async def list_bookings(db: Db, actor: Who) -> list[BookingLine]:
    """The bearer's own bookings as a provider."""
    if actor.person is None:
        allow(actor, "calendar.view")
        return []
    return await views.bookings_of(db, actor, actor.person)


@post("/api/v1/calendar", status_code=201)
async def make_feed_address(db: Db, actor: Who) -> FeedAddress:
    """A new path of the bearer's private calendar feed; the old one opens nothing any more."""
    return FeedAddress(path=await feeds.new_feed_address(db, actor))


@get("/api/v1/bookings/{id:uuid}")
async def show_booking(db: Db, actor: Who, id: FromPath[UUID]) -> BookingForProvider:
    """A booking with the address while it is the bearer's to know."""
    return await views.booking_view(db, await views.reach(db, actor, "booking", str(id)))


@post("/api/v1/bookings/{id:uuid}/cancellation", status_code=200, opt={"body": PROVIDER_CANCELS})
async def cancel_booking(
    request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]
) -> BookingForProvider:
    """The provider can't come (staff: on her behalf)."""
    new = PROVIDER_CANCELS.parse_json(await json_body(request))
    reached = await views.reach(db, actor, "booking", str(id))
    await bookings.cancel_booking(db, actor, reached.id, by="provider", reason=new.reason)
    return await views.booking_view(db, reached)


@post("/api/v1/bookings/{id:uuid}/approvals/{by:str}/consent", status_code=204)
async def give_approval(
    db: Db, actor: Who, id: FromPath[UUID], by: FromPath[Side]
) -> Response[None]:
    """Yes: the family's, the guardian's or the desk's."""
    await approvals.approve(db, actor, await _approval(db, actor, id, by))
    return Response(None, status_code=204)


@post("/api/v1/bookings/{id:uuid}/approvals/{by:str}/refusal", status_code=204)
async def refuse_approval(
    db: Db, actor: Who, id: FromPath[UUID], by: FromPath[Side]
) -> Response[None]:
    """No, without a reason."""
    await approvals.refuse(db, actor, await _approval(db, actor, id, by))
    return Response(None, status_code=204)


@get("/api/v1/requests/{id:uuid}/status")
async def show_status(db: Db, actor: Who, id: FromPath[UUID]) -> RequestStatus:
    """Where a request stands, date by date."""
    return await status.request_status(db, actor, await _request(db, actor, id))


@post("/api/v1/requests/{id:uuid}/cancellation", status_code=200, opt={"body": CLIENT_CANCELS})
async def cancel_request(
    request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]
) -> RequestStatus:
    """Nobody is needed any more."""
    new = CLIENT_CANCELS.parse_json(await json_body(request))
    found = await _request(db, actor, id)
    await cancellations.cancel_request(db, actor, found, by="client", reason=new.reason)
    return await status.request_status(db, actor, found)


@post(
    "/api/v1/requests/{id:uuid}/visits/{visit:uuid}/cancellation",
    status_code=200,
    opt={"body": CLIENT_CANCELS},
)
async def cancel_visit(
    request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID], visit: FromPath[UUID]
) -> RequestStatus:
    """One date falls away."""
    new = CLIENT_CANCELS.parse_json(await json_body(request))
    found = await _request(db, actor, id)
    await cancellations.cancel_visit(
        db, actor, await status.visit_of(db, actor, found, visit), by="client", reason=new.reason
    )
    return await status.request_status(db, actor, found)


@get("/api/v1/runs")
async def list_runs(db: Db, actor: Who, before: QueryNumber = None) -> list[Run]:
    """Matching runs, the newest first, fifty at a time."""
    allow(actor, "matching.view")
    async with db.transaction(actor) as tx:
        return await run_store.runs(tx, before=before or FIRST_PAGE, most=50)


@post("/api/v1/runs", status_code=201)
async def start_run(db: Db, actor: Who, state: State) -> Run:
    """Match now; 409 while another run is running."""
    return await runs.run_on_demand(db, actor, state.solver)


@get("/api/v1/runs/{id:int}")
async def show_run(db: Db, actor: Who, id: PathNumber) -> RunView:
    """What a run saw and found."""
    allow(actor, "matching.view")
    async with db.transaction(actor) as tx:
        found = await run_store.run_by_id(tx, id=id)
        if found is None:
            raise NotFound
        return RunView(run=found, visits=await run_store.run_visits(tx, run=id))


@get("/api/v1/requests/{id:uuid}/reasons")
async def show_reasons(
    db: Db, actor: Who, id: FromPath[UUID], provider: FromQuery[UUID]
) -> list[Reasons]:
    """For staff: why a provider could not take the request's coming visits, asked anew."""
    return await why_not(db, actor, id, provider)


async def _approval(db: Db, actor: Who, booking: UUID, by: str) -> int:
    async with db.transaction(actor) as tx:
        found = await booking_store.approval_of_booking(tx, booking=booking, by=by)
    if found is None:
        raise NotFound
    return found


async def _request(db: Db, actor: Who, public_id: UUID) -> int:
    async with db.transaction(actor) as tx:
        found = await booking_store.request_by_public_id(tx, public_id=public_id)
    if found is None:
        raise NotFound
    return found


routes: list[Any] = [
    list_offers,
    show_offer,
    accept_offer,
    decline_offer,
    list_bookings,
    make_feed_address,
    show_booking,
    cancel_booking,
    give_approval,
    refuse_approval,
    show_status,
    cancel_request,
    cancel_visit,
    list_runs,
    start_run,
    show_run,
    show_reasons,
]
