"""What every answer carries, and what the cookies are."""

from __future__ import annotations

import re

import pytest

from helpers_http import Endpoint, House
from helpers_links import a_page

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# the caught letter, in development: shut in by a policy of its own
OWN_POLICY = {"/mails/{name}/letter"}
KEPT_BY_BROWSERS = {"/static/{path}"}


@pytest.mark.parametrize("who", ["visitor", "client", "provider", "guardian", "administrator"])
async def test_every_answer_carries_what_a_browser_has_to_know(
    standing: House, routes: list[Endpoint], who: str
) -> None:
    for endpoint in routes:
        if endpoint.solves and who == "administrator":
            continue
        answer = await standing.send(who, endpoint, missing=endpoint.method != "GET")
        headers = answer.headers
        for name, value in HEADERS.items():
            assert headers.get(name) == value, (endpoint, name)
        assert headers["cache-control"] == "no-store", endpoint
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy, endpoint
        if endpoint.path not in OWN_POLICY:
            assert policy.startswith("default-src 'none'; "), endpoint
            assert "unsafe" not in policy, endpoint
            assert "*" not in policy, endpoint
            assert "http" not in policy, endpoint
        assert headers.get("content-type") or answer.status_code in (204, 303), endpoint
        assert "server" not in headers, endpoint
        assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"]), endpoint


async def test_a_refusal_before_any_handler_carries_it_too(standing: House) -> None:
    for method, path in (("GET", "/nirgends"), ("PATCH", "/desk"), ("POST", "/api/v1/x")):
        answer = await standing.ask("visitor", method, path)
        assert answer.status_code in (404, 405)
        for name, value in HEADERS.items():
            assert answer.headers.get(name) == value
        assert answer.headers["cache-control"] == "no-store"


async def test_no_page_needs_what_the_policy_forbids(
    standing: House, routes: list[Endpoint]
) -> None:
    for who in ("visitor", "client", "provider", "guardian", "administrator"):
        for endpoint in routes:
            if endpoint.method != "GET" or endpoint.path in OWN_POLICY:
                continue
            answer = await standing.send(who, endpoint)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            text = answer.text
            assert not re.search(r"\sstyle=", text), endpoint
            assert "<style" not in text, endpoint
            assert not re.search(r"<script(?![^>]* src=)", text), endpoint
            assert not re.search(r"<[^>]+\son[a-z]+=", text), endpoint
            assert not re.search(r'\s(src|action)="(?!/)', text), endpoint
            assert "javascript:" not in text, endpoint


async def test_a_file_that_never_changes_is_kept_and_nothing_else(standing: House) -> None:
    start = await standing.ask("visitor", "GET", "/sign-in")
    (path,) = set(re.findall(r'href="(/static/house\.[^"]+)"', start.text))
    assert (await standing.ask("visitor", "GET", path)).headers["cache-control"] == (
        "public, max-age=31536000, immutable"
    )


async def test_the_session_cookie_is_for_us_alone(house: House) -> None:
    page = await a_page(house, "sign_in")
    answer = await house.ask("visitor", "POST", f"{page}/session", form={})
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    name, _, rest = cookie.partition("=")
    assert name == "__Host-rundum"
    parts = {part.strip().lower() for part in rest.split(";")[1:]}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)
    assert answer.headers["cache-control"] == "no-store"
    taken = await house.ask("client", "POST", "/sign-out")
    assert "max-age=0" in taken.headers["set-cookie"].lower()
    assert "__Host-rundum" in taken.headers["set-cookie"]


async def test_the_language_cookie_says_a_language_and_nothing_else(standing: House) -> None:
    answer = await standing.ask("visitor", "GET", "/sign-in?lang=en")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("rundum_lang=en;")
    assert {"httponly", "secure", "samesite=lax"} <= {part.strip() for part in cookie.split(";")}
    for nonsense in ("xx", "en%0d%0ax", "<script>"):
        answer = await standing.ask("visitor", "GET", f"/sign-in?lang={nonsense}")
        assert "set-cookie" not in answer.headers


async def test_nobody_who_only_looks_gets_a_cookie(standing: House, routes: list[Endpoint]) -> None:
    for endpoint in routes:
        if endpoint.method == "GET":
            assert "set-cookie" not in (await standing.send("visitor", endpoint)).headers


async def test_no_redirect_leads_elsewhere(house: House, routes: list[Endpoint]) -> None:
    for back in ("//evil.test", "https://evil.test", "/\\evil.test", "/desk/..//evil.test"):
        for endpoint in routes:
            if endpoint.method == "GET" or endpoint.is_api or endpoint.solves:
                continue
            path = f"{endpoint.address(house.town.own)}?back={back}&next={back}"
            answer = await house.at(endpoint, path, who="administrator")
            where = answer.headers.get("location", "/")
            assert where.startswith("/"), endpoint
            assert not where.startswith(("//", "/\\")), endpoint
