"""Providers and what they bring: as they register, as they are kept, as lists show them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

Status = Literal["applicant", "in_check", "active", "paused", "suspended", "left", "rejected"]
Engagement = Literal["minijob", "volunteer", "staff", "self_employed", "favour"]
Transport = Literal["car", "bike", "bus", "foot", "fetched"]
Service = Literal["childcare", "event", "household", "companionship"]
Band = Literal["0-1", "2-3", "4-6", "7-10", "11-13", "14-17"]
Refused = Literal["pets", "smoking", "ill_children", "night", "unknown_client"]
CredentialKind = Literal["certificate", "first_aid", "course", "health"]
Claim = Literal["certificate", "first_aid", "course_17h"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

STATUSES: tuple[Status, ...] = (
    "applicant",
    "in_check",
    "active",
    "paused",
    "suspended",
    "left",
    "rejected",
)
ENGAGEMENTS: tuple[Engagement, ...] = ("minijob", "volunteer", "staff", "self_employed", "favour")
TRANSPORTS: tuple[Transport, ...] = ("car", "bike", "bus", "foot", "fetched")
SERVICES: tuple[Service, ...] = ("childcare", "event", "household", "companionship")
WITH_CHILDREN: frozenset[Service] = frozenset({"childcare", "event"})
BANDS: tuple[Band, ...] = ("0-1", "2-3", "4-6", "7-10", "11-13", "14-17")
LANGUAGES = ("de", "en", "uk", "ru", "ar", "fa", "pl", "vi", "tr", "ro", "fr", "es")
# what somebody may say of herself; the rest has to be shown
QUALIFICATIONS = ("infant_experience", "driving_licence", "non_smoker")
CLAIMS: tuple[Claim, ...] = ("certificate", "first_aid", "course_17h")
REFUSABLE: tuple[Refused, ...] = ("pets", "smoking", "ill_children", "night", "unknown_client")
WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
CREDENTIALS: tuple[CredentialKind, ...] = ("certificate", "first_aid", "course", "health")

YOUNGEST = 13  # JArbSchG § 5(3): nobody works for us before
ADULT = 18
PRIVACY_TEXT = "privacy-2026-11"
GUARDIAN_TEXT = "guardian-2026-11"
MOST_GUARDIANS = 2
MOST_LINES = 40
MOST_EXCEPTIONS = 400

GivenName = Annotated[str, Meta(min_length=1, max_length=80)]
Street = Annotated[str, Meta(min_length=1, max_length=120)]
Radius = Annotated[int, Meta(ge=1, le=200)]
HoursWeek = Annotated[int, Meta(ge=1, le=60)]
Cents = Annotated[int, Meta(ge=0, le=20000)]
About = Annotated[str, Meta(max_length=2000)]


class NewGuardian(Struct, frozen=True, kw_only=True):
    """Who has custody of a minor, with at least one way to reach her."""

    given_name: GivenName
    family_name: GivenName
    email: str | None = None
    phone: str | None = None


class NewProvider(Struct, frozen=True, kw_only=True):
    """Somebody who wants to help, every field of the right shape.

    `place` is what was written (`39340 Haldensleben`), `lowest_rate` cents an hour. `claims` are
    credentials she says she has; they count once the desk has seen them. A signed-in person
    registers as herself: her name and contacts are taken as they are kept.
    """

    given_name: GivenName
    family_name: GivenName
    birth_date: date
    email: str | None = None
    phone: str | None = None
    best_time: str | None = None
    place: str
    street: Street
    guardians: tuple[NewGuardian, ...] = ()
    services: tuple[Service, ...]
    bands: tuple[Band, ...] = ()
    languages: tuple[str, ...] = ("de",)
    qualifications: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    engagement: Engagement = "minijob"
    transport: Transport
    last_way_home: time | None = None
    radius_km: Radius = 15
    hours_week: HoursWeek = 10
    lowest_rate: Cents | None = None
    schooling_until: date | None = None
    attends_school: bool = False
    refuses: tuple[Refused, ...] = ()
    about: About = ""
    locale: Literal["de", "en"] = "de"
    privacy: bool


class ProviderChange(Struct, frozen=True, kw_only=True):
    """Everything about a provider that she or the desk may change at once."""

    place: str
    street: Street
    services: tuple[Service, ...]
    bands: tuple[Band, ...] = ()
    languages: tuple[str, ...] = ("de",)
    qualifications: tuple[str, ...] = ()
    transport: Transport
    last_way_home: time | None = None
    radius_km: Radius
    hours_week: HoursWeek
    lowest_rate: Cents | None = None
    schooling_until: date | None = None
    attends_school: bool = False
    refuses: tuple[Refused, ...] = ()
    about: About = ""


class Provider(Struct, frozen=True, kw_only=True):
    """A provider as she is kept, with the facts of her person."""

    person: int
    public_id: UUID
    centre: int
    status: Status
    engagement: Engagement
    given_name: str
    family_name: str
    birth_date: date | None
    locale: str
    place: int
    postal_code: str
    place_name: str
    street: str
    transport: Transport
    radius_km: int
    last_way_home: time | None
    hours_week: int
    lowest_rate: int | None
    schooling_until: date | None
    attends_school: bool
    refuses: tuple[str, ...]
    skills: tuple[str, ...]
    about: str
    created_at: datetime
    version: int

    @property
    def services(self) -> tuple[str, ...]:
        return self._skills("service:")

    @property
    def bands(self) -> tuple[str, ...]:
        return self._skills("band:")

    @property
    def languages(self) -> tuple[str, ...]:
        return self._skills("lang:")

    @property
    def qualifications(self) -> tuple[str, ...]:
        return tuple(key for key in QUALIFICATIONS if key in self.skills)

    @property
    def claims(self) -> tuple[str, ...]:
        return self._skills("says:")

    def _skills(self, prefix: str) -> tuple[str, ...]:
        return tuple(key.removeprefix(prefix) for key in self.skills if key.startswith(prefix))


class ProviderLine(Struct, frozen=True, kw_only=True):
    """A provider in the desk's list. `certificate_until` None: none that holds was ever seen."""

    person: int
    public_id: UUID
    given_name: str
    family_name: str
    status: Status
    birth_date: date | None
    place_name: str
    transport: Transport
    services: tuple[str, ...]
    certificate_until: date | None
    first_aid_until: date | None
    created_at: datetime


