"""Care requests, their dated visits and the seats of a visit: as they come in, as they are kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from rundum_clients.models import Client, ClientKind, ClientTag
from rundum_core.places import Place
from rundum_web.periods import Span

Service = Literal["childcare", "event", "household", "companionship"]
Band = Literal["0-1", "2-3", "4-6", "7-10", "11-13", "14-17"]
Channel = Literal["web", "phone", "email", "api"]
RequestState = Literal["unconfirmed", "open", "closed", "cancelled", "expired"]
Policy = Literal["all", "core"]
Approval = Literal["book", "ask", "meet"]
Payer = Literal[
    "self", "employer", "club", "municipality", "health_insurer", "youth_office", "project"
]
Priority = Literal["normal", "high", "urgent"]
SeatRole = Literal["lead", "normal", "extra", "reserve"]

SERVICES: tuple[Service, ...] = ("childcare", "event", "household", "companionship")
BANDS: tuple[Band, ...] = ("0-1", "2-3", "4-6", "7-10", "11-13", "14-17")
PAYERS: tuple[Payer, ...] = (
    "self",
    "employer",
    "club",
    "municipality",
    "health_insurer",
    "youth_office",
    "project",
)
TASKS = ("cleaning", "laundry", "cooking", "shopping", "garden", "errands")
LANGUAGES = ("en", "uk", "ru", "ar", "fa", "pl", "vi", "tr", "ro", "fr", "es")
SPOKEN = tuple(f"lang:{code}" for code in LANGUAGES)
NEEDS = (
    "first_aid",
    "infant_experience",
    "course_17h",
    "non_smoker",
    "driving_licence",
    "adult",
    *SPOKEN,
)
FLEXIBILITIES = (0, 15, 30, 60, 90, 120, 180, 240)

MOST_VISITS = 60
MOST_SEATS = 40
MOST_CHILDREN = 500
MOST_CHOICES = 10

Count = Annotated[int, Meta(ge=1, le=MOST_CHILDREN)]


class NewVisit(Struct, frozen=True, kw_only=True):
    """One date that is asked for."""

    during: Span


class NewChildren(Struct, frozen=True, kw_only=True):
    """How many children of an age band: never a name, never a birth date."""

    band: Band
    count: Count


class NewCareRequest(Struct, frozen=True, kw_only=True):
    """What somebody asks for, every field of the right shape; rules may refuse it yet.

    `client` names one of the asker's own clients; without it one is found or made from
    `client_kind` (a household, if nothing is said), `client_name` and the contact. `people` counts
    leads and normal seats together, `extra` and `reserve` come on top. `place` is what was written
    (`39179 Barleben`), `rate` is cents an hour, `needs` must be there and `wishes` would please;
    `preferred` and `excluded` are public ids of providers. `channel` and `priority` are for the
    desk.
    """

    service: Service
    visits: tuple[NewVisit, ...]
    place: str
    street: str
    end_place: str = ""
    end_street: str = ""
    children: tuple[NewChildren, ...] = ()
    ill_children: bool = False
    health_consent: bool = False
    tasks: tuple[str, ...] = ()
    people: int = 1
    leads: int | None = None
    extra: int = 0
    reserve: int = 0
    policy: Policy = "all"
    needs: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    preferred: tuple[UUID, ...] = ()
    excluded: tuple[UUID, ...] = ()
    flexible_before: int = 0
    flexible_after: int = 0
    approval: Approval = "ask"
    payer: Payer = "self"
    payer_reference: str = ""
    rate: int | None = None
    note: str = ""
    client: UUID | None = None
    client_kind: ClientKind | None = None
    client_name: str = ""
    home: tuple[ClientTag, ...] = ()
    given_name: str = ""
    family_name: str = ""
    email: str | None = None
    phone: str | None = None
    channel: Channel | None = None
    priority: Priority = "normal"


class CareRequest(Struct, frozen=True, kw_only=True):
    """A request as it is kept."""

    id: int
    public_id: UUID
    centre: int
    client: int
    asked_by: int
    channel: Channel
    service: Service
    state: RequestState
    policy: Policy
    approval: Approval
    payer: Payer
    payer_reference: str
    rate: int | None
    priority: Priority
    flexible_before: int
    flexible_after: int
    tags: tuple[str, ...]
    tasks: tuple[str, ...]
    note: str
    answer_by: datetime
    answered_at: datetime | None
    created_at: datetime
    version: int


class Visit(Struct, frozen=True, kw_only=True):
    """One dated occurrence of a request. `wished_at` is the start that was asked for."""

    id: int
    public_id: UUID
    centre: int
    request: int
    kind: Literal["care", "meeting"]
    ordinal: int
    date: date
    wished_at: datetime
    starts_at: datetime
    ends_at: datetime
    start_place: int
    start_street: str
    end_place: int
    end_street: str


class Seat(Struct, frozen=True, kw_only=True):
    """One of the people a visit needs."""

    id: int
    centre: int
    visit: int
    position: int
    role: SeatRole
    required: bool
    starts_at: datetime
    ends_at: datetime
    lanes: int
    state: Literal["open", "dropped"]


class Children(Struct, frozen=True, kw_only=True):
    request: int
    band: Band
    count: int


class Need(Struct, frozen=True, kw_only=True):
    request: int
    key: str
    must: bool


class Choice(Struct, frozen=True, kw_only=True):
    """A provider with whom this request stands in a relation; `declined` is her own word."""

    request: int
    person: int
    kind: Literal["preferred", "excluded", "declined", "not_again"]


class RequestView(Struct, frozen=True, kw_only=True):
    """A request with everything that hangs on it; visits by date, seats by position, the places
    of the visits and of the client by id."""

    request: CareRequest
    client: Client
    visits: tuple[Visit, ...]
    seats: tuple[Seat, ...]
    children: tuple[Children, ...]
    needs: tuple[Need, ...]
    choices: tuple[Choice, ...]
    places: dict[int, Place]


class ListedRequest(Struct, frozen=True, kw_only=True):
    """A line of the staff's list."""

    id: int
    public_id: UUID
    state: RequestState
    service: Service
    priority: Priority
    channel: Channel
    client_kind: ClientKind
    client_name: str
    place_name: str
    first_at: datetime
    visits: int
    people: int
    answer_by: datetime
    created_at: datetime
