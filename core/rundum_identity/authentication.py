"""From a request to who acts: the cookie or bearer token it brings, and nothing else it says."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from rundum_core.actor import Actor, visitor
from rundum_core.db import Database
from rundum_core.errors import Forbidden
from rundum_identity import keys
from rundum_identity.codes import LASTS as CODE_LASTS
from rundum_identity.passkeys import Site
from rundum_identity.sessions import Opened, SignedIn, signed_in
from rundum_web.furniture import STATE, Furniture

Connection = ASGIConnection[Any, Any, Any, Any]

# How long ago a proof may be for what can do harm: exports, deletions, rights, settings.
FRESH = timedelta(minutes=10)
# The cookie of a browser that asked for a code, by the session cookie's name.
_ASKED = "-asked"
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


class SessionCookie(msgspec.Struct, frozen=True, kw_only=True):
    """Name and kind of the cookie that carries a session."""

    name: str
    secure: bool


def session_cookie(base_url: str, host: str) -> SessionCookie:
    """`__Host-rundum`, which no other site or subdomain can plant.

    Where the service itself is reached without TLS and under another name than localhost,
    browsers refuse such a cookie, and it is `rundum`.
    """
    if urlsplit(base_url).scheme == "https" or _is_local(host):
        return SessionCookie(name="__Host-rundum", secure=True)
    return SessionCookie(name="rundum", secure=False)


def _is_local(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in _LOCAL
    except ValueError:  # whatever was sent as a Host
        return False


async def authenticate(db: Database, connection: Connection) -> Actor:
    """Who sends this request: her person, her centre and her roles there, or a visitor.

    Keeps the actor in `state.actor`, the session (SignedIn or None) in `state.signed_in` and the
    person's language in `state.locale`, where pages look for them. A token that is no good is
    no token. A program's key opens the API and no page.
    """
    token = presented_token(connection)
    signed, actor = None, visitor()
    if token and token.startswith(keys.MARK):
        if connection.url.path.startswith("/api/"):
            actor = await keys.acting(db, token) or actor
    elif token and (signed := await signed_in(db, token)):
        actor = signed.actor
    connection.state.signed_in = signed
    connection.state.actor = actor
    connection.state.several_roles = signed is not None and len(signed.roles) > 1
    if signed:
        connection.state.locale = signed.session.locale
    return actor


def session_of(connection: Connection, actor: Actor) -> SignedIn:
    """The session under which `actor`, as `authenticate` found her, is signed in; raises
    Forbidden `error.sign_in` without one."""
    found: SignedIn | None = getattr(connection.state, "signed_in", None)
    if found is None or found.session.person != actor.person:
        raise Forbidden("error.sign_in")
    return found


def require_proof(connection: Connection, actor: Actor, now: datetime) -> SignedIn:
    """The session of `session_of`, if its person showed in the last ten minutes that it is she;
    raises Forbidden `error.prove` otherwise, whose page leads there and back."""
    signed = session_of(connection, actor)
    if now - signed.session.proved_at > FRESH:
        raise Forbidden("error.prove")
    return signed


def site_of(connection: Connection, name: str) -> Site:
    """For whom a passkey is made here: the service's own address, whatever Host was sent, but on
    this machine itself."""
    furniture: Furniture = connection.app.state[STATE]
    host = connection.headers.get("host", "")
    if _is_local(host):
        return Site(origin=f"{connection.scope['scheme']}://{host}", name=name)
    return Site(origin=furniture.base_url.rstrip("/"), name=name)


def presented_token(connection: Connection) -> str | None:
    """The token in `Authorization: Bearer`, else in our cookie."""
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    return connection.cookies.get(_cookie(connection).name)


def give_cookie(connection: Connection, response: Response[Any], opened: Opened) -> None:
    """Let the browser keep a new session for as long as it can last."""
    _set_cookie(connection, response, opened.token, opened.lasts)
    _set_cookie(connection, response, "", timedelta(0), _ASKED)


def take_cookie(connection: Connection, response: Response[Any]) -> None:
    """Let the browser forget its session."""
    _set_cookie(connection, response, "", timedelta(0))


def remember_asking(connection: Connection, response: Response[Any], browser: str) -> None:
    """Let the browser know that it asked for a code (see `codes`)."""
    _set_cookie(connection, response, browser, CODE_LASTS, _ASKED)


def asking_browser(connection: Connection) -> str | None:
    """What `remember_asking` gave to this browser, if anything."""
    return connection.cookies.get(_cookie(connection).name + _ASKED)


def network_of(connection: Connection) -> str:
    """The network a request comes from, to count attempts by: an IPv4 address, or the /64 that
    one IPv6 connection has. Forwarded addresses are read by the server, from proxies it trusts."""
    host = connection.client.host if connection.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 64), strict=False))
    return str(address)


def device_name(user_agent: str) -> str:
    """`Firefox, Windows` from what a browser says of itself; its first word for a program."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    known = ", ".join(part for part in (browser, system) if part)
    return known or re.sub(r"[^\w.-]", "", user_agent.split("/")[0])[:40]


def _set_cookie(
    connection: Connection, response: Response[Any], value: str, lasts: timedelta, kind: str = ""
) -> None:
    cookie = _cookie(connection)
    response.set_cookie(
        Cookie(
            cookie.name + kind,
            value=value,
            max_age=int(lasts.total_seconds()),
            path="/",
            secure=cookie.secure,
            httponly=True,
            samesite="lax",
        )
    )


def _cookie(connection: Connection) -> SessionCookie:
    furniture: Furniture = connection.app.state[STATE]
    return session_cookie(furniture.base_url, connection.headers.get("host", ""))
