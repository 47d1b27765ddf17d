"""A centre with an administrator, and what the tests of card indexes ask about it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from factories import a_centre, a_staff, an_actor
from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.i18n import Locale
from rundum_desk.card_index import service
from rundum_desk.card_index.headings import Table
from rundum_desk.card_index.report import Report
from rundum_identity.centres import Centre


class Desk(msgspec.Struct, frozen=True):
    """The centre, who runs it, and the counts of tables."""

    db: Database
    centre: Centre
    actor: Actor

    async def apply(self, table: Table, text: str | bytes, **given: Any) -> Report:
        content = text.encode() if isinstance(text, str) else text
        return await service.apply(self.db, self.actor, table, content, **given)

    async def try_out(self, table: Table, text: str | bytes, **given: Any) -> Report:
        content = text.encode() if isinstance(text, str) else text
        return await service.try_out(self.db, self.actor, table, content, **given)

    async def export(self, table: Table, format: service.Format, locale: Locale = "de") -> bytes:
        return await service.export(self.db, self.actor, table, format, locale)

    async def rows(self, sql: str) -> list[dict[str, Any]]:
        async with self.db.work() as tx:
            return [dict(row) for row in await tx.connection.fetch(sql)]

    async def count(self, table: str) -> int:
        (row,) = await self.rows(f"SELECT count(*) AS count FROM {table}")
        return int(row["count"])

    async def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All rows that an import might write, but for the log of imports and exports itself."""
        tables = (
            "person", "contact_point", "relation", "consent", "client", "client_contact",
            "provider", "provider_skill", "credential", "availability", "care_request", "visit",
            "seat", "request_child", "request_need", "message", "delivery", "task",
        )  # fmt: skip
        found = {table: await self.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}
        found["event"] = await self.rows(
            "SELECT * FROM event WHERE kind NOT LIKE 'card_index.%' ORDER BY id"
        )
        return found


@pytest.fixture
async def desk(db: Database) -> Desk:
    centre = await a_centre(db)
    person = await a_staff(db, centre, "administrator")
    return Desk(db, centre, an_actor(centre, person, "administrator"))
