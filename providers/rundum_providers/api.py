"""The API's face of providers: the same forms, the same verbs, the same words."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from litestar.params import FromPath, FromQuery

from rundum_core.errors import FieldError, Invalid
from rundum_identity.authentication import network_of
from rundum_identity.given import Here
from rundum_identity.rights import allow, require
from rundum_providers import answers
from rundum_providers.answers import (
    AvailabilityAnswer,
    ChangedAnswer,
    CredentialAnswer,
    ListAnswer,
    NotedAnswer,
    ProviderAnswer,
    RegisteredAnswer,
)
from rundum_providers.form import CREDENTIAL, EXCEPTION, PROFILE, REGISTRATION, WEEK
from rundum_providers.models import Status
from rundum_providers.service import (
    availability,
    credentials,
    lifecycle,
    profile,
    registration,
)
from rundum_providers.service.profile import IN_THE_HOUSE
from rundum_web.bodies import json_body
from rundum_web.given import Db, Speech, Who

AnyRequest = Request[Any, Any, Any]
KEY_LENGTHS = range(8, 201)


@post(
    "/api/v1/centres/{slug:str}/providers",
    opt={"public": True, "body": REGISTRATION, "idempotent": True},
    status_code=201,
)
async def register(
    request: AnyRequest, db: Db, actor: Who, centre: Here, t: Speech
) -> Response[RegisteredAnswer]:
    """Register somebody who wants to help. With an `Idempotency-Key` a retry gets the same
    answer; the same key with another body is 409."""
    actor = actor.within(centre.id)
    body = await json_body(request)
    known = await registration.known_to(db, actor)
    if isinstance(body, dict):
        body.setdefault("locale", t.locale)
        if known.person is not None:
            body["given_name"] = known.person.given_name
            body["family_name"] = known.person.family_name
    reading = REGISTRATION.read_json(body)
    wrong = await registration.mistakes(db, actor, reading.values)
    taken = await registration.register(
        db,
        actor,
        reading.value(lambda _: wrong),
        key=_key(request),
        network=network_of(request),
    )
    where = f"/api/v1/providers/{taken.provider}"
    answer = RegisteredAnswer(id=taken.provider, status="applicant")
    return Response(answer, status_code=201, headers={"location": where})


@get("/api/v1/centres/{slug:str}/providers")
async def show_list(
    db: Db,
    actor: Who,
    centre: Here,
    status: FromQuery[Status | None] = None,
    search: FromQuery[str] = "",
    after: FromQuery[UUID | None] = None,
) -> ListAnswer:
    """The centre's providers by name, 50 at a time, for staff; without `status` all but those who
    left or were turned down. `after` is the id of the last one seen."""
    return answers.listing(
        await profile.page_of_providers(
            db,
            actor.within(centre.id),
            statuses=IN_THE_HOUSE if status is None else (status,),
            search=search,
            after=after,
        )
    )


@get("/api/v1/my-provider")
async def show_mine(db: Db, actor: Who) -> ProviderAnswer:
    """The provider who is signed in."""
    me = await profile.mine(db, actor)
    return answers.whole(await profile.file_of(db, actor, me.public_id))


@get("/api/v1/providers/{id:uuid}")
async def show(db: Db, actor: Who, id: FromPath[UUID]) -> ProviderAnswer:
    """Oneself, one's child, or for staff anybody of their centre."""
    return answers.whole(await profile.file_of(db, actor, id))


@put("/api/v1/providers/{id:uuid}", opt={"body": PROFILE})
async def change(request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]) -> ProviderAnswer:
    """Replace everything that may be changed: place, services, wishes."""
    require(actor)
    reading = PROFILE.read_json(await json_body(request))
    wrong = await profile.mistakes(db, actor, reading.values)
    await profile.change(db, actor, id, reading.value(lambda _: wrong))
    return answers.whole(await profile.file_of(db, actor, id))


@post("/api/v1/providers/{id:uuid}/check", status_code=200)
async def check(db: Db, actor: Who, id: FromPath[UUID]) -> ChangedAnswer:
    """Begin to check an application."""
    return answers.changed(await lifecycle.take_into_check(db, actor, id))


@post("/api/v1/providers/{id:uuid}/activation", status_code=200)
async def activate(db: Db, actor: Who, id: FromPath[UUID]) -> ChangedAnswer:
    """May be placed from now on; 422 with everything that stands in the way."""
    return answers.changed(await lifecycle.activate(db, actor, id))


@post("/api/v1/providers/{id:uuid}/pause", status_code=200)
async def pause(db: Db, actor: Who, id: FromPath[UUID]) -> ChangedAnswer:
    """No offers for now; what is agreed stands."""
    require(actor)
    return answers.changed(await lifecycle.pause(db, actor, id))


@post("/api/v1/providers/{id:uuid}/resumption", status_code=200)
async def resume(db: Db, actor: Who, id: FromPath[UUID]) -> ChangedAnswer:
    """The pause is over."""
    require(actor)
    return answers.changed(await lifecycle.resume(db, actor, id))


@post("/api/v1/providers/{id:uuid}/suspension", status_code=200)
async def suspend(db: Db, actor: Who, id: FromPath[UUID]) -> ChangedAnswer:
    """Stop offers at once; lists the bookings about which somebody has to decide."""
    return answers.changed(await lifecycle.suspend(db, actor, id))


