"""Pages for signing in and out, and for what somebody sees of her own account."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath

from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.errors import Conflict, Invalid
from rundum_identity import codes, key_pages, proof_pages, sessions, signin, staff_pages
from rundum_identity.account import account_of
from rundum_identity.authentication import (
    asking_browser,
    device_name,
    give_cookie,
    network_of,
    presented_token,
    remember_asking,
    session_of,
    take_cookie,
)
from rundum_identity.centres import centre_by_slug
from rundum_identity.forms import ADDRESS, CHOSEN, DESTINATION, TYPED_CODE
from rundum_identity.names import display_name, short_name
from rundum_identity.persons import Person
from rundum_web.bodies import form_body
from rundum_web.forms import Filled
from rundum_web.given import Db, Who
from rundum_web.render import page, see_other

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
PUBLIC = {"public": True}
# not asked where only one person has the address
CHOSEN_FIELD = "person"


@get("/sign-in", opt=PUBLIC, include_in_schema=False)
async def show_sign_in(request: AnyRequest, actor: Who) -> AnyResponse:
    if actor.person is not None:
        return see_other(home_of(actor))
    return page(request, "identity/sign_in.html", form=ADDRESS.blank())


@post("/sign-in", opt=PUBLIC, include_in_schema=False)
async def ask_for_link(request: AnyRequest, db: Db) -> AnyResponse:
    sent = await form_body(request)
    try:
        wish = ADDRESS.parse(sent)
    except Invalid as invalid:
        form = ADDRESS.filled(sent, invalid)
        return page(request, "identity/sign_in.html", status=422, form=form)
    await signin.count_request(db, wish.email, network_of(request))
    browser = await codes.remember_browser(db)
    answer = see_other("/sign-in/sent")
    remember_asking(request, answer, browser)
    answer.background = BackgroundTask(signin.send_link_later, db, wish.email, browser)
    return answer


@get("/sign-in/sent", opt=PUBLIC, include_in_schema=False)
async def show_sent(request: AnyRequest) -> AnyResponse:
    return page(request, "identity/sent.html", form=TYPED_CODE.blank(), people=[])


@post("/sign-in/code", opt=PUBLIC, include_in_schema=False)
async def use_code(request: AnyRequest, db: Db) -> AnyResponse:
    await signin.count_use(db, network_of(request))
    sent = await form_body(request)
    people: list[Any] = []
    try:
        wish = TYPED_CODE.parse(sent)
        token = await codes.link_behind(db, asking_browser(request), wish.code)
        people = _people((await signin.look_at_link(db, token)).persons)
        opened = await _opened(request, db, token, wish.person)
    except Invalid as invalid:
        form = TYPED_CODE.filled(sent, invalid)
        return page(request, "identity/sent.html", status=422, form=form, people=people)
    return _welcome(request, opened)


@get("/sign-in/{token:str}", opt=PUBLIC, include_in_schema=False)
async def show_link(request: AnyRequest, db: Db, token: FromPath[str]) -> AnyResponse:
    return await _link_page(request, db, token, CHOSEN.blank())


@post("/sign-in/{token:str}/session", opt=PUBLIC, include_in_schema=False)
async def use_link(request: AnyRequest, db: Db, token: FromPath[str]) -> AnyResponse:
    await signin.count_use(db, network_of(request))
    sent = await form_body(request)
    try:
        chosen = CHOSEN.parse(sent).person if CHOSEN_FIELD in sent else None
        opened = await _opened(request, db, token, chosen)
    except Invalid as invalid:
        return await _link_page(request, db, token, CHOSEN.filled(sent, invalid), status=422)
    except Conflict:  # used or expired, which the page says
        return await _link_page(request, db, token, CHOSEN.blank())
    return _welcome(request, opened)


@post("/sign-out", opt=PUBLIC, include_in_schema=False)
async def sign_out(request: AnyRequest, db: Db) -> AnyResponse:
    await sessions.drop_presented(db, presented_token(request))
    answer = see_other("/")
    take_cookie(request, answer)
    return answer


@get("/account", include_in_schema=False)
async def show_account(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    account = await account_of(db, session_of(request, actor))
    return page(
        request,
        "identity/account.html",
        account=account,
        name=display_name(account.person),
        form=ADDRESS.blank(),
    )


@post("/account/sessions/{id:uuid}/end", include_in_schema=False)
async def end_device(request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]) -> AnyResponse:
    signed = session_of(request, actor)
    await sessions.end_session(db, actor, id)
    answer = see_other("/" if id == signed.session.public_id else "/account")
    if id == signed.session.public_id:
        take_cookie(request, answer)
    return answer


@post("/account/sessions/end-others", include_in_schema=False)
async def end_other_devices(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    await sessions.end_other_sessions(db, actor, session_of(request, actor).session.id)
    return see_other("/account")


@post("/session/centre", include_in_schema=False)
async def switch_centre(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    signed = session_of(request, actor)
    wish = DESTINATION.parse(await form_body(request))
    async with db.transaction(actor) as tx:
        centre = await centre_by_slug(tx, wish.centre)
    await sessions.switch_centre(db, signed, centre.id)
    staff = sessions.STAFF_ROLES & {held.role for held in signed.roles if held.centre == centre.id}
    return see_other("/desk" if staff else "/home")


def home_of(actor: Actor) -> str:
    """Where somebody who is signed in begins."""
    return "/desk" if actor.is_staff else "/home"


async def _opened(
    request: AnyRequest, db: Database, token: str, person: UUID | None
) -> sessions.Opened:
    return await signin.sign_in(
        db,
        token,
        person,
        device_name(request.headers.get("user-agent", "")),
        instead_of=presented_token(request),
    )


def _welcome(request: AnyRequest, opened: sessions.Opened) -> AnyResponse:
    """On to where she begins; staff for whom a link is not enough, to what is."""
    answer = see_other(proof_pages.begin(opened))
    give_cookie(request, answer, opened)
    return answer


def _people(persons: tuple[Person, ...]) -> list[tuple[UUID, str]]:
    return [(person.public_id, short_name(person)) for person in persons]


async def _link_page(
    request: AnyRequest, db: Database, token: str, form: Filled, status: int = 200
) -> AnyResponse:
    link = await signin.look_at_link(db, token)
    return page(
        request,
        "identity/link.html",
        status=status if link.state == "live" else 410,
        link=link,
        token=token,
        form=form,
        again=ADDRESS.blank(),
        people=_people(link.persons),
    )


routes: list[Any] = [
    show_sign_in,
    ask_for_link,
    show_sent,
    use_code,
    show_link,
    use_link,
    sign_out,
    show_account,
    end_device,
    end_other_devices,
    switch_centre,
    *proof_pages.routes,
    *staff_pages.routes,
    *key_pages.routes,
]
