"""What the form of a request knows already: who is signed in, her clients, the places nearby."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct

from rundum_clients import service as clients
from rundum_clients.models import Client
from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.errors import RundumError
from rundum_core.places import places
from rundum_identity.centres import Centre
from rundum_identity.persons import ContactPoint, Person, contacts_of, person
from rundum_requests import store


class Home(Struct, frozen=True, kw_only=True):
    """A client for whom may be asked, and its place as one writes it."""

    client: Client
    place: str


class Known(Struct, frozen=True, kw_only=True):
    """What needs no asking. `person` is None for a visitor and for the desk, which asks for
    others; `homes` are her own clients, or the one that the desk has before it."""

    nearby: tuple[str, ...]
    person: Person | None = None
    contacts: tuple[ContactPoint, ...] = ()
    homes: tuple[Home, ...] = ()

    @property
    def home(self) -> Home | None:
        return self.homes[0] if self.homes else None


async def known_to(db: Database, actor: Actor, centre: Centre, named: str = "") -> Known:
    """What the form knows of who sees it; `named` is the client in the address, if any."""
    actor = actor.within(centre.id)
    async with db.transaction(actor) as tx:
        nearby = tuple(await store.places_nearby(tx, centre=centre.id))
        found: list[Client] = []
        if actor.person is not None and not actor.is_staff:
            found = await clients.own_clients(tx, centre.id, actor.person)
        if (id := _id(named)) is not None:
            try:
                wanted = await clients.client_for(tx, actor, centre.id, id)
            except RundumError:
                pass
            else:
                found = [wanted, *(one for one in found if one.id != wanted.id)]
        where = await places(tx, [client.place for client in found])
    homes = tuple(Home(client=one, place=where[one.place].label) for one in found)
    if actor.person is None or actor.is_staff:
        return Known(nearby=nearby, homes=homes)
    async with db.work() as tx:  # another centre's person is seen by herself, too
        return Known(
            nearby=nearby,
            person=await person(tx, actor.person),
            contacts=tuple(await contacts_of(tx, person=actor.person)),
            homes=homes,
        )


def prefilled(known: Known, query: Mapping[str, Any]) -> dict[str, Any]:
    """The values with which the form begins: the service and wishes of the address, the home of
    the first client."""
    values: dict[str, Any] = {"service": query["service"]}
    if (wished := _id(query.get("preferred", ""))) is not None:
        values["preferred"] = (wished,)
    if known.home is not None:
        client = known.home.client
        values |= {
            "client": client.public_id,
            "place": known.home.place,
            "street": client.street,
            "home": client.tags,
        }
    return values


def _id(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
