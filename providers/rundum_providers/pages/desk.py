"""The desk's pages about those who help: the list, one person, every step of her life cycle."""

from collections.abc import Awaitable, Callable
from typing import Any, get_args
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from rundum_core.actor import Actor
from rundum_core.clock import BERLIN
from rundum_core.db import Database
from rundum_core.errors import Conflict, Invalid
from rundum_identity.rights import allow
from rundum_providers.ages import age_on
from rundum_providers.form import CREDENTIAL
from rundum_providers.models import ADULT, Changed, Status
from rundum_providers.pages.profile import profile_page, save_profile
from rundum_providers.pages.times import (
    SHOWN_SPANS,
    remove_exception,
    save_exception,
    save_week,
    times_page,
)
from rundum_providers.service import availability, credentials, lifecycle, profile
from rundum_providers.service.profile import IN_THE_HOUSE
from rundum_web.bodies import form_body
from rundum_web.forms import Filled
from rundum_web.given import Db, Who
from rundum_web.render import page, see_other

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
STATUSES: tuple[Status, ...] = get_args(Status)

# what a button's address means
STEPS: dict[str, Callable[[Database, Actor, UUID], Awaitable[Changed]]] = {
    "check": lifecycle.take_into_check,
    "activation": lifecycle.activate,
    "pause": lifecycle.pause,
    "resumption": lifecycle.resume,
    "suspension": lifecycle.suspend,
    "reinstatement": lifecycle.reinstate,
    "rejection": lifecycle.reject,
    "departure": lifecycle.leave,
}
# the buttons that a status offers, the likeliest first
OFFERED: dict[Status, tuple[str, ...]] = {
    "applicant": ("check", "rejection"),
    "in_check": ("activation", "rejection"),
    "active": ("pause", "suspension", "departure"),
    "paused": ("resumption", "suspension", "departure"),
    "suspended": ("reinstatement", "departure"),
    "left": ("check",),
    "rejected": (),
}


