"""Sent twice, done once: an effect and its answer are committed together under the sender's key."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from rundum_core.db import Transaction
from rundum_core.errors import Conflict
from rundum_core.queries import one, run


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    body_hash: bytes
    answer: dict[str, Any]


claim_key = one("core/idempotency", "claim_key", bool)
keep_answer = run("core/idempotency", "keep_answer")
answer_of = one("core/idempotency", "answer_of", Answer)
forget_keys = run("core/idempotency", "forget_keys")


async def once(
    tx: Transaction,
    who: str,
    key: str | None,
    body: Any,
    act: Callable[[], Awaitable[dict[str, Any]]],
) -> dict[str, Any]:
    """Do `act` unless the same `key` did it before; then give the first answer again.

    `who` keeps the keys of different senders apart, `body` (anything msgspec can write) is
    compared by hash: another body under the same key is Conflict `idempotency.other_body`.
    Without a key it is simply done.
    """
    if key is None:
        return await act()
    body_hash = hashlib.sha256(msgspec.json.encode(body, order="sorted")).digest()
    if await claim_key(tx, who=who, key=key, body_hash=body_hash, now=tx.now) is None:
        before = await answer_of(tx, who=who, key=key)
        if before is None or before.body_hash != body_hash:
            raise Conflict("idempotency.other_body")
        return before.answer
    answer = await act()
    await keep_answer(tx, who=who, key=key, answer=answer)
    return answer
