"""Sessions: who is signed in where, kept by the hash of a token that only the device has."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from rundum_core.actor import Actor, Role
from rundum_core.db import Database, Transaction
from rundum_core.errors import NotFound
from rundum_core.events import record
from rundum_core.queries import many, one, run

# By what somebody showed that it is she. A link is as safe as a mailbox: enough for families and
# helpers, and for staff where their centre says so.
Proof = Literal["link", "password", "passkey"]
STAFF_ROLES: frozenset[Role] = frozenset({"desk", "administrator"})
# How exact `seen_at` is; a session in use is written to no more often.
SEEN_EVERY = timedelta(minutes=5)


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """How long a session lasts: unused, and at all."""

    idle: timedelta
    absolute: timedelta


STAFF_LIFE = Life(idle=timedelta(hours=4), absolute=timedelta(hours=12))
USUAL_LIFE = Life(idle=timedelta(days=14), absolute=timedelta(days=30))


class HeldRole(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is at one centre; one that is `guarded` counts only with more than a link."""

    centre: int
    role: Role
    guarded: bool


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One device on which somebody is signed in."""

    id: int
    public_id: UUID
    person: int
    centre: int | None
    device: str
    proof: Proof
    created_at: datetime
    proved_at: datetime
    seen_at: datetime
    expires_at: datetime


class Found(Session, frozen=True, kw_only=True):
    """A session as its token finds it, with its person's language."""

    locale: str


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts under a session; `roles` are all that count under it, `actor.roles` those where she
    is now. `withheld` are those for which she would have to prove more than a link does."""

    session: Found
    roles: tuple[HeldRole, ...]
    withheld: tuple[HeldRole, ...] = ()

    @property
    def actor(self) -> Actor:
        here = (held.role for held in self.roles if held.centre == self.session.centre)
        return Actor(
            kind="web",
            centre=self.session.centre,
            person=self.session.person,
            roles=frozenset(here),
        )


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A new session; the only moment at which its token is known to us."""

    token: str
    expires_at: datetime
    lasts: timedelta
    person: int
    centre: int
    is_staff: bool
    withheld: bool


insert_session = one("identity/session", "insert_session", int)
session_by_hash = one("identity/session", "session_by_hash", Found)
sessions_of = many("identity/session", "sessions_of", Session)
touch_session = run("identity/session", "touch_session")
move_session = run("identity/session", "move_session")
delete_session = one("identity/session", "end_session", int)
delete_sessions = run("identity/session", "end_sessions")
drop_session = one("identity/session", "drop_session", int)
forget_sessions = run("identity/session", "forget_sessions")
select_home_centre = one("identity/role", "home_centre", int)
roles_of = many("identity/role", "roles_of", HeldRole)


async def open_session(
    tx: Transaction, person: int, device: str, proof: Proof = "link", centre: int | None = None
) -> Opened:
    """Sign a person in on a device, at `centre` or her home centre.

    The token is always a new one: nothing that a browser brings along is ever adopted.
    """
    roles = await roles_of(tx, person=person, now=tx.now)
    counting, withheld = _counting(roles, proof)
    life = life_of(roles)
    if centre is None:
        centre = await home_centre(tx, person)
    secret = secrets.token_bytes(32)
    id = await insert_session(
        tx,
        token_hash=hashlib.sha256(secret).digest(),
        person=person,
        centre=centre,
        device=device,
        proof=proof,
        now=tx.now,
        expires_at=tx.now + life.absolute,
    )
    assert id is not None
    await record(tx, "session.opened", id, centre=centre)
    return Opened(
        token=base64.urlsafe_b64encode(secret).rstrip(b"=").decode(),
        expires_at=tx.now + life.absolute,
        lasts=life.absolute,
        person=person,
        centre=centre,
        is_staff=any(held.role in STAFF_ROLES for held in counting),
        withheld=bool(withheld),
    )