@get("/desk/providers", include_in_schema=False)
async def show_list(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    """Who helps: by status and name, a page at a time."""
    allow(actor, "provider.list")
    status = request.query_params.get("status", "")
    search = request.query_params.get("search", "")[:80]
    found = await profile.page_of_providers(
        db,
        actor,
        statuses=(status,) if status in STATUSES else IN_THE_HOUSE,
        search=search,
        after=_uuid(request.query_params.get("after")),
    )
    today = db.clock().astimezone(BERLIN).date()
    return page(
        request,
        "providers/desk_list.html",
        found=found,
        counts={count.status: count.count for count in found.counts},
        statuses=STATUSES,
        chosen=status if status in STATUSES else "",
        search=search,
        today=today,
        minors={
            line.person
            for line in found.lines
            if line.birth_date is not None and age_on(line.birth_date, today) < ADULT
        },
    )


@get("/desk/providers/{provider:uuid}", include_in_schema=False)
async def show_provider(
    request: AnyRequest, db: Db, actor: Who, provider: FromPath[UUID]
) -> AnyResponse:
    """Everything about one person, and what to do next."""
    return await _file_page(request, db, actor, provider)


@post("/desk/providers/{provider:uuid}/{step:str}", include_in_schema=False)
async def take_step(
    request: AnyRequest, db: Db, actor: Who, provider: FromPath[UUID], step: FromPath[str]
) -> AnyResponse:
    """A step of the life cycle, each with an address of its own."""
    allow(actor, "provider.list")
    if step not in STEPS:
        raise NotFoundException
    try:
        await STEPS[step](db, actor, provider)
    except Invalid as invalid:
        return await _file_page(request, db, actor, provider, hindered=invalid, status=422)
    except Conflict as conflict:
        if not conflict.key.startswith("providers.conflict."):
            raise
        return await _file_page(request, db, actor, provider, conflict=conflict, status=409)
    return see_other(f"/desk/providers/{provider}")


@post("/desk/providers/{provider:uuid}/credentials", include_in_schema=False)
async def note_credential(
    request: AnyRequest, db: Db, actor: Who, provider: FromPath[UUID]
) -> AnyResponse:
    """A paper was shown."""
    allow(actor, "credential.record")
    sent = await form_body(request)
    try:
        new = CREDENTIAL.parse(sent)
        await credentials.note_credential(db, actor, provider, new)
    except Invalid as invalid:
        form = CREDENTIAL.filled(sent, invalid)
        return await _file_page(request, db, actor, provider, form=form, status=422)
    return see_other(f"/desk/providers/{provider}#papers")


@post(
    "/desk/providers/{provider:uuid}/credentials/{credential:uuid}/removal",
    include_in_schema=False,
)
async def strike_credential(
    db: Db, actor: Who, provider: FromPath[UUID], credential: FromPath[UUID]
) -> AnyResponse:
    """An entry made by mistake."""
    await credentials.strike_credential(db, actor, provider, credential)
    return see_other(f"/desk/providers/{provider}#papers")


@post("/desk/providers/{provider:uuid}/guardians/{guardian:uuid}/consent", include_in_schema=False)
async def give_consent(
    db: Db, actor: Who, provider: FromPath[UUID], guardian: FromPath[UUID]
) -> AnyResponse:
    """The signature is here."""
    await credentials.give_guardian_consent(db, actor, provider, guardian)
    return see_other(f"/desk/providers/{provider}#guardians")


@post(
    "/desk/providers/{provider:uuid}/guardians/{guardian:uuid}/withdrawal",
    include_in_schema=False,
)
async def withdraw_consent(
    db: Db, actor: Who, provider: FromPath[UUID], guardian: FromPath[UUID]
) -> AnyResponse:
    """A guardian has changed her mind."""
    allow(actor, "provider.list")
    await credentials.withdraw_guardian_consent(db, actor, provider, guardian)
    return see_other(f"/desk/providers/{provider}#guardians")


@get("/desk/providers/{provider:uuid}/times", include_in_schema=False)
async def show_times(
    request: AnyRequest, db: Db, actor: Who, provider: FromPath[UUID]
) -> AnyResponse:
    allow(actor, "provider.list")
    return await times_page(request, db, actor, provider, f"/desk/providers/{provider}/times")


@post("/desk/providers/{provider:uuid}/times", include_in_schema=False)
async def set_week(
    request: AnyRequest, db: Db, actor: Who, provider: FromPath[UUID]
) -> AnyResponse:
    allow(actor, "provider.list")
    return await save_week(request, db, actor, provider, f"/desk/providers/{provider}/times")


@post("/desk/providers/{provider:uuid}/times/exceptions", include_in_schema=False)
async def add_exception(
    request: AnyRequest, db: Db, actor: Who, provider: FromPath[UUID]
) -> AnyResponse:
    allow(actor, "provider.list")
    base = f"/desk/providers/{provider}/times"
    return await save_exception(request, db, actor, provider, base)


@post(
    "/desk/providers/{provider:uuid}/times/exceptions/{exception:uuid}/removal",
    include_in_schema=False,
)
async def take_exception(
    db: Db, actor: Who, provider: FromPath[UUID], exception: FromPath[UUID]
) -> AnyResponse:
    allow(actor, "provider.list")
    base = f"/desk/providers/{provider}/times"
    return await remove_exception(db, actor, provider, exception, base)


@get("/desk/providers/{provider:uuid}/profile", include_in_schema=False)
async def show_profile(
    request: AnyRequest, db: Db, actor: Who, provider: FromPath[UUID]
) -> AnyResponse:
    allow(actor, "provider.list")
    return await profile_page(request, db, actor, provider, f"/desk/providers/{provider}/profile")


@post("/desk/providers/{provider:uuid}/profile", include_in_schema=False)
async def change_profile(
    request: AnyRequest, db: Db, actor: Who, provider: FromPath[UUID]
) -> AnyResponse:
    allow(actor, "provider.list")
    return await save_profile(request, db, actor, provider, f"/desk/providers/{provider}/profile")


async def _file_page(
    request: AnyRequest,
    db: Database,
    actor: Actor,
    provider: UUID,
    *,
    form: Filled | None = None,
    hindered: Invalid | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> AnyResponse:
    allow(actor, "provider.list")
    found = await profile.file_of(db, actor, provider)
    times = await availability.times_of(db, actor, provider)
    born = found.provider.birth_date
    return page(
        request,
        "providers/desk_file.html",
        status=status,
        file=found,
        provider=found.provider,
        age=None if born is None else age_on(born, times.today),
        adult=ADULT,
        today=times.today,
        free=times.free[:SHOWN_SPANS],
        steps=OFFERED[found.provider.status],
        form=form or CREDENTIAL.blank(seen_on=times.today),
        hindered=hindered,
        conflict=conflict,
    )


def _uuid(written: str | None) -> UUID | None:
    try:
        return UUID(written) if written else None
    except ValueError:
        return None


routes: list[Any] = [
    show_list,
    show_provider,
    take_step,
    note_credential,
    strike_credential,
    give_consent,
    withdraw_consent,
    show_times,
    set_week,
    add_exception,
    take_exception,
    show_profile,
    change_profile,
]
