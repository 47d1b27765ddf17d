"""The API's description: complete, sound, and true of what is answered."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from helpers_bodies import JSON
from helpers_http import ORIGIN, Endpoint, House, endpoints, unlogged
from rundum_app.asgi import create_app
from rundum_core.settings import Settings
from rundum_web.forms import Form

DESCRIPTION = "/api/v1/openapi.json"
NOT_DESCRIBED = {"GET /api/v1", f"GET {DESCRIPTION}"}
Document = dict[str, Any]


@pytest.fixture
async def document(standing: House) -> Document:
    answer = await standing.ask("visitor", "GET", DESCRIPTION)
    assert answer.headers["content-type"] == "application/json"
    found: Document = answer.json()
    return found


def operation(document: Document, endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][endpoint.path][endpoint.method.lower()]
    return found


def described(routes: list[Endpoint]) -> list[Endpoint]:
    return [one for one in routes if one.is_api and str(one) not in NOT_DESCRIBED]


def problems_of(document: Document, schema: dict[str, Any], value: Any) -> list[str]:
    """What doesn't fit, each with its place."""
    whole = {**schema, "components": document["components"]}
    found = Draft202012Validator(whole).iter_errors(value)
    return [f"{'.'.join(map(str, one.absolute_path))}: {one.message[:200]}" for one in found]


async def test_every_address_of_the_api_is_described_and_no_other(
    document: Document, routes: list[Endpoint]
) -> None:
    told = {
        f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
    }
    assert told == {str(one) for one in described(routes)}
    assert document["openapi"].startswith("3.1")


async def test_the_description_is_sound(document: Document) -> None:
    names = set()
    for path, item in document["paths"].items():
        for method, one in item.items():
            where = f"{method} {path}"
            assert one["operationId"] not in names, where
            names.add(one["operationId"])
            assert one.get("description"), where
            in_path = {p["name"] for p in one.get("parameters", ()) if p["in"] == "path"}
            assert in_path == set(re.findall(r"{(\w+)}", path)), where
            for parameter in one.get("parameters", ()):
                Draft202012Validator.check_schema(parameter["schema"])
            for answer in one["responses"].values():
                assert answer["description"], where
                for content in answer.get("content", {}).values():
                    Draft202012Validator.check_schema(content["schema"])
    text = json.dumps(document)
    for name in re.findall(r'"\$ref": "([^"]+)"', text):
        assert name.removeprefix("#/components/schemas/") in document["components"]["schemas"]
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert f'"#/components/schemas/{name}"' in text, f"{name} is nobody's"


async def test_every_body_is_described_and_refuses_what_it_does_not_know(
    document: Document, routes: list[Endpoint]
) -> None:
    for endpoint in described(routes):
        one = operation(document, endpoint)
        if str(endpoint) not in JSON:
            assert "requestBody" not in one, endpoint
            continue
        form = endpoint.opt["body"]
        assert isinstance(form, Form), endpoint
        content = one["requestBody"]["content"]
        assert list(content) == ["application/json"], endpoint
        schema = content["application/json"]["schema"]
        Draft202012Validator.check_schema(schema)
        assert schema["additionalProperties"] is False, endpoint
        assert set(schema["properties"]) == set(form.fields), endpoint
        assert problems_of(document, schema, JSON[str(endpoint)]) == [], endpoint
        assert problems_of(document, schema, JSON[str(endpoint)] | {"nonsense": 1}), endpoint


async def test_what_the_description_requires_is_missed_when_it_is_missing(
    standing: House, document: Document, routes: list[Endpoint]
) -> None:
    for endpoint in described(routes):
        if str(endpoint) not in JSON:
            continue
        content = operation(document, endpoint)["requestBody"]["content"]
        required = content["application/json"]["schema"]["required"]
        provider = endpoint.path.startswith(("/api/v1/offers", "/api/v1/bookings"))
        who = "provider" if provider else "administrator"
        answer = await standing.send(who, endpoint, sent={"nonsense": 1})
        assert answer.status_code == 422, endpoint
        told = {error["field"] for error in answer.json()["errors"]}
        assert told >= {*required, "nonsense"}, endpoint


async def test_every_refusal_is_a_problem_as_described(
    standing: House, document: Document, routes: list[Endpoint]
) -> None:
    problem = {"$ref": "#/components/schemas/Problem"}
    for endpoint in described(routes):
        content = operation(document, endpoint)["responses"]["default"]["content"]
        assert content == {"application/problem+json": {"schema": problem}}, endpoint
        if not endpoint.public:
            answer = await standing.send("visitor", endpoint)
            assert problems_of(document, problem, answer.json()) == [], endpoint
    refused = await standing.ask("visitor", "POST", "/api/v1/centres/boerde/requests", json={})
    assert problems_of(document, problem, refused.json()) == []


@pytest.mark.parametrize("who", ["client", "provider", "guardian", "administrator"])
async def test_what_is_answered_is_as_described(
    house: House, document: Document, routes: list[Endpoint], who: str
) -> None:
    wrong, answered = [], 0
    for endpoint in described(routes):
        if endpoint.solves or str(endpoint) == "DELETE /api/v1/session":
            continue
        answer = await house.send(who, endpoint)
        if answer.status_code >= 400:
            continue
        answered += 1
        told = operation(document, endpoint)["responses"].get(str(answer.status_code))
        if told is None:
            wrong.append(f"{endpoint}: {answer.status_code} is not described")
        elif "content" in told:
            schema = told["content"]["application/json"]["schema"]
            found = problems_of(document, schema, answer.json())
            wrong += [f"{endpoint}: {one}" for one in found]
        elif answer.content not in (b"", b"null"):
            wrong.append(f"{endpoint}: {answer.content[:80]!r} is not described")
    assert not wrong, "\n".join(wrong)
    assert answered > 5


async def test_who_has_to_sign_in_is_said(document: Document, routes: list[Endpoint]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert set(schemes) == {"bearer", "session"}
    for endpoint in described(routes):
        told = operation(document, endpoint)["security"]
        assert ({} in told) == endpoint.public, endpoint
        assert {name for one in told for name in one} == set(schemes), endpoint


async def test_what_takes_an_idempotency_key_says_so(document: Document) -> None:
    takers = {
        path
        for path, item in document["paths"].items()
        for one in item.values()
        if any(parameter["name"] == "Idempotency-Key" for parameter in one.get("parameters", ()))
    }
    assert takers == {"/api/v1/centres/{slug}/requests", "/api/v1/centres/{slug}/providers"}


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_the_page_shows_all_of_it_without_a_script_of_its_own(
    standing: House, document: Document, lang: str
) -> None:
    answer = await standing.ask("visitor", "GET", "/api/v1", lang=lang)
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text
    assert not re.search(r"<script(?![^>]* src=)", answer.text)
    for path in document["paths"]:
        assert path in answer.text


async def test_switched_off_nothing_of_it_is_mounted(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, secret_key=b"-" * 32, base_url=ORIGIN, openapi=False)
    with unlogged():
        app = create_app(settings, background=False)
    paths = {endpoint.path for endpoint in endpoints(app)}
    assert not [path for path in paths if "openapi" in path or path.startswith("/schema")]
    assert "/api/v1" not in paths
    assert not [path for path in paths if path.startswith(("/mails", "/house"))]
