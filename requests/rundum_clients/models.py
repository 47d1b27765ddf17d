"""Clients: who asks for care, and through which persons."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

ClientKind = Literal["household", "club", "municipality", "company"]
ClientStatus = Literal["new", "known", "blocked"]
ClientTag = Literal["pets", "smoking"]

KINDS: tuple[ClientKind, ...] = ("household", "club", "municipality", "company")
TAGS: tuple[ClientTag, ...] = ("pets", "smoking")

ClientName = Annotated[str, Meta(min_length=1, max_length=120)]
Street = Annotated[str, Meta(min_length=1, max_length=120)]


class NewClient(Struct, frozen=True, kw_only=True):
    """A client to be. A household's `name` is its contact's; an organisation's its own."""

    kind: ClientKind
    name: ClientName
    place: int
    street: Street
    tags: tuple[ClientTag, ...] = ()


class Client(Struct, frozen=True, kw_only=True):
    """A client as it is kept. `place` and `street` are its own address, `note` is the desk's."""

    id: int
    public_id: UUID
    centre: int
    kind: ClientKind
    name: str
    place: int
    street: str
    tags: tuple[ClientTag, ...]
    status: ClientStatus
    note: str
    created_at: datetime

    @property
    def is_blocked(self) -> bool:
        return self.status == "blocked"
