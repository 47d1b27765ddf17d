"""Deliveries as they are kept: leases, letters to write, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from rundum_core.db import Transaction
from rundum_core.i18n import Translator
from rundum_core.queries import many, one, run
from rundum_notifications.letters import Message, Office
from rundum_notifications.opening import hours_in_words


class Addressed(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery with all that its letter needs beside what the domain says."""

    id: int
    channel: Literal["email", "phone"]
    address: str | None
    message_id: str
    attempts: int
    rendered: bytes | None
    message_row: int
    event: int
    event_kind: str
    event_data: dict[str, Any]
    centre: int
    person: int
    template: str
    subject: int
    created_at: datetime
    given_name: str
    family_name: str
    locale: str
    centre_slug: str
    centre_name: str
    centre_phone: str
    centre_email: str
    centre_hours: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    def message(self, t: Translator, *, channel: Literal["email", "phone"]) -> Message:
        """What a loader gets, in the language of `t`."""
        return Message(
            id=self.message_row,
            event=self.event,
            event_kind=self.event_kind,
            data=self.event_data,
            centre=self.centre,
            person=self.person,
            template=self.template,
            subject=self.subject,
            created_at=self.created_at,
            given_name=self.given_name,
            name=self.name,
            office=self.office(t),
            channel=channel,
            t=t,
        )

    def office(self, t: Translator) -> Office:
        phone = self.centre_phone
        return Office(
            id=self.centre,
            slug=self.centre_slug,
            name=self.centre_name,
            phone=t.phone(phone) if phone.startswith("+") else phone,
            email=self.centre_email,
            hours=hours_in_words(self.centre_hours, t),
        )


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that has just failed; `has_phone` says whether a call can take its place."""

    centre: int
    person: int
    has_phone: bool


class Count(msgspec.Struct, frozen=True, kw_only=True):
    state: str
    channel: str
    count: int
    oldest: datetime


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery by phone that waits for the desk."""

    id: int
    locale: str


lease_deliveries = many("notifications/delivery", "lease_deliveries", int)
letters_of = many("notifications/delivery", "letters_of", Addressed)
keep_rendered = one("notifications/delivery", "keep_rendered", int)
accept_delivery = one("notifications/delivery", "accept_delivery", int)
postpone_delivery = one("notifications/delivery", "postpone_delivery", int)
fail_delivery = one("notifications/delivery", "fail_delivery", Failed)
drop_delivery = one("notifications/delivery", "drop_delivery", int)
release_deliveries = run("notifications/delivery", "release_deliveries")
waiting_calls = many("notifications/delivery", "waiting_calls", Call)
drop_calls = run("notifications/delivery", "drop_calls")
calls_about = many("notifications/delivery", "calls_about", int)
counts = many("notifications/delivery", "counts", Count)


def savepoint(tx: Transaction) -> Any:
    """A block inside the transaction whose failure undoes only itself."""
    return tx.connection.transaction()


async def lease(tx: Transaction, *, token: UUID, until: datetime, count: int) -> list[int]:
    """Take up to `count` deliveries that are due, those whose lease ran out among them; nobody
    else gets them before `until`. Each counts as an attempt."""
    return await lease_deliveries(tx, token=token, until=until, count=count, now=tx.now)


async def letters(tx: Transaction, ids: Iterable[int]) -> list[Addressed]:
    """What it takes to write the letters of these deliveries."""
    return await letters_of(tx, ids=list(ids))
