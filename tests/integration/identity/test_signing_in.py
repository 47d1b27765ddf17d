"""Signing in by mail: what a link does, what it doesn't, and who hears what."""

from __future__ import annotations

import asyncio
import re
from uuid import uuid4

import httpx
import pytest

from rundum_core.db import Database
from rundum_core.errors import Unavailable
from rundum_identity import signin
from rundum_identity.persons import persons_by_contact

# what a form without inputs sends in a real browser
BUTTON = {"form_key": "x"}


async def checksum(db: Database) -> dict[str, str]:
    """One hash per table, over all of its rows."""
    async with db.work() as tx:
        tables = await tx.connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname <> 'migration'"
            " AND relnamespace = 'public'::regnamespace"
        )
        return {
            name: await tx.connection.fetchval(
                f"SELECT md5(coalesce(string_agg(r::text, ',' ORDER BY r::text), '')) FROM {name} r"
            )
            for (name,) in tables
        }


async def test_a_link_that_came_by_mail_signs_in(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    async with browser() as one:
        asked = await one.post("/sign-in", data={"email": "Petra@EXAMPLE.org"})
        assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in/sent")
        assert "Postfach" in (await one.get("/sign-in/sent")).text
        token = await house.link("petra@example.org")
        shown = await one.get(f"/sign-in/{token}")
        assert "Petra B." in shown.text
        done = await one.post(f"/sign-in/{token}/session", data=BUTTON)
        assert (done.status_code, done.headers["location"]) == (303, "/home")
        account = await one.get("/account")
        assert account.status_code == 200
        assert "Petra Beispiel" in account.text
    async with house.db.work() as tx:
        verified = await tx.connection.fetchval("SELECT verified_at FROM contact_point")
    assert verified == house.clock.now


async def test_the_mail_goes_to_the_address_on_file_and_not_as_typed(house) -> None:
    await house.person("Petra", "petra@example.org")
    await signin.send_link(house.db, "PETRA@example.org")
    async with house.db.work() as tx:
        told = await tx.connection.fetch("SELECT channel, address FROM delivery")
    assert [tuple(row) for row in told] == [("email", "petra@example.org")]


async def test_the_link_goes_to_the_one_address_that_asked(house) -> None:
    petra = await house.person("Petra", "private@example.org")
    async with house.db.work() as tx:
        await tx.connection.execute(
            "INSERT INTO contact_point (person, channel, value, verified_at, created_at)"
            " VALUES ($1, 'email', 'work@example.org', now(), now())",
            petra,
        )
    await signin.send_link(house.db, "private@example.org")
    async with house.db.work() as tx:
        assert await tx.connection.fetchval("SELECT address FROM delivery") == "private@example.org"


async def test_known_and_unknown_addresses_get_the_same_answer(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    answers = []
    for address in ("petra@example.org", "nobody@example.org"):
        async with browser() as one:
            answer = await one.post("/sign-in", data={"email": address})
            cookie = re.sub(r"(?<=rundum-asked=)[\w-]{43}", "", answer.headers.pop("set-cookie"))
            answers.append((answer.status_code, cookie, dict(answer.headers), answer.content))
    assert answers[0] == answers[1]
    assert await house.count("delivery") == 1


async def test_a_mistyped_address_is_shown_again_with_what_to_do(house, browser) -> None:
    async with browser() as one:
        answer = await one.post("/sign-in", data={"email": "petra.example.org"})
    assert answer.status_code == 422
    assert "petra.example.org" in answer.text


async def test_who_shares_an_address_says_who_she_is(house, browser) -> None:
    await house.person("Petra", "familie@example.org")
    await house.person("Jonas", "familie@example.org")
    stranger = await house.person("Ines", "ines@example.org")
    token = await house.link("familie@example.org")
    assert await house.count("delivery") == 1, "one mail between them"
    async with house.db.work() as tx:
        people = await persons_by_contact(tx, "email", "familie@example.org")
        foreign = await tx.connection.fetchval(
            "SELECT public_id FROM person WHERE id = $1", stranger
        )
    jonas = next(found for found in people if found.given_name == "Jonas")
    async with browser() as one:
        shown = await one.get(f"/sign-in/{token}")
        assert "Petra B." in shown.text
        assert "Jonas B." in shown.text
        for wrong in (BUTTON, {"person": str(uuid4())}, {"person": str(foreign)}, {"person": "x"}):
            refused = await one.post(f"/sign-in/{token}/session", data=wrong)
            assert refused.status_code == 422
            assert not one.cookies
        done = await one.post(f"/sign-in/{token}/session", data={"person": str(jonas.public_id)})
        assert done.status_code == 303
        assert "Jonas Beispiel" in (await one.get("/account")).text


async def test_a_planted_cookie_is_never_adopted(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    planted = "A" * 43
    token = await house.link("petra@example.org")
    async with browser() as one:
        one.cookies.set("rundum", planted, domain="house.test")
        assert (await one.get("/account")).status_code == 401
        done = await one.post(f"/sign-in/{token}/session", data=BUTTON)
        given = done.cookies["rundum"]
        assert given != planted
    async with browser() as attacker:
        attacker.cookies.set("rundum", planted, domain="house.test")
        assert (await attacker.get("/account")).status_code == 401


async def test_signing_in_again_ends_the_session_before(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    async with browser() as one:
        await one.post(f"/sign-in/{await house.link('petra@example.org')}/session", data=BUTTON)
        first = one.cookies["rundum"]
        await one.post(f"/sign-in/{await house.link('petra@example.org')}/session", data=BUTTON)
        assert one.cookies["rundum"] != first
    async with browser() as two:
        two.cookies.set("rundum", first, domain="house.test")
        assert (await two.get("/account")).status_code == 401
    assert await house.count("session") == 1


async def test_a_used_link_does_nothing_more(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    token = await house.link("petra@example.org")
    async with browser() as one, browser() as two:
        await one.post(f"/sign-in/{token}/session", data=BUTTON)
        again = await two.post(f"/sign-in/{token}/session", data=BUTTON)
        assert again.status_code == 410
        assert not two.cookies
        shown = await two.get(f"/sign-in/{token}")
        assert shown.status_code == 410
        assert "schon benutzt" in shown.text
    assert await house.count("session") == 1


async def test_a_link_used_by_many_at_once_opens_one_session(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    token = await house.link("petra@example.org")
    async with browser() as one:
        answers = await asyncio.gather(
            *(one.post(f"/sign-in/{token}/session", data=BUTTON) for _ in range(8))
        )
    assert sorted(answer.status_code for answer in answers) == [303] + [410] * 7
    assert await house.count("session") == 1


async def test_an_expired_link_does_nothing(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    token = await house.link("petra@example.org")
    house.clock.turn(minutes=60)
    async with browser() as one:
        assert (await one.post(f"/sign-in/{token}/session", data=BUTTON)).status_code == 410
        shown = await one.get(f"/sign-in/{token}")
    assert shown.status_code == 410
    assert "abgelaufen" in shown.text
    assert await house.count("session") == 0


@pytest.mark.parametrize("guess", ["x", "A" * 43, "A" * 500, "ä" * 43, "A" * 42 + "="])
async def test_a_guessed_link_does_nothing(house, browser, guess: str) -> None:
    await house.person("Petra", "petra@example.org")
    await house.link("petra@example.org")
    async with browser() as one:
        shown = await one.get(f"/sign-in/{guess}")
        acted = await one.post(f"/sign-in/{guess}/session", data=BUTTON)
    assert (shown.status_code, acted.status_code) == (404, 404)
    assert await house.count("session") == 0


async def test_a_link_of_another_kind_signs_nobody_in(house, browser) -> None:
    from rundum_core import links

    petra = await house.person("Petra", "petra@example.org")
    async with house.db.work() as tx:
        token = await links.issue(
            tx,
            "status",
            subject=1,
            person=petra,
            centre=house.centre.id,
            expires_at=house.clock.now.replace(year=2027),
            standing=True,
        )
    async with browser() as one:
        assert (await one.post(f"/sign-in/{token}/session", data=BUTTON)).status_code == 404


async def test_looking_at_a_link_changes_nothing(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    live = await house.link("petra@example.org")
    before = await checksum(house.db)
    async with browser() as one:
        for path in (f"/sign-in/{live}", "/sign-in/nonsense", "/sign-in", "/sign-in/sent"):
            for method in ("GET", "HEAD", "OPTIONS"):
                await one.request(method, path)
    assert await checksum(house.db) == before


async def test_a_link_asked_for_again_is_the_same_until_it_grows_old(house) -> None:
    await house.person("Petra", "petra@example.org")
    first = await house.link("petra@example.org")
    house.clock.turn(minutes=20)
    assert await house.link("petra@example.org") == first
    house.clock.turn(minutes=20)
    assert await house.link("petra@example.org") != first


async def test_wishes_for_links_are_counted_exactly(house) -> None:
    tries = await asyncio.gather(
        *(signin.count_request(house.db, "petra@example.org", f"192.0.2.{n}") for n in range(20)),
        return_exceptions=True,
    )
    refused = [result for result in tries if isinstance(result, Unavailable)]
    assert len(refused) == 20 - signin.MOST_FOR_ADDRESS
    assert {error.key for error in refused} == {"error.too_often"}
    house.clock.turn(hours=1)
    await signin.count_request(house.db, "petra@example.org", "192.0.2.1")


async def test_who_floods_an_address_can_not_lock_her_out(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    token = await house.link("petra@example.org")
    async with browser("198.51.100.9") as attacker:
        codes = [
            (await attacker.post("/sign-in", data={"email": "petra@example.org"})).status_code
            for _ in range(8)
        ]
    assert codes == [303] * signin.MOST_FOR_ADDRESS + [429] * (8 - signin.MOST_FOR_ADDRESS)
    async with browser() as petra:
        assert (await petra.post(f"/sign-in/{token}/session", data=BUTTON)).status_code == 303


async def test_guessing_stops_at_the_limit_for_one_network_only(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    token = await house.link("petra@example.org")
    async with browser("198.51.100.9") as attacker:
        codes = [
            (await attacker.post(f"/sign-in/{n:043}/session", data=BUTTON)).status_code
            for n in range(signin.MOST_USES + 3)
        ]
    assert codes == [404] * signin.MOST_USES + [429] * 3
    async with browser() as petra:
        assert (await petra.post(f"/sign-in/{token}/session", data=BUTTON)).status_code == 303


async def test_another_site_can_not_sign_somebody_in_or_out(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    token = await house.link("petra@example.org")
    async with browser() as one:
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            foreign = await one.post(f"/sign-in/{token}/session", data=BUTTON, headers=headers)
            assert foreign.status_code == 403
        assert (await one.post(f"/sign-in/{token}/session", data=BUTTON)).status_code == 303
        await one.post("/sign-out", headers={"sec-fetch-site": "cross-site"})
        assert (await one.get("/account")).status_code == 200


async def test_the_api_opens_a_session_with_a_bearer_token(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    async with browser() as one:
        asked = await one.post("/api/v1/sign-in-links", json={"email": "petra@example.org"})
        assert asked.status_code == 202
        token = await house.link("petra@example.org")
        opened = await one.post("/api/v1/sessions", json={"token": token})
        assert opened.status_code == 201
        bearer = {"authorization": f"Bearer {opened.json()['token']}"}
        assert not one.cookies
        assert (await one.get("/api/v1/session")).status_code == 401
        me = await one.get("/api/v1/session", headers=bearer)
        assert me.json()["name"] == "Petra Beispiel"
        assert (await one.delete("/api/v1/session", headers=bearer)).status_code == 204
        assert (await one.get("/api/v1/session", headers=bearer)).status_code == 401


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"token": 1}', b'{"token": "\xff"}', b'{"token":"x","a":1}']
)
async def test_the_api_refuses_what_it_can_not_read(house, browser, body: bytes) -> None:
    async with browser() as one:
        answer: httpx.Response = await one.post(
            "/api/v1/sessions", content=body, headers={"content-type": "application/json"}
        )
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"].startswith("application/problem+json")
