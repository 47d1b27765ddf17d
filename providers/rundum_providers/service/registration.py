"""Somebody wants to help: a person becomes an applicant, and the desk gets to know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from rundum_core import events
from rundum_core.actor import Actor
from rundum_core.attempts import limit
from rundum_core.clock import BERLIN
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, FieldError, Invalid
from rundum_core.idempotency import once
from rundum_core.places import Place, look_up, resolve
from rundum_identity import persons
from rundum_identity.centres import centre_by_id
from rundum_identity.persons import ContactPoint, NewPerson, Person
from rundum_identity.rights import allow
from rundum_notifications.messages import tell
from rundum_notifications.tasks import open_task
from rundum_providers import admission
from rundum_providers.models import PRIVACY_TEXT, NewProvider
from rundum_providers.store import providers as store

A_NETWORK = 120  # applications an hour: a school or a mobile network has many behind one address
CHECK_MINUTES = 480  # of the desk's hours, until somebody looks at an application


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """A new applicant; `person` is for the house only."""

    provider: UUID
    person: int


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the form needs no asking for: `person` is None for a visitor and for the desk."""

    nearby: tuple[str, ...]
    person: Person | None = None
    contacts: tuple[ContactPoint, ...] = ()


async def known_to(db: Database, actor: Actor) -> Known:
    """What is known of who registers at the actor's centre."""
    assert actor.centre is not None, "somebody registers at a centre"
    async with db.work() as tx:  # somebody from another centre sees herself, too
        nearby = tuple(await store.places_of_centre(tx, centre=actor.centre))
        if actor.person is None or actor.is_staff:
            return Known(nearby=nearby)
        return Known(
            nearby=nearby,
            person=await persons.person(tx, actor.person),
            contacts=tuple(await persons.contacts_of(tx, person=actor.person)),
        )