async def signed_in(db: Database, token: str) -> SignedIn | None:
    """Who is signed in under a token; None for one that is unknown, over or was idle too long."""
    token_hash = _hash_of(token)
    if token_hash is None:
        return None
    async with db.work() as tx:
        found = await session_by_hash(tx, token_hash=token_hash, now=tx.now)
        if found is None:
            return None
        roles = await roles_of(tx, person=found.person, now=tx.now)
        if not is_alive(found, life_of(roles), tx.now):
            return None
        if tx.now - found.seen_at >= SEEN_EVERY:
            await touch_session(tx, id=found.id, now=tx.now, before=tx.now)
    counting, withheld = _counting(roles, found.proof)
    return SignedIn(session=found, roles=counting, withheld=withheld)


async def end_session(db: Database, actor: Actor, public_id: UUID) -> None:
    """Sign out one of the actor's own devices; raises NotFound for any other."""
    async with db.transaction(actor) as tx:
        id = await delete_session(tx, public_id=public_id, person=actor.person)
        if id is None:
            raise NotFound()
        await record(tx, "session.ended", id, centre=actor.centre)


async def end_other_sessions(db: Database, actor: Actor, keep: int) -> int:
    """Sign out all of the actor's devices but the one she uses; returns how many."""
    async with db.transaction(actor) as tx:
        return await delete_sessions(tx, person=actor.person, but=keep)


async def end_sessions(tx: Transaction, person: int) -> int:
    """Sign a person out everywhere: her rights have changed, or she is gone."""
    return await delete_sessions(tx, person=person, but=None)


async def drop_presented(db: Database, token: str | None) -> None:
    """Sign out the device that holds this token; any other text does nothing."""
    if token is not None:
        async with db.work() as tx:
            await drop(tx, token)


async def drop(tx: Transaction, token: str) -> None:
    """End the session of a token, if there is one."""
    if (token_hash := _hash_of(token)) is not None:
        await drop_session(tx, token_hash=token_hash)


async def home_centre(tx: Transaction, person: int) -> int:
    """Where a person begins: where she works, else helps, else asks, else where she is known."""
    centre = await select_home_centre(tx, person=person, now=tx.now)
    if centre is None:
        raise NotFound("person.unknown")
    return centre


async def devices(db: Database, actor: Actor) -> list[Session]:
    """Where the actor is signed in, latest used first."""
    async with db.transaction(actor) as tx:
        return await sessions_of(tx, person=actor.person, now=tx.now)


async def switch_centre(db: Database, signed: SignedIn, centre: int) -> None:
    """Look at another centre from now on; raises NotFound where she has no role."""
    if centre not in {held.centre for held in signed.roles}:
        raise NotFound("centre.unknown")
    async with db.transaction(signed.actor) as tx:
        await move_session(tx, id=signed.session.id, person=signed.session.person, centre=centre)


def life_of(roles: list[HeldRole] | tuple[HeldRole, ...]) -> Life:
    """Staff of any centre are signed in for a working day, others for a month."""
    return STAFF_LIFE if any(held.role in STAFF_ROLES for held in roles) else USUAL_LIFE


def is_alive(session: Session, life: Life, now: datetime) -> bool:
    """Whether a session still counts: within its time, and not unused for too long.

    Its life may have become shorter since it began (somebody became staff).
    """
    return (
        now < session.expires_at
        and now < session.created_at + life.absolute
        and now - session.seen_at < life.idle
    )


def _counting(
    roles: list[HeldRole], proof: Proof
) -> tuple[tuple[HeldRole, ...], tuple[HeldRole, ...]]:
    """The roles that count under a proof, and those that are withheld."""
    enough = proof != "link"
    return (
        tuple(held for held in roles if enough or not held.guarded),
        tuple(held for held in roles if held.guarded and not enough),
    )


def _hash_of(token: str) -> bytes | None:
    if len(token) != 43:
        return None
    try:
        return hashlib.sha256(base64.b64decode(f"{token}=", b"-_", validate=True)).digest()
    except (ValueError, binascii.Error):
        return None
