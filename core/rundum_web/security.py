"""What every answer carries and every unsafe request must show: the house's front door."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import ClientException
from litestar.handlers import BaseRouteHandler

from rundum_core.errors import Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
# same-origin and not no-referrer: under the latter a browser says `Origin: null` when it posts our
# own forms; to other sites both give nothing away.
HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")


def same_origin(base_url: str) -> Callable[[ASGIConnection[Any, Any, Any, Any], Any], None]:
    """A guard against requests that another site makes in somebody's name.

    An unsafe method passes if the browser says `Sec-Fetch-Site: same-origin` (or `none`), or, from
    a browser that doesn't say, with our own Origin. A program that sends neither passes too: it
    carries nobody's cookies. Raises Forbidden `error.other_site`.
    """
    origin = base_url.rstrip("/")

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        if connection.scope.get("method", "") in SAFE_METHODS:
            return
        site = connection.headers.get("sec-fetch-site")
        if site is not None:
            if site not in ("same-origin", "none"):
                raise Forbidden("error.other_site")
            return
        given = connection.headers.get("origin")
        if given is not None and given not in (origin, _own_origin(connection)):
            raise Forbidden("error.other_site")

    return guard


def readable_address(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard against addresses with NUL in them, which no text of ours holds and no text of the
    database can be compared with. Raises a 400."""
    scope = connection.scope
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        raise ClientException


def add_headers(*, https: bool) -> Callable[[Any, Any], Awaitable[None]]:
    """A hook before every send: our headers, and `no-store` where nothing else was decided."""

    async def hook(message: Any, _scope: Any) -> None:
        if message["type"] != "http.response.start":
            return
        headers = list(message["headers"])
        present = {name.lower() for name, _ in headers}
        headers += [(name, value) for name, value in HEADERS if name not in present]
        if https:
            headers.append(HTTPS_ONLY)
        if b"cache-control" not in present:
            headers.append((b"cache-control", b"no-store"))
        message["headers"] = headers

    return hook


def heads(app: Any) -> Any:
    """An ASGI wrapper: HEAD is answered as GET without its body, for every address."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await app(scope, receive, send)
            return

        async def without_body(message: Any) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await app({**scope, "method": "GET"}, receive, without_body)

    return wrapped


def _own_origin(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The origin under which we were reached: a copy on another port, or a name in the village's
    network. A page of another site can't choose the Host header."""
    return f"{connection.scope['scheme']}://{connection.headers.get('host', '')}"
