"""The past of a demo district: what happened is done again by the services, in order, each thing at
its own time, and in one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from rundum_app.seeds import store
from rundum_core.actor import Actor
from rundum_core.db import Database, Transaction

Deed = Callable[["Past"], Awaitable[object]]
Progress = Callable[[int, int], None]


class Past(Database):
    """A database whose transactions are parts of a single one, with a clock that follows the story.

    What its services commit is there for all others at once, when the single one is committed; or
    never, so that a district is never half there. A refusal ends all of it.
    """

    def __init__(self, whole: Transaction) -> None:
        self._whole = whole
        self._acting = whole.actor
        self.now = whole.now
        self.clock = lambda: self.now

    @asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[Transaction]:
        """A part of the whole, with the rights of `actor`."""
        if (actor.kind, actor.centre) != (self._acting.kind, self._acting.centre):
            self._acting = actor
            await store.act_as(self._whole, actor)
        whole = self._whole
        yield Transaction(connection=whole.connection, actor=actor, now=self.now, key=whole.key)


class Diary:
    """What happened when. Entries may be noted in any order, and are told in the order of time."""

    def __init__(self) -> None:
        self._entries: list[tuple[datetime, int, Deed]] = []

    def note(self, at: datetime, deed: Deed) -> None:
        """Something to be done at that time; what was noted first comes first."""
        self._entries.append((at, len(self._entries), deed))

    async def tell(self, past: Past, progress: Progress = lambda done, all: None) -> None:
        """Do everything, the clock standing at each entry's time."""
        entries = sorted(self._entries, key=lambda entry: entry[:2])
        for number, (at, _, deed) in enumerate(entries):
            past.now = at
            await deed(past)
            progress(number + 1, len(entries))
