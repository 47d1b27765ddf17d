"""Sessions and roles: how long they last, what ends them, what somebody is where."""

from __future__ import annotations

import asyncio

import pytest

from rundum_core.actor import Actor
from rundum_core.errors import Conflict, Forbidden, NotFound
from rundum_identity import sessions, staff
from rundum_identity.centres import CentreSettings, change_settings
from rundum_identity.sessions import signed_in

FORM = {"content-type": "application/x-www-form-urlencoded"}


async def session_of(house, person: int, proof="passkey"):
    async with house.db.work() as tx:
        return await sessions.open_session(tx, person, "Firefox, Windows", proof)


async def test_a_session_lasts_while_it_is_used(house) -> None:
    opened = await session_of(house, await house.person("Petra"))
    for _ in range(2):
        house.clock.turn(days=13)
        assert await signed_in(house.db, opened.token) is not None
    house.clock.turn(days=5)
    assert await signed_in(house.db, opened.token) is None, "thirty days are over"


async def test_a_session_that_nobody_uses_ends(house) -> None:
    opened = await session_of(house, await house.person("Petra"))
    house.clock.turn(days=14)
    assert await signed_in(house.db, opened.token) is None


async def test_staff_is_signed_in_for_a_working_day(house) -> None:
    eva = await staff.add_staff(house.db, "boerde", "eva@example.org", "Eva Krause")
    opened = await session_of(house, eva.person)
    assert opened.is_staff
    for _ in range(3):
        house.clock.turn(hours=3, minutes=50)
        assert await signed_in(house.db, opened.token) is not None
    house.clock.turn(hours=1)
    assert await signed_in(house.db, opened.token) is None


async def test_a_session_in_use_is_written_to_now_and_then_only(house) -> None:
    opened = await session_of(house, await house.person("Petra"))
    begin = house.clock.now
    seen = []
    for _ in range(4):
        house.clock.turn(minutes=2)
        await signed_in(house.db, opened.token)
        async with house.db.work() as tx:
            seen.append(await tx.connection.fetchval("SELECT seen_at FROM session"))
    assert [(at - begin).seconds // 60 for at in seen] == [0, 0, 6, 6]


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 44, "ä" * 43, "'" * 43])
async def test_a_token_that_was_never_given_is_nobody(house, token: str) -> None:
    await session_of(house, await house.person("Petra"))
    assert await signed_in(house.db, token) is None


async def test_the_database_does_not_know_the_token(house) -> None:
    opened = await session_of(house, await house.person("Petra"))
    async with house.db.work() as tx:
        row = str(await tx.connection.fetchval("SELECT s::text FROM session s"))
    assert opened.token not in row


async def test_roles_follow_from_what_somebody_does_at_each_centre(house) -> None:
    petra, lena = await house.person("Petra"), await house.person("Lena")
    async with house.db.work() as tx:
        run = tx.connection.execute
        client = await tx.connection.fetchval(
            "INSERT INTO client (centre, kind, name, place, street, created_at)"
            " VALUES ($1, 'household', 'Beispiel', $2, '', now()) RETURNING id",
            house.other.id,
            house.centre.place,
        )
        await run("INSERT INTO client_contact VALUES ($1, $2, $3)", house.other.id, client, petra)
        await run(
            "INSERT INTO provider (person, centre, engagement, place, street, transport,"
            " radius_km, hours_week, created_at)"
            " VALUES ($1, $2, 'favour', $3, '', 'foot', 5, 5, now())",
            lena,
            house.centre.id,
            house.centre.place,
        )
        await run("INSERT INTO relation VALUES ($1, $2, 'guardian')", lena, petra)
        await run(
            "INSERT INTO role_grant VALUES ($1, $2, 'desk', $3)",
            house.centre.id,
            petra,
            house.clock.now,
        )
        held = await sessions.roles_of(tx, person=petra, now=tx.now)
        hers = await sessions.roles_of(tx, person=lena, now=tx.now)
        home = await sessions.home_centre(tx, petra)
    assert [(role.centre, role.role) for role in held] == [
        (house.centre.id, "guardian"),
        (house.other.id, "client"),
    ], "the grant has run out at this moment"
    assert [(role.centre, role.role) for role in hers] == [(house.centre.id, "provider")]
    assert home == house.other.id


async def test_somebody_with_several_centres_switches_between_them(house, browser) -> None:
    added = await staff.add_staff(house.db, "boerde", "eva@example.org", "Eva Krause")
    again = await staff.add_staff(house.db, "nachbar", "EVA@example.org", "eva krause", "desk")
    assert (again.person, again.known) == (added.person, True)
    opened = await session_of(house, added.person)
    async with browser() as one:
        one.cookies.set("rundum", opened.token, domain="house.test")
        page = await one.get("/account")
        assert "Wechseln zu Familienservice Nachbar" in page.text
        assert "Rolle wechseln" in page.text, "in the head of every page"
        moved = await one.post("/session/centre", data={"centre": "nachbar"})
        assert (moved.status_code, moved.headers["location"]) == (303, "/desk")
        signed = await signed_in(house.db, opened.token)
        assert signed is not None
        assert signed.actor.centre == house.other.id
        assert signed.actor.roles == {"desk"}
        for unknown in ("nowhere", "x" * 60, ""):
            answer = await one.post("/session/centre", data={"centre": unknown})
            assert answer.status_code in (404, 422)


