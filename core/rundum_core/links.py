"""Mail links: once (acts one time) and standing (shows, may be revoked).

The secret is an HMAC of purpose, id and version under the server's key, so that a letter that is
sent again holds the same link; the database keeps its SHA-256 only.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from rundum_core.actor import Actor, visitor
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, NotFound
from rundum_core.queries import one, run

Purpose = Literal[
    "confirm", "status", "offer", "approval", "booking", "feed", "sign_in", "provider",
    "invitation",
]  # fmt: skip
VERSION = 1


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A link as it is kept. `subject` is the id of what it opens, `person` who holds it."""

    id: int
    purpose: str
    subject: int
    person: int | None
    centre: int
    standing: bool
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


next_link_id = one("core/link", "next_link_id", int)
insert_link = run("core/link", "insert_link")
link_by_hash = one("core/link", "link_by_hash", Link)
link_for = one("core/link", "link_for", Link)
use_link = one("core/link", "use_link", int)
revoke_links = run("core/link", "revoke_links")


async def issue(
    tx: Transaction,
    purpose: Purpose,
    *,
    subject: int,
    person: int | None,
    centre: int,
    expires_at: datetime,
    standing: bool = False,
    lasting: timedelta = timedelta(0),
) -> str:
    """A link's token for this subject and person; the living one is handed out again, if it
    lives on for at least `lasting`."""
    found = await link_for(
        tx, purpose=purpose, subject=subject, person=person, now=tx.now + lasting
    )
    if found is not None:
        return token(tx.key, purpose, found.id)
    id = await next_link_id(tx)
    assert id is not None
    secret = _secret(tx.key, purpose, id)
    await insert_link(
        tx,
        id=id,
        hash=hashlib.sha256(secret).digest(),
        purpose=purpose,
        subject=subject,
        person=person,
        centre=centre,
        standing=standing,
        expires_at=expires_at,
        now=tx.now,
    )
    return _written(secret)


async def living(
    tx: Transaction, purpose: Purpose, *, subject: int, person: int | None
) -> str | None:
    """The token of the living link for this subject and person, None where there is none: for
    pages, which make no link since looking changes nothing."""
    found = await link_for(tx, purpose=purpose, subject=subject, person=person, now=tx.now)
    return None if found is None else token(tx.key, purpose, found.id)


async def find(tx: Transaction, purpose: Purpose, written: str) -> Link:
    """The link behind a token, used or expired ones too; raises NotFound for any other text.

    Whether it still acts is `state`; a page says so in words.
    """
    link = await link_by_hash(tx, hash=_hash_of(written), purpose=purpose)
    if link is None or link.revoked_at is not None:
        raise NotFound("link.unknown")
    return link


async def holder(db: Database, purpose: Purpose, written: str) -> tuple[Link, Actor]:
    """The link behind a token, and its holder as the actor of what follows; a standing link that
    is over opens nothing any more: Conflict `link.expired`."""
    async with db.transaction(visitor()) as tx:
        link = await find(tx, purpose, written)
        if link.standing and link.expires_at <= tx.now:
            raise Conflict("link.expired")
    return link, Actor(kind="web", centre=link.centre, person=link.person, link=link.id)


def state(link: Link, now: datetime) -> Literal["live", "used", "expired"]:
    if link.used_at is not None:
        return "used"
    return "live" if link.expires_at > now else "expired"


async def use(tx: Transaction, link: Link) -> None:
    """Let a once-link act: the first time only, else Conflict `link.used` or `link.expired`."""
    if link.standing:
        if link.expires_at <= tx.now:
            raise Conflict("link.expired")
        return
    if await use_link(tx, id=link.id, now=tx.now) is None:
        raise Conflict("link.expired" if link.expires_at <= tx.now else "link.used")


def token(key: bytes, purpose: Purpose, id: int) -> str:
    """The text in the URL, computed anew: 43 characters of base64url."""
    return _written(_secret(key, purpose, id))


def _secret(key: bytes, purpose: str, id: int) -> bytes:
    return hmac.digest(key, f"link:{VERSION}:{purpose}:{id}".encode(), "sha256")


def _written(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def _hash_of(written: str) -> bytes:
    try:
        return hashlib.sha256(base64.b64decode(written + "=", b"-_", validate=True)).digest()
    except (ValueError, binascii.Error):
        raise NotFound("link.unknown") from None
