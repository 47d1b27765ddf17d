"""The API's face of requests."""

from __future__ import annotations

from uuid import uuid4

import pytest

from helpers_asking import body
from rundum_web.bodies import BODY_BYTES

POST = "/api/v1/centres/boerde/requests"
KEY = {"idempotency-key": "3f0c9a52-retry"}


async def test_a_request_is_created_and_says_where_it_is(house, browser) -> None:
    petra = await house.person("Petra", email="petra@example.org")
    async with browser(petra) as one:
        made = await one.post(POST, json=body(rate="12.00"))
        assert made.status_code == 201
        answer = made.json()
        assert (answer["state"], answer["next"]) == ("open", "search")
        assert answer["warnings"][0]["field"] == "rate"
        assert "13,90" in answer["warnings"][0]["detail"]
        shown = await one.get(made.headers["location"])
    assert shown.status_code == 200
    whole = shown.json()
    assert whole["id"] == answer["id"]
    assert whole["visits"][0]["during"] == {
        "start": "2026-12-05T13:00:00Z",
        "end": "2026-12-05T17:00:00Z",
    }
    assert whole["visits"][0]["place"] == "39179 Barleben"
    assert whole["visits"][0]["seats"] == [
        {"position": 1, "role": "normal", "required": True, "state": "open"}
    ]
    assert whole["children"] == [{"band": "2-3", "count": 1}, {"band": "4-6", "count": 1}]
    assert (whole["rate"], whole["channel"]) == ("12.00", "api")
    assert whole["client"]["name"] == "Petra Beispiel"


async def test_every_mistake_is_a_problem_at_its_field(browser) -> None:
    wrongly = body(
        visits=[{"during": {"start": "2026-11-20T14:00", "end": "2026-11-20T18:00"}}],
        place="Hintertupfingen",
        email="jörg@example.org",
        street=None,
        nonsense=1,
    )
    async with browser() as one:
        refused = await one.post(POST, json=wrongly, headers={"accept-language": "en"})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert {error["field"] for error in problem["errors"]} == {
        "visits.0.during.start",
        "place",
        "email",
        "street",
        "nonsense",
    }
    details = {error["field"]: error["detail"] for error in problem["errors"]}
    assert details["visits.0.during.start"].startswith("This date has already begun.")


async def test_a_retry_with_the_same_key_gets_the_same_answer(house, browser) -> None:
    async with browser() as one:
        answers = [await one.post(POST, json=body(), headers=KEY) for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        other = await one.post(POST, json=body(note="anders"), headers=KEY)
        assert (other.status_code, other.json()["key"]) == (409, "idempotency.other_body")
        short = await one.post(POST, json=body(), headers={"idempotency-key": "short"})
        assert short.status_code == 422
    assert await house.value("SELECT count(*) FROM care_request") == 1


async def test_a_key_belongs_to_who_sends_it(house, browser) -> None:
    petra = await house.person("Petra", email="petra@example.org")
    async with browser() as one, browser(petra) as other:
        first = await one.post(POST, json=body(), headers=KEY)
        second = await other.post(POST, json=body(), headers=KEY)
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"note": "\xff"}', "application/json", 400),
        (b'{"note": ', "application/json", 422),
        (b"[" * 10_000, "application/json", 400),
        (b'"' + b"x" * BODY_BYTES + b'"', "application/json", 413),
        (b"{}", "text/plain", 415),
        (b"{}", "application/json", 422),
        (b'{"note": "\\u0000"}', "application/json", 422),
        (b"null", "application/json", 422),
    ],
)
async def test_broken_bodies_have_a_clear_answer(browser, content, kind, status) -> None:
    async with browser() as one:
        answer = await one.post(POST, content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_nobody_reads_the_request_of_others(house, browser) -> None:
    petra, eva = await house.person("Petra"), await house.person("Eva")
    taken = await house.ask(house.acting(petra))
    where = f"/api/v1/requests/{taken.id}"
    async with browser(petra) as one:
        assert (await one.get(where)).status_code == 200
    async with browser(eva) as one:
        assert (await one.get(where)).status_code == 404
        assert (await one.get(f"/api/v1/requests/{uuid4()}")).status_code == 404
        assert (await one.get("/api/v1/requests/nonsense")).status_code == 404
    async with browser() as one:
        assert (await one.get(where)).status_code == 401
        assert (await one.get(POST)).status_code == 401


async def test_that_the_desk_looked_at_a_request_is_noted(house, browser) -> None:
    petra = await house.person("Petra")
    taken = await house.ask(house.acting(petra))
    for who in ("desk", petra):
        async with browser(who) as one:
            assert (await one.get(f"/api/v1/requests/{taken.id}")).status_code == 200
    seen = await house.rows("SELECT actor, data::text FROM event WHERE kind = 'request.viewed'")
    assert [tuple(row) for row in seen] == [(1, "{}")]


async def test_the_desk_pages_through_all_requests_of_a_state(house, browser) -> None:
    taken = []
    for number in range(53):
        taken.append(str((await house.ask(house.desk, note=str(number))).id))
        if number % 7:
            house.clock.turn(seconds=1)
    await house.ask(email="other@example.org")
    async with browser("desk") as one:
        first = (await one.get(POST)).json()
        second = (await one.get(POST, params={"after": first["after"]})).json()
        waiting = (await one.get(POST, params={"state": "unconfirmed"})).json()
        wrong = await one.get(POST, params={"state": "nonsense"})
    listed = [line["id"] for line in [*first["requests"], *second["requests"]]]
    assert listed == taken[::-1]
    assert (len(first["requests"]), second["after"]) == (50, None)
    assert len(waiting["requests"]) == 1
    assert wrong.status_code == 400
    line = first["requests"][0]
    assert (line["place"], line["visits"], line["people"]) == ("Barleben", 1, 1)


async def test_others_list_their_own_in_any_state(house, browser) -> None:
    petra, eva = await house.person("Petra"), await house.person("Eva")
    own = [str((await house.ask(house.acting(petra))).id) for _ in range(2)]
    await house.ask(house.acting(eva))
    await house.rows("UPDATE care_request SET state = 'cancelled' WHERE id = 1 RETURNING id")
    async with browser(petra) as one:
        listed = (await one.get(POST)).json()["requests"]
    assert [line["id"] for line in listed] == own[::-1]
