"""Nonsense in what is sent: every mistake is told at its field, and nothing is a fault."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers_bodies import BODIES, FORMS, JSON
from helpers_http import FORM_TYPE, Endpoint, House, calm
from helpers_town import leaks
from rundum_web.forms import Form

BROKEN_JSON = {
    b"": 422,
    b"{": 422,
    b"nul": 422,
    b'{"a": 1,}': 422,
    b"null": 422,
    b"[]": 422,
    b"7": 422,
    b'"text"': 422,
    b'{"reason": NaN}': 422,
    b'{"reason": 1e999}': 422,
    b'{"a": ' + b"9" * 5_000 + b"}": 422,
    b"\xff\xfe{}": 400,
    b'{"given_name": "\xc3\x28"}': 400,
    b'{"given_name": "\\ud800"}': 422,
    b'{"given_name": "\\u0000"}': 422,
    b'{"\\u0000": 1, "\\u202e": 2}': 422,
    b'{"reason": "x", "reason": "y", "given_name": 1}': 422,
    b"[" * 60_000: 400,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000: 400,
    b"{" + b" " * 70_000 + b"}": 413,
}
WRONG_TYPES = (
    "text/plain",
    "text/plain; charset=utf-8",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/json+x",
    "application/x-msgpack",
    "",
)
BROKEN_FORMS = {
    b"%FF=%FF": 400,
    b"given_name=%ED%A0%80": 400,
    b"\xff\xfe": 400,
    b"&".join(b"a%d=1" % number for number in range(600)): 422,
    b"given_name=" + b"x" * 70_000: 413,
}
WITH_FILES = "/desk/card-index/imports"
# for each field of a form, one after the other
ODD = (
    "", "\x00", "a\x07b", "\u202eabc", "x" * 10_240, "-1", "9" * 400, "1e999", "NaN", "٣",
    "😀" * 300, "\ud7ff\uffff", "2027-02-30", "25:61", "<script>alert(1)</script>", "{{ 7*7 }}",
    "%s%n", "'; DROP TABLE person; --", "a@b@c.de", "@", "\r\nBcc: x@y.de", "2026-12-05T14:00",
)  # fmt: skip
ODD_JSON: tuple[Any, ...] = (
    {"a": 1}, None, True, 0, -1, 10**30, 1.5, 1e300, [], {}, [[]], [None], [{}], [{"band": []}],
    {"start": [], "end": {}}, [{"during": {"start": "2026-12-05", "end": 7}}], ["x"] * 600,
    *ODD,
)  # fmt: skip


def takers(routes: list[Endpoint], *, api: bool) -> list[Endpoint]:
    """Who reads a body."""
    known = JSON if api else FORMS
    return [one for one in routes if str(one) in known]


def writer(endpoint: Endpoint) -> str:
    """Who gets furthest there."""
    own = ("/my-", "/offers", "/api/v1/offers", "/bookings", "/api/v1/bookings")
    if endpoint.path.startswith("/requests"):
        return "client"
    return "provider" if endpoint.path.startswith(own) else "administrator"


async def test_broken_json_is_a_problem_and_no_fault(house: House, routes: list[Endpoint]) -> None:
    for endpoint in takers(routes, api=True):
        path = endpoint.address(house.town.own)
        for content, status in BROKEN_JSON.items():
            headers = {"content-type": "application/json"}
            answer = await house.ask(
                writer(endpoint), endpoint.method, path, content=content, headers=headers
            )
            calm(answer, endpoint)
            assert answer.status_code == status, f"{endpoint}: {content[:60]!r}"


@pytest.mark.parametrize("api", [True, False])
async def test_only_the_right_content_type_is_taken(
    house: House, routes: list[Endpoint], api: bool
) -> None:
    for endpoint in takers(routes, api=api):
        path = endpoint.address(house.town.own)
        for kind in (*WRONG_TYPES, FORM_TYPE if api else "application/json"):
            answer = await house.ask(
                writer(endpoint),
                endpoint.method,
                path,
                content=b'{"reason": "no_time"}' if api else b"reason=no_time",
                headers={"content-type": kind},
            )
            calm(answer, endpoint)
            assert answer.status_code == 415, f"{endpoint}: {kind}"


async def test_a_broken_form_is_a_page_and_no_fault(house: House, routes: list[Endpoint]) -> None:
    for endpoint in takers(routes, api=False):
        path = endpoint.address(house.town.own)
        for content, status in BROKEN_FORMS.items():
            answer = await house.ask(
                writer(endpoint),
                endpoint.method,
                path,
                content=content,
                headers={"content-type": FORM_TYPE},
            )
            calm(answer, endpoint)
            if status == 413 and endpoint.path == WITH_FILES:
                status = 422
            assert answer.status_code == status, f"{endpoint}: {content[:60]!r}"


PARTS = (
    b"",
    b"--",
    b"--x",
    b"--x\r\n\r\n",
    b"--x--",
    b"--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--",
    b'--x\r\nContent-Disposition: form-data; name="table"\r\n\r\n\xff\xfe\r\n--x--',
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\x00b"\r\n\r\n\x00\r\n--x--',
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="\xff"\r\n\r\nPK\r\n--x--',
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 2_000 + b"--x--",
    b'--x\r\nContent-Disposition: form-data; name="table"\r\n\r\nproviders\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.xlsx"\r\n\r\n'
    b"PK\x03\x04" + b"\x00\xff" * 500 + b"\r\n--x--",
    b'--x\r\nContent-Disposition: form-data; name="table"\r\n\r\nproviders\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--',
)


async def test_a_broken_upload_is_a_page_and_no_fault(house: House) -> None:
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "text/csv", ""):
        for content in PARTS:
            answer = await house.ask(
                "administrator",
                "POST",
                "/desk/card-index/trials",
                content=content,
                headers={"content-type": kind},
            )
            calm(answer, f"{kind} {content[:200]!r}")
            assert answer.status_code in (400, 413, 415, 422), content[:200]


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.slow)])
async def test_every_field_of_the_api_tells_its_own_mistake(
    house: House, routes: list[Endpoint], step: int
) -> None:
    for endpoint in takers(routes, api=True):
        form = endpoint.opt.get("body")
        assert isinstance(form, Form), f"{endpoint} says nothing of its body"
        for odd in ODD_JSON[::step]:
            sent = dict.fromkeys(form.fields, odd)
            answer = await house.send(writer(endpoint), endpoint, sent=sent)
            calm(answer, endpoint)
            if answer.status_code == 422 and isinstance(odd, dict) and odd:
                told = {error["field"].partition(".")[0] for error in answer.json()["errors"]}
                assert told >= set(form.fields), f"{endpoint}: {set(form.fields) - told}"


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.slow)])
async def test_every_field_of_a_page_bears_anything(
    house: House, routes: list[Endpoint], step: int
) -> None:
    """Each field in turn something else that is odd."""
    for endpoint in takers(routes, api=False):
        names = [name for name in BODIES[str(endpoint)] if name != "form_key"]
        for turn in range(0, len(ODD), step):
            sent = {name: ODD[(number + turn) % len(ODD)] for number, name in enumerate(names)}
            answer = await house.send(writer(endpoint), endpoint, sent=sent)
            calm(answer, endpoint)
            assert "<script>alert" not in answer.text, endpoint
            assert "bcc" not in answer.headers.get("location", ""), endpoint


@pytest.mark.slow
async def test_one_odd_field_among_sound_ones_bears_anything(
    house: House, routes: list[Endpoint]
) -> None:
    """The rules behind the fields see it only when the rest is sound."""
    for endpoint in routes:
        if str(endpoint) not in (
            "POST /centres/{slug}/requests",
            "POST /centres/{slug}/providers",
            "POST /desk/providers/{provider}/times",
        ):
            continue
        sound = BODIES[str(endpoint)]
        for name in sound:
            for odd in (*ODD[:3], *ODD[4:8], "2027-03-28", "0", "2026-12-05"):
                answer = await house.send("administrator", endpoint, sent=sound | {name: odd})
                calm(answer, f"{endpoint} {name}={odd[:30]!r}")


ROWS = ("children+", "visits+", "visits-0", "visits-99999999999999999999", "-", "x+", "visits-x",
        "lines+", "\x00+", "visits.0.during+", "guardians+", "guardians-1", "٣-٣")  # fmt: skip
NAMES = ("visits.999.during.date", "visits.-1.during.date", "visits.0.during.date.date",
         "lines.0.weekday[]", "children.0-1", "guardians.5.given_name", "__class__", "a" * 3000,
         "visits.0", "visits..during", "lines.٣.weekday")  # fmt: skip


async def test_odd_rows_and_names_are_borne(house: House, routes: list[Endpoint]) -> None:
    for endpoint in takers(routes, api=False):
        sound = BODIES[str(endpoint)]
        for more in [{"_rows": rows} for rows in ROWS] + [dict.fromkeys(NAMES, "1")]:
            answer = await house.send(writer(endpoint), endpoint, sent=sound | more)
            calm(answer, endpoint)


async def test_without_a_form_key_a_form_still_does_what_it_says(house: House) -> None:
    path = "/centres/boerde/requests"
    sound = {
        name: value
        for name, value in BODIES["POST /centres/{slug}/requests"].items()
        if name != "form_key"
    }
    for key in ({}, {"form_key": ""}, {"form_key": "x"}, {"form_key": "\x00" * 22}):
        answer = await house.ask("visitor", "POST", path, form=sound | key)
        assert answer.status_code == 303


async def test_mistakes_are_told_in_the_language_of_who_reads(house: House) -> None:
    path = "/centres/boerde/requests"
    for lang, word in (("de", "Bitte"), ("en", "Please")):
        shown = await house.ask("visitor", "POST", path, form={"service": "childcare"}, lang=lang)
        assert shown.status_code == 422
        assert f'<html lang="{lang}">' in shown.text
        assert word in shown.text
        told = await house.ask("visitor", "POST", f"/api/v1{path}", json={}, lang=lang)
        assert told.headers["content-language"] == lang
        assert any(word in error["detail"] for error in told.json()["errors"])


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(data=st.data())
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_json_is_sent_gets_a_clear_answer(
    standing: House, routes: list[Endpoint], data: st.DataObject
) -> None:
    endpoint = data.draw(st.sampled_from(takers(routes, api=True)), "endpoint")
    sound = BODIES[str(endpoint)]
    names = st.sampled_from([*sound, *endpoint.opt["body"].fields])
    sent = sound | data.draw(st.dictionaries(names, ANYTHING, max_size=3), "sent")
    content = to_json(sent)
    answer = await standing.ask(
        writer(endpoint),
        endpoint.method,
        endpoint.address(standing.town.own),
        content=content,
        headers={"content-type": "application/json"},
    )
    calm(answer, endpoint)


def to_json(value: Any) -> bytes:
    import json

    return json.dumps(value).encode()


async def test_each_reader_of_a_body_is_known_here(routes: list[Endpoint]) -> None:
    """So that no new one is forgotten."""
    readers = {
        str(endpoint)
        for endpoint in routes
        if {"form_body", "json_body", "save_week", "save_exception", "save_profile"}
        & set(inspect.unwrap(endpoint.handler).__code__.co_names)
    }
    assert readers == set(BODIES)
    assert leaks(str(BODIES))
