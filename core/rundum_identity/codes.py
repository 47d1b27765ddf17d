"""The code beside a sign-in link: typed instead of it, only in the browser that asked.

The code is an HMAC of the link under the server's key, so that the letter can be sent again; the
database keeps which browser (by the hash of its cookie) asked for which link, and counts tries.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from rundum_core import links
from rundum_core.db import Database, Transaction
from rundum_core.errors import FieldError, Invalid
from rundum_core.queries import one, run

LASTS = timedelta(minutes=30)
MOST_TRIES = 5
FIGURES = 8

insert_browser = run("identity/code", "insert_browser")
bind_link = run("identity/code", "bind_link")
has_code = one("identity/code", "has_code", int)
try_code = one("identity/code", "try_code", int)
forget_browsers = run("identity/code", "forget_browsers")


async def remember_browser(db: Database) -> str:
    """Note that a browser asks for a code, whoever it asks for; returns what its cookie holds."""
    secret = secrets.token_urlsafe(32)
    async with db.work() as tx:
        await insert_browser(tx, browser=_hash(secret), expires_at=tx.now + LASTS)
    return secret


async def bind(tx: Transaction, browser: str, link: int) -> None:
    """Let the code of a link be typed in the browser that asked for it."""
    await bind_link(tx, browser=_hash(browser), link=link)


async def code_for(tx: Transaction, link: int) -> str | None:
    """The code that stands beside a link in its letter, in two groups; None where no browser
    waits for one."""
    if await has_code(tx, link=link, now=tx.now) is None:
        return None
    code = _code(tx.key, link)
    return f"{code[:4]} {code[4:]}"


async def link_behind(db: Database, browser: str | None, typed: str) -> str:
    """The token of the link whose code was typed in the browser that asked for it.

    Each try is counted, five are enough for anybody who can read. Invalid `identity.code.refused`
    at field `code`, whatever is wrong: the code, the browser, the time, or that nobody is reached
    under the address.
    """
    async with db.work() as tx:
        link = None
        if browser is not None:
            link = await try_code(tx, browser=_hash(browser), most=MOST_TRIES, now=tx.now)
        wanted = _code(tx.key, link or 0)
        given = "".join(figure for figure in typed if figure.isdecimal() and figure.isascii())
        if not hmac.compare_digest(wanted.encode(), given.encode()) or link is None:
            refused = FieldError("code", "identity.code.refused")
        else:
            return links.token(tx.key, "sign_in", link)
    raise Invalid((refused,))


def _code(key: bytes, link: int) -> str:
    number = int.from_bytes(hmac.digest(key, f"sign-in-code:{link}".encode(), "sha256")[:8])
    return f"{number % 10**FIGURES:0{FIGURES}d}"


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
