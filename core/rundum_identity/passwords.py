"""Passwords of staff: which will do, and how they are kept."""

from __future__ import annotations

import asyncio
import gzip
import re
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

LEAST = 12
MOST = 128
# RFC 9106's choice for where memory is dear: 64 MiB, three passes, four lanes
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
# what is compared where nobody has the address, so that it takes as long
NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4$46rtut+oqLVCRUH70jIQZA"
    "$QZ4l5nkDKRWfDUJVx4W/D9KrlhVyOvhgxx3zycCbRhg"
)
# each takes 64 MiB for a tenth of a second
_at_once = asyncio.Semaphore(2)
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def weakness(password: str, *own: str) -> str | None:
    """The key of the sentence that says why a password won't do, None if it will.

    Long enough, none of those that everybody tries (nor one with figures around it), not a few
    characters again and again, and not one of `own`, which others know (name, address). There is
    no rule about kinds of characters.
    """
    if len(password) < LEAST:
        return "identity.password.short"
    plain = password.casefold()
    core = _EDGES.sub("", plain)
    known = common() | {word.casefold() for word in own}
    if plain in known or core in known or len(set(plain)) < 4 or _repeats(plain):
        return "identity.password.common"
    return None


async def keep(password: str) -> str:
    """The argon2id hash of a password, made beside the event loop."""
    async with _at_once:
        return await asyncio.to_thread(_HASHER.hash, password)


async def verify(kept: str, password: str) -> bool:
    """Whether it is the password that was kept."""
    async with _at_once:
        return await asyncio.to_thread(_is_same, kept, password)


@cache
def common() -> frozenset[str]:
    """The passwords that everybody tries, in lower case (see data/VENDORED.md)."""
    packed = (files(__package__) / "data" / "common_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))


def _is_same(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except VerificationError:
        return False


def _repeats(text: str) -> bool:
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 7))
