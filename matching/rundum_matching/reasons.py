"""Why somebody was refused, in words: the engine's reason keys with the law's source beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rundum_core.i18n import Translator
from rundum_engine.plan import Part, Why
from rundum_providers.rules import reason_of


def in_words(t: Translator, why: Why) -> str:
    """`zu weit: 41 von 30 km` or `nach 20 Uhr (JArbSchG § 14 (1))`; for staff."""
    family, _, skill = why.reason.partition(":")
    params: dict[str, Any] = {}
    if skill:
        params["skill"] = skill_in_words(t, skill)
    key = f"reason.{family}"
    measured = f"{key}.measured"
    if why.have is not None and why.want is not None and t.has(measured):
        key = measured
        params |= {"have": t.number(round(why.have)), "want": t.number(round(why.want))}
    text = t(key, **params) if t.has(key) else why.reason
    source = reason_of(why.reason)
    return f"{text} ({source[0]})" if source and source[0] else text


def parts_in_words(t: Translator, parts: Sequence[Part]) -> str:
    """Why somebody stands where she stands: `Entfernung −240, war schon da +300`."""
    return ", ".join(
        t("part.line", part=t(f"part.{part.key}"), points=_signed(t, part.points)) for part in parts
    )


def skill_in_words(t: Translator, skill: str) -> str:
    """`Kinderbetreuung`, `2–3 Jahre`, `Erste Hilfe am Kind`."""
    kind, _, value = skill.partition(":")
    key = f"word.{kind}.{value}" if value else f"word.skill.{skill}"
    return t(key) if t.has(key) else skill


def _signed(t: Translator, points: int) -> str:
    sign = "+" if points > 0 else "\N{MINUS SIGN}"
    return f"{sign}{t.number(abs(points))}"
