"""Somebody wants to help: what is taken, what is refused, who hears of it."""

from __future__ import annotations

from datetime import date

import pytest

from helpers_made import House, a_pupil, an_application
from rundum_core.actor import Actor
from rundum_core.errors import Conflict, Invalid
from rundum_identity import persons
from rundum_identity.persons import NewPerson, consents_of
from rundum_notifications.tasks import open_tasks
from rundum_providers.models import NewGuardian
from rundum_providers.service import registration
from rundum_providers.store import providers as store


async def told(house: House) -> list[tuple[str, str]]:
    async with house.db.work() as tx:
        rows = await tx.connection.fetch(
            """SELECT m.template, p.given_name FROM message m JOIN person p ON p.id = m.person
               ORDER BY m.id"""
        )
    return [(row["template"], row["given_name"]) for row in rows]


def keys(refused: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {error.field: error.key for error in refused.value.errors}


async def test_an_application_becomes_an_applicant_with_everything_she_said(house: House) -> None:
    new = await registration.register(
        house.db,
        house.visitor,
        an_application(
            languages=("de", "pl"),
            qualifications=("driving_licence",),
            claims=("first_aid",),
            refuses=("smoking",),
            lowest_rate=1450,
        ),
    )
    async with house.db.transaction(house.desk) as tx:
        found = await store.provider_by_public_id(tx, public_id=new.provider)
        consents = await consents_of(tx, centre=house.centre, person=new.person)
    assert found is not None
    assert found.status == "applicant"
    assert found.place_name == "Haldensleben"
    assert (found.services, found.bands) == (("childcare",), ("2-3", "4-6"))
    assert found.languages == ("de", "pl")
    assert found.qualifications == ("driving_licence",)
    assert found.claims == ("first_aid",)
    assert [(consent.kind, consent.text_version) for consent in consents] == [
        ("privacy", "privacy-2026-11")
    ]


async def test_she_gets_a_letter_and_the_desk_a_task(house: House) -> None:
    new = await registration.register(house.db, house.visitor, an_application())
    assert await told(house) == [("provider_welcome", "Petra")]
    async with house.db.transaction(house.desk) as tx:
        tasks = await open_tasks(tx, house.centre)
    assert [(task.kind, task.subject) for task in tasks] == [("check", new.person)]


async def test_the_guardians_of_a_minor_hear_of_it_at_once(house: House) -> None:
    father = NewGuardian(given_name="Jan", family_name="Vogel", phone="+4915112345678")
    pupil = a_pupil()
    pupil = a_pupil(guardians=(*pupil.guardians, father))
    new = await registration.register(house.db, house.visitor, pupil)
    assert await told(house) == [
        ("provider_welcome", "Lena"),
        ("guardian_informed", "Ines"),
        ("guardian_informed", "Jan"),
    ]
    async with house.db.transaction(house.desk) as tx:
        guardians = await store.guardians(tx, person=new.person)
    assert [(one.given_name, one.consent_at) for one in guardians] == [
        ("Ines", None),
        ("Jan", None),
    ]


async def test_sent_twice_under_one_key_it_is_one_application(house: House) -> None:
    key = "a-key-of-a-form-that-was-clicked-twice"
    first = await registration.register(house.db, house.visitor, an_application(), key=key)
    again = await registration.register(house.db, house.visitor, an_application(), key=key)
    assert first == again
    with pytest.raises(Conflict, match=r"idempotency\.other_body"):
        await registration.register(
            house.db, house.visitor, an_application(given_name="Paula"), key=key
        )


async def test_all_mistakes_are_told_at_once(house: House) -> None:
    child = an_application(
        birth_date=date(2015, 1, 1),
        email=None,
        place="Xylophonien",
        bands=(),
        transport="bus",
        engagement="staff",
        guardians=(NewGuardian(given_name="Ines", family_name="Vogel"),),
    )
    with pytest.raises(Invalid) as refused:
        await registration.register(house.db, house.visitor, child)
    assert keys(refused) == {
        "birth_date": "providers.rule.too_young",
        "email": "providers.rule.contact_missing",
        "guardians.0.phone": "providers.rule.guardian_contact",
        "place": "place.unknown",
        "bands": "providers.rule.bands_missing",
        "last_way_home": "providers.rule.last_way_home",
        "engagement": "forms.choice.unknown",
    }
    assert await told(house) == []


@pytest.mark.parametrize("born", [date(2027, 6, 8), date(1900, 1, 1)])
async def test_a_birth_date_must_be_one(house: House, born: date) -> None:
    with pytest.raises(Invalid) as refused:
        await registration.register(house.db, house.visitor, an_application(birth_date=born))
    assert keys(refused)["birth_date"] == "providers.rule.birth_date"


async def test_a_minor_without_guardians_is_asked_for_them(house: House) -> None:
    with pytest.raises(Invalid) as refused:
        await registration.register(house.db, house.visitor, a_pupil(guardians=()))
    assert keys(refused) == {"guardians": "providers.rule.guardian_missing"}


async def test_somebody_signed_in_registers_herself_once(house: House) -> None:
    async with house.db.work() as tx:
        known = await persons.register_person(
            tx, NewPerson(given_name="Rosa", family_name="Klein"), house.centre
        )
    rosa = Actor(kind="web", centre=house.centre, person=known, roles=frozenset({"client"}))
    new = await registration.register(house.db, rosa, an_application(email=None))
    assert new.person == known
    async with house.db.work() as tx:
        person = await persons.person(tx, known)
    assert person.given_name == "Rosa"
    assert person.birth_date == date(1987, 3, 1)
    with pytest.raises(Conflict, match=r"providers\.conflict\.registered"):
        await registration.register(house.db, rosa, an_application(email=None))


async def test_nobody_registers_staff_but_the_desk(house: House) -> None:
    await registration.register(house.db, house.desk, an_application(engagement="staff"))
    nobody = Actor(kind="web", centre=house.centre, person=1, roles=frozenset({"guardian"}))
    with pytest.raises(Invalid):
        await registration.register(house.db, nobody, an_application(engagement="staff"))
