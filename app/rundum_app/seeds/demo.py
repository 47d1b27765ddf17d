"""A whole demo district: its centre, the people who help, and what is asked of them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from rundum_app.seeds import store
from rundum_app.seeds.admissions import note_helper
from rundum_app.seeds.centre import SLUG, Staff, open_centre
from rundum_app.seeds.clients import CLUB_CONTACT, PARENT, Households, note_askers
from rundum_app.seeds.homes import Homes
from rundum_app.seeds.kinds import MIXTURE
from rundum_app.seeds.names import Registry
from rundum_app.seeds.past import Diary, Past, Progress
from rundum_app.seeds.providers import MIA, PETRA, SILKE, Drawing
from rundum_app.seeds.requests import Intake
from rundum_app.seeds.stories import stories
from rundum_app.seeds.telling import Telling
from rundum_core.clock import BERLIN
from rundum_core.db import Database
from rundum_identity.persons import persons_by_contact

PROVIDERS = 70
REQUESTS = 130
FEWEST_PROVIDERS = len(MIXTURE)  # fewer would leave kinds of people out
SEED = 2026


class SignIn(Struct, frozen=True, kw_only=True):
    """Somebody of the demo who can sign in: by a link to her address."""

    role: str
    name: str
    email: str


PEOPLE: tuple[SignIn, ...] = (
    SignIn(role="administrator", name="Ute Sommer", email="ute.sommer@example.org"),
    SignIn(role="desk", name="Dirk Hartung", email="dirk.hartung@example.org"),
    SignIn(role="parent", name=" ".join(PARENT), email="anna.lindner@example.org"),
    SignIn(role="club", name=" ".join(CLUB_CONTACT), email="sven.ackermann@example.org"),
    SignIn(role="provider", name=PETRA, email="petra.neumann@example.org"),
    SignIn(role="guardian", name=SILKE, email="silke.vogt@example.org"),
    SignIn(role="pupil, shares her mother's address", name=MIA, email="silke.vogt@example.org"),
)


class Seeded(Struct, frozen=True, kw_only=True):
    """What was made: the centre's name in addresses, how many of what, and who can sign in."""

    centre: str
    providers: int
    requests: int
    people: tuple[SignIn, ...]


async def seed_if_empty(db: Database) -> Seeded | None:
    """Fill a database without any centre with the demo district, as of now; None if there is one.

    All or nothing, and by one process only, whatever number starts at once. Nobody gets a mail:
    see `seed`.
    """
    return await seed(db, now=db.clock(), only_if_empty=True)


async def seed(
    db: Database,
    *,
    now: datetime,
    seed: int = SEED,
    providers: int = PROVIDERS,
    requests: int = REQUESTS,
    only_if_empty: bool = False,
    progress: Progress = lambda done, all: None,
) -> Seeded | None:
    """Make the demo district in one transaction; the same seed and `now` give the same district.

    Everything is done by the services, in the order in which it would have happened over the last
    years, each thing at its own time: so every row is one that the house itself has written, and
    the desk's board shows what is left to do. The letters to all these people (some three hundred:
    welcome, activated, request taken) are written as always, but closed as obsolete, their calls
    too, before anything is committed: the courier has nothing to send, and the call list is empty.
    Letters begin with what happens from now on.

    None if `only_if_empty` and there is a centre; raises Conflict `conflict.centre_slug_key` where
    there is the demo centre already.
    """
    async with db.work() as tx:
        await store.wait_for_others(tx)
        if only_if_empty and await store.has_centre(tx):
            return None
        past = Past(tx)
        past.now = now
        staff = await _make(past, random.Random(seed), now, providers, requests, progress)  # noqa: S311
        past.now = now
        async with past.work() as part:
            await store.close_deliveries(part, centre=staff.centre.id, now=now)
            await store.close_calls(part, centre=staff.centre.id, now=now)
    return Seeded(centre=SLUG, providers=providers, requests=requests, people=PEOPLE)


async def who_can_sign_in(db: Database) -> list[str]:
    """Lines that say who of the demo can sign in; none where it isn't the demo's database."""
    found = []
    async with db.work() as tx:
        for person in PEOPLE:
            known = await persons_by_contact(tx, "email", person.email)
            if any(f"{one.given_name} {one.family_name}" == person.name for one in known):
                found.append(person)
    return lines(found)


def lines(people: Iterable[SignIn]) -> list[str]:
    return [f"Sign in as   {one.email}  ({one.name}, {one.role})" for one in people]


async def _make(
    past: Past,
    rng: random.Random,
    now: datetime,
    providers: int,
    requests: int,
    progress: Progress,
) -> Staff:
    today = now.astimezone(BERLIN).date()
    administrator, desk = PEOPLE[:2]
    staff = await open_centre(
        past, (administrator.name, administrator.email), (desk.name, desk.email)
    )
    registry, homes = Registry(rng), Homes(rng)
    diary = Diary()
    helpers = list(Drawing(rng, today, registry, homes).helpers(providers))
    for helper in helpers:
        note_helper(diary, staff, helper, today)
    households = Households(rng, registry, Homes(rng))
    telling = Telling(rng, now, households, homes, staff.centre.state)
    intake = Intake(rng, staff, helpers, now)
    for story in stories(telling, requests):
        intake.note(diary, story)
    note_askers(diary, staff, households.all, today)
    await diary.tell(past, progress)
    return staff