async def mistakes(db: Database, actor: Actor, values: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with those fields of a registration that could be read.

    A page adds it to the form's own errors, so that a person reads all of them at once.
    """
    allow(actor, "provider.register")
    async with db.transaction(actor) as tx:
        return await _mistakes(tx, actor, values)


async def register(
    db: Database,
    actor: Actor,
    new: NewProvider,
    *,
    key: str | None = None,
    network: str | None = None,
) -> Registered:
    """Take an application at the actor's centre; sent twice under the same `key` it is one.

    Who is signed in and no staff registers herself; anybody else becomes a new person. She and,
    when she is a minor, her guardians get a letter, the desk a task. Raises Invalid with every
    mistake, Conflict `providers.conflict.registered` for who is a provider already, Unavailable
    when too many came from one `network`.
    """
    allow(actor, "provider.register")
    if wrong := await mistakes(db, actor, msgspec.structs.asdict(new)):
        raise Invalid(tuple(wrong))
    if network is not None and not actor.is_staff:
        await limit(db, f"provider:{network}", most=A_NETWORK, per=timedelta(hours=1))
    await _introduce(db, actor)
    try:
        async with db.transaction(actor) as tx:
            place = await resolve(tx, "", new.place)
            answer = await once(
                tx,
                f"provider:{actor.centre}:{actor.person or ''}",
                key,
                new,
                lambda: _register(tx, new, place),
            )
    except Conflict as conflict:
        if conflict.key != "conflict.provider_pkey":
            raise
        raise Conflict("providers.conflict.registered") from conflict  # at another centre
    return msgspec.convert(answer, Registered)


async def _introduce(db: Database, actor: Actor) -> None:
    """Let the centre know somebody who comes signed in from another one."""
    if actor.person is not None and actor.centre is not None and not actor.is_staff:
        async with db.work() as tx:
            await persons.add_centre(tx, actor.person, actor.centre)


async def _register(tx: Transaction, new: NewProvider, place: Place) -> dict[str, Any]:
    centre = tx.actor.centre
    assert centre is not None, "somebody registers at a centre"
    person = await _person(tx, new, centre)
    if await store.provider_by_person(tx, person=person) is not None:
        raise Conflict("providers.conflict.registered")
    provider = await store.insert_provider(
        tx,
        person=person,
        centre=centre,
        engagement=new.engagement,
        place=place.id,
        street=new.street,
        transport=new.transport,
        radius_km=new.radius_km,
        last_way_home=new.last_way_home,
        hours_week=new.hours_week,
        lowest_rate=new.lowest_rate,
        schooling_until=new.schooling_until,
        attends_school=new.attends_school,
        refuses=list(new.refuses),
        about=new.about,
        now=tx.now,
    )
    keys = skill_keys(new.services, new.bands, new.languages, new.qualifications)
    claims = [f"says:{claim}" for claim in new.claims]
    await store.insert_skills(tx, centre=centre, person=person, keys=[*keys, *claims])
    await persons.give_consent(
        tx,
        centre=centre,
        person=person,
        kind="privacy",
        text_version=PRIVACY_TEXT,
        given_by=person,
    )
    event = await events.must_record(tx, "provider.registered", person, centre=centre)
    await tell(
        tx, event=event, person=person, template="provider_welcome", subject=person, centre=centre
    )
    if admission.is_minor(new.birth_date, tx.now.astimezone(BERLIN).date()):
        await _add_guardians(tx, person, new, centre, event)
    due_at = (await centre_by_id(tx, centre)).desk_deadline(tx.now, CHECK_MINUTES)
    await open_task(tx, "check", person, centre, due_at, person)
    return {"provider": str(provider), "person": person}


async def _person(tx: Transaction, new: NewProvider, centre: int) -> int:
    actor = tx.actor
    if actor.person is not None and not actor.is_staff:
        await store.set_birth_date(tx, person=actor.person, birth_date=new.birth_date)
        return actor.person
    return await persons.register_person(
        tx,
        NewPerson(
            given_name=new.given_name,
            family_name=new.family_name,
            locale=new.locale,
            birth_date=new.birth_date,
            email=new.email,
            phone=new.phone,
            best_time=new.best_time,
        ),
        centre,
    )


async def _add_guardians(
    tx: Transaction, person: int, new: NewProvider, centre: int, event: int
) -> None:
    """Guardians know from the beginning; their consent comes on paper, through the desk."""
    for guardian in new.guardians:
        other = await persons.register_person(
            tx,
            NewPerson(
                given_name=guardian.given_name,
                family_name=guardian.family_name,
                locale=new.locale,
                email=guardian.email,
                phone=guardian.phone,
            ),
            centre,
        )
        await persons.relate(tx, person, other, "guardian")
        await tell(
            tx,
            event=event,
            person=other,
            template="guardian_informed",
            subject=person,
            centre=centre,
        )


async def _mistakes(tx: Transaction, actor: Actor, values: Mapping[str, Any]) -> list[FieldError]:
    today = tx.now.astimezone(BERLIN).date()
    wrong: list[FieldError] = []
    if (born := values.get("birth_date")) is not None:
        wrong += admission.wrong_birth_date(born, today)
        if "guardians" in values:
            wrong += admission.wrong_guardians(born, values["guardians"], today)
    if values.keys() >= {"email", "phone"} and (actor.person is None or actor.is_staff):
        wrong += admission.wrong_contact(values["email"], values["phone"])
    if values.get("engagement") == "staff" and not actor.is_staff:
        wrong.append(FieldError("engagement", "forms.choice.unknown"))
    return wrong + await profile_mistakes(tx, values)


async def profile_mistakes(tx: Transaction, values: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with the part of a registration that may be changed later."""
    wrong: list[FieldError] = []
    if values.keys() >= {"services", "bands"}:
        wrong += admission.wrong_services(values["services"], values["bands"])
    if values.keys() >= {"transport", "last_way_home"}:
        wrong += admission.wrong_way_home(values["transport"], values["last_way_home"])
    if values.get("place"):
        found = await look_up(tx, "", values["place"])
        if isinstance(found, FieldError):
            wrong.append(found)
    return wrong


def skill_keys(
    services: Iterable[str],
    bands: Iterable[str],
    languages: Iterable[str],
    qualifications: Iterable[str],
) -> list[str]:
    """What somebody can, as the keys that a seat asks for."""
    return [
        *(f"service:{service}" for service in services),
        *(f"band:{band}" for band in bands),
        *(f"lang:{language}" for language in languages),
        *qualifications,
    ]
