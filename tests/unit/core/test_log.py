"""The log holds ids and places, never what somebody typed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from rundum_core.log import Message, Receive, RequestLog, Scope, Send, set_up
from rundum_core.settings import Settings

SECRET = "Frau Beispiel, Hauptstr. 5"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = logging.getLogger().handlers[:]
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers = before


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_exception_is_logged_by_type_and_place_without_its_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up(Settings(data=Path(), log_format="json"))
    try:
        raise ValueError(SECRET)
    except ValueError:
        structlog.get_logger().exception("job failed", job="courier")
    (line,) = lines(capsys)
    assert (line["event"], line["job"], line["error"]) == ("job failed", "courier", "ValueError")
    assert line["where"][-1].startswith("test_log.py:")
    assert SECRET not in str(line)


def test_a_library_s_line_is_logged_before_it_was_filled_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up(Settings(data=Path(), log_format="json"))
    logging.getLogger("some.library").warning("could not take %s\nmore", SECRET)
    (line,) = lines(capsys)
    assert (line["event"], line["logger"]) == ("could not take %s", "some.library")


def test_a_traceback_that_comes_as_text_is_cut_to_type_and_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up(Settings(data=Path(), log_format="json"))
    said = f"""  + Exception Group Traceback (most recent call last):
    |   File "/somewhere/app.py", line 7, in life
    |     raise asyncpg.DataError
    | asyncpg.DataError: {SECRET}
    +----"""
    logging.getLogger("uvicorn.error").error(said)
    (line,) = lines(capsys)
    assert (line["error"], line["where"]) == ("asyncpg.DataError", ["app.py:7 life"])
    assert SECRET not in str(line)


def test_below_the_level_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(Settings(data=Path(), log_level="warning"))
    structlog.get_logger().info("nothing")
    assert lines(capsys) == []


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    scope["path_template"] = "/offers/{link}"
    structlog.get_logger().warning("inside")
    await send({"type": "http.response.start", "status": 303, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def test_a_request_is_one_line_with_the_route_and_never_the_path(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up(Settings(data=Path(), log_format="json"))
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": "/offers/secret-token"}
    await RequestLog(answer)(scope, receive, send)
    inside, request = lines(capsys)
    assert (request["method"], request["route"], request["status"]) == (
        "GET",
        "/offers/{link}",
        303,
    )
    assert inside["request"] == request["request"]
    assert (b"x-request-id", request["request"].encode()) in sent[0]["headers"]
    assert "secret-token" not in str(request)
