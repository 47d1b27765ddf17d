"""Invitations to work for a centre: a link by mail, good once and for a week."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from rundum_core import links
from rundum_core.actor import WORKER, Actor
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, NotFound
from rundum_core.events import must_record, record
from rundum_core.queries import many, one, run
from rundum_identity import proofs, sessions
from rundum_identity.rights import allow
from rundum_identity.sessions import Opened
from rundum_identity.staff import StaffRole, grant_role, known_or_registered
from rundum_notifications.messages import tell

LASTS = timedelta(days=7)


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Who is invited to what, and what became of it."""

    id: int
    public_id: UUID
    centre: int
    centre_name: str
    person: int
    name: str
    role: StaffRole
    expires_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None


class NewInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be invited, at an address that is as good as her hand on it."""

    name: str
    email: str
    role: StaffRole


insert_invitation = one("identity/invitation", "insert_invitation", int)
invitation_by_id = one("identity/invitation", "invitation_by_id", Invitation)
open_invitations = many("identity/invitation", "open_invitations", Invitation)
accept_invitation = one("identity/invitation", "accept_invitation", int)
withdraw_invitation = one("identity/invitation", "withdraw_invitation", int)
withdraw_for = run("identity/invitation", "withdraw_for")


async def invite(db: Database, actor: Actor, new: NewInvitation) -> None:
    """Invite somebody to the actor's centre. Who is invited again gets a new link, and the old one
    ends. Whether she was known here before is told to nobody."""
    allow(actor, "staff.manage")
    assert actor.centre is not None
    async with db.transaction(msgspec.structs.replace(WORKER, person=actor.person)) as tx:
        person, contact = await known_or_registered(tx, actor.centre, new.name, new.email)
        await _send(tx, actor.centre, person, new.role, contact)


async def invite_anew(db: Database, actor: Actor, person: int, role: StaffRole) -> None:
    """Somebody of the staff has lost what she signs in with: all of it is taken away, her sessions
    end, and a new invitation is on its way to her."""
    allow(actor, "staff.manage")
    assert actor.centre is not None
    async with db.transaction(msgspec.structs.replace(WORKER, person=actor.person)) as tx:
        await proofs.forget_means(tx, person)
        await sessions.end_sessions(tx, person)
        await record(tx, "proofs.reset", person, centre=actor.centre)
        await _send(tx, actor.centre, person, role, None)


async def withdraw(db: Database, actor: Actor, public_id: UUID) -> None:
    """Take an invitation back; raises NotFound for one that isn't open here."""
    allow(actor, "staff.manage")
    async with db.transaction(actor) as tx:
        id = await withdraw_invitation(tx, public_id=public_id, centre=actor.centre, now=tx.now)
        if id is None:
            raise NotFound()
        await links.revoke_links(tx, purpose="invitation", subject=id, now=tx.now)
        await record(tx, "invitation.withdrawn", id, centre=actor.centre)


async def look(db: Database, token: str) -> tuple[links.Link, Invitation]:
    """An invitation by its link; changes nothing. Raises NotFound `link.unknown`."""
    async with db.work() as tx:
        return await _found(tx, token)


async def accept(db: Database, token: str, device: str) -> Opened:
    """Say yes, once: the role is hers from now on, and she is signed in by link, so that she can
    set up what else she needs. Raises Conflict `link.used` or `link.expired`."""
    async with db.work() as tx:
        link, invitation = await _found(tx, token)
    async with db.transaction(msgspec.structs.replace(WORKER, person=invitation.person)) as tx:
        await links.use(tx, link)
        if await accept_invitation(tx, id=invitation.id, now=tx.now) is None:
            raise Conflict("link.used")
        await grant_role(tx, invitation.centre, invitation.person, invitation.role)
        await record(tx, "invitation.accepted", invitation.id, centre=invitation.centre)
        return await sessions.open_session(tx, invitation.person, device, "link", invitation.centre)


async def _send(
    tx: Transaction, centre: int, person: int, role: StaffRole, contact: int | None
) -> None:
    await withdraw_for(tx, centre=centre, person=person, now=tx.now)
    id = await insert_invitation(
        tx,
        centre=centre,
        person=person,
        role=role,
        invited_by=tx.actor.person,
        now=tx.now,
        expires_at=tx.now + LASTS,
    )
    assert id is not None
    await links.issue(
        tx,
        "invitation",
        subject=id,
        person=person,
        centre=centre,
        expires_at=tx.now + LASTS,
    )
    event = await must_record(tx, "invitation.sent", id, centre=centre, role=role)
    await tell(
        tx,
        event=event,
        person=person,
        template="invitation",
        subject=id,
        centre=centre,
        contact=contact,
    )


async def _found(tx: Transaction, token: str) -> tuple[links.Link, Invitation]:
    link = await links.find(tx, "invitation", token)
    invitation = await invitation_by_id(tx, id=link.subject)
    if invitation is None or invitation.withdrawn_at is not None:
        raise NotFound("link.unknown")
    return link, invitation
