"""Who asks in the demo district: families, older people, a club or two, a company."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from rundum_app.seeds.centre import Staff
from rundum_app.seeds.homes import Home, Homes, Where
from rundum_app.seeds.names import Generation, Name, Origin, Registry
from rundum_app.seeds.past import Diary, Past
from rundum_clients import service as clients
from rundum_clients.models import ClientKind, ClientTag, NewClient
from rundum_core.actor import Actor, visitor
from rundum_core.localtime import widest
from rundum_core.places import resolve
from rundum_identity import persons
from rundum_identity.persons import NewPerson

# signed in; calls; writes a mail to the desk; calls for the first time; online, not confirmed yet
By = Literal["web", "phone", "email", "first call", "unconfirmed"]
Children = tuple[tuple[str, int], ...]

FAMILIES: tuple[Children, ...] = (
    (("4-6", 1),),
    (("2-3", 1), ("4-6", 1)),
    (("7-10", 1),),
    (("4-6", 1), ("7-10", 1)),
    (("2-3", 1),),
    (("7-10", 2),),
    (("0-1", 1), ("4-6", 1)),
    (("4-6", 2),),
    (("7-10", 1), ("11-13", 1)),
    (("2-3", 1), ("7-10", 1)),
    (("4-6", 1), ("7-10", 1), ("11-13", 1)),
)
CLUBS = ("Turnverein Lindenhof", "Kulturverein Alte Mühle", "Kinderchor Sonnenblume")
COMPANIES = ("Musterwerk Börde GmbH", "Beispiel Logistik GmbH", "Musterklinik gGmbH")
MUNICIPALITIES = ("Jugendarbeit der Gemeinde (Beispiel)",)
PARENT = Name("Anna", "Lindner")
CLUB_CONTACT = Name("Sven", "Ackermann")


class Asker(Struct, kw_only=True):
    """A client, the person who speaks for it, and how she asks; `client` and `person` are known
    once she is registered. `busy` are the days for which she has asked already."""

    kind: ClientKind = "household"
    name: Name
    title: str = ""
    home: Home
    street: str
    email: str | None
    phone: str | None
    by: By
    children: Children = ()
    tags: tuple[ClientTag, ...] = ()
    busy: set[date]
    client: UUID | None = None
    person: int | None = None

    @property
    def is_known(self) -> bool:
        return self.by in ("web", "phone", "email")

    def actor(self, staff: Staff) -> Actor:
        """Who submits: she herself, or the desk with her on the phone."""
        if self.by == "unconfirmed":
            return visitor(staff.centre.id)
        if self.by != "web":
            return staff.desk
        return Actor(
            kind="web",
            centre=staff.centre.id,
            person=self.person,
            roles=frozenset({"client"}),
        )


class Households:
    """Draws askers; a family comes back in about every second request."""

    def __init__(self, rng: random.Random, registry: Registry, homes: Homes) -> None:
        self._rng = rng
        self._registry = registry
        self._homes = homes
        self._families: list[Asker] = []
        self._seniors: list[Asker] = []
        self.all: list[Asker] = []

    def cast(self) -> Asker:
        """The family of the parent who can sign in."""
        self._registry.take(PARENT)
        home = Home("39179 Barleben", "Barleben")
        asker = self._drawn("web", home, PARENT, email="anna.lindner@example.org")
        asker.children = (("2-3", 1), ("4-6", 1))
        self._families.append(asker)
        return asker

    def family(self, by: By | None = None, origin: Origin = "de") -> Asker:
        """A family with children; one that is known already where nothing special is wanted."""
        plain = by is None and origin == "de"
        if plain and len(self._families) > 12 and self._rng.random() < 0.5:
            return self._rng.choice(self._families)
        ways: tuple[By, ...] = ("web", "phone", "email")
        way = by or self._rng.choices(ways, (70, 20, 10))[0]
        name = self._registry.name("middle", origin)
        asker = self._drawn(way, self._homes.home(self._where(origin)), name)
        asker.children = self._rng.choice(FAMILIES)
        if plain:
            self._families.append(asker)
        return asker

    def senior(self) -> Asker:
        """Somebody old, who calls herself; or her daughter asks."""
        if len(self._seniors) > 6 and self._rng.random() < 0.3:
            return self._rng.choice(self._seniors)
        by: By = "phone" if self._rng.random() < 0.65 else "web"
        generation: Generation = "older" if by == "phone" else "middle"
        asker = self._drawn(by, self._homes.home(), self._registry.name(generation))
        self._seniors.append(asker)
        return asker

    def organisation(self, kind: ClientKind) -> Asker:
        """A club, a company or a municipality, mostly in the middle of the district."""
        titles = {"club": CLUBS, "company": COMPANIES, "municipality": MUNICIPALITIES}[kind]
        name, email = self._registry.name("middle"), None
        if kind == "club" and not any(asker.kind == "club" for asker in self.all):
            name, email = self._registry.take(CLUB_CONTACT), "sven.ackermann@example.org"
        where: Where = "middle" if self._rng.random() < 0.7 else "town"
        asker = self._drawn("web", self._homes.home(where), name, email=email)
        asker.kind, asker.tags = kind, ()
        asker.title = titles[sum(one.kind == kind for one in self.all[:-1]) % len(titles)]
        return asker

    def _drawn(self, by: By, home: Home, name: Name, email: str | None = None) -> Asker:
        phone_only = by == "phone" or (by == "first call" and self._rng.random() < 0.5)
        draw = self._rng.random()
        tags: tuple[ClientTag, ...] = (
            ("pets",) if draw < 0.22 else ("smoking",) if draw < 0.27 else ()
        )
        asker = Asker(
            name=name,
            home=home,
            street=self._registry.street(),
            email=None if phone_only else email or self._registry.email(name),
            phone=self._registry.landline() if phone_only else self._registry.mobile(),
            by=by,
            tags=tags,
            busy=set(),
        )
        self.all.append(asker)
        return asker

    def _where(self, origin: Origin) -> Where:
        if origin != "de":
            return "town"
        return "magdeburg" if self._rng.random() < 0.1 else "anywhere"


def note_askers(diary: Diary, staff: Staff, askers: list[Asker], today: date) -> None:
    """Those whom the desk knows became known one after another in the year before."""
    known = [asker for asker in askers if asker.is_known]
    for number, asker in enumerate(known):
        day = today - timedelta(days=20 + number * 330 // max(len(known), 1))
        diary.note(_in_the_morning(day), _Known(staff, asker))


class _Known:
    """The desk gets to know a client: the person, what she speaks for, and that all is well."""

    def __init__(self, staff: Staff, asker: Asker) -> None:
        self._staff = staff
        self._asker = asker

    async def __call__(self, past: Past) -> None:
        asker, centre = self._asker, self._staff.centre.id
        async with past.transaction(self._staff.desk) as tx:
            asker.person = await persons.register_person(
                tx,
                NewPerson(
                    given_name=asker.name.given,
                    family_name=asker.name.family,
                    email=asker.email,
                    phone=asker.phone,
                ),
                centre,
            )
            if asker.email is not None:
                await persons.verify_contact(tx, asker.person, "email", asker.email)
            new = NewClient(
                kind=asker.kind,
                name=asker.title or f"{asker.name.given} {asker.name.family}",
                place=(await resolve(tx, "", asker.home.label)).id,
                street=asker.street,
                tags=asker.tags,
            )
            client = await clients.create(tx, centre, asker.person, new)
        asker.client = client.public_id
        await clients.mark_known(past, self._staff.desk, centre, client.public_id)


def _in_the_morning(day: date) -> datetime:
    return widest(day, time(9, 30))
