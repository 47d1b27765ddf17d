"""What the API says of a request: public ids, no notes of ours, every place by its name."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from rundum_clients.models import ClientKind
from rundum_core.i18n import Translator
from rundum_core.places import Place
from rundum_requests.intake import Submitted
from rundum_requests.models import (
    Approval,
    Band,
    Channel,
    ListedRequest,
    Payer,
    Policy,
    Priority,
    RequestState,
    RequestView,
    SeatRole,
    Service,
    Visit,
)


class Warned(Struct, frozen=True, kw_only=True):
    """Something worth a thought, at its field."""

    field: str
    key: str
    detail: str


class TakenAnswer(Struct, frozen=True, kw_only=True):
    """What came of a request. `next`: follow the link in the `mail`, wait for our `call`, or we
    `search` already."""

    id: UUID
    state: RequestState
    next: str
    answer_by: datetime
    warnings: tuple[Warned, ...]


class ClientAnswer(Struct, frozen=True, kw_only=True):
    id: UUID
    kind: ClientKind
    name: str


class SeatAnswer(Struct, frozen=True, kw_only=True):
    position: int
    role: SeatRole
    required: bool
    state: str


class DuringAnswer(Struct, frozen=True, kw_only=True):
    start: datetime
    end: datetime


class VisitAnswer(Struct, frozen=True, kw_only=True):
    id: UUID
    kind: str
    during: DuringAnswer
    place: str
    street: str
    end_place: str
    end_street: str
    seats: tuple[SeatAnswer, ...]


class ChildrenAnswer(Struct, frozen=True, kw_only=True):
    band: Band
    count: int


class RequestAnswer(Struct, frozen=True, kw_only=True):
    """A request, in the words in which one is sent; `rate` is euros an hour."""

    id: UUID
    state: RequestState
    service: Service
    client: ClientAnswer
    visits: tuple[VisitAnswer, ...]
    children: tuple[ChildrenAnswer, ...]
    ill_children: bool
    tasks: tuple[str, ...]
    policy: Policy
    needs: tuple[str, ...]
    wishes: tuple[str, ...]
    flexible_before: int
    flexible_after: int
    approval: Approval
    payer: Payer
    payer_reference: str
    rate: str | None
    note: str
    channel: Channel
    priority: Priority
    answer_by: datetime
    created_at: datetime
    version: int


class LineAnswer(Struct, frozen=True, kw_only=True):
    """A line of the list; `people` and `place` are the first visit's."""

    id: UUID
    state: RequestState
    service: Service
    priority: Priority
    channel: Channel
    client_kind: ClientKind
    place: str
    first_at: datetime
    visits: int
    people: int
    answer_by: datetime
    created_at: datetime


class ListAnswer(Struct, frozen=True, kw_only=True):
    """A page of requests; `after` is what asks for the next one, None at the end."""

    requests: tuple[LineAnswer, ...]
    after: UUID | None


def taken(submitted: Submitted, t: Translator) -> TakenAnswer:
    return TakenAnswer(
        id=submitted.id,
        state=submitted.state,
        next=submitted.next,
        answer_by=submitted.answer_by,
        warnings=tuple(
            Warned(field=one.field, key=one.key, detail=t(one.key, **one.params))
            for one in submitted.warnings
        ),
    )


def whole(view: RequestView) -> RequestAnswer:
    request = view.request
    return RequestAnswer(
        id=request.public_id,
        state=request.state,
        service=request.service,
        client=ClientAnswer(id=view.client.public_id, kind=view.client.kind, name=view.client.name),
        visits=tuple(_visit(visit, view) for visit in view.visits),
        children=tuple(ChildrenAnswer(band=one.band, count=one.count) for one in view.children),
        ill_children="ill_children" in request.tags,
        tasks=request.tasks,
        policy=request.policy,
        needs=tuple(need.key for need in view.needs if need.must),
        wishes=tuple(need.key for need in view.needs if not need.must),
        flexible_before=request.flexible_before,
        flexible_after=request.flexible_after,
        approval=request.approval,
        payer=request.payer,
        payer_reference=request.payer_reference,
        rate=None if request.rate is None else f"{request.rate // 100}.{request.rate % 100:02d}",
        note=request.note,
        channel=request.channel,
        priority=request.priority,
        answer_by=request.answer_by,
        created_at=request.created_at,
        version=request.version,
    )


def listing(lines: list[ListedRequest], most: int) -> ListAnswer:
    return ListAnswer(
        requests=tuple(_line(line) for line in lines),
        after=lines[-1].public_id if len(lines) == most else None,
    )


def _visit(visit: Visit, view: RequestView) -> VisitAnswer:
    places: dict[int, Place] = view.places
    return VisitAnswer(
        id=visit.public_id,
        kind=visit.kind,
        during=DuringAnswer(start=visit.starts_at, end=visit.ends_at),
        place=places[visit.start_place].label,
        street=visit.start_street,
        end_place=places[visit.end_place].label,
        end_street=visit.end_street,
        seats=tuple(
            SeatAnswer(
                position=seat.position, role=seat.role, required=seat.required, state=seat.state
            )
            for seat in view.seats
            if seat.visit == visit.id
        ),
    )


def _line(line: ListedRequest) -> LineAnswer:
    values: dict[str, Any] = {
        name: getattr(line, name)
        for name in LineAnswer.__struct_fields__
        if name not in ("id", "place")
    }
    return LineAnswer(id=line.public_id, place=line.place_name, **values)
