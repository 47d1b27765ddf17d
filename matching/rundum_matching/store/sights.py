"""Whether somebody is still as she was seen."""

from __future__ import annotations

import msgspec

from rundum_core.queries import many


class Stand(msgspec.Struct, frozen=True, kw_only=True):
    """Equal to an earlier one: nothing that matters for placing her has changed since then."""

    person: int
    version: int
    status: str
    slots: int
    newest: int | None
    by_mail: bool


stands_of_persons = many("matching/sight", "stands_of_persons", Stand)
