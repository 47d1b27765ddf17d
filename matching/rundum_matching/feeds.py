"""A provider's private calendar feed: its address is the key, made and taken back by herself."""

from __future__ import annotations

from datetime import timedelta

from rundum_core import links
from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_identity.rights import allow

LASTS = timedelta(days=3650)  # a calendar goes on asking for years; a new address ends the old one


async def feed_address(db: Database, actor: Actor) -> str | None:
    """The path of the actor's feed, or None while she has none."""
    allow(actor, "calendar.view", owner=actor.person)
    async with db.transaction(actor) as tx:
        found = await links.link_for(
            tx, purpose="feed", subject=actor.person, person=actor.person, now=tx.now
        )
        return None if found is None else _path(links.token(tx.key, "feed", found.id))


async def new_feed_address(db: Database, actor: Actor) -> str:
    """A new path; whoever has the old one sees nothing any more."""
    allow(actor, "calendar.view", owner=actor.person)
    assert actor.person is not None
    assert actor.centre is not None
    async with db.transaction(actor) as tx:
        await links.revoke_links(tx, purpose="feed", subject=actor.person, now=tx.now)
        token = await links.issue(
            tx,
            "feed",
            subject=actor.person,
            person=actor.person,
            centre=actor.centre,
            expires_at=tx.now + LASTS,
            standing=True,
        )
        return _path(token)


def _path(token: str) -> str:
    return f"/calendars/{token}.ics"