async def test_nobody_switches_to_where_she_is_nothing(house, browser) -> None:
    opened = await session_of(house, await house.person("Petra"))
    async with browser() as one:
        one.cookies.set("rundum", opened.token, domain="house.test")
        answer = await one.post("/session/centre", data={"centre": "nachbar"})
    assert answer.status_code == 404


async def test_a_device_can_be_signed_out_from_another(house, browser) -> None:
    petra = await house.person("Petra", "petra@example.org")
    here, there, third = [await session_of(house, petra) for _ in range(3)]
    strange = await session_of(house, await house.person("Jonas"))
    known = await signed_in(house.db, there.token)
    foreign = await signed_in(house.db, strange.token)
    assert known is not None
    assert foreign is not None
    async with browser() as one:
        one.cookies.set("rundum", here.token, domain="house.test")
        page = await one.get("/account")
        assert page.text.count("Dieses Gerät abmelden") == 2
        end = "/account/sessions/{}/end"
        assert (
            await one.post(end.format(known.session.public_id), headers=FORM)
        ).status_code == 303
        missing = await one.post(end.format(foreign.session.public_id), headers=FORM)
        assert missing.status_code == 404
        assert await signed_in(house.db, there.token) is None
        assert await signed_in(house.db, strange.token) is not None
        await one.post("/account/sessions/end-others", headers=FORM)
        assert await signed_in(house.db, third.token) is None
        assert (await one.get("/account")).status_code == 200
        out = await one.post("/sign-out", headers=FORM)
        assert (out.status_code, out.headers["location"]) == (303, "/")
        assert await signed_in(house.db, here.token) is None
        assert (await one.get("/account")).status_code == 401


async def test_who_is_not_signed_in_changes_nothing(house, browser) -> None:
    petra = await house.person("Petra")
    opened = await session_of(house, petra)
    signed = await signed_in(house.db, opened.token)
    assert signed is not None
    async with browser() as one:
        for path in (
            f"/account/sessions/{signed.session.public_id}/end",
            "/account/sessions/end-others",
            "/session/centre",
        ):
            assert (await one.post(path, data={"centre": "boerde"})).status_code == 401
        assert (await one.post("/sign-out", headers=FORM)).status_code == 303
    assert await signed_in(house.db, opened.token) is not None


async def test_taking_a_role_away_ends_the_sessions_at_once(house) -> None:
    eva = await staff.add_staff(house.db, "boerde", "eva@example.org", "Eva Krause")
    uwe = await staff.add_staff(house.db, "boerde", "uwe@example.org", "Uwe Lang", "desk")
    opened = await session_of(house, uwe.person)
    chief = Actor(
        kind="web",
        centre=house.centre.id,
        person=eva.person,
        roles=frozenset({"administrator"}),
    )
    desk = Actor(kind="web", centre=house.centre.id, person=uwe.person, roles=frozenset({"desk"}))
    with pytest.raises(Forbidden):
        await staff.revoke_role(house.db, desk, eva.person, "administrator")
    await staff.revoke_role(house.db, chief, uwe.person, "desk")
    assert await signed_in(house.db, opened.token) is None
    async with house.db.work() as tx:
        left = await staff.staff_of(tx, centre=house.centre.id, now=tx.now)
    assert [person.id for person in left] == [eva.person]


async def test_the_last_administrator_stays_even_when_two_are_taken_at_once(house) -> None:
    both = [
        await staff.add_staff(house.db, "boerde", f"{name}@example.org", f"{name} Krause")
        for name in ("eva", "uwe")
    ]
    actors = [
        Actor(
            kind="web",
            centre=house.centre.id,
            person=one.person,
            roles=frozenset({"administrator"}),
        )
        for one in both
    ]
    results = await asyncio.gather(
        *(
            staff.revoke_role(house.db, actor, one.person, "administrator")
            for actor, one in zip(actors, both, strict=True)
        ),
        return_exceptions=True,
    )
    assert [type(result) for result in results if result is not None] == [Conflict]


async def test_staff_of_one_centre_takes_no_role_away_at_another(house) -> None:
    eva = await staff.add_staff(house.db, "boerde", "eva@example.org", "Eva Krause")
    await staff.add_staff(house.db, "nachbar", "uwe@example.org", "Uwe Lang")
    ute = await staff.add_staff(house.db, "nachbar", "ute@example.org", "Ute Lang", "desk")
    chief = Actor(
        kind="web", centre=house.centre.id, person=eva.person, roles=frozenset({"administrator"})
    )
    with pytest.raises(NotFound):
        await staff.revoke_role(house.db, chief, ute.person, "desk")


async def test_staff_for_a_centre_that_is_not_there_is_refused(house) -> None:
    with pytest.raises(NotFound):
        await staff.add_staff(house.db, "nowhere", "eva@example.org", "Eva Krause")


async def test_where_the_centre_says_so_a_link_is_not_enough_for_what_staff_may_do(house) -> None:
    eva = await staff.add_staff(house.db, "boerde", "eva@example.org", "Eva Krause")
    by_link = await session_of(house, eva.person, "link")
    assert (by_link.is_staff, by_link.withheld) == (False, True)
    signed = await signed_in(house.db, by_link.token)
    assert signed is not None
    assert signed.actor.roles == set()
    assert [held.role for held in signed.withheld] == ["administrator"]
    async with house.db.work() as tx:
        await change_settings(tx, house.centre.id, CentreSettings(staff_sign_in="link"))
    signed = await signed_in(house.db, by_link.token)
    assert signed is not None
    assert signed.actor.roles == {"administrator"}
