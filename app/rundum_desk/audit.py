"""What happened at a centre: who did or saw what, when, for whom, and why. For administrators."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import msgspec

from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.errors import NotFound
from rundum_core.localtime import widest
from rundum_core.names import search_key
from rundum_core.queries import many, one
from rundum_identity.rights import allow
from rundum_web.fields import Checkbox, Choice, Day, Text
from rundum_web.forms import Form

PAGE = 50
THINGS = (
    *("request", "visit", "offer", "booking", "approval", "provider", "client", "person"),
    *("availability", "availability_exception", "credential", "consent", "pair_rule", "delivery"),
    *("link", "task", "card_index", "session", "role_grant", "invitation", "deputy", "password"),
    *("passkey", "recovery_code", "proofs", "bench"),
)
ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """An event in the words of `kind`, `thing.did`; `request` or `provider` lead to what it is
    about."""

    id: int
    at: datetime
    kind: str
    subject: int
    reason: str | None
    actor_name: str | None
    on_behalf_name: str | None
    request: UUID | None
    provider: UUID | None

    @property
    def thing(self) -> str:
        return self.kind.partition(".")[0]

    @property
    def did(self) -> str:
        return self.kind.partition(".")[2]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: by whom (words of a name), about what, only looks at it, on which local
    days (both inside)."""

    name: str = ""
    thing: str = ""
    looks: bool = False
    since: date | None = None
    until: date | None = None


ASKED = Form(
    Asked,
    texts="desk.events.form",
    name=Text(max=120, required=False, default=""),
    thing=Choice(THINGS, words="desk.thing", few=False, required=False, default=""),
    looks=Checkbox(),
    since=Day(required=False),
    until=Day(required=False),
)

_events = many("desk/audit", "events", Happened)
_event_at = one("desk/audit", "event_at", datetime)


async def happened(
    db: Database, actor: Actor, asked: Asked, *, before: int | None = None
) -> list[Happened]:
    """A page of the actor's centre, newest first, behind the event `before`; raises NotFound where
    there is no such event."""
    allow(actor, "event.list")
    centre = actor.centre or 0
    since = widest(asked.since, time()) if asked.since else ALWAYS[0]
    until = widest(asked.until + timedelta(days=1), time()) if asked.until else ALWAYS[1]
    async with db.transaction(actor) as tx:
        at: datetime | None = ALWAYS[1]
        if before is not None:
            at = await _event_at(tx, centre=centre, id=before)
        if at is None:
            raise NotFound
        return await _events(
            tx,
            centre=centre,
            since=since,
            until=until,
            before_at=at,
            before_id=before or 0,
            thing=asked.thing,
            looks=asked.looks,
            words=search_key(asked.name).split(),
            most=PAGE,
        )
