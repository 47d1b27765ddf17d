"""Guards and how they are taken away: for negative controls."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from helpers_sins import Scene
from rundum_core.queries import Query

Sin = Callable[[Scene], Awaitable[object]]
Away = str | Callable[[pytest.MonkeyPatch], None]


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """`guards`: what refuses (a key, None: nothing comes of it) until it is taken away; SQL is run
    by the owner. `sin`: SQL, with the scene's fields, or a function; `before`: once."""

    about: str
    guards: tuple[tuple[str | None, Away], ...]
    sin: str | Sin
    check: str
    before: Sin | None = None


def constraint(table: str, name: str, check: str, sin: str | Sin, **more: Any) -> Control:
    return Control(
        about=name,
        guards=((f"conflict.{name}", f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE"),),
        sin=sin,
        check=check,
        **more,
    )


def index(name: str, check: str, sin: str | Sin) -> Control:
    away = f"DROP INDEX {name}"
    return Control(about=name, guards=((f"conflict.{name}", away),), sin=sin, check=check)


def trigger(table: str) -> tuple[str, str]:
    return "conflict.state_transition", f"DROP TRIGGER keep_transitions ON {table}"


def without(query: Query, condition: str) -> tuple[None, Away]:
    """The query goes on whatever the condition says."""
    numbered = re.sub(r":(\w+)", lambda m: f"${query.parameters.index(m[1]) + 1}", condition)
    assert numbered in query.sql, query.sql
    sql = query.sql.replace(numbered, f"(true OR ({numbered}))")
    return None, lambda patch: patch.setattr(query, "sql", sql)


def unlocked(query: Query) -> tuple[None, Away]:
    sql = query.sql.replace("FOR NO KEY UPDATE", "")
    assert sql != query.sql
    return None, lambda patch: patch.setattr(query, "sql", sql)


def instead(module: Any, name: str, answer: Any) -> tuple[None, Away]:
    """A function of a service that does nothing but answer."""

    async def nothing(*_: Any, **__: Any) -> Any:
        return answer

    return None, lambda patch: patch.setattr(module, name, nothing)


def slowly(module: Any, name: str) -> tuple[None, Away]:
    """Long enough for the other one to come as far."""
    real = getattr(module, name)

    async def slow(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        await asyncio.sleep(0.3)
        return answer

    return None, lambda patch: patch.setattr(module, name, slow)
