"""The API's face of what everybody may know: centres and places."""

from typing import Any
from uuid import UUID

from litestar import get
from litestar.params import FromQuery
from msgspec import Struct

from rundum_core.actor import visitor
from rundum_core.places import find_places
from rundum_identity.centres import centres
from rundum_matching import status
from rundum_matching.store.status import OwnRequest
from rundum_web.given import Db, Who

PUBLIC = {"public": True}
MOST = 20


class CentreLine(Struct, frozen=True, kw_only=True):
    """A centre's name in addresses, its name, and how to reach it."""

    slug: str
    name: str
    phone: str
    place: str


class PlaceLine(Struct, frozen=True, kw_only=True):
    postal_code: str
    name: str
    municipality: str


class OwnRequestLine(Struct, frozen=True, kw_only=True):
    """A request of the bearer's: how many of how many people are firm."""

    id: UUID
    state: str
    service: str
    visits: int
    people: int
    firm: int
    waiting: int


@get("/api/v1/centres", opt=PUBLIC)
async def list_centres(db: Db) -> list[CentreLine]:
    """The centres of this installation."""
    async with db.transaction(visitor()) as tx:
        return [
            CentreLine(slug=one.slug, name=one.name, phone=one.phone, place=one.place_name)
            for one in await centres(tx)
        ]


@get("/api/v1/places", opt=PUBLIC)
async def list_places(db: Db, q: FromQuery[str]) -> list[PlaceLine]:
    """Places whose postal code or name begins so, at most twenty."""
    async with db.transaction(visitor()) as tx:
        return [
            PlaceLine(postal_code=one.postal_code, name=one.name, municipality=one.municipality)
            for one in await find_places(tx, q[:80], MOST)
        ]


@get("/api/v1/requests")
async def list_requests(db: Db, actor: Who) -> list[OwnRequestLine]:
    """The requests of those for whom the bearer speaks, the newest first."""
    return [_line(one) for one in await status.own_requests(db, actor)]


def _line(one: OwnRequest) -> OwnRequestLine:
    return OwnRequestLine(
        id=one.public_id,
        state=one.state,
        service=one.service,
        visits=one.visits,
        people=one.people,
        firm=one.firm,
        waiting=one.waiting,
    )


routes: list[Any] = [list_centres, list_places, list_requests]
