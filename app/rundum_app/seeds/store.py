"""What seeding does in the database beside the services."""

from __future__ import annotations

from rundum_core.actor import Actor
from rundum_core.db import Transaction
from rundum_core.places import demo_places
from rundum_core.queries import many, one, run

wait_for_others = run("seeds/seed", "wait_for_others")
close_deliveries = run("seeds/seed", "close_deliveries")
close_calls = run("seeds/seed", "close_calls")
has_centre = one("seeds/seed", "has_centre", bool)

_set_role = run("seeds/seed", "set_role")
_places_called = many("seeds/seed", "places_called", int)


async def act_as(tx: Transaction, actor: Actor) -> None:
    """Go on with another actor's rights: role and centre, until they change again."""
    centre = "" if actor.centre is None else str(actor.centre)
    await _set_role(tx, role=f"rundum_{actor.kind}", centre=centre)


async def demo_area(tx: Transaction) -> list[int]:
    """The places of the demo district."""
    rows = demo_places()
    return await _places_called(
        tx, postal_codes=[row.postal_code for row in rows], names=[row.name for row in rows]
    )
