"""The demo centre itself, and who works there."""

from __future__ import annotations

from datetime import time

from msgspec import Struct

from rundum_app.seeds import store
from rundum_app.seeds.past import Past
from rundum_core.actor import Actor
from rundum_core.place_import import load_demo_places
from rundum_core.places import resolve
from rundum_identity.centres import (
    Centre,
    CentreSettings,
    NewCentre,
    centre_by_id,
    create_centre,
)
from rundum_identity.hours import OpeningHours, Span
from rundum_identity.staff import add_staff

SLUG = "boerde"
LONG = (Span(time(8), time(16)),)
SHORT = (Span(time(8), time(12)),)
HOURS = OpeningHours(monday=LONG, tuesday=LONG, wednesday=LONG, thursday=LONG, friday=SHORT)
SETTINGS = CentreSettings(
    staff_sign_in="link",  # whoever tries it out finds the link in the mail catcher
    insurance_de="Während der Betreuung sind Helfende über den Familienservice unfall- und "
    "haftpflichtversichert.",
    insurance_en="While they help, our helpers are insured against accidents and liability through "
    "the family service.",
)


class Staff(Struct, frozen=True, kw_only=True):
    """The centre, and those who work there as actors."""

    centre: Centre
    administrator: Actor
    desk: Actor


async def open_centre(past: Past, administrator: tuple[str, str], desk: tuple[str, str]) -> Staff:
    """Set the centre up for all demo places, with two people (name and address each)."""
    async with past.work() as tx:
        await load_demo_places(tx)
        area = await store.demo_area(tx)
        place = await resolve(tx, "39340", "Haldensleben")
        id = await create_centre(
            tx,
            NewCentre(
                slug=SLUG,
                name="Familienservice Börde",
                street="Am Beispielhof 1",
                place=place.id,
                phone="+493023125010",
                on_call="+491713920099",
                email="familienservice@example.org",
                hours=HOURS,
                settings=SETTINGS,
            ),
            area,
        )
        centre = await centre_by_id(tx, id)
    boss = await add_staff(past, SLUG, administrator[1], administrator[0], "administrator")
    clerk = await add_staff(past, SLUG, desk[1], desk[0], "desk")
    return Staff(
        centre=centre,
        administrator=Actor(
            kind="web", centre=id, person=boss.person, roles=frozenset({"administrator"})
        ),
        desk=Actor(kind="web", centre=id, person=clerk.person, roles=frozenset({"desk"})),
    )
