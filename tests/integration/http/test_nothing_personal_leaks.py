"""Everything personal in the town is a canary: where it doesn't belong, it isn't heard."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from helpers_bodies import BODIES
from helpers_http import Endpoint, House, unlogged
from helpers_links import PURPOSES, a_page
from helpers_town import leaks
from rundum_core import log
from rundum_core.settings import Settings

CANARIES = "Kanarivogel kanari@vogel.example +491713920000"
# what each may read: of herself, and of who comes to her or is agreed with her. `weg` is where
# those live who help, `gasse` where families do, `text` what either wrote; nobody reads the `notiz`
# of the desk.
KNOWN = {
    "client": "client|petra|lena|gasse|text|17",
    "other_client": "otherclient|other_client|gasse|text|17",
    "provider": "petra|weg|text|client|gasse",
    "other_provider": "jana|weg|text",
    "guardian": "mutter|vogel|guardian|lena|weg|text",
}
WORD = re.compile(r"[\w@.-]*kanari[\w@.-]*")
BY_LINK = {
    ("approvals", "reference"),
    ("calendars", "name"),
    ("sign-in", "token"),
    ("confirmations", "token"),
}


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[io.StringIO]:
    """Everything that the service writes while the test runs, as it is set up for operation."""
    written = io.StringIO()
    with unlogged():
        log.set_up(Settings(data=tmp_path, secret_key=b"-" * 32, log_level="debug"))
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
        logging.getLogger("httpx").setLevel(logging.WARNING)  # the test's, not the service's
        yield written


async def test_no_log_line_holds_anything_of_anybody(
    house: House, routes: list[Endpoint], logged: io.StringIO
) -> None:
    """Every page by everybody, every button, mistakes, links: ids and keys only."""
    links = [await a_page(house, purpose) for purpose in PURPOSES]
    for path in links:
        await house.ask("visitor", "GET", path)
        await house.ask("visitor", "GET", path[:-3])
    for who in ("visitor", "client", "provider", "guardian", "administrator"):
        for endpoint in routes:
            if not endpoint.solves:
                await house.send(who, endpoint)
    for endpoint in routes:
        if str(endpoint) in BODIES:
            await with_mistakes(house, endpoint)
    for path in ("/sign-in?email=kanari.client@boerde.example", "/desk/providers?search=Kanari"):
        await house.ask("desk", "GET", path)
    await house.ask("visitor", "POST", "/sign-in", form={"email": "kanari.client@boerde.example"})
    text = logged.getvalue()
    assert text.count("\n") > 500
    assert leaks(text) == []
    assert "@" not in text
    for secret in (*house.tokens.values(), *(path.rpartition("/")[2] for path in links)):
        assert secret not in text


async def test_a_fault_of_ours_is_logged_without_what_was_said(
    house: House, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever an exception quotes."""
    from rundum_matching import status

    async def broken(*_: Any, **__: Any) -> None:
        raise ValueError(CANARIES)

    monkeypatch.setattr(status, "own_requests", broken)
    for path in ("/home", "/api/v1/requests"):
        answer = await house.ask("client", "GET", path)
        assert answer.status_code == 500
        assert "ValueError" not in answer.text
        assert "Traceback" not in answer.text
        assert "kanarivogel" not in answer.text.lower()
    text = logged.getvalue()
    assert text.count("ValueError") == 2
    assert leaks(text) == []


async def test_figures_and_health_hold_nothing_of_anybody(standing: House) -> None:
    standing.app.state.db = standing.db
    local = httpx.ASGITransport(app=standing.app, client=("127.0.0.1", 40000))
    async with httpx.AsyncClient(transport=local, base_url="http://localhost") as one:
        for path in ("/metrics", "/health/live", "/health/ready"):
            answer = await one.get(path)
            assert answer.status_code == 200, path
            assert leaks(answer.text) == [], path
            assert "@" not in answer.text, path
    assert (await standing.ask("administrator", "GET", "/metrics")).status_code == 404


