"""What a matching run reads of all providers at once."""

from __future__ import annotations

from datetime import date, datetime, time

from msgspec import Struct

from rundum_core.queries import many
from rundum_providers.models import CredentialKind, Engagement


class ActiveProvider(Struct, frozen=True, kw_only=True):
    person: int
    centre: int
    state: str
    birth_date: date | None
    engagement: Engagement
    place: int
    transport: str
    radius_km: int
    last_way_home: time | None
    hours_week: int
    lowest_rate: int | None
    schooling_until: date | None
    attends_school: bool
    refuses: tuple[str, ...]
    skills: tuple[str, ...]


class ShownCredential(Struct, frozen=True, kw_only=True):
    person: int
    kind: CredentialKind
    seen_on: date
    valid_until: date | None


class GuardianConsent(Struct, frozen=True, kw_only=True):
    person: int
    given_at: datetime | None


class WorkOfMinor(Struct, frozen=True, kw_only=True):
    person: int
    starts_at: datetime
    ends_at: datetime


active_providers = many("providers/picture", "active_providers", ActiveProvider)
shown_credentials = many("providers/picture", "shown_credentials", ShownCredential)
consents_of_guardians = many("providers/picture", "consents_of_guardians", GuardianConsent)
work_of_minors = many("providers/picture", "work_of_minors", WorkOfMinor)
