"""What another site makes somebody's browser send does nothing here."""

from __future__ import annotations

import pytest

from helpers_bodies import BODIES
from helpers_http import ORIGIN, UNSAFE, Endpoint, House, calm

FOREIGN = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": ORIGIN},
    {"sec-fetch-site": "anything"},
    {"origin": "https://evil.test"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": f"{ORIGIN}.evil.test"},
    {"origin": ORIGIN.replace("https", "http")},
    {"origin": f"{ORIGIN}:8443"},
)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_every_unsafe_address_refuses_another_site(
    standing: House, routes: list[Endpoint], headers: dict[str, str]
) -> None:
    before = await standing.everything()
    for endpoint in routes:
        if endpoint.method in UNSAFE:
            cookie = {"cookie": f"__Host-rundum={standing.tokens['administrator']}"}
            answer = await standing.bare(
                endpoint.method,
                endpoint.address(standing.town.own),
                headers | cookie,
                **as_sent(endpoint),
            )
            calm(answer, endpoint)
            assert answer.status_code == 403, endpoint
            assert "set-cookie" not in answer.headers, endpoint
    assert await standing.everything() == before


async def test_a_program_without_a_browser_is_taken_at_its_word(house: House) -> None:
    """It carries nobody's cookie, and says who it is by a bearer token."""
    headers = {"authorization": f"Bearer {house.tokens['client']}"}
    request = house.town.own.things["requests", "id"]
    answer = await house.bare(
        "POST",
        f"/api/v1/requests/{request}/cancellation",
        headers,
        json={"reason": "not_needed"},
    )
    assert answer.status_code == 200


async def test_a_bearer_token_is_no_way_around_the_cookie(house: House) -> None:
    """Who presents a token that is no good is nobody, whatever cookie comes along."""
    headers = {
        "authorization": f"Bearer {'A' * 43}",
        "cookie": f"__Host-rundum={house.tokens['client']}",
    }
    assert (await house.bare("GET", "/api/v1/session", headers)).status_code == 401


async def test_a_form_of_another_site_can_send_no_json(house: House) -> None:
    """`enctype=text/plain` is what a form may say without asking first."""
    request = house.town.own.things["requests", "id"]
    answer = await house.ask(
        "client",
        "POST",
        f"/api/v1/requests/{request}/cancellation",
        content=b'{"reason": "not_needed", "x=": ""}',
        headers={"content-type": "text/plain"},
    )
    assert answer.status_code == 415


async def test_no_address_lets_other_sites_read(standing: House, routes: list[Endpoint]) -> None:
    for endpoint in routes:
        if endpoint.method == "GET":
            answer = await standing.send(
                "client", endpoint, headers={"origin": "https://evil.test"}
            )
            assert not [name for name in answer.headers if name.startswith("access-control")]


def as_sent(endpoint: Endpoint) -> dict[str, object]:
    sent = BODIES.get(str(endpoint), {})
    return {"json": sent} if endpoint.is_api else {"data": sent}
