"""What the API says of providers: public ids, amounts in euros, everything else as it was sent."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from msgspec import Struct

from rundum_providers import plans
from rundum_providers.models import (
    Changed,
    ComingBooking,
    Credential,
    CredentialKind,
    Engagement,
    ExceptionRow,
    NewAvailability,
    ProviderLine,
    Status,
    Transport,
)
from rundum_providers.service.availability import Times
from rundum_providers.service.profile import ProviderFile, ProvidersPage


class RegisteredAnswer(Struct, frozen=True, kw_only=True):
    id: UUID
    status: Status


class LineAnswer(Struct, frozen=True, kw_only=True):
    id: UUID
    given_name: str
    family_name: str
    status: Status
    birth_date: date | None
    place: str
    transport: Transport
    services: tuple[str, ...]
    certificate_until: date | None
    first_aid_until: date | None
    created_at: datetime


class ListAnswer(Struct, frozen=True, kw_only=True):
    """A page of the list; `after` asks for the next one, None at the end."""

    providers: tuple[LineAnswer, ...]
    counts: dict[str, int]
    after: UUID | None


class ContactAnswer(Struct, frozen=True, kw_only=True):
    channel: str
    value: str
    best_time: str | None


class GuardianAnswer(Struct, frozen=True, kw_only=True):
    id: UUID
    given_name: str
    family_name: str
    email: str | None
    phone: str | None
    consent_at: datetime | None


class CredentialAnswer(Struct, frozen=True, kw_only=True):
    id: UUID
    kind: CredentialKind
    seen_on: date
    valid_until: date | None


class BookingAnswer(Struct, frozen=True, kw_only=True):
    id: UUID
    start: datetime
    end: datetime
    state: str


class ProviderAnswer(Struct, frozen=True, kw_only=True):
    """Everything about one provider. `hindrances` are keys of what keeps her from being placed."""

    id: UUID
    status: Status
    hindrances: tuple[str, ...]
    given_name: str
    family_name: str
    birth_date: date | None
    contacts: tuple[ContactAnswer, ...]
    guardians: tuple[GuardianAnswer, ...]
    engagement: Engagement
    place: str
    street: str
    services: tuple[str, ...]
    bands: tuple[str, ...]
    languages: tuple[str, ...]
    qualifications: tuple[str, ...]
    claims: tuple[str, ...]
    transport: Transport
    last_way_home: time | None
    radius_km: int
    hours_week: int
    lowest_rate: str | None
    schooling_until: date | None
    attends_school: bool
    refuses: tuple[str, ...]
    about: str
    credentials: tuple[CredentialAnswer, ...]
    bookings: tuple[BookingAnswer, ...]
    created_at: datetime
    version: int


class DuringAnswer(Struct, frozen=True, kw_only=True):
    start: datetime
    end: datetime


class ExceptionAnswer(Struct, frozen=True, kw_only=True):
    id: UUID
    kind: str
    during: DuringAnswer


class AvailabilityAnswer(Struct, frozen=True, kw_only=True):
    """The weekly plan as it is sent, its exceptions, and the free time of the next four weeks."""

    lines: tuple[NewAvailability, ...]
    exceptions: tuple[ExceptionAnswer, ...]
    free: tuple[DuringAnswer, ...]


class ChangedAnswer(Struct, frozen=True, kw_only=True):
    """What a change left behind: `affected` are bookings that stand and need a decision."""

    id: UUID
    status: Status
    affected: tuple[BookingAnswer, ...]


class NotedAnswer(Struct, frozen=True, kw_only=True):
    """The entries that were noted, and the bookings that they touch."""

    exceptions: tuple[ExceptionAnswer, ...]
    affected: tuple[BookingAnswer, ...]


def listing(found: ProvidersPage) -> ListAnswer:
    return ListAnswer(
        providers=tuple(map(_line, found.lines)),
        counts={count.status: count.count for count in found.counts},
        after=found.next,
    )


def whole(file: ProviderFile) -> ProviderAnswer:
    one = file.provider
    rate = one.lowest_rate
    return ProviderAnswer(
        id=one.public_id,
        status=one.status,
        hindrances=file.hindrances,
        given_name=one.given_name,
        family_name=one.family_name,
        birth_date=one.birth_date,
        contacts=tuple(
            ContactAnswer(channel=each.channel, value=each.value, best_time=each.best_time)
            for each in file.contacts
        ),
        guardians=tuple(
            GuardianAnswer(
                id=each.public_id,
                given_name=each.given_name,
                family_name=each.family_name,
                email=each.email,
                phone=each.phone,
                consent_at=each.consent_at,
            )
            for each in file.guardians
        ),
        engagement=one.engagement,
        place=f"{one.postal_code} {one.place_name}",
        street=one.street,
        services=one.services,
        bands=one.bands,
        languages=one.languages,
        qualifications=one.qualifications,
        claims=one.claims,
        transport=one.transport,
        last_way_home=one.last_way_home,
        radius_km=one.radius_km,
        hours_week=one.hours_week,
        lowest_rate=None if rate is None else f"{rate // 100}.{rate % 100:02d}",
        schooling_until=one.schooling_until,
        attends_school=one.attends_school,
        refuses=one.refuses,
        about=one.about,
        credentials=tuple(map(credential, file.credentials)),
        bookings=tuple(map(_booking, file.bookings)),
        created_at=one.created_at,
        version=one.version,
    )


def times(found: Times) -> AvailabilityAnswer:
    return AvailabilityAnswer(
        lines=tuple(plans.told_line(row, found.today) for row in found.lines),
        exceptions=tuple(map(_exception, found.exceptions)),
        free=tuple(DuringAnswer(start=begin, end=end) for begin, end in found.free),
    )


def noted(rows: tuple[ExceptionRow, ...], change: Changed) -> NotedAnswer:
    return NotedAnswer(
        exceptions=tuple(map(_exception, rows)), affected=tuple(map(_booking, change.affected))
    )


def changed(change: Changed) -> ChangedAnswer:
    return ChangedAnswer(
        id=change.provider, status=change.status, affected=tuple(map(_booking, change.affected))
    )


def credential(one: Credential) -> CredentialAnswer:
    return CredentialAnswer(
        id=one.public_id, kind=one.kind, seen_on=one.seen_on, valid_until=one.valid_until
    )


def _line(line: ProviderLine) -> LineAnswer:
    return LineAnswer(
        id=line.public_id,
        given_name=line.given_name,
        family_name=line.family_name,
        status=line.status,
        birth_date=line.birth_date,
        place=line.place_name,
        transport=line.transport,
        services=line.services,
        certificate_until=line.certificate_until,
        first_aid_until=line.first_aid_until,
        created_at=line.created_at,
    )


def _booking(one: ComingBooking) -> BookingAnswer:
    return BookingAnswer(id=one.public_id, start=one.starts_at, end=one.ends_at, state=one.state)


def _exception(row: ExceptionRow) -> ExceptionAnswer:
    return ExceptionAnswer(
        id=row.public_id,
        kind=row.kind,
        during=DuringAnswer(start=row.starts_at, end=row.ends_at),
    )