@post("/api/v1/providers/{id:uuid}/reinstatement", status_code=200)
async def reinstate(db: Db, actor: Who, id: FromPath[UUID]) -> ChangedAnswer:
    """The suspension is over."""
    return answers.changed(await lifecycle.reinstate(db, actor, id))


@post("/api/v1/providers/{id:uuid}/rejection", status_code=200)
async def reject(db: Db, actor: Who, id: FromPath[UUID]) -> ChangedAnswer:
    """Turn an application down for good."""
    return answers.changed(await lifecycle.reject(db, actor, id))


@post("/api/v1/providers/{id:uuid}/departure", status_code=200)
async def leave(db: Db, actor: Who, id: FromPath[UUID]) -> ChangedAnswer:
    """Doesn't help any more."""
    require(actor)
    return answers.changed(await lifecycle.leave(db, actor, id))


@get("/api/v1/providers/{id:uuid}/availability")
async def show_times(db: Db, actor: Who, id: FromPath[UUID]) -> AvailabilityAnswer:
    """Weekly plan, exceptions, and the free time of the next four weeks."""
    return answers.times(await availability.times_of(db, actor, id))


@put("/api/v1/providers/{id:uuid}/availability", opt={"body": WEEK})
async def set_week(request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]) -> ChangedAnswer:
    """Replace the whole weekly plan. `first_week` is any day of a week in which a line of every
    n-th week holds."""
    require(actor)
    new = WEEK.parse_json(await json_body(request))
    return answers.changed(await availability.set_week(db, actor, id, new))


@post("/api/v1/providers/{id:uuid}/exceptions", opt={"body": EXCEPTION}, status_code=201)
async def add_exception(request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]) -> NotedAnswer:
    """Free or blocked on one day or several; with hours, on each of those days."""
    require(actor)
    new = EXCEPTION.parse_json(await json_body(request))
    rows, touched = await availability.add_exception(db, actor, id, new)
    return answers.noted(rows, touched)


@delete("/api/v1/providers/{id:uuid}/exceptions/{exception:uuid}", status_code=200)
async def remove_exception(
    db: Db, actor: Who, id: FromPath[UUID], exception: FromPath[UUID]
) -> ChangedAnswer:
    """The plan holds again."""
    require(actor)
    return answers.changed(await availability.remove_exception(db, actor, id, exception))


@post("/api/v1/providers/{id:uuid}/credentials", opt={"body": CREDENTIAL}, status_code=201)
async def note_credential(
    request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]
) -> CredentialAnswer:
    """Note that a paper was seen; for staff. Until when it holds is computed."""
    allow(actor, "credential.record")
    new = CREDENTIAL.parse_json(await json_body(request))
    return answers.credential(await credentials.note_credential(db, actor, id, new))


@delete("/api/v1/providers/{id:uuid}/credentials/{credential:uuid}")
async def strike_credential(
    db: Db, actor: Who, id: FromPath[UUID], credential: FromPath[UUID]
) -> None:
    """Take back an entry made by mistake."""
    await credentials.strike_credential(db, actor, id, credential)


@put("/api/v1/providers/{id:uuid}/guardians/{guardian:uuid}/consent", status_code=204)
async def give_consent(db: Db, actor: Who, id: FromPath[UUID], guardian: FromPath[UUID]) -> None:
    """A guardian's signature is on file; for staff."""
    await credentials.give_guardian_consent(db, actor, id, guardian)


@delete("/api/v1/providers/{id:uuid}/guardians/{guardian:uuid}/consent", status_code=200)
async def withdraw_consent(
    db: Db, actor: Who, id: FromPath[UUID], guardian: FromPath[UUID]
) -> ChangedAnswer:
    """A guardian takes her consent back; an active minor is suspended at once."""
    require(actor)
    return answers.changed(await credentials.withdraw_guardian_consent(db, actor, id, guardian))


@put("/api/v1/providers/{id:uuid}/blocked-clients/{client:uuid}", status_code=204)
async def block_client(db: Db, actor: Who, id: FromPath[UUID], client: FromPath[UUID]) -> None:
    """She doesn't come to this client any more."""
    require(actor)
    await profile.block_client(db, actor, id, client)


@delete("/api/v1/providers/{id:uuid}/blocked-clients/{client:uuid}")
async def unblock_client(db: Db, actor: Who, id: FromPath[UUID], client: FromPath[UUID]) -> None:
    """She would come again."""
    require(actor)
    await profile.unblock_client(db, actor, id, client)


def _key(request: AnyRequest) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and (len(key) not in KEY_LENGTHS or not key.isascii()):
        raise Invalid((FieldError("Idempotency-Key", "providers.rule.idempotency_key"),))
    return key


routes: list[Any] = [
    register,
    show_list,
    show_mine,
    show,
    change,
    check,
    activate,
    pause,
    resume,
    suspend,
    reinstate,
    reject,
    leave,
    show_times,
    set_week,
    add_exception,
    remove_exception,
    note_credential,
    strike_credential,
    give_consent,
    withdraw_consent,
    block_client,
    unblock_client,
]
