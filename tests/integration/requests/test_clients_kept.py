"""Clients: found again, known, blocked, and never seen from another centre."""

from __future__ import annotations

import pytest

from rundum_clients import service as clients
from rundum_clients.models import NewClient
from rundum_core.actor import Actor
from rundum_core.errors import Conflict, Forbidden, NotFound


async def a_client(house, person: int):
    place = house.centre.place
    new = NewClient(kind="club", name="TSV Beispiel", place=place, street="Am Platz 1")
    async with house.db.transaction(house.desk) as tx:
        return await clients.create(tx, house.centre.id, person, new)


async def test_a_client_becomes_known_is_blocked_and_let_in_again(house) -> None:
    client = await a_client(house, await house.person("Petra"))
    assert client.status == "new"
    for verb, status in (
        (clients.mark_known, "known"),
        (clients.mark_known, "known"),
        (clients.block, "blocked"),
        (clients.unblock, "known"),
    ):
        changed = await verb(house.db, house.desk, house.centre.id, client.public_id)
        assert changed.status == status
    kinds = await house.rows("SELECT kind FROM event WHERE kind LIKE 'client.%' ORDER BY id")
    assert [row["kind"] for row in kinds] == [
        "client.created",
        "client.admitted",
        "client.blocked",
        "client.unblocked",
    ]


async def test_who_is_blocked_is_not_simply_made_known(house) -> None:
    client = await a_client(house, await house.person("Petra"))
    await clients.block(house.db, house.desk, house.centre.id, client.public_id)
    with pytest.raises(Conflict, match=r"clients\.moved_on"):
        await clients.mark_known(house.db, house.desk, house.centre.id, client.public_id)


async def test_only_the_desk_admits_and_blocks(house) -> None:
    petra = await house.person("Petra")
    client = await a_client(house, petra)
    with pytest.raises(Forbidden):
        await clients.block(house.db, house.acting(petra), house.centre.id, client.public_id)


async def test_another_centre_knows_nothing_of_it(house) -> None:
    client = await a_client(house, await house.person("Petra"))
    desk = Actor(kind="web", centre=house.other.id, person=1, roles=frozenset({"desk"}))
    for centre in (house.centre.id, house.other.id):
        with pytest.raises(NotFound):
            await clients.block(house.db, desk, centre, client.public_id)


async def test_several_people_speak_for_a_client_and_one_for_several(house) -> None:
    petra, jan = await house.person("Petra"), await house.person("Jan")
    client = await a_client(house, petra)
    async with house.db.transaction(house.desk) as tx:
        for _ in range(2):
            await clients.add_contact(tx, client, jan)
        assert await clients.persons_of(tx, client.id) == sorted([petra, jan])
        again = await clients.find_or_create(
            tx,
            house.centre.id,
            jan,
            NewClient(kind="club", name="tsv beispiel", place=client.place, street="Anderswo 2"),
        )
        assert again.id == client.id
        other = await clients.find_or_create(
            tx,
            house.centre.id,
            jan,
            NewClient(kind="club", name="SV Muster", place=client.place, street="Anderswo 2"),
        )
        mine = await clients.own_clients(tx, house.centre.id, jan)
    assert [one.id for one in mine] == [client.id, other.id]
