"""Confirming by the mail link: looking does nothing, the button acts once."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from rundum_core.errors import Conflict, NotFound
from rundum_requests import service
from rundum_requests.view import confirm_token, request_view

SOON = [{"during": {"start": "2026-11-23T18:00", "end": "2026-11-23T22:00"}}]


async def link(house) -> str:
    """The newest request's confirmation link, as its letter holds it."""
    id = await house.value("SELECT max(id) FROM care_request")
    async with house.db.work() as tx:
        return await confirm_token(tx, (await request_view(tx, id)).request)


async def state(house) -> str:
    return await house.value("SELECT state FROM care_request ORDER BY id DESC LIMIT 1")


async def test_looking_at_the_link_confirms_nothing(house, browser) -> None:
    await house.ask(visits=SOON)
    token = await link(house)
    async with browser() as one:
        for _ in range(3):
            shown = await one.get(f"/requests/confirmations/{token}")
            assert "Ist das Ihre Anfrage?" in shown.text
            assert "Barleben" in shown.text
            assert "Breiteweg" not in shown.text
    assert await state(house) == "unconfirmed"


async def test_the_button_opens_the_request_and_its_clock_begins(house, browser) -> None:
    heard: list[str] = []
    await house.ask(visits=SOON)
    token = await link(house)
    house.clock.turn(hours=2)
    async with browser() as one, house.db.listening("matching", heard.append):
        done = await one.post(f"/requests/confirmations/{token}")
        assert done.status_code == 303
        assert done.headers["location"] == f"/requests/{await house.token('status')}"
        await asyncio.sleep(0.1)
    assert heard == ["urgent"]
    (request,) = await house.rows("SELECT state, version, answer_by FROM care_request")
    assert (request["state"], request["version"]) == ("open", 2)
    assert request["answer_by"] > house.clock.now
    assert await house.value("SELECT verified_at FROM contact_point WHERE value LIKE 'eva%'")
    templates = await house.rows("SELECT template FROM message ORDER BY id")
    assert [row["template"] for row in templates] == ["request_received", "request_taken"]


async def test_confirming_twice_leads_to_the_same_page(house, browser) -> None:
    await house.ask()
    token = await link(house)
    async with browser() as one:
        answers: list[httpx.Response] = [
            await one.post(f"/requests/confirmations/{token}") for _ in range(2)
        ]
        assert len({answer.headers["location"] for answer in answers}) == 1
        assert (
            "Ihre Anfrage ist bestätigt" in (await one.get(f"/requests/confirmations/{token}")).text
        )
    assert await house.value("SELECT count(*) FROM event WHERE kind = 'request.confirmed'") == 1


async def test_two_taps_at_the_same_moment_confirm_once(house) -> None:
    await house.ask()
    token = await link(house)
    tokens = await asyncio.gather(*(service.confirm(house.db, token) for _ in range(4)))
    assert len(set(tokens)) == 1
    assert await house.value("SELECT version FROM care_request") == 2


@pytest.mark.parametrize("days", [2, 30])
async def test_after_its_time_a_link_says_so_and_what_to_do(house, browser, days) -> None:
    await house.ask()
    token = await link(house)
    house.clock.turn(days=days)
    async with browser() as one:
        shown = await one.get(f"/requests/confirmations/{token}")
        assert shown.status_code == 410
        assert "Dieser Link gilt nicht mehr" in shown.text
        assert "/centres/boerde/requests/new" in shown.text
        tried = await one.post(f"/requests/confirmations/{token}")
        assert tried.headers["location"] == f"/requests/confirmations/{token}"
    assert await state(house) == "unconfirmed"


async def test_a_link_that_nobody_made_is_not_found(browser) -> None:
    async with browser() as one:
        for method in (one.get, one.post):
            for token in ("x", "A" * 43):
                assert (await method(f"/requests/confirmations/{token}")).status_code == 404


async def test_too_late_is_too_late(house) -> None:
    await house.ask(visits=SOON)
    token = await link(house)
    house.clock.turn(hours=9)
    with pytest.raises(Conflict, match=r"requests\.too_late"):
        await service.confirm(house.db, token)


async def test_who_was_known_all_along_is_recognised(house) -> None:
    eva = await house.person("Eva", email="eva@example.org")
    await house.ask(house.acting(eva), given_name=None, family_name=None, email=None)
    await house.ask(family_name="Beispiel", email="Eva@example.org", home=["pets"])
    await service.confirm(house.db, await link(house))
    requests = await house.rows("SELECT asked_by, client FROM care_request ORDER BY id")
    assert requests[0]["client"] == requests[1]["client"]
    assert requests[1]["asked_by"] == eva
    tags = await house.value("SELECT tags FROM client WHERE id = $1", requests[0]["client"])
    assert tags == ["pets"]
    told = "SELECT person FROM message WHERE template = 'request_taken' ORDER BY id DESC LIMIT 1"
    assert await house.value(told) == eva


async def test_couples_who_share_an_address_stay_two(house) -> None:
    await house.ask(house.acting(await house.person("Eva", email="home@example.org")))
    await house.ask(given_name="Jan", family_name="Beispiel", email="home@example.org")
    await service.confirm(house.db, await link(house))
    requests = await house.rows("SELECT asked_by, client FROM care_request ORDER BY id")
    assert requests[0]["asked_by"] != requests[1]["asked_by"]
    assert requests[0]["client"] != requests[1]["client"]


async def test_an_address_that_nobody_proved_makes_nobody_known(house) -> None:
    await house.ask()
    await house.ask()
    await service.confirm(house.db, await link(house))
    requests = await house.rows("SELECT asked_by FROM care_request ORDER BY id")
    assert requests[0]["asked_by"] != requests[1]["asked_by"]


async def test_a_blocked_client_that_is_recognised_is_asked_to_call(house, browser) -> None:
    eva = await house.person("Eva", email="eva@example.org")
    await house.ask(house.acting(eva), given_name=None, family_name=None, email=None)
    await house.rows("UPDATE client SET status = 'blocked' RETURNING id")
    await house.ask(family_name="Beispiel")
    token = await link(house)
    async with browser() as one:
        refused = await one.post(f"/requests/confirmations/{token}")
    assert refused.status_code == 409
    assert "Bitte rufen Sie uns an" in refused.text
    assert await state(house) == "unconfirmed"


async def test_the_desk_confirms_for_whom_it_called(house) -> None:
    taken = await house.ask(email=None, phone="03904 555013")
    request = await service.confirm_for(house.db, house.desk, taken.id)
    assert request.state == "open"
    assert await house.value("SELECT state FROM task") == "done"
    assert await house.value("SELECT count(*) FROM message") == 0
    with pytest.raises(Conflict, match=r"requests\.moved_on"):
        await service.confirm_for(house.db, house.desk, taken.id)


async def test_nobody_else_confirms_for_others(house) -> None:
    taken = await house.ask()
    stranger = house.acting(await house.person("Petra"))
    with pytest.raises(Exception, match=r"error\.forbidden"):
        await service.confirm_for(house.db, stranger, taken.id)
    with pytest.raises(NotFound):
        await service.confirm(house.db, "A" * 43)
