"""Pages about keys for programs: those of a centre, a new one shown once, the end of one."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.errors import Invalid
from rundum_identity import keys
from rundum_identity.authentication import require_proof
from rundum_identity.forms import KEY
from rundum_identity.rights import allow
from rundum_web.bodies import form_body
from rundum_web.forms import Filled
from rundum_web.given import Db, Who
from rundum_web.render import page, see_other

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]


@get("/desk/keys", include_in_schema=False)
async def show_keys(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    _may_manage(request, db, actor)
    return await _keys_page(request, db, actor, KEY.blank())


@post("/desk/keys", include_in_schema=False)
async def make_key(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    _may_manage(request, db, actor)
    sent = await form_body(request)
    try:
        wish = KEY.parse(sent)
        secret = await keys.make(db, actor, wish)
    except Invalid as invalid:
        return await _keys_page(request, db, actor, KEY.filled(sent, invalid), status=422)
    return page(request, "identity/key.html", name=wish.name, secret=secret)


@post("/desk/keys/{id:uuid}/end", include_in_schema=False)
async def end_key(request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]) -> AnyResponse:
    _may_manage(request, db, actor)
    await keys.end(db, actor, id)
    return see_other("/desk/keys")


def _may_manage(request: AnyRequest, db: Database, actor: Actor) -> None:
    """Only administrators, and only with a fresh proof."""
    allow(actor, "key.manage")
    require_proof(request, actor, db.clock())


async def _keys_page(
    request: AnyRequest, db: Database, actor: Actor, form: Filled, status: int = 200
) -> AnyResponse:
    known = await keys.keys(db, actor)
    return page(request, "identity/keys.html", status=status, keys=known, form=form)


routes: list[Any] = [show_keys, make_key, end_key]
