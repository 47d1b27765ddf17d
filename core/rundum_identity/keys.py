"""Keys by which a centre's programs use the API: its website, a municipality's portal.

A key acts for its centre as the desk would, and only in what its scopes name: verbs of the table
of rights that a program may have (`rights.RIGHTS`, column *program*).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec

from rundum_core.actor import Actor
from rundum_core.clock import BERLIN
from rundum_core.db import Database
from rundum_core.errors import FieldError, Invalid, NotFound
from rundum_core.events import record
from rundum_core.queries import many, one, run
from rundum_identity.rights import allow

MARK = "rundum_"  # by which a key is known from a session's token, and found where it leaked
LONGEST = timedelta(days=2 * 366)
USED_EVERY = timedelta(minutes=5)


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """What a key is for, what it may do, and the last day on which it works."""

    name: str
    scopes: tuple[str, ...]
    until: date


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key as administrators see it: never the secret."""

    public_id: UUID
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    until: date
    used_at: datetime | None
    ended_at: datetime | None
    works: bool


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    centre: int
    scopes: tuple[str, ...]
    used_at: datetime | None


insert_key = one("identity/api_key", "insert_key", int)
keys_of_centre = many("identity/api_key", "keys_of_centre", Key)
key_by_hash = one("identity/api_key", "key_by_hash", Shown)
touch_key = run("identity/api_key", "touch_key")
end_key = one("identity/api_key", "end_key", int)


async def keys(db: Database, actor: Actor) -> list[Key]:
    """The keys of the actor's centre, those that still work first."""
    allow(actor, "key.manage")
    async with db.transaction(actor) as tx:
        return await keys_of_centre(tx, centre=actor.centre, now=tx.now)


async def make(db: Database, actor: Actor, new: NewKey) -> str:
    """A new key; the only moment at which its secret is known to us. Raises Invalid at `until`
    for a day that has passed or lies more than two years ahead."""
    allow(actor, "key.manage")
    assert actor.centre is not None
    secret = MARK + secrets.token_urlsafe(32)
    async with db.transaction(actor) as tx:
        expires_at = datetime.combine(new.until + timedelta(days=1), time(), BERLIN)
        if expires_at <= tx.now:
            raise Invalid((FieldError("until", "identity.key.past"),))
        if expires_at > tx.now + LONGEST:
            raise Invalid((FieldError("until", "identity.key.too_long"),))
        id = await insert_key(
            tx,
            centre=actor.centre,
            hash=_hash(secret),
            name=new.name,
            scopes=list(new.scopes),
            made_by=actor.person,
            now=tx.now,
            expires_at=expires_at,
        )
        assert id is not None
        await record(tx, "key.made", id, centre=actor.centre, scopes=list(new.scopes))
    return secret


async def end(db: Database, actor: Actor, public_id: UUID) -> None:
    """It works no more, from this moment on; raises NotFound for one that isn't here."""
    allow(actor, "key.manage")
    async with db.transaction(actor) as tx:
        id = await end_key(tx, public_id=public_id, now=tx.now)
        if id is None:
            raise NotFound()
        await record(tx, "key.ended", id, centre=actor.centre)


async def acting(db: Database, secret: str) -> Actor | None:
    """Who acts under a key; None for one that is unknown, ended or past its day."""
    async with db.work() as tx:
        found = await key_by_hash(tx, hash=_hash(secret), now=tx.now)
        if found is None:
            return None
        if found.used_at is None or tx.now - found.used_at >= USED_EVERY:
            await touch_key(tx, id=found.id, now=tx.now)
    return Actor(
        kind="web",
        centre=found.centre,
        roles=frozenset({"desk"}),
        key=found.id,
        scopes=frozenset(found.scopes),
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
