"""The API's face of requests: the same form, the same verbs, the same words."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec import structs

from rundum_core.errors import FieldError, Invalid
from rundum_identity.authentication import network_of
from rundum_identity.given import Here
from rundum_requests import answers, service
from rundum_requests.answers import ListAnswer, RequestAnswer, TakenAnswer
from rundum_requests.form import REQUEST, json_name, read_json
from rundum_requests.models import RequestState
from rundum_web.bodies import json_body
from rundum_web.given import Db, Speech, Who

AnyRequest = Request[Any, Any, Any]
PUBLIC = {"public": True}
A_PAGE = 50
KEY_LENGTHS = range(8, 201)


@post(
    "/api/v1/centres/{slug:str}/requests",
    opt=PUBLIC | {"body": REQUEST, "idempotent": True},
    status_code=201,
)
async def submit(
    request: AnyRequest, db: Db, actor: Who, centre: Here, t: Speech
) -> Response[TakenAnswer]:
    """Ask for care. With an `Idempotency-Key` a retry gets the same answer; the same key with
    another body is 409."""
    body = await json_body(request)
    try:
        submitted = await service.submit(
            db,
            actor,
            centre,
            read_json(body),
            via="api",
            locale=t.locale,
            key=_key(request),
            network=network_of(request),
        )
    except Invalid as invalid:
        raise Invalid(tuple(map(_as_sent, invalid.errors))) from None
    where = f"/api/v1/requests/{submitted.id}"
    return Response(answers.taken(submitted, t), status_code=201, headers={"location": where})


@get("/api/v1/requests/{id:uuid}")
async def show(db: Db, actor: Who, id: FromPath[UUID]) -> RequestAnswer:
    """One's own request; staff see every request of their centre."""
    return answers.whole(await service.view(db, actor, id))


@get("/api/v1/centres/{slug:str}/requests")
async def show_list(
    db: Db,
    actor: Who,
    centre: Here,
    wanted: Annotated[RequestState, QueryParameter(name="state")] = "open",
    after: FromQuery[UUID | None] = None,
) -> ListAnswer:
    """Requests, newest first, 50 at a time: for staff the centre's in one state, for others
    their own in any. `after` is the id of the last one seen."""
    lines = await service.listed(db, actor, centre, state=wanted, after=after, most=A_PAGE)
    return answers.listing(lines, A_PAGE)


def _key(request: AnyRequest) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and (len(key) not in KEY_LENGTHS or not key.isascii()):
        raise Invalid((FieldError("Idempotency-Key", "requests.rule.idempotency_key"),))
    return key


def _as_sent(error: FieldError) -> FieldError:
    return structs.replace(error, field=json_name(error.field))


routes: list[Any] = [submit, show, show_list]
