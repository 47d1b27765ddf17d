"""The desk finds who helps; she herself sees and changes what is hers."""

from __future__ import annotations

import pytest

from helpers_made import House, a_provider, a_pupil, an_application
from rundum_core.errors import Forbidden, Invalid, NotFound
from rundum_providers.models import ProviderChange
from rundum_providers.service import lifecycle, profile, registration


async def registered(house: House, given_name: str, family_name: str) -> None:
    await registration.register(
        house.db,
        house.visitor,
        an_application(given_name=given_name, family_name=family_name),
    )


async def names(house: House, **wanted: object) -> list[str]:
    page = await profile.page_of_providers(house.db, house.desk, **wanted)  # type: ignore[arg-type]
    return [f"{line.given_name} {line.family_name}" for line in page.lines]


async def test_the_desk_finds_a_name_however_it_is_written(house: House) -> None:
    for given, family in [("Anna", "Meyer"), ("Jörg", "Größler"), ("Uta", "Schmidt")]:
        await registered(house, given, family)
    assert await names(house, search="Maier") == ["Anna Meyer"]
    assert await names(house, search="groessler, jörg") == ["Jörg Größler"]
    assert await names(house, search="schm") == ["Uta Schmidt"]
    assert await names(house, search="ut") == ["Uta Schmidt"]
    assert await names(house, search="xyz") == []
    assert await names(house, search="%' OR 1=1 --") == []


async def test_a_long_list_comes_in_pages_without_gaps(house: House) -> None:
    for number in range(7):
        await registered(house, f"Anna{number % 2}", f"Vogt{number // 2}")
    seen: list[str] = []
    after = None
    while True:
        page = await profile.page_of_providers(house.db, house.desk, after=after, limit=3)
        seen += [f"{line.family_name} {line.given_name}" for line in page.lines]
        if (after := page.next) is None:
            break
    assert seen == sorted(seen)
    assert len(seen) == 7


async def test_the_list_is_filtered_by_status(house: House) -> None:
    await registered(house, "Anna", "Meyer")
    active = await a_provider(house)
    rejected = await registration.register(
        house.db, house.visitor, an_application(given_name="Rita")
    )
    await lifecycle.reject(house.db, house.desk, rejected.provider)
    assert await names(house) == ["Anna Meyer", "Petra Müller"]
    assert await names(house, statuses=("active",)) == ["Petra Müller"]
    page = await profile.page_of_providers(house.db, house.desk)
    assert {count.status: count.count for count in page.counts} == {
        "applicant": 1,
        "active": 1,
        "rejected": 1,
    }
    with pytest.raises(Forbidden):
        await profile.page_of_providers(house.db, house.provider(active.person))


async def test_a_look_of_the_desk_at_an_address_leaves_a_line(house: House) -> None:
    new = await a_provider(house)
    await profile.file_of(house.db, house.desk, new.provider)
    await profile.file_of(house.db, house.provider(new.person), new.provider)
    async with house.db.work() as tx:
        looks = await tx.connection.fetch(
            "SELECT actor, subject FROM event WHERE kind = 'provider.viewed'"
        )
    assert [(row["actor"], row["subject"]) for row in looks] == [(house.desk.person, new.person)]


async def test_guardians_see_their_own_child_only(house: House) -> None:
    lena = await a_provider(house, a_pupil())
    petra = await a_provider(house)
    [mother] = (await profile.file_of(house.db, house.desk, lena.provider)).guardians
    ines = house.provider(mother.person)
    assert (await profile.file_of(house.db, ines, lena.provider)).provider.given_name == "Lena"
    with pytest.raises(NotFound):
        await profile.file_of(house.db, ines, petra.provider)


def a_change(**other: object) -> ProviderChange:
    given: dict[str, object] = {
        "place": "39179 Barleben",
        "street": "Ring 1",
        "services": ("household",),
        "transport": "bike",
        "radius_km": 8,
        "hours_week": 6,
        "refuses": ("pets", "night"),
    }
    return ProviderChange(**{**given, **other})  # type: ignore[arg-type]


async def test_she_changes_her_wishes_and_keeps_what_she_claimed(house: House) -> None:
    new = await a_provider(house, an_application(claims=("course_17h",)))
    petra = house.provider(new.person)
    await profile.change(house.db, petra, new.provider, a_change())
    found = (await profile.file_of(house.db, petra, new.provider)).provider
    assert found.place_name == "Barleben"
    assert (found.services, found.bands, found.claims) == (("household",), (), ("course_17h",))
    assert (found.radius_km, found.hours_week, found.refuses) == (8, 6, ("pets", "night"))


async def test_a_change_with_several_mistakes_changes_nothing(house: House) -> None:
    new = await a_provider(house)
    petra = house.provider(new.person)
    wrong = a_change(place="Nirgendwo", transport="bus", services=("childcare",))
    with pytest.raises(Invalid) as refused:
        await profile.change(house.db, petra, new.provider, wrong)
    assert {error.field for error in refused.value.errors} == {"place", "last_way_home", "bands"}
    assert (await profile.file_of(house.db, petra, new.provider)).provider.street == "Am Markt 3"


async def test_she_blocks_a_client_she_has_met_and_no_other(house: House) -> None:
    new = await a_provider(house)
    petra = house.provider(new.person)
    async with house.db.work() as tx:
        client = await tx.connection.fetchrow(
            """INSERT INTO client (centre, kind, name, place, street, created_at)
               SELECT $1, 'household', 'Familie Kern', min(id), 'Weg 2', now() FROM place
               RETURNING id, public_id""",
            house.centre,
        )
    with pytest.raises(NotFound):
        await profile.block_client(house.db, petra, new.provider, client["public_id"])
    await profile.block_client(house.db, house.desk, new.provider, client["public_id"])
    [blocked] = (await profile.file_of(house.db, petra, new.provider)).blocked
    assert blocked.public_id == client["public_id"]
    await profile.unblock_client(house.db, petra, new.provider, client["public_id"])
    assert (await profile.file_of(house.db, petra, new.provider)).blocked == ()
    with pytest.raises(NotFound):
        await profile.unblock_client(house.db, petra, new.provider, client["public_id"])
