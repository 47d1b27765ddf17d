"""A double click, a retry, the browser's back button: done once, answered alike."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from helpers_bodies import BODIES
from helpers_http import House
from helpers_links import ACTS, a_page

KEY = {"idempotency-key": "a key of a program, 1"}
AT_ONCE = 5


class Taking:
    """An address that takes something once, and what it makes."""

    def __init__(self, path: str, table: str, *, api: bool) -> None:
        self.path = path
        self.table = table
        self.api = api
        self.sound = BODIES[f"POST {path.replace('boerde', '{slug}')}"]

    def __repr__(self) -> str:
        return self.path

    async def sent(self, house: House, who: str, **other: Any) -> httpx.Response:
        body = self.sound | other
        if self.api:
            return await house.ask(who, "POST", self.path, json=body, headers=KEY)
        return await house.ask(who, "POST", self.path, form=body)

    def told(self, answer: httpx.Response) -> tuple[int, str, str]:
        return answer.status_code, answer.headers.get("location", ""), answer.text

    async def count(self, house: House) -> int:
        (row,) = await house.rows(f"SELECT count(*) AS number FROM {self.table}")
        return int(row["number"])


REQUESTS = Taking("/centres/boerde/requests", "care_request", api=False)
REQUESTS_API = Taking("/api/v1/centres/boerde/requests", "care_request", api=True)
PROVIDERS = Taking("/centres/boerde/providers", "provider", api=False)
PROVIDERS_API = Taking("/api/v1/centres/boerde/providers", "provider", api=True)
EACH = [REQUESTS, REQUESTS_API, PROVIDERS, PROVIDERS_API]


@pytest.mark.parametrize("taking", EACH, ids=repr)
async def test_what_is_sent_twice_is_taken_once_and_answered_alike(
    house: House, taking: Taking
) -> None:
    before = await taking.count(house)
    messages = "SELECT count(*) AS number FROM message"
    first = await taking.sent(house, "visitor")
    told = await house.rows(messages)
    again = await taking.sent(house, "visitor")
    assert first.status_code == (201 if taking.api else 303)
    assert taking.told(first) == taking.told(again)
    assert await taking.count(house) == before + 1
    assert await house.rows(messages) == told


@pytest.mark.parametrize("taking", EACH, ids=repr)
async def test_what_is_sent_several_times_at_once_is_taken_once(
    house: House, taking: Taking
) -> None:
    before = await taking.count(house)
    answers = await asyncio.gather(*(taking.sent(house, "visitor") for _ in range(AT_ONCE)))
    assert len({taking.told(answer) for answer in answers}) == 1
    assert answers[0].status_code == (201 if taking.api else 303)
    assert await taking.count(house) == before + 1


@pytest.mark.parametrize("taking", EACH, ids=repr)
async def test_something_else_under_the_same_key_is_a_conflict(
    house: House, taking: Taking
) -> None:
    before = await taking.count(house)
    await taking.sent(house, "visitor")
    other = await taking.sent(house, "visitor", street="Anderswo 1")
    assert other.status_code == 409
    if taking.api:
        assert other.json()["key"] == "idempotency.other_body"
    assert await taking.count(house) == before + 1


async def test_a_key_belongs_to_who_sent_it(house: House) -> None:
    """The same key and body of somebody else is another request, and tells nothing of the first."""
    ids = set()
    for who in ("visitor", "client", "other_client", "desk"):
        answer = await REQUESTS_API.sent(house, who)
        assert answer.status_code == 201, answer.text
        ids.add(answer.json()["id"])
    assert len(ids) == 4


async def test_what_was_wrong_does_not_use_up_the_key(house: House) -> None:
    wrong = await REQUESTS.sent(house, "visitor", email="nonsense")
    assert wrong.status_code == 422
    assert BODIES["POST /centres/{slug}/requests"]["form_key"] in wrong.text
    assert (await REQUESTS.sent(house, "visitor")).status_code == 303


@pytest.mark.parametrize("key", ["short", "x" * 201, "schlüssel-ü-12"])
@pytest.mark.parametrize("taking", [REQUESTS_API, PROVIDERS_API], ids=repr)
async def test_a_key_that_is_none_is_told_at_its_header(
    house: House, taking: Taking, key: str
) -> None:
    answer = await house.ask(
        "visitor",
        "POST",
        taking.path,
        json=taking.sound,
        headers={"idempotency-key": key.encode("latin-1")},  # type: ignore[dict-item]
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("purpose", sorted(ACTS))
async def test_a_button_pressed_twice_acts_once(house: House, purpose: str) -> None:
    page = await a_page(house, purpose)
    address, form = ACTS[purpose]
    first = await house.ask("visitor", "POST", page + address, form=form)
    assert first.status_code == 303, first.text[:400]
    before = await house.everything("attempt")
    again = await house.ask("visitor", "POST", page + address, form=form)
    assert again.status_code in (303, 409, 410)
    assert await house.everything("attempt") == before
    shown = await house.ask("visitor", "GET", page)
    assert shown.status_code in (200, 410)


@pytest.mark.parametrize("purpose", sorted(ACTS))
async def test_a_button_pressed_several_times_at_once_acts_once(house: House, purpose: str) -> None:
    page = await a_page(house, purpose)
    address, form = ACTS[purpose]
    answers = await asyncio.gather(
        *(house.ask("visitor", "POST", page + address, form=form) for _ in range(AT_ONCE))
    )
    statuses = [answer.status_code for answer in answers]
    assert 303 in statuses
    assert set(statuses) <= {303, 409, 410}
    events = await house.rows(
        "SELECT kind, subject, count(*) FROM event"
        " WHERE kind IN ('request.confirmed', 'request.cancelled', 'offer.accepted',"
        " 'approval.given', 'booking.cancelled') GROUP BY kind, subject HAVING count(*) > 1"
    )
    assert events == []
    if purpose == "sign_in":
        assert statuses.count(303) == 1
