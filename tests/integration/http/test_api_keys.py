"""Keys for programs: made once, good for what they were made for, and for nothing else."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from helpers_bodies import FORMS, JSON
from helpers_http import House
from rundum_identity.rights import SCOPES

PATH = "/desk/keys"
USES = {
    "request.submit": ("POST", "/api/v1/centres/boerde/requests"),
    "request.view": ("GET", "/api/v1/requests/{requests}"),
    "request.list": ("GET", "/api/v1/centres/boerde/requests"),
    "provider.list": ("GET", "/api/v1/centres/boerde/providers"),
    "provider.view": ("GET", "/api/v1/providers/{providers}"),
    "availability.view": ("GET", "/api/v1/providers/{providers}/availability"),
    "matching.run": ("POST", "/api/v1/runs"),
    "matching.view": ("GET", "/api/v1/runs"),
    "matching.explain": ("GET", "/api/v1/requests/{requests}/reasons?provider={providers}"),
    "booking.view": ("GET", "/api/v1/bookings/{bookings}"),
    "task.list": ("GET", "/api/v1/tasks"),
    "message.list": ("GET", "/api/v1/mail"),
}


async def a_key(house: House, *scopes: str) -> str:
    """The secret, as the page shows it."""
    form = FORMS[f"POST {PATH}"] | {"scopes": list(scopes)}
    made = await house.ask("administrator", "POST", PATH, form=form)
    assert made.status_code == 200, made.text
    (secret,) = re.findall(r"rundum_[\w-]{43}", made.text)
    return str(secret)


async def call(
    house: House, secret: str, method: str, path: str, json: Any = None
) -> httpx.Response:
    headers = {"authorization": f"Bearer {secret}"}
    return await house.ask("visitor", method, path, json=json, headers=headers)


def address(house: House, scope: str) -> tuple[str, str]:
    method, path = USES[scope]
    things = {
        before: known for (before, name), known in house.town.own.things.items() if name == "id"
    }
    return method, path.format_map(things)


@pytest.mark.parametrize("scope", SCOPES)
async def test_each_scope_opens_its_address_and_no_other(house: House, scope: str) -> None:
    body = JSON["POST /api/v1/centres/{slug}/requests"]
    for other, secret in {
        scope: await a_key(house, scope),
        "others": await a_key(house, *(one for one in SCOPES if one != scope)),
    }.items():
        method, path = address(house, scope)
        answer = await call(
            house, secret, method, path, body if scope == "request.submit" else None
        )
        if other == scope:
            assert answer.is_success, answer.text
        else:
            assert (answer.status_code, answer.json()["key"]) == (403, "error.scope")


async def test_a_key_enters_requests_as_the_desk_does_and_the_log_names_it(house: House) -> None:
    secret = await a_key(house, "request.submit")
    body = JSON["POST /api/v1/centres/{slug}/requests"]
    answer = await call(house, secret, *USES["request.submit"], body)
    assert answer.status_code == 201
    (event,) = await house.rows(
        "SELECT actor, data FROM event WHERE kind = 'request.submitted' ORDER BY id DESC LIMIT 1"
    )
    (key,) = await house.rows("SELECT id, used_at FROM api_key ORDER BY id DESC LIMIT 1")
    assert event["actor"] is None
    assert event["data"]["api_key"] == key["id"]
    assert key["used_at"] is not None


async def test_a_key_opens_no_page_and_nothing_of_another_centre(house: House) -> None:
    secret = await a_key(house, *SCOPES)
    for path in ("/desk", "/desk/requests", PATH):
        assert (await call(house, secret, "GET", path)).status_code == 401
    foreign = house.town.foreign.things
    for path in (
        f"/api/v1/requests/{foreign['requests', 'id']}",
        f"/api/v1/providers/{foreign['providers', 'id']}",
        f"/api/v1/bookings/{foreign['bookings', 'id']}",
    ):
        assert (await call(house, secret, "GET", path)).status_code == 404
    listed = await call(house, secret, "GET", "/api/v1/centres/nachbar/requests")
    assert listed.status_code == 403


async def test_what_is_ended_expired_or_guessed_opens_nothing(house: House) -> None:
    secret, later = [await a_key(house, "request.list") for _ in range(2)]
    use = USES["request.list"]
    assert (await call(house, secret, *use)).status_code == 200
    for guessed in (secret + "A", secret[:-1], secret.swapcase(), "rundum_"):
        assert (await call(house, guessed, *use)).status_code == 401
    (key,) = await house.rows("SELECT public_id FROM api_key ORDER BY id DESC LIMIT 1 OFFSET 1")
    ended = await house.ask("administrator", "POST", f"{PATH}/{key['public_id']}/end", form={})
    assert (ended.status_code, ended.headers["location"]) == (303, PATH)
    assert (await call(house, secret, *use)).status_code == 401
    assert (await call(house, later, *use)).status_code == 200
    house.db.clock.turn(days=400)  # type: ignore[attr-defined]
    assert (await call(house, later, *use)).status_code == 401


async def test_the_secret_is_kept_nowhere_and_its_hash_is_not_for_pages(house: House) -> None:
    secret = await a_key(house, "request.list")
    listed = await house.ask("administrator", "GET", PATH)
    assert "Kanariwebsite" in listed.text
    assert secret not in listed.text
    rows = await house.rows("SELECT row_to_json(k)::text AS line FROM api_key k")
    assert not any(secret in row["line"] for row in rows)
    (may,) = await house.rows(
        "SELECT has_column_privilege('rundum_web', 'api_key', 'hash', 'SELECT')"
    )
    assert may["has_column_privilege"] is False


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"until": "2026-01-01"}, "vorbei"),
        ({"until": "2030-01-01"}, "zwei Jahre"),
        ({"scopes": []}, "Bitte"),
        ({"scopes": ["staff.manage"]}, ""),
        ({"name": ""}, "Bitte"),
    ],
)
async def test_what_is_wrong_with_a_key_is_said_at_its_field(
    house: House, wrong: dict[str, Any], words: str
) -> None:
    form = FORMS[f"POST {PATH}"] | wrong
    answer = await house.ask("administrator", "POST", PATH, form=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert len(await house.rows("SELECT FROM api_key")) == 2, "the town's own"


async def test_keys_are_for_administrators_with_a_fresh_proof(house: House) -> None:
    assert (await house.ask("desk", "GET", PATH)).status_code == 403
    house.db.clock.turn(minutes=11)  # type: ignore[attr-defined]
    asked = await house.ask("administrator", "GET", PATH)
    assert (asked.status_code, asked.headers["location"]) == (303, "/prove?to=%2Fdesk%2Fkeys")
