"""Persons as they are kept: contacts that are shared, relations, consents, the wall by centre."""

from __future__ import annotations

from datetime import date

import pytest

from rundum_core.actor import visitor
from rundum_core.errors import NotFound
from rundum_core.names import search_key, sound_key
from rundum_identity import persons
from rundum_identity.persons import NewPerson


async def test_a_person_is_found_by_her_name_as_it_is_written_and_as_it_sounds(house) -> None:
    async with house.db.transaction(visitor(house.centre.id)) as tx:
        id = await persons.register_person(
            tx,
            NewPerson(given_name="Jürgen", family_name="Maier", birth_date=date(1960, 4, 1)),
            house.centre.id,
        )
        row = await tx.connection.fetchrow(
            "SELECT search_key, sound_key FROM person WHERE id = $1", id
        )
        assert tuple(row) == ("juergen maier", sound_key("Meier"))
        await persons.rename(tx, id, "Jürgen", "Groß")
        assert await tx.connection.fetchval("SELECT search_key FROM person") == search_key(
            "Jürgen Groß"
        )


async def test_several_share_an_address_and_a_number_in_any_case(house) -> None:
    petra = await house.person("Petra", "Familie@example.org", phone="+493904555012")
    jonas = await house.person("Jonas", "familie@example.org", phone="+493904555012")
    async with house.db.work() as tx:
        for channel, value in (("email", "FAMILIE@example.org"), ("phone", "+493904555012")):
            found = await persons.persons_by_contact(tx, channel, value)
            assert [person.id for person in found] == [petra, jonas]


async def test_a_contact_point_is_kept_once_and_its_proof_stays(house) -> None:
    petra = await house.person("Petra", "petra@example.org")
    async with house.db.work() as tx:
        await persons.verify_contact(tx, petra, "email", "PETRA@example.org")
        await persons.add_contact(tx, petra, "email", "Petra@example.org", best_time="abends")
        [contact] = await persons.contacts_of(tx, person=petra)
    assert contact.verified_at == house.clock.now
    assert contact.best_time == "abends"


async def test_a_minor_has_guardians_and_they_their_wards(house) -> None:
    lena = await house.person("Lena", birth_date=date(2011, 5, 1))
    petra, jonas = await house.person("Petra"), await house.person("Jonas")
    async with house.db.work() as tx:
        for guardian in (petra, jonas, petra):
            await persons.relate(tx, lena, guardian, "guardian")
        assert [found.id for found in await persons.guardians_of(tx, lena)] == [petra, jonas]
        assert [found.id for found in await persons.wards_of(tx, jonas)] == [lena]
        await persons.unrelate(tx, lena, jonas, "guardian")
        assert [found.id for found in await persons.guardians_of(tx, lena)] == [petra]


async def test_a_consent_is_kept_with_its_text_and_can_be_withdrawn(house) -> None:
    lena, petra, jonas = [await house.person(name) for name in ("Lena", "Petra", "Jonas")]
    async with house.db.work() as tx:
        for guardian in (petra, jonas):
            await persons.give_consent(
                tx,
                centre=house.centre.id,
                person=lena,
                kind="guardian",
                text_version="2026-11",
                given_by=guardian,
            )
        ended = await persons.withdraw_consent(
            tx, centre=house.centre.id, person=lena, kind="guardian", given_by=petra
        )
        kept = await persons.consents_of(tx, centre=house.centre.id, person=lena)
    assert ended == 1
    assert {consent.given_by: consent.withdrawn_at for consent in kept} == {
        petra: house.clock.now,
        jonas: None,
    }


async def test_another_centre_sees_a_person_only_once_it_knows_her(house) -> None:
    petra = await house.person("Petra", "petra@example.org")
    async with house.db.transaction(visitor(house.other.id)) as tx:
        assert await persons.persons_by_contact(tx, "email", "petra@example.org") == []
        assert await persons.contacts_of(tx, person=petra) == []
        with pytest.raises(NotFound):
            await persons.person(tx, petra)
    async with house.db.work() as tx:
        await persons.add_centre(tx, petra, house.other.id)
        await persons.add_centre(tx, petra, house.other.id)
        assert (await persons.person(tx, petra)).centres == (house.centre.id, house.other.id)
    async with house.db.transaction(visitor(house.other.id)) as tx:
        assert (await persons.person(tx, petra)).given_name == "Petra"


async def test_who_was_erased_is_found_no_more(house) -> None:
    petra = await house.person("Petra", "petra@example.org")
    async with house.db.work() as tx:
        await tx.connection.execute("UPDATE person SET erased_at = now() WHERE id = $1", petra)
        assert await persons.persons_by_contact(tx, "email", "petra@example.org") == []
        assert await persons.persons(tx, [petra]) == {}
