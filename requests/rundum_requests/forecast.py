"""How likely it is that somebody can come, as a family reads it right after it has asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from rundum_core.db import Database
from rundum_core.i18n import Translator
from rundum_core.registry import Hook


class Forecast(Struct, frozen=True, kw_only=True):
    """One visit: how it stands at the wished time (several, few, nobody), and what would help."""

    starts_at: datetime
    ends_at: datetime
    now: str
    others: list[str]


Foreseen = Callable[[Database, Translator, UUID], Awaitable[list[Forecast]]]
FORECAST: Hook[Foreseen] = Hook("forecast of a request")
"""Filled by matching under `request`: who is free is nothing that a request knows."""


async def forecast(db: Database, t: Translator, request: UUID) -> list[Forecast]:
    """The forecast of a request's first visits; none where nobody is searching."""
    foresee = FORECAST.get("request")
    return [] if foresee is None else await foresee(db, t, request)
