"""Whether somebody is still as the world's reader saw her."""

from __future__ import annotations

import msgspec

from rundum_core.queries import many, one


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    person: int
    changes: int


class Stand(msgspec.Struct, frozen=True, kw_only=True):
    changes: int
    by_mail: bool


changes_of_everybody = many("matching/sight", "changes_of_everybody", Changes)
stand_of_person = one("matching/sight", "stand_of_person", Stand)
