"""The furniture over HTTP: pages, languages, problems, the front door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from litestar import Litestar, Request, Response, get, post
from litestar.testing import TestClient

from rundum_core.errors import Conflict, Forbidden, NotFound, Unavailable
from rundum_web.bodies import JSON_TYPE, json_body
from rundum_web.furniture import Furniture
from rundum_web.house import EXAMPLE
from rundum_web.render import page, see_other
from rundum_web.security import heads

ORIGIN = "http://rundum.test"
REFUSALS = {
    "not-found": NotFound(),
    "link": NotFound("link.unknown"),
    "forbidden": Forbidden(),
    "sign-in": Forbidden("error.sign_in"),
    "conflict": Conflict("conflict.some_constraint"),
    "away": Unavailable(retry_after=7),
    "too-often": Unavailable("error.too_often", retry_after=60),
    "unicode": UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
    "deep": RecursionError(),
    "boom": ValueError("Petra Muster, petra@example.org"),
}


@get(["/refusals/{kind:str}", "/api/v1/refusals/{kind:str}"])
async def refuse(request: Request[Any, Any, Any]) -> None:
    raise REFUSALS[request.path_params["kind"]]


@post("/api/v1/examples")
async def take_example(request: Request[Any, Any, Any]) -> dict[str, bool]:
    EXAMPLE.parse_json(await json_body(request))
    return {"taken": True}


@post("/elsewhere")
async def go_elsewhere(request: Request[Any, Any, Any]) -> Response[Any]:
    return see_other("/house")


@get("/part")
async def show_part(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, "problem.html", partial="title", title="<Teil>", sentence="", details=[])


def client(**options: Any) -> TestClient[Any]:
    furniture = Furniture(
        "rundum_core",
        "rundum_web",
        base_url=ORIGIN,
        clock=lambda: datetime(2027, 5, 1, tzinfo=UTC),
        **options,
    )
    app = Litestar([refuse, take_example, go_elsewhere, show_part], plugins=[furniture])
    return TestClient(heads(app), base_url=ORIGIN, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def web() -> Iterator[TestClient[Any]]:
    with client(development=True) as opened:
        yield opened


def form(**fields: str) -> dict[str, Any]:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return {"content": urlencode(fields), "headers": headers}


def test_a_page_is_in_german_unless_somebody_wishes_otherwise(web: TestClient[Any]) -> None:
    web.cookies.clear()
    german = web.get("/house")
    assert '<html lang="de">' in german.text
    assert german.headers["content-language"] == "de"
    english = web.get("/house", headers={"accept-language": "en-GB"})
    assert '<html lang="en">' in english.text


def test_a_chosen_language_stays(web: TestClient[Any]) -> None:
    web.cookies.clear()
    chosen = web.get("/house?page=2&lang=en")
    assert "rundum_lang=en" in chosen.headers["set-cookie"]
    assert "HttpOnly" in chosen.headers["set-cookie"]
    assert 'href="/house?page=2&amp;lang=de"' in chosen.text
    assert '<html lang="en">' in web.get("/house").text
    web.cookies.clear()


@pytest.mark.parametrize("path", ["/house", "/nothing", "/api/v1/refusals/link", "/refusals/boom"])
def test_every_answer_carries_the_headers(web: TestClient[Any], path: str) -> None:
    headers = web.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


def test_no_page_needs_what_the_policy_forbids(web: TestClient[Any]) -> None:
    for path in ("/house", "/house/desk", "/nothing"):
        text = web.get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert not re.search(r"<script(?![^>]* src=)", text)
        assert not re.search(r"\son[a-z]+=", text)
        assert not re.search(r'(src|href)="(https?:)?//', text)


def test_a_static_file_is_kept_for_a_year(web: TestClient[Any]) -> None:
    path = re.search(r'href="(/static/house\.[^"]+)"', web.get("/house").text)
    assert path
    found = web.get(path[1])
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert found.headers["content-encoding"] == "gzip"
    assert found.headers["content-type"].startswith("text/css")
    plain = web.get(path[1], headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == found.text
    assert web.get("/static/house.css").status_code == 404


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("not-found", 404),
        ("link", 404),
        ("forbidden", 403),
        ("sign-in", 401),
        ("conflict", 409),
        ("away", 503),
        ("too-often", 429),
        ("unicode", 400),
        ("deep", 400),
        ("boom", 500),
    ],
)
def test_a_refusal_is_a_page_and_a_problem(web: TestClient[Any], kind: str, status: int) -> None:
    shown = web.get(f"/refusals/{kind}")
    told = web.get(f"/api/v1/refusals/{kind}")
    assert (shown.status_code, told.status_code) == (status, status)
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert told.headers["content-type"] == "application/problem+json"
    body = told.json()
    assert body["status"] == status
    assert body["title"] in shown.text
    assert body["detail"]


def test_a_busy_house_says_when_to_come_again(web: TestClient[Any]) -> None:
    assert web.get("/refusals/away").headers["retry-after"] == "7"
    assert web.get("/api/v1/refusals/too-often").headers["retry-after"] == "60"


def test_a_fault_is_known_by_a_number_and_nothing_else(
    web: TestClient[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = web.get("/refusals/boom")
    written = capsys.readouterr()
    log = written.out + written.err
    incident = re.search(r"nennen Sie bitte diese Nummer: ([0-9a-f]{8})", shown.text)
    assert incident
    assert incident[1] in log
    assert "ValueError" in log
    assert "Petra" not in log + shown.text


def test_a_browser_that_wants_json_gets_it(web: TestClient[Any]) -> None:
    told = web.get("/nothing", headers={"accept": "application/json"})
    assert told.json()["key"] == "problem.404.text"


def test_a_wrong_method_says_which_are_right(web: TestClient[Any]) -> None:
    refused = web.get("/elsewhere")
    assert refused.status_code == 405
    assert "POST" in refused.headers["allow"]


def test_head_answers_as_get_without_a_body(web: TestClient[Any]) -> None:
    answer = web.head("/house")
    assert answer.status_code == 200
    assert answer.content == b""
    assert web.head("/nothing").status_code == 404


def test_a_form_is_answered_with_another_page(web: TestClient[Any]) -> None:
    answer = web.post("/elsewhere", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/house")
    for path in ("//evil.test", "https://evil.test", "/\\evil.test"):
        with pytest.raises(ValueError, match="ours"):
            see_other(path)


def test_mistakes_come_back_with_everything_typed(web: TestClient[Any]) -> None:
    sent = {"email": "jürgen@x.de", "during.date": "2027-10-31", "during.from": "02:30"}
    answer = web.post("/house", **form(**sent, **{"during.to": "08:00", "note": "<b>&"}))
    assert answer.status_code == 422
    text = answer.text
    assert 'value="jürgen@x.de"' in text
    assert "&lt;b&gt;&amp;</textarea>" in text
    assert 'aria-describedby="email-hint email-error" aria-invalid="true"' in text
    assert '<a href="#email">' in text
    assert 'name="during.from_fold" value="summer"' in text
    assert "stehen keine Umlaute" in text
    english = web.post("/house?lang=en", **form(**sent))
    assert "There are no umlauts" in english.text
    web.cookies.clear()


def test_the_api_tells_the_same_mistakes_in_the_same_words(web: TestClient[Any]) -> None:
    answer = web.post("/api/v1/examples", json={"email": "jürgen@x.de", "rate": 14.505})
    assert answer.status_code == 422
    told = {error["field"]: error for error in answer.json()["errors"]}
    page_of_form = web.post("/house", **form(email="jürgen@x.de")).text
    assert told["email"]["detail"].split(" Bitte")[0] in page_of_form
    assert told["rate"]["key"] == "forms.json.money"
    assert told["service"]["detail"] in page_of_form


def test_a_row_is_added_without_javascript(web: TestClient[Any]) -> None:
    answer = web.post("/house", **form(**{"children.0.count": "2", "_rows": "children+"}))
    assert answer.status_code == 200
    assert 'name="children.1.count"' in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": ORIGIN}, 403),
        ({"origin": ORIGIN}, 303),
        ({"origin": "https://evil.test"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_another_site_can_do_nothing_in_our_name(
    web: TestClient[Any], headers: dict[str, str], status: int
) -> None:
    answer = web.post("/elsewhere", headers=headers, follow_redirects=False)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{}", "application/json+x", 415),
        (b"{}", "application/json; charset=latin-1", 415),
        (b"{}", None, 415),
        (b"{}", "application/json; charset=UTF-8", 422),
        (b"{", JSON_TYPE, 422),
        (b"[" * 60_000, JSON_TYPE, 400),
        (b"\xff", JSON_TYPE, 400),
        (b'{"name": "\\ud800"}', JSON_TYPE, 422),
        (b"{" + b" " * 70_000 + b"}", JSON_TYPE, 413),
    ],
)
def test_a_bad_body_has_a_clear_answer(
    web: TestClient[Any], content: bytes, content_type: str | None, status: int
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    answer = web.post("/api/v1/examples", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_without_a_length_is_counted_as_it_comes(web: TestClient[Any]) -> None:
    pieces = (b" " * 10_000 for _ in range(8))
    headers = {"content-type": JSON_TYPE}
    assert web.post("/api/v1/examples", content=pieces, headers=headers).status_code == 413


def test_htmx_gets_the_part_it_asks_for(web: TestClient[Any]) -> None:
    asking = {"hx-request": "true"}
    assert web.get("/part", headers=asking).text.strip() == "&lt;Teil&gt;"
    assert web.get("/part").status_code == 500  # the whole page needs more than the part
    again = {**asking, "hx-history-restore-request": "true"}
    assert web.get("/part", headers=again).status_code == 500


def test_broken_query_strings_are_shown_a_page(web: TestClient[Any]) -> None:
    for query in ("%FF=%FF", "a&b=&=c", "lang=xx"):
        assert web.get(f"/house?{query}").status_code == 200
    assert web.get("/house?q=%00").status_code == 400


def test_the_examples_are_for_development_only() -> None:
    with client(development=False) as opened:
        assert opened.get("/house").status_code == 404
