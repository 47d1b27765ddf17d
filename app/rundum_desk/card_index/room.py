"""What an import works with: one transaction in which every service takes part, and all that is
known already."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, datetime
from typing import Any, cast

import asyncpg
from msgspec import Struct

from rundum_core.actor import Actor
from rundum_core.clock import BERLIN
from rundum_core.db import Database, Transaction
from rundum_core.i18n import Locale
from rundum_desk.card_index import store
from rundum_desk.card_index.people import People
from rundum_identity import persons
from rundum_identity.centres import Centre
from rundum_identity.contacts import contact_key


class Room(Struct, frozen=True, kw_only=True):
    """One import: `db` is the whole transaction in the shape that service verbs take.

    `consent_on_file` says that everybody in the file has agreed to the privacy text on paper.
    """

    db: Database
    actor: Actor
    centre: Centre
    people: People
    consent_on_file: bool
    locale: Locale = "de"

    @property
    def now(self) -> datetime:
        return self.db.clock()

    @property
    def today(self) -> date:
        return self.now.astimezone(BERLIN).date()

    def part(self) -> Any:
        """A part of the whole, to be used like a transaction."""
        return self.db.transaction(self.actor)


def joined(tx: Transaction) -> Database:
    """A database whose transactions are savepoints of `tx`, at the moment of `tx`.

    What a service commits is there for the rest of `tx`, and for others when that is committed; a
    refusal takes back its own part only.
    """
    pool = cast(asyncpg.Pool, _OneConnection(tx.connection))
    return Database(pool, key=tx.key, clock=lambda: tx.now)


async def add_contacts(room: Room, known: store.KnownPerson, contacts: list[str]) -> list[str]:
    """Note further ways to reach somebody; answers the fields that are new."""
    there = {contact_key(value) for value in (*known.emails, *known.phones)}
    new = [value for value in contacts if contact_key(value) not in there]
    async with room.part() as tx:
        for value in new:
            by_mail = "@" in value
            await persons.add_contact(tx, known.person, "email" if by_mail else "phone", value)
            (known.emails if by_mail else known.phones).append(value)
    return ["email" if "@" in value else "phone" for value in new]


class _OneConnection:
    """What of a pool `Database` uses, over a connection that somebody else holds."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def acquire(self, *, timeout: float) -> _Held:
        return _Held(self._connection)

    async def release(self, connection: Any) -> None:
        """It stays with who holds it."""


class _Held:
    """A connection as a pool gives it: to be awaited, or for a block."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __await__(self) -> Generator[Any, None, Any]:
        return self.__aenter__().__await__()

    async def __aenter__(self) -> Any:
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        """It stays with who holds it."""
