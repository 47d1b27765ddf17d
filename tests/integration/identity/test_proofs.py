"""What staff shows beside a link: password with code, recovery codes, and a fresh proof."""

from __future__ import annotations

import asyncio
import base64
import re
from html import unescape

import httpx
import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from rundum_core.errors import Invalid
from rundum_identity import proofs, sessions, staff
from rundum_identity.proofs import Credentials

GOOD = "korrekt pferd batterie"
EVA = "eva@example.org"


async def eva(house) -> int:
    return (await staff.add_staff(house.db, "boerde", EVA, "Eva Krause")).person


async def by_link(house, one: httpx.AsyncClient) -> httpx.Response:
    token = await house.link(EVA)
    return await one.post(f"/sign-in/{token}/session", data={"form_key": "x"})


def shows(secret: str, house) -> str:
    totp = TOTP(base64.b32decode(secret), 6, SHA1(), 30)
    return totp.generate(int(house.clock.now.timestamp())).decode()


async def set_up(house, one: httpx.AsyncClient, password: str = GOOD) -> tuple[str, list[str]]:
    """A password for who is signed in by link; the authenticator's secret and the codes."""
    form = (await one.get("/account/password")).text
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', form)[1]
    sent = {"password": password, "secret": secret, "code": shows(secret, house)}
    shown = await one.post("/account/password", data=sent)
    assert shown.status_code == 200, shown.text
    return secret, re.findall(r"[A-Z2-9]{5}-[A-Z2-9]{5}", shown.text)


async def test_who_works_here_sets_a_password_up_and_only_then_may_work(house, browser) -> None:
    await eva(house)
    async with browser() as one:
        began = await by_link(house, one)
        assert began.headers["location"] == "/account/sign-in"
        assert "richten Sie bitte einen Passkey ein" in (await one.get("/account/sign-in")).text
        before = one.cookies["rundum"]
        _, codes = await set_up(house, one)
        assert len(set(codes)) == 10
        assert one.cookies["rundum"] != before
        signed = await sessions.signed_in(house.db, one.cookies["rundum"])
        assert signed is not None
        assert signed.actor.roles == {"administrator"}
        assert await sessions.signed_in(house.db, before) is None


async def test_a_password_signs_in_with_a_code_that_works_once(house, browser) -> None:
    await eva(house)
    async with browser() as one:
        await by_link(house, one)
        secret, _ = await set_up(house, one)
    house.clock.turn(minutes=2)
    sent = {"email": EVA.upper(), "password": GOOD, "code": shows(secret, house)}
    async with browser() as one, browser() as two:
        done = await one.post("/sign-in/password", data=sent)
        assert (done.status_code, done.headers["location"]) == (303, "/desk")
        again = await two.post("/sign-in/password", data=sent)
        assert again.status_code == 422
        assert GOOD not in again.text


async def test_a_recovery_code_works_once(house, browser) -> None:
    await eva(house)
    async with browser() as one:
        await by_link(house, one)
        _, codes = await set_up(house, one)
    sent = {"email": EVA, "password": GOOD, "code": codes[3].lower().replace("-", " ")}
    async with browser() as one:
        assert (await one.post("/sign-in/password", data=sent)).status_code == 303
        assert (await one.post("/sign-in/password", data=sent)).status_code == 422
        assert "9 Ersatzcodes" in (await one.get("/account/sign-in")).text


async def test_a_code_used_by_many_at_once_opens_one_session(house, browser) -> None:
    await eva(house)
    async with browser() as one:
        await by_link(house, one)
        secret, codes = await set_up(house, one)
    house.clock.turn(minutes=2)
    for code in (shows(secret, house), codes[0]):
        shown = Credentials(email=EVA, password=GOOD, code=code)
        tries = await asyncio.gather(
            *(proofs.sign_in_by_password(house.db, shown, "x") for _ in range(4)),
            return_exceptions=True,
        )
        assert sum(isinstance(one, Invalid) for one in tries) == 3


async def test_whatever_is_wrong_answers_alike(house, browser) -> None:
    await eva(house)
    async with browser() as one:
        await by_link(house, one)
        secret, _ = await set_up(house, one)
    house.clock.turn(minutes=2)
    right = {"email": EVA, "password": GOOD, "code": shows(secret, house)}
    told = set()
    for wrong in ({"email": "nobody@example.org"}, {"password": "x" * 14}, {"code": "000000"}):
        async with browser() as one:
            answer = await one.post("/sign-in/password", data=right | wrong)
        body = re.sub(r'value="[^"]*"|data-options="[^"]*"', "", answer.text)
        told.add((answer.status_code, body))
    assert len(told) == 1


