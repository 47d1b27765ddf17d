"""What is mine: my times, my details, a break."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from rundum_identity.rights import require
from rundum_providers.pages.profile import profile_page, save_profile
from rundum_providers.pages.times import (
    remove_exception,
    save_exception,
    save_week,
    times_page,
)
from rundum_providers.service import lifecycle, profile
from rundum_web.given import Db, Who
from rundum_web.render import see_other

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
TIMES = "/my-times"
PROFILE = "/my-profile"


@get("/my-times", include_in_schema=False)
async def show_times(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    """Weekly plan, deviations, and what follows from them."""
    require(actor)
    me = await profile.mine(db, actor)
    return await times_page(request, db, actor, me.public_id, TIMES)


@post("/my-times", include_in_schema=False)
async def set_week(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    require(actor)
    me = await profile.mine(db, actor)
    return await save_week(request, db, actor, me.public_id, TIMES)


@post("/my-times/exceptions", include_in_schema=False)
async def add_exception(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    require(actor)
    me = await profile.mine(db, actor)
    return await save_exception(request, db, actor, me.public_id, TIMES)


@post("/my-times/exceptions/{exception:uuid}/removal", include_in_schema=False)
async def take_exception(db: Db, actor: Who, exception: FromPath[UUID]) -> AnyResponse:
    require(actor)
    me = await profile.mine(db, actor)
    return await remove_exception(db, actor, me.public_id, exception, TIMES)


@get("/my-profile", include_in_schema=False)
async def show_profile(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    """What we know of her, and what she may change."""
    require(actor)
    me = await profile.mine(db, actor)
    return await profile_page(request, db, actor, me.public_id, PROFILE)


@post("/my-profile", include_in_schema=False)
async def change_profile(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    require(actor)
    me = await profile.mine(db, actor)
    return await save_profile(request, db, actor, me.public_id, PROFILE)


@post("/my-profile/pause", include_in_schema=False)
async def pause(db: Db, actor: Who) -> AnyResponse:
    require(actor)
    await lifecycle.pause(db, actor, (await profile.mine(db, actor)).public_id)
    return see_other(PROFILE)


@post("/my-profile/resumption", include_in_schema=False)
async def resume(db: Db, actor: Who) -> AnyResponse:
    require(actor)
    await lifecycle.resume(db, actor, (await profile.mine(db, actor)).public_id)
    return see_other(PROFILE)


@post("/my-profile/departure", include_in_schema=False)
async def leave(db: Db, actor: Who) -> AnyResponse:
    require(actor)
    await lifecycle.leave(db, actor, (await profile.mine(db, actor)).public_id)
    return see_other("/home")


@post("/my-profile/blocked-clients/{client:uuid}/removal", include_in_schema=False)
async def unblock(db: Db, actor: Who, client: FromPath[UUID]) -> AnyResponse:
    require(actor)
    me = await profile.mine(db, actor)
    await profile.unblock_client(db, actor, me.public_id, client)
    return see_other(f"{PROFILE}?saved=1")


routes: list[Any] = [
    show_times,
    set_week,
    add_exception,
    take_exception,
    show_profile,
    change_profile,
    pause,
    resume,
    leave,
    unblock,
]
