"""The code beside a link: typed in the browser that asked, five times at most."""

from __future__ import annotations

import pytest

from rundum_identity import codes


async def code_of(house) -> str:
    """The code in the newest sign-in letter."""
    async with house.db.work() as tx:
        link = await tx.connection.fetchval(
            "SELECT subject FROM message WHERE template = 'sign_in' ORDER BY id DESC LIMIT 1"
        )
        code = await codes.code_for(tx, link)
        assert code is not None
        return code


async def test_a_code_signs_in_the_browser_that_asked(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    async with browser() as one:
        await one.post("/sign-in", data={"email": "petra@example.org"})
        done = await one.post("/sign-in/code", data={"code": await code_of(house)})
        assert (done.status_code, done.headers["location"]) == (303, "/home")
        assert "Petra Beispiel" in (await one.get("/account")).text
        again = await one.post("/sign-in/code", data={"code": await code_of(house)})
        assert again.status_code == 422, "once"


async def test_a_code_does_nothing_in_any_other_browser(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    async with browser() as hers, browser() as other, browser() as stranger:
        await hers.post("/sign-in", data={"email": "petra@example.org"})
        code = await code_of(house)
        await other.post("/sign-in", data={"email": "nobody@example.org"})
        for wrong in (other, stranger):
            refused = await wrong.post("/sign-in/code", data={"code": code})
            assert refused.status_code == 422
            assert "Diese Zahl passt nicht" in refused.text
        assert (await hers.post("/sign-in/code", data={"code": code})).status_code == 303


async def test_who_asks_in_her_name_gets_a_code_of_his_own_that_is_not_hers(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    async with browser() as hers, browser() as his:
        await hers.post("/sign-in", data={"email": "petra@example.org"})
        code = await code_of(house)
        await his.post("/sign-in", data={"email": "petra@example.org"})
        assert await code_of(house) != code
        assert (await his.post("/sign-in/code", data={"code": code})).status_code == 422
        assert (await hers.post("/sign-in/code", data={"code": code})).status_code == 303


async def test_five_tries_are_enough_and_known_and_unknown_addresses_answer_alike(
    house, browser
) -> None:
    await house.person("Petra", "petra@example.org")
    told = []
    for address in ("petra@example.org", "nobody@example.org"):
        async with browser() as one:
            await one.post("/sign-in", data={"email": address})
            answers = [
                await one.post("/sign-in/code", data={"code": "1234 5678", "form_key": "A" * 22})
                for _ in range(codes.MOST_TRIES)
            ]
            told.append([(answer.status_code, answer.text) for answer in answers])
            if address.startswith("petra"):
                late = await one.post("/sign-in/code", data={"code": await code_of(house)})
                assert late.status_code == 422, "the right one comes too late"
    assert told[0] == told[1]


@pytest.mark.parametrize("code", ["", "1", "٣" * 8, "x" * 8, "-12345678"])
async def test_nonsense_is_refused(house, browser, code: str) -> None:
    await house.person("Petra", "petra@example.org")
    async with browser() as one:
        await one.post("/sign-in", data={"email": "petra@example.org"})
        assert (await one.post("/sign-in/code", data={"code": code})).status_code == 422
    assert await house.count("session") == 0


async def test_a_code_is_over_after_half_an_hour(house, browser) -> None:
    await house.person("Petra", "petra@example.org")
    async with browser() as one:
        await one.post("/sign-in", data={"email": "petra@example.org"})
        code = await code_of(house)
        house.clock.turn(minutes=30)
        assert (await one.post("/sign-in/code", data={"code": code})).status_code == 422


async def test_who_shares_an_address_says_who_she_is_beside_the_code(house, browser) -> None:
    await house.person("Petra", "familie@example.org")
    await house.person("Jonas", "familie@example.org")
    async with browser() as one:
        await one.post("/sign-in", data={"email": "familie@example.org"})
        code = await code_of(house)
        asked = await one.post("/sign-in/code", data={"code": code})
        assert asked.status_code == 422
        assert "Jonas B." in asked.text
        async with house.db.work() as tx:
            jonas = await tx.connection.fetchval(
                "SELECT public_id FROM person WHERE given_name = 'Jonas'"
            )
        done = await one.post("/sign-in/code", data={"code": code, "person": str(jonas)})
        assert done.status_code == 303
