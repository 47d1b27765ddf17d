"""What a centre's card index holds: every table of it in one query each."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from rundum_clients.models import ClientKind, ClientStatus
from rundum_core.queries import many, one
from rundum_providers.models import Credential, Provider
from rundum_requests.models import Payer, RequestState, Service


class KnownPerson(Struct, kw_only=True):
    """Somebody the centre knows, by name and by how she is reached."""

    person: int
    public_id: UUID
    given_name: str
    family_name: str
    search_key: str
    birth_date: date | None
    emails: list[str]
    phones: list[str]
    best_time: str | None = None


class Ward(Struct, frozen=True, kw_only=True):
    person: int
    guardian: int


class ClientCard(Struct, kw_only=True):
    """A client with its place and the persons who speak for it."""

    id: int
    public_id: UUID
    kind: ClientKind
    name: str
    place: int
    postal_code: str
    place_name: str
    street: str
    tags: list[str]
    status: ClientStatus
    speakers: list[int]


class RequestCard(Struct, frozen=True, kw_only=True):
    """A request as a line: its visits as parallel lists, its children by band."""

    id: int
    public_id: UUID
    client: int
    asked_by: int
    service: Service
    state: RequestState
    payer: Payer
    payer_reference: str
    rate: int | None
    note: str
    tasks: list[str]
    street: str
    postal_code: str
    place_name: str
    wished: list[datetime]
    starts: list[datetime]
    ends: list[datetime]
    bands: list[str]
    counts: list[int]
    needs: list[str]
    wishes: list[str]
    people: int


lock_centre = one("desk/card_index", "lock_centre", int)
known_people = many("desk/card_index", "known_people", KnownPerson)
providers_of_centre = many("desk/card_index", "providers_of_centre", Provider)
credentials_of_centre = many("desk/card_index", "credentials_of_centre", Credential)
wards_of_centre = many("desk/card_index", "wards_of_centre", Ward)
clients_of_centre = many("desk/card_index", "clients_of_centre", ClientCard)
requests_of_centre = many("desk/card_index", "requests_of_centre", RequestCard)
count_letters = one("desk/card_index", "count_letters", int)
