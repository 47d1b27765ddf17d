"""A centre whose offers no engine has planned: what races and controls are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from factories import an_actor
from rundum_core.actor import Actor, Role
from rundum_core.db import Database
from rundum_identity.centres import Centre
from rundum_matching import offers
from rundum_matching.models import PlannedOffer, PlannedSeat


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """What races and controls need of a centre: rows, and offers that no engine has planned."""

    db: Database
    centre: Centre

    async def rows(self, sql: str, *args: object) -> list[dict[str, object]]:
        async with self.db.work() as tx:
            return [dict(row) for row in await tx.connection.fetch(sql, *args)]

    async def ids(self, sql: str, *args: object) -> list[int]:
        return [next(iter(row.values())) for row in await self.rows(sql, *args)]  # type: ignore[misc]

    async def id(self, sql: str, *args: object) -> int:
        (found,) = await self.ids(sql, *args)
        return found

    async def do(self, sql: str, *args: object) -> None:
        async with self.db.work() as tx:
            await tx.connection.execute(sql, *args)

    def actor(self, person: int, *roles: Role) -> Actor:
        return an_actor(self.centre, person, *(roles or ("provider",)))

    async def family(self, request: int) -> Actor:
        asked_by = await self.id("SELECT asked_by FROM care_request WHERE id = $1", request)
        return self.actor(asked_by, "client")

    async def planned(
        self,
        request: int,
        person: int,
        *,
        parallel: bool = False,
        seats: Sequence[int] | None = None,
        later: timedelta = timedelta(0),
    ) -> PlannedOffer:
        """An offer of these seats (the request's first one of each visit) at their time, or
        `later`."""
        found = await self.rows(
            "SELECT s.id AS seat, s.visit, lower(s.during) AS starts_at, r.version"
            " FROM seat s JOIN visit v ON v.id = s.visit JOIN care_request r ON r.id = v.request"
            " WHERE r.id = $1 AND (s.id = ANY($2::bigint[]) OR ($2 IS NULL AND s.position = 1))"
            " ORDER BY s.id",
            request,
            seats,
        )
        return PlannedOffer(
            request=request,
            request_version=found[0]["version"],  # type: ignore[arg-type]
            person=person,
            seats=tuple(_seat(row, later) for row in found),
            parallel=parallel,
        )

    async def asks(
        self,
        request: int,
        *people: int,
        parallel: bool = False,
        seats: Sequence[int] | None = None,
    ) -> list[int]:
        """Offers to these people; their ids. Without `parallel` each gets a seat of her own."""
        written = []
        for number, person in enumerate(people):
            own = seats if parallel or seats is None else [seats[number]]
            planned = await self.planned(request, person, parallel=parallel, seats=own)
            async with self.db.work() as tx:
                written.append(await offers.place(tx, planned))
        return written

    async def seats(self, request: int) -> list[int]:
        return await self.ids(
            "SELECT s.id FROM seat s JOIN visit v ON v.id = s.visit WHERE v.request = $1"
            " ORDER BY s.id",
            request,
        )

    async def approval(self, booking: int, by: str = "client") -> int:
        return await self.id("SELECT id FROM approval WHERE booking = $1 AND by = $2", booking, by)


def _seat(row: dict[str, object], later: timedelta) -> PlannedSeat:
    starts_at = row["starts_at"]
    assert isinstance(starts_at, datetime)
    return PlannedSeat(
        seat=row["seat"],  # type: ignore[arg-type]
        visit=row["visit"],  # type: ignore[arg-type]
        starts_at=starts_at + later,
        way_minutes=0,
        distance_km=0.0,
    )
