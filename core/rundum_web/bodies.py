"""What a request carries, in exactly the type its reader expects, or a clear refusal."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from rundum_core.errors import FieldError, Invalid
from rundum_web.forms import sent_from

FORM_TYPE = "application/x-www-form-urlencoded"
JSON_TYPE = "application/json"
BODY_BYTES = 64 * 1024


async def form_body(
    request: Request[Any, Any, Any], *, most: int = BODY_BYTES
) -> dict[str, list[str]]:
    """What a page's form sent, by name; 415 for any other content type, 413 beyond `most` bytes."""
    _require(request, FORM_TYPE)
    return sent_from(await _read(request, most))


async def json_body(request: Request[Any, Any, Any], *, most: int = BODY_BYTES) -> Any:
    """The decoded JSON of an API call, for `Form.parse_json`; 415 unless it is application/json,
    Invalid `forms.json.syntax` when it isn't JSON."""
    _require(request, JSON_TYPE)
    body = await _read(request, most)
    body.decode("utf-8")
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        raise Invalid((FieldError("", "forms.json.syntax"),)) from None


async def _read(request: Request[Any, Any, Any], most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise RequestEntityTooLarge
    return bytes(body)


def _require(request: Request[Any, Any, Any], wanted: str) -> None:
    given, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower()
    if given.strip().lower() != wanted or charset not in ("", "charset=utf-8"):
        raise ClientException(status_code=415, detail=wanted)