class Credential(Struct, frozen=True, kw_only=True):
    """What was shown: never a copy, only that it was seen, when, by whom, until when it holds."""

    public_id: UUID
    person: int
    kind: CredentialKind
    seen_on: date
    seen_by: int
    valid_until: date | None


class NewCredential(Struct, frozen=True, kw_only=True):
    """A document that the desk has seen. `issued_on` is the date on it; `clean` says that a
    certificate of conduct holds no relevant entry: any other is not recorded at all."""

    kind: CredentialKind
    seen_on: date
    issued_on: date
    clean: bool = True


class Guardian(Struct, frozen=True, kw_only=True):
    """Who has custody, how she is reached, and since when her consent is on file."""

    person: int
    public_id: UUID
    given_name: str
    family_name: str
    email: str | None
    phone: str | None
    consent_at: datetime | None


class AvailabilityRow(Struct, frozen=True, kw_only=True):
    """One line of a weekly plan as it is kept; `weekday` 0 is Monday, walls are local times."""

    person: int
    weekday: int
    wall_from: time
    wall_to: time
    every_n_weeks: int
    week_offset: int
    valid_from: date | None
    valid_until: date | None
    on_holidays: bool


class NewAvailability(Struct, frozen=True, kw_only=True):
    """One line of a weekly plan. An end that is not after its start is the next day's.

    With `every_n_weeks` above 1, `first_week` is any day of a week in which it holds (None: the
    present one).
    """

    weekday: Weekday
    wall_from: time
    wall_to: time
    every_n_weeks: Annotated[int, Meta(ge=1, le=8)] = 1
    first_week: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    except_holidays: bool = False


class NewWeek(Struct, frozen=True, kw_only=True):
    """A whole weekly plan."""

    lines: tuple[NewAvailability, ...] = ()


class ExceptionRow(Struct, frozen=True, kw_only=True):
    """A time at which she can although her plan says nothing, or can't although it does."""

    public_id: UUID
    person: int
    starts_at: datetime
    ends_at: datetime
    kind: Literal["free", "blocked"]


class NewException(Struct, frozen=True, kw_only=True):
    """A deviation: one day or several, whole days or on each of them from one wall time to
    another. An end that is not after its start is the next day's."""

    kind: Literal["free", "blocked"]
    first_day: date
    last_day: date | None = None
    wall_from: time | None = None
    wall_to: time | None = None


class ComingBooking(Struct, frozen=True, kw_only=True):
    """A booking that lies ahead; it stands whatever else changes, until somebody cancels it."""

    public_id: UUID
    starts_at: datetime
    ends_at: datetime
    state: Literal["provisional", "confirmed"]


class BlockedClient(Struct, frozen=True, kw_only=True):
    """A client to whom a provider does not come any more; its `name` is for the desk only."""

    public_id: UUID
    kind: str
    name: str
    place_name: str
    since: datetime


class Changed(Struct, frozen=True, kw_only=True):
    """A provider after a change, and the coming bookings about which somebody has to decide."""

    provider: UUID
    status: Status
    affected: tuple[ComingBooking, ...] = ()
