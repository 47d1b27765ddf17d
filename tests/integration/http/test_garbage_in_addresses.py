"""Nonsense in paths, queries, methods and headers: always a clear answer, never a fault."""

from __future__ import annotations

import inspect
import re

import httpx
import pytest

from helpers_http import Endpoint, House, calm

# as they stand in an address, escaped
NONSENSE = (
    "%FF%FE",
    "%00",
    "a%00b",
    "a%0D%0ASet-Cookie:%20x=y",
    "%E2%80%AE%E2%80%AEtxt",
    "%F0%9F%98%80",
    "%ED%A0%80",
    "x" * 10_240,
    "..%2F..%2Fetc%2Fpasswd",
    "%27%3B%20DROP%20TABLE%20person%3B--",
    "%D9%A3",
    "-1",
    "0",
    "1e9",
    "9223372036854775808",
    "9" * 400,
    "00000000-0000-4000-8000-00000000000g",
    "{00000000-0000-4000-8000-000000000000}",
    "urn%3Auuid%3A00000000-0000-4000-8000-000000000000",
    "%25",
)
# of these the framework refuses nearly everything before anybody reads it
TYPED = {"uuid": ("%FF%FE", "%00", "x", NONSENSE[-4]), "int": ("%D9%A3", "-1", *NONSENSE[14:16])}
GIVEN = {"request", "db", "actor", "t", "centre", "state", "mail_directory"}
# what handlers read from the query by themselves
READ = {
    "/centres/{slug}/requests/new": ("service", "client", "preferred"),
    "/centres/{slug}/requests/received": ("id",),
    "/desk/providers": ("status", "search", "after"),
    "/desk/offers/{public_id}/release": ("back",),
    "/desk/approvals/{approval}/consent": ("back",),
    "/desk/approvals/{approval}/refusal": ("back",),
    "/house": ("hue", "q"),
    "/my-times": ("saved",),
    "/my-profile": ("saved",),
}


async def test_nonsense_in_a_path_finds_nothing(house: House, routes: list[Endpoint]) -> None:
    for endpoint in routes:
        for _, name, kind in endpoint.parameters:
            for nonsense in TYPED.get(kind, NONSENSE):
                path = endpoint.address(house.town.own, **{name: nonsense})
                answer = await house.at(endpoint, path, who=reader(endpoint))
                calm(answer, endpoint)
                # only an Arabic 3 is a number, too
                assert answer.status_code >= 400 or nonsense == "%D9%A3", f"{endpoint} {nonsense}"


async def test_nonsense_in_a_query_is_refused_or_read_as_nothing(
    house: House, routes: list[Endpoint]
) -> None:
    asked = 0
    for endpoint in routes:
        for name in query_names(endpoint):
            for nonsense in NONSENSE:
                where = f"{endpoint.address(house.town.own)}?{name}={nonsense}"
                if name != "service" and "service" in endpoint.query:
                    where += "&service=childcare"
                answer = await house.at(endpoint, where, who=reader(endpoint))
                calm(answer, endpoint)
                assert "x=y" not in answer.headers.get("set-cookie", "")
                asked += 1
    assert asked > 10 * len(NONSENSE)


def reader(endpoint: Endpoint) -> str:
    """Who gets furthest there."""
    own = ("/my-", "/api/v1/my-", "/offers", "/api/v1/offers", "/bookings", "/api/v1/bookings")
    return "provider" if endpoint.path.startswith(own) else "administrator"


def query_names(endpoint: Endpoint) -> list[str]:
    signature = inspect.signature(endpoint.handler)
    declared = [
        name
        for name in signature.parameters
        if name not in GIVEN and name not in {one for _, one, _ in endpoint.parameters}
    ]
    source = inspect.getsource(endpoint.handler)
    read = set(re.findall(r'query_params\.get\("(\w+)"', source)) | set(READ.get(endpoint.path, ()))
    return sorted({"state" if name == "wanted" else name for name in declared} | read)


@pytest.mark.parametrize("who", ["visitor", "desk", "provider", "client"])
async def test_head_answers_as_get_without_a_body(
    house: House, routes: list[Endpoint], who: str
) -> None:
    for endpoint in routes:
        if endpoint.method == "GET":
            asked = await house.send(who, endpoint)
            path = str(asked.request.url)
            answer = await house.ask(who, "HEAD", path)
            assert answer.content == b"", endpoint
            assert answer.status_code == asked.status_code, endpoint
            assert answer.headers["content-type"] == asked.headers["content-type"], endpoint


async def test_a_method_that_is_not_allowed_says_which_are(
    house: House, routes: list[Endpoint]
) -> None:
    methods: dict[str, set[str]] = {}
    for endpoint in routes:
        methods.setdefault(endpoint.path, set()).add(endpoint.method)
    for endpoint in {one.path: one for one in routes}.values():
        path = endpoint.address(house.town.own)
        # an address with a word at its end may be another one's, too
        allowed = {"OPTIONS", "HEAD", *methods[endpoint.path]}
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
            if method in allowed:
                continue
            answer = await house.ask("desk", method, path)
            calm(answer, endpoint)
            if answer.status_code == 405:
                assert set(answer.headers["allow"].split(", ")) & methods[endpoint.path]
            else:
                assert answer.status_code >= 400, f"{method} {path}"
        options = await house.ask("desk", "OPTIONS", path)
        assert options.status_code in (204, 405), endpoint
        assert "access-control-allow-origin" not in options.headers


HEADERS = {
    "cookie": ("__Host-rundum=\xff\xfe", "__Host-rundum=%00; =;;;", "__Host-rundum=" + "A" * 43),
    "authorization": ("Bearer", "Bearer \xff", "Basic eDp5", "Bearer " + "A" * 43, "x" * 8000),
    "accept-language": ("\xff", "de;q=x,,;", "xx-" * 2000, "*"),
    "accept": ("\xff", "text/*;q=2", "json,html" * 500),
    "host": ("", "evil.test", "[::1", "a b", "localhost:99999999"),
    "user-agent": ("\xff\x01", "x" * 9000, ""),
    "hx-request": ("true", "\xff"),
    "x-forwarded-for": ("\xff", "1.2.3.4, evil"),
    "if-none-match": ("*", "\xff"),
    "range": ("bytes=0-1", "bytes=9-1"),
    "content-length": ("-1", "x"),
}


@pytest.mark.parametrize("path", ["/", "/centres/boerde", "/account", "/api/v1/session"])
async def test_nonsense_in_a_header_is_no_fault(house: House, path: str) -> None:
    for name, values in HEADERS.items():
        for value in values:
            raw = httpx.Headers([(name.encode(), value.encode("latin-1"))])
            answer = await house.bare("GET", path, raw)
            calm(answer)
            assert answer.status_code in (200, 303, 400, 401), (name, value, answer.status_code)


async def test_a_planted_session_is_never_adopted(house: House) -> None:
    planted = "A" * 43
    cookie = {"cookie": f"__Host-rundum={planted}"}
    answer = await house.bare("GET", "/sign-in", cookie)
    assert "set-cookie" not in answer.headers
    assert (await house.bare("GET", "/account", cookie)).status_code == 401
