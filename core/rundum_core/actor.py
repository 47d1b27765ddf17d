"""On whose behalf a transaction runs: what the database's second wall and the event log see."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["client", "provider", "guardian", "desk", "administrator"]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts, for which centre, by which way.

    `kind` web sees the rows of `centre` only; worker (jobs, courier, matching run) sees all.
    `person` is None for somebody unknown and for the house itself. `roles` are those in `centre`.
    `link` is the id of the mail link through which a person acts without signing in; `key` that of
    the key by which a program acts for the desk, in what `scopes` name and nothing else.
    """

    kind: Literal["web", "worker"]
    centre: int | None = None
    person: int | None = None
    roles: frozenset[Role] = frozenset()
    link: int | None = None
    key: int | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & {"desk", "administrator"})

    def within(self, centre: int) -> Actor:
        """The same actor, looking at another centre (without any role there)."""
        if centre == self.centre:
            return self
        return msgspec.structs.replace(self, centre=centre, roles=frozenset(), scopes=frozenset())


WORKER = Actor(kind="worker")


def visitor(centre: int | None = None) -> Actor:
    """Somebody we don't know, on a page of a centre."""
    return Actor(kind="web", centre=centre)
