"""What the desk sees at a glance, over several domains."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from rundum_core.clock import BERLIN
from rundum_core.queries import many, one


class BoardTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task with the person it concerns and how to reach her; `template` is the letter that a
    call or a failed mail is about."""

    id: int
    public_id: UUID
    kind: str
    subject: int
    due_at: datetime
    created_at: datetime
    person_name: str | None
    phone: str | None
    best_time: str | None
    claimed_by: str | None
    template: str | None


class ComingVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit with how many of its required people are firm, provisional, asked."""

    id: int
    public_id: UUID
    request_public_id: UUID
    service: str
    priority: str
    client_kind: str
    place: str
    starts_at: datetime
    ends_at: datetime
    people: int
    firm: int
    provisional: int
    asked: int

    @property
    def day(self) -> date:
        """The local day it begins on."""
        return self.starts_at.astimezone(BERLIN).date()

    @property
    def state(self) -> str:
        """`firm`, `waiting` (a yes is missing), `asked` or `open`."""
        if self.firm >= self.people:
            return "firm"
        if self.firm + self.provisional >= self.people:
            return "waiting"
        return "asked" if self.asked or self.provisional else "open"


class MailLine(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    state: str
    attempts: int
    error: str | None
    next_at: datetime
    created_at: datetime
    template: str
    person_name: str


class RequestContact(msgspec.Struct, frozen=True, kw_only=True):
    """A request with who asked and where; each look is noted."""

    id: int
    public_id: UUID
    state: str
    channel: str
    note: str
    priority: str
    policy: str
    approval: str
    payer: str
    payer_reference: str
    rate: int | None
    answer_by: datetime
    created_at: datetime
    service: str
    client_kind: str
    client_name: str
    client_status: str
    client_public_id: UUID
    start_street: str
    postal_code: str
    place: str
    person_name: str
    phones: list[str]
    emails: list[str]
    children: list[str]
    needs: list[str]


class Named(msgspec.Struct, frozen=True):
    id: int
    name: str


class OpenApproval(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    by: str
    deadline: datetime
    booking: int
    starts_at: datetime
    person: int
    person_name: str


class LiveOffer(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    public_id: UUID
    state: str
    expires_at: datetime
    person: int
    person_name: str
    phone: str | None


class ActiveProvider(msgspec.Struct, frozen=True):
    public_id: UUID
    name: str


class VisitInShort(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    request_public_id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str


board_tasks = many("desk/board", "board_tasks", BoardTask)
board_task = one("desk/board", "board_task", BoardTask)
coming_visits = many("desk/board", "coming_visits", ComingVisit)
mail_state = many("desk/board", "mail_state", MailLine)
request_contact = one("desk/board", "request_contact", RequestContact)
names_of = many("desk/board", "names_of", Named)
task_subject = one("desk/board", "task_subject", str)
open_approvals = many("desk/board", "open_approvals", OpenApproval)
live_offers = many("desk/board", "live_offers", LiveOffer)
active_providers = many("desk/board", "active_providers", ActiveProvider)
visits_in_short = many("desk/board", "visits_in_short", VisitInShort)
