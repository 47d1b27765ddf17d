"""What the limits of one provider depend on."""

from __future__ import annotations

from datetime import date, datetime, time

from msgspec import Struct

from rundum_providers.models import CredentialKind, Engagement


class Shown(Struct, frozen=True, kw_only=True):
    """A credential that somebody has seen; it holds through the whole of `valid_until`, or for as
    long as the rules say where that is None."""

    kind: CredentialKind
    seen_on: date
    valid_until: date | None = None


class ProviderFacts(Struct, frozen=True, kw_only=True):
    """A provider as the law and her wishes see her.

    `schooling_until` is the last day of compulsory full-time schooling (not of school). `consents`
    has one entry per guardian: since when her written consent is on file, None where it is not.
    `worked_on` are the local days of the calendar years in question on which she has booked work
    for anyone, done or ahead; an offer is no work yet, or it would make room for itself.
    `skills` are plain keys (`service:childcare`, `band:0-1`, `lang:en`); what begins with `says:`
    is her own word and gives nothing.
    """

    birth_date: date | None
    engagement: Engagement
    schooling_until: date | None = None
    attends_school: bool = False
    consents: tuple[datetime | None, ...] = ()
    worked_on: tuple[date, ...] = ()
    skills: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    refuses: tuple[str, ...] = ()
    hours_week: int | None = None
    last_way_home: time | None = None