async def test_guessing_at_an_address_stops_and_she_can_sign_in_from_elsewhere(
    house, browser
) -> None:
    await eva(house)
    async with browser() as one:
        await by_link(house, one)
        secret, _ = await set_up(house, one)
    house.clock.turn(minutes=2)
    async with browser("198.51.100.9") as attacker:
        wrong = {"email": EVA, "password": "x" * 14, "code": "000000"}
        codes = [
            (await attacker.post("/sign-in/password", data=wrong)).status_code
            for _ in range(proofs.MOST_AT_ADDRESS + 2)
        ]
    assert codes == [422] * proofs.MOST_AT_ADDRESS + [429] * 2
    async with browser() as one:
        right = {"email": EVA, "password": GOOD, "code": shows(secret, house)}
        assert (await one.post("/sign-in/password", data=right)).status_code == 303


@pytest.mark.parametrize(
    "password", ["short", "password1234", "Sommer202612!", "eva krause", "evakrause1234", "a" * 20]
)
async def test_a_password_that_everybody_tries_is_refused(house, browser, password: str) -> None:
    await eva(house)
    async with browser() as one:
        await by_link(house, one)
        form = (await one.get("/account/password")).text
        secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', form)[1]
        sent = {"password": password, "secret": secret, "code": shows(secret, house)}
        refused = await one.post("/account/password", data=sent)
    assert refused.status_code == 422
    assert secret in refused.text, "she has typed it into her app already"
    assert await house.count("password") == 0


async def test_the_database_holds_neither_password_nor_secret_nor_codes(house, browser) -> None:
    await eva(house)
    async with browser() as one:
        await by_link(house, one)
        secret, codes = await set_up(house, one)
    async with house.db.work() as tx:
        rows = str(await tx.connection.fetch("SELECT p::text FROM password p"))
        rows += str(await tx.connection.fetch("SELECT r::text FROM recovery_code r"))
    assert base64.b32decode(secret).hex() not in rows
    for told in (GOOD, secret, *codes):
        assert told not in rows


async def test_pages_have_no_right_to_what_proves_somebody(house) -> None:
    async with house.db.work() as tx:
        for table in ("password", "recovery_code", "passkey", "sign_in_code"):
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                granted = await tx.connection.fetchval(
                    "SELECT has_table_privilege('rundum_web', $1::text, $2)", table, right
                )
                assert not granted, (table, right)


async def test_a_link_adds_no_second_way_in_where_there_is_one(house, browser) -> None:
    """Who reads her mail must not be able to set a password of his own."""
    await eva(house)
    async with browser() as one:
        await by_link(house, one)
        await set_up(house, one)
    async with browser() as thief:
        began = await by_link(house, thief)
        assert began.headers["location"] == "/account/sign-in"
        for path in ("/account/password", "/account/passkeys"):
            answer = await thief.post(path, data={"answer": "{}"})
            assert answer.headers["location"].startswith("/prove?")
        signed = await sessions.signed_in(house.db, thief.cookies["rundum"])
        assert signed is not None
        assert signed.actor.roles == set()


async def test_what_can_do_harm_asks_again_after_ten_minutes_and_leads_back(house, browser) -> None:
    await eva(house)
    async with browser() as one:
        await by_link(house, one)
        secret, _ = await set_up(house, one)
        house.clock.turn(minutes=11)
        asked = await one.get("/account/password")
        assert asked.headers["location"] == "/prove?to=%2Faccount%2Fpassword"
        page = await one.get(asked.headers["location"])
        assert "Sind Sie es noch?" in page.text
        assert 'name="to" value="/account/password"' in unescape(page.text)
        sent = {"email": EVA, "password": GOOD, "code": shows(secret, house)}
        done = await one.post("/sign-in/password", data=sent | {"to": "/account/password"})
        assert done.headers["location"] == "/account/password"
        assert (await one.get("/account/password")).status_code == 200
    assert await house.count("session") == 1


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil", "/a\nb", "ä"])
async def test_nobody_is_led_to_another_site(house, browser, to: str) -> None:
    await eva(house)
    async with browser() as one:
        await by_link(house, one)
        secret, _ = await set_up(house, one)
        house.clock.turn(minutes=2)
        sent = {"email": EVA, "password": GOOD, "code": shows(secret, house), "to": to}
        done = await one.post("/sign-in/password", data=sent)
    assert (done.status_code, done.headers["location"]) == (303, "/desk")


async def test_an_answer_that_no_authenticator_gave_is_refused(house, browser) -> None:
    await eva(house)
    async with browser() as one:
        await by_link(house, one)
        for answer in ("", "x", "[]", "{}", '{"response":{"clientDataJSON":"e30"}}', "7", '"a"'):
            for path in ("/account/passkeys", "/sign-in/passkey"):
                refused = await one.post(path, data={"answer": answer})
                assert refused.status_code == 422, (path, answer)