async def test_a_visitor_reads_of_nobody(standing: House, routes: list[Endpoint]) -> None:
    heard = {}
    for endpoint in routes:
        answer = await standing.send("visitor", endpoint, missing=by_link(endpoint), sent={})
        if found := leaks(words_of(answer)):
            heard[str(endpoint)] = found
    assert heard == {}


@pytest.mark.parametrize("who", sorted(KNOWN))
async def test_everybody_reads_of_those_only_with_whom_she_has_to_do(
    standing: House, routes: list[Endpoint], who: str
) -> None:
    heard: dict[str, set[str]] = {}
    for path in await pages_of(standing, routes):
        text = words_of(await standing.ask(who, "GET", path)).lower()
        # the surname is everybody's
        known = rf"(boerde)?kanari\W*|kanari[.-]?({KNOWN[who]})(@boerde\.example)?\W*"
        if strange := {one for one in WORD.findall(text) if not re.fullmatch(known, one)}:
            heard[path] = strange
    assert heard == {}


@pytest.mark.parametrize("who", ["client", "provider", "guardian", "desk", "administrator"])
async def test_nobody_reads_of_another_centres_people(
    standing: House, routes: list[Endpoint], who: str
) -> None:
    for path in await pages_of(standing, routes):
        text = words_of(await standing.ask(who, "GET", path)).replace("info@nachbar.example", "")
        assert "nachbarkanari" not in text.lower(), path
        assert "@nachbar.example" not in text, path


async def test_no_address_of_a_page_holds_anything_of_anybody(
    standing: House, routes: list[Endpoint]
) -> None:
    """Addresses stand in histories, in other logs, on shared screens."""
    for who in ("client", "provider", "guardian", "administrator"):
        for path in await pages_of(standing, routes):
            answer = await standing.ask(who, "GET", path)
            assert leaks(answer.headers.get("location", "")) == []
            for name in re.findall(r'(?:href|action|src)="([^"]*)"', answer.text):
                if not name.startswith(("tel:", "mailto:", "geo:", "sms:")):
                    assert leaks(unescape(name)) == [], f"{who} {path}: {name}"


async def test_a_refusal_of_the_api_names_fields_and_not_what_stood_in_them(
    house: House, routes: list[Endpoint]
) -> None:
    for endpoint in routes:
        if endpoint.is_api and str(endpoint) in BODIES:
            answer = await with_mistakes(house, endpoint)
            assert leaks(answer.text) == [], endpoint


async def with_mistakes(house: House, endpoint: Endpoint) -> httpx.Response:
    """Canaries in every field, whatever it is for."""
    sent = dict.fromkeys(BODIES[str(endpoint)], CANARIES)
    return await house.send("administrator", endpoint, sent=sent)


async def pages_of(house: House, routes: list[Endpoint]) -> list[str]:
    """Every address that shows something, for every request, offer and booking of the town."""
    paths = [
        endpoint.address(house.town.own) + endpoint.query
        for endpoint in routes
        if endpoint.method == "GET" and not by_link(endpoint)
    ]
    things = {
        "care_request": ("/requests/{}", "/api/v1/requests/{}", "/api/v1/requests/{}/status"),
        "offer": ("/offers/{}", "/api/v1/offers/{}"),
        "booking": ("/bookings/{}", "/api/v1/bookings/{}", "/approvals/{}"),
        "provider": ("/api/v1/providers/{}",),
    }
    for table, shown in things.items():
        for row in await house.rows(f"SELECT public_id FROM {table} ORDER BY public_id"):
            paths += [path.format(row["public_id"]) for path in shown]
    return paths


def by_link(endpoint: Endpoint) -> bool:
    return any((before, name) in BY_LINK for before, name, _ in endpoint.parameters)


def words_of(answer: httpx.Response) -> str:
    """What can be read in an answer."""
    return unescape(re.sub(r"<[^>]*>", " ", answer.text))
