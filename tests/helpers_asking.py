"""What tests about requests are made of: a house with a clock, sound bodies, what a page sends."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from rundum_core import links
from rundum_core.actor import Actor, visitor
from rundum_core.db import Database
from rundum_identity.centres import Centre
from rundum_identity.persons import NewPerson, register_person, verify_contact
from rundum_requests.form import read_json
from rundum_requests.intake import Submitted
from rundum_requests.service import submit

Browsers = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
DESK = 1


class Clock:
    """A clock that stands until it is turned: Monday, 23 November 2026, 10 o'clock in Berlin."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


class House(msgspec.Struct, frozen=True, kw_only=True):
    """The database with two centres, and a clock that tests may turn."""

    db: Database
    centre: Centre
    other: Centre
    clock: Clock

    @property
    def desk(self) -> Actor:
        return self.acting(DESK, "desk")

    def acting(self, person: int, *roles: Any) -> Actor:
        return Actor(
            kind="web", centre=self.centre.id, person=person, roles=frozenset(roles or ("client",))
        )

    async def person(self, given_name: str = "Petra", **more: Any) -> int:
        """Somebody of the family Beispiel with a proven address, if she has one."""
        new = NewPerson(given_name=given_name, family_name="Beispiel", **more)
        async with self.db.work() as tx:
            id = await register_person(tx, new, self.centre.id)
            if new.email:
                await verify_contact(tx, id, "email", new.email)
            return id

    async def ask(
        self, actor: Actor | None = None, key: str | None = None, **more: Any
    ) -> Submitted:
        """A sound request over the API, changed by `more`."""
        return await submit(
            self.db,
            actor or visitor(),
            self.centre,
            read_json(body(**more)),
            via="api",
            key=key,
        )

    async def rows(self, sql: str, *arguments: Any) -> list[Any]:
        async with self.db.work() as tx:
            found: list[Any] = await tx.connection.fetch(sql, *arguments)
            return found

    async def value(self, sql: str, *arguments: Any) -> Any:
        async with self.db.work() as tx:
            return await tx.connection.fetchval(sql, *arguments)

    async def token(self, purpose: Any = "confirm") -> str:
        """The newest link of a purpose, as the letter will hold it."""
        async with self.db.work() as tx:
            id = await tx.connection.fetchval(
                "SELECT max(id) FROM link WHERE purpose = $1", purpose
            )
            return links.token(tx.key, purpose, id)


def body(**more: Any) -> dict[str, Any]:
    """A sound JSON body: two children in Barleben on Saturday, 5 December, 14 to 18 o'clock."""
    sound: dict[str, Any] = {
        "service": "childcare",
        "visits": [{"during": {"start": "2026-12-05T14:00", "end": "2026-12-05T18:00"}}],
        "place": "39179 Barleben",
        "street": "Breiteweg 5",
        "children": [{"band": "2-3", "count": 1}, {"band": "4-6", "count": 1}],
        "given_name": "Eva",
        "family_name": "Krause",
        "email": "eva@example.org",
    }
    return {name: value for name, value in (sound | more).items() if value is not None}


def typed(**more: Any) -> dict[str, Any]:
    """The same as a page sends it; names with a dot stand as `visits__0__during__date`."""
    sound = {
        "form_key": "ABCDEFGHIJKLMNOPQRSTUV",
        "service": "childcare",
        "visits.0.during.date": "2026-12-05",
        "visits.0.during.from": "14:00",
        "visits.0.during.to": "18:00",
        "place": "39179 Barleben",
        "street": "Breiteweg 5",
        "children.2-3": "1",
        "children.4-6": "1",
        "given_name": "Eva",
        "family_name": "Krause",
        "email": "eva@example.org",
        "website": "",
    }
    return sound | {name.replace("__", "."): value for name, value in more.items()}
