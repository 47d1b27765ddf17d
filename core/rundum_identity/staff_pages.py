"""Pages about who works here: the staff of a centre, invitations, and saying yes to one."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from rundum_core import links
from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.errors import Conflict, FieldError, Invalid, NotFound, RundumError
from rundum_identity import invitations, staff
from rundum_identity.authentication import device_name, give_cookie, network_of, require_proof
from rundum_identity.forms import ABSENCE, ADDRESS, INVITATION, LEAVING
from rundum_identity.proof_pages import begin
from rundum_identity.rights import allow
from rundum_identity.signin import count_use
from rundum_identity.staff import Member
from rundum_web.bodies import form_body
from rundum_web.forms import Filled
from rundum_web.given import Db, Who
from rundum_web.render import page, see_other

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
PUBLIC = {"public": True}


@get("/desk/staff", include_in_schema=False)
async def show_staff(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    _may_manage(request, db, actor)
    return await _staff_page(request, db, actor, INVITATION.blank())


@post("/desk/staff/invitations", include_in_schema=False)
async def invite(request: AnyRequest, db: Db, actor: Who) -> AnyResponse:
    _may_manage(request, db, actor)
    sent = await form_body(request)
    try:
        await invitations.invite(db, actor, INVITATION.parse(sent))
    except Invalid as invalid:
        form = INVITATION.filled(sent, invalid)
        return await _staff_page(request, db, actor, form, status=422)
    return see_other("/desk/staff")


@post("/desk/staff/invitations/{id:uuid}/withdrawal", include_in_schema=False)
async def withdraw(request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]) -> AnyResponse:
    _may_manage(request, db, actor)
    await invitations.withdraw(db, actor, id)
    return see_other("/desk/staff")


@get("/desk/staff/{id:uuid}", include_in_schema=False)
async def show_member(request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]) -> AnyResponse:
    _may_manage(request, db, actor)
    return await _member_page(request, db, actor, await staff.member(db, actor, id))


@post("/desk/staff/{id:uuid}/end", include_in_schema=False)
async def end_work(request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]) -> AnyResponse:
    _may_manage(request, db, actor)
    leaves = await staff.member(db, actor, id)
    sent = await form_body(request)
    try:
        wish = LEAVING.parse(sent)
        successor = await _other(db, actor, wish.successor, "successor")
        await staff.end_work(db, actor, leaves, successor)
    except (Invalid, Conflict) as refused:
        form = LEAVING.filled(sent, _at_field(refused, "successor"))
        return await _member_page(request, db, actor, leaves, leaving=form)
    return see_other("/account" if leaves.person == actor.person else "/desk/staff")


@post("/desk/staff/{id:uuid}/deputy", include_in_schema=False)
async def set_deputy(request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]) -> AnyResponse:
    _may_manage(request, db, actor)
    away = await staff.member(db, actor, id)
    sent = await form_body(request)
    try:
        wish = ABSENCE.parse(sent)
        deputy = await _other(db, actor, wish.deputy, "deputy")
        assert deputy is not None
        await staff.set_deputy(db, actor, away, deputy, wish.until)
    except (Invalid, Conflict) as refused:
        form = ABSENCE.filled(sent, _at_field(refused, "deputy"))
        return await _member_page(request, db, actor, away, absence=form)
    return see_other("/desk/staff")


@post("/desk/staff/{id:uuid}/reset", include_in_schema=False)
async def reset(request: AnyRequest, db: Db, actor: Who, id: FromPath[UUID]) -> AnyResponse:
    _may_manage(request, db, actor)
    lost = await staff.member(db, actor, id)
    await invitations.invite_anew(db, actor, lost.person, lost.roles[0])
    return see_other("/desk/staff")


@get("/invitations/{token:str}", opt=PUBLIC, include_in_schema=False)
async def show_invitation(request: AnyRequest, db: Db, token: FromPath[str]) -> AnyResponse:
    return await _invitation_page(request, db, token)


@post("/invitations/{token:str}/acceptance", opt=PUBLIC, include_in_schema=False)
async def accept(request: AnyRequest, db: Db, token: FromPath[str]) -> AnyResponse:
    await count_use(db, network_of(request))
    try:
        opened = await invitations.accept(
            db, token, device_name(request.headers.get("user-agent", ""))
        )
    except Conflict:  # used or expired, which the page says
        return await _invitation_page(request, db, token)
    answer = see_other(begin(opened))
    give_cookie(request, answer, opened)
    return answer


def _may_manage(request: AnyRequest, db: Database, actor: Actor) -> None:
    """Only administrators, and only with a fresh proof."""
    allow(actor, "staff.manage")
    require_proof(request, actor, db.clock())


async def _other(db: Database, actor: Actor, id: UUID | None, field: str) -> Member | None:
    """The member of staff that a form names; Invalid at its field for anybody else."""
    if id is None:
        return None
    try:
        return await staff.member(db, actor, id)
    except NotFound:
        raise Invalid((FieldError(field, "forms.choice.unknown"),)) from None


def _at_field(refused: RundumError, field: str) -> Invalid:
    if isinstance(refused, Invalid):
        return refused
    return Invalid((FieldError(field, refused.key, refused.params),))


async def _staff_page(
    request: AnyRequest, db: Database, actor: Actor, form: Filled, status: int = 200
) -> AnyResponse:
    members = await staff.members(db, actor)
    async with db.transaction(actor) as tx:
        invited = await invitations.open_invitations(tx, centre=actor.centre, now=tx.now)
    return page(
        request,
        "identity/staff.html",
        status=status,
        members=members,
        invited=invited,
        form=form,
    )


async def _member_page(
    request: AnyRequest,
    db: Database,
    actor: Actor,
    member: Member,
    *,
    leaving: Filled | None = None,
    absence: Filled | None = None,
) -> AnyResponse:
    others = [one for one in await staff.members(db, actor) if one.person != member.person]
    return page(
        request,
        "identity/member.html",
        status=200 if leaving is None and absence is None else 422,
        member=member,
        mine=member.person == actor.person,
        others=[(one.public_id, one.name) for one in others],
        leaving=leaving or LEAVING.blank(),
        absence=absence or ABSENCE.blank(),
    )


async def _invitation_page(request: AnyRequest, db: Database, token: str) -> AnyResponse:
    link, invitation = await invitations.look(db, token)
    state = links.state(link, db.clock())
    return page(
        request,
        "identity/invitation.html",
        status=200 if state == "live" else 410,
        state=state,
        invitation=msgspec.structs.replace(invitation, person=0),
        token=token,
        form=ADDRESS.blank(),
    )


routes: list[Any] = [
    show_staff,
    invite,
    withdraw,
    show_member,
    end_work,
    set_deputy,
    reset,
    show_invitation,
    accept,
]
