"""Pages for staff: signing in by passkey or password, showing it again, and setting both up."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.errors import Forbidden, Invalid
from rundum_identity import onetime, passkeys, proofs
from rundum_identity.authentication import (
    FRESH,
    device_name,
    give_cookie,
    network_of,
    require_proof,
    session_of,
    site_of,
)
from rundum_identity.forms import ADDRESS, ANSWER, CREDENTIALS, NEW_PASSWORD
from rundum_identity.persons import Person, contacts_of, person
from rundum_identity.proofs import Means, means_of
from rundum_identity.sessions import Opened, SignedIn
from rundum_identity.signin import LINK_LASTS
from rundum_web.bodies import form_body
from rundum_web.field import first
from rundum_web.forms import Filled
from rundum_web.given import Db, Who
from rundum_web.render import page, see_other

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
PUBLIC = {"public": True}
SETTING_UP = "/account/sign-in"


def begin(opened: Opened) -> str:
    """Where somebody begins after signing in."""
    if opened.withheld:
        return SETTING_UP
    return "/desk" if opened.is_staff else "/home"


@get("/sign-in/staff", opt=PUBLIC, include_in_schema=False)
async def show_staff_sign_in(request: AnyRequest, db: Db) -> AnyResponse:
    return await _sign_in_page(request, db, CREDENTIALS.blank(), "")


@post("/sign-in/password", opt=PUBLIC, include_in_schema=False)
async def sign_in_by_password(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    sent = await form_body(request)
    try:
        shown = CREDENTIALS.parse(sent)
        await proofs.count_try(db, shown.email, network_of(request))
        opened = await proofs.sign_in_by_password(db, shown, _device(request), _before(request))
    except Invalid as invalid:
        form = CREDENTIALS.filled(sent, invalid)
        return await _sign_in_page(request, db, form, first(sent, "to"), status=422)
    return _on(request, opened, first(sent, "to"))


@post("/sign-in/passkey", opt=PUBLIC, include_in_schema=False)
async def sign_in_by_passkey(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    sent = await form_body(request)
    try:
        answer = ANSWER.parse(sent).answer
        opened = await passkeys.sign_in_by_passkey(
            db, _site(request), answer, _device(request), _before(request)
        )
    except Invalid as invalid:
        form = CREDENTIALS.filled({}, invalid)
        return await _sign_in_page(request, db, form, first(sent, "to"), status=422)
    return _on(request, opened, first(sent, "to"))


@get("/prove", include_in_schema=False)
async def show_prove(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    """Before what can do harm: is it still she who sits there?"""
    signed = session_of(request, actor)
    async with db.work() as tx:
        means = await means_of(tx, signed.session.person)
        mails = [
            contact.value
            for contact in await contacts_of(tx, person=signed.session.person)
            if contact.channel == "email"
        ]
    email = mails[0] if mails else None
    return await _sign_in_page(
        request,
        db,
        CREDENTIALS.blank(email=email),
        request.query_params.get("to", ""),
        means=means,
        link=ADDRESS.blank(email=email),
    )


@get("/account/sign-in", include_in_schema=False)
async def show_means(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    return await _means_page(request, db, session_of(request, actor), ANSWER.blank())


@post("/account/passkeys", include_in_schema=False)
async def add_passkey(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    signed = await _may_set_up(request, db, actor)
    sent = await form_body(request)
    try:
        answer = ANSWER.parse(sent).answer
        opened = await passkeys.register(db, signed, _site(request), answer, _device(request))
    except Invalid as invalid:
        return await _means_page(request, db, signed, ANSWER.filled({}, invalid), status=422)
    return _on(request, opened, SETTING_UP)


@post("/account/passkeys/{id:uuid}/removal", include_in_schema=False)
async def remove_passkey(
    request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]
) -> AnyResponse:
    signed = require_proof(request, actor, db.clock())
    await proofs.remove_passkey(db, signed, id)
    return see_other(SETTING_UP)


@get("/account/password", include_in_schema=False)
async def show_password(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    await _may_set_up(request, db, actor)
    form = NEW_PASSWORD.blank(secret=onetime.new_secret())
    return _password_page(request, form)


@post("/account/password", include_in_schema=False)
async def set_password(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    """Answers with the recovery codes themselves: nobody, not we either, sees them again."""
    signed = await _may_set_up(request, db, actor)
    sent = await form_body(request)
    try:
        new = NEW_PASSWORD.parse(sent)
        opened, codes = await proofs.set_password(db, signed, new, _device(request))
    except Invalid as invalid:
        form = NEW_PASSWORD.filled(sent, invalid)
        return _password_page(request, form, status=422)
    answer = page(request, "identity/recovery_codes.html", codes=codes)
    give_cookie(request, answer, opened)
    return answer


@post("/account/recovery-codes", include_in_schema=False)
async def give_codes(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    signed = require_proof(request, actor, db.clock())
    codes = await proofs.new_codes(db, signed)
    return page(request, "identity/recovery_codes.html", codes=codes)


async def _may_set_up(request: AnyRequest, db: Database, actor: Actor) -> SignedIn:
    """The session under which means may be added: who has some shows them again, who has none yet
    came by a link a short while ago."""
    signed = session_of(request, actor)
    async with db.work() as tx:
        has_means = (await means_of(tx, signed.session.person)).count > 0
    proof = signed.session.proof
    if has_means and proof == "link":
        raise Forbidden("error.prove")
    if db.clock() - signed.session.proved_at > (FRESH if has_means else LINK_LASTS):
        raise Forbidden("error.prove")
    return signed


async def _sign_in_page(
    request: AnyRequest,
    db: Database,
    form: Filled,
    to: str,
    *,
    status: int = 200,
    means: Means | None = None,
    link: Filled | None = None,
) -> AnyResponse:
    async with db.work() as tx:
        challenge = passkeys.new_challenge(tx.key, "sign_in", None, tx.now)
    return page(
        request,
        "identity/staff_sign_in.html",
        status=status,
        form=form,
        to=to,
        means=means,
        link=link,
        options=passkeys.sign_in_options(_site(request), challenge),
    )


async def _means_page(
    request: AnyRequest, db: Database, signed: SignedIn, form: Filled, status: int = 200
) -> AnyResponse:
    async with db.work() as tx:
        me: Person = await person(tx, signed.session.person)
        means = await means_of(tx, me.id)
        challenge = passkeys.new_challenge(tx.key, "register", me.id, tx.now)
    return page(
        request,
        "identity/means.html",
        status=status,
        means=means,
        form=form,
        withheld=bool(signed.withheld),
        options=passkeys.registration_options(_site(request), me, means.passkeys, challenge),
    )


def _password_page(request: AnyRequest, form: Filled, status: int = 200) -> AnyResponse:
    secret = form["secret"].raw
    if onetime.secret_of(secret) is None:
        secret = onetime.new_secret()
    site = _site(request)
    return page(
        request,
        "identity/password.html",
        status=status,
        form=form,
        secret=secret,
        address=onetime.address(secret, site.host, site.name),  # nobody's name in an address
    )


def _site(request: AnyRequest) -> passkeys.Site:
    centre = getattr(request.state, "centre", None)
    return site_of(request, centre.name if centre else "Rundum")


def _device(request: AnyRequest) -> str:
    return device_name(request.headers.get("user-agent", ""))


def _before(request: AnyRequest) -> SignedIn | None:
    found: SignedIn | None = request.state.signed_in
    return found


def _on(request: AnyRequest, opened: Opened, to: str) -> AnyResponse:
    """With the new session to where somebody was going, if that is a page of ours."""
    ours = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    answer = see_other(to if ours and to.isascii() else begin(opened))
    give_cookie(request, answer, opened)
    return answer


routes: list[Any] = [
    show_staff_sign_in,
    sign_in_by_password,
    sign_in_by_passkey,
    show_prove,
    show_means,
    add_passkey,
    remove_passkey,
    show_password,
    set_password,
    give_codes,
]
