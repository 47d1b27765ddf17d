"""The forms of a provider's life, for pages and for the API by the same rules."""

from __future__ import annotations

from typing import Any

from rundum_core.errors import Invalid
from rundum_providers.models import (
    BANDS,
    CLAIMS,
    CREDENTIALS,
    ENGAGEMENTS,
    LANGUAGES,
    MOST_GUARDIANS,
    MOST_LINES,
    QUALIFICATIONS,
    REFUSABLE,
    SERVICES,
    TRANSPORTS,
    WEEKDAYS,
    NewAvailability,
    NewCredential,
    NewException,
    NewGuardian,
    NewProvider,
    NewWeek,
    ProviderChange,
)
from rundum_web.field import Field, Sent, first
from rundum_web.fields import (
    Checkbox,
    Choice,
    Choices,
    Day,
    Email,
    Integer,
    Money,
    Phone,
    Place,
    Text,
    Time,
)
from rundum_web.forms import Form, Rows

HONEYPOT = "website"


def _profile() -> dict[str, Field[Any]]:
    """What is asked at registration and may be changed later, in the order of the pages."""
    return {
        "attends_school": Checkbox(),
        "schooling_until": Day(required=False),
        "street": Text(max=120, autocomplete="street-address", missing="providers.rule.street"),
        "place": Place(max=120, autocomplete="address-level2"),
        "transport": Choice(TRANSPORTS, words="providers.transport"),
        "last_way_home": Time(required=False),
        "radius_km": Integer(ge=1, le=200, required=False, default=15),
        "services": Choices(
            SERVICES, words="providers.service", least=1, missing="providers.rule.services_missing"
        ),
        "bands": Choices(BANDS, words="word.band"),
        "hours_week": Integer(ge=1, le=60, required=False, default=10),
        "qualifications": Choices(QUALIFICATIONS, words="providers.qualification"),
        "languages": Choices(LANGUAGES, words="providers.language"),
        "refuses": Choices(REFUSABLE, words="providers.refused"),
        "lowest_rate": Money(le=200_00, required=False),
        "about": Text(max=2000, lines=True, required=False),
    }


GUARDIAN = Form(
    NewGuardian,
    texts="providers.guardian",
    given_name=Text(max=80, missing="providers.rule.given_name"),
    family_name=Text(max=80, missing="providers.rule.family_name"),
    email=Email(required=False),
    phone=Phone(required=False),
)
REGISTRATION = Form(
    NewProvider,
    texts="providers.form",
    given_name=Text(max=80, autocomplete="given-name", missing="providers.rule.given_name"),
    family_name=Text(max=80, autocomplete="family-name", missing="providers.rule.family_name"),
    birth_date=Day(autocomplete="bday", missing="providers.rule.birth_date_missing"),
    email=Email(required=False, autocomplete="email"),
    phone=Phone(required=False, autocomplete="tel"),
    best_time=Text(max=80, required=False, default=None),
    guardians=Rows(GUARDIAN, least=0, most=MOST_GUARDIANS),
    **_profile(),
    claims=Choices(CLAIMS, words="providers.claim"),
    engagement=Choice(ENGAGEMENTS, words="providers.engagement", required=False, default="minijob"),
    locale=Choice(("de", "en"), words="web.language", required=False, default="de"),
    privacy=Checkbox(must=True, missing="providers.rule.privacy"),
)
PROFILE = Form(ProviderChange, texts="providers.form", **_profile())
LINE = Form(
    NewAvailability,
    texts="providers.line",
    weekday=Choice(WEEKDAYS, words="providers.weekday", few=False),
    wall_from=Time(missing="forms.missing.from"),
    wall_to=Time(missing="forms.missing.to"),
    every_n_weeks=Integer(ge=1, le=8, required=False, default=1),
    first_week=Day(required=False),
    valid_from=Day(required=False),
    valid_until=Day(required=False),
    except_holidays=Checkbox(),
)
LINES = Rows(LINE, least=0, most=MOST_LINES)
LINES.required = True  # an empty plan is said, not left out
WEEK = Form(NewWeek, texts="providers.week", lines=LINES)
EXCEPTION = Form(
    NewException,
    texts="providers.exception",
    kind=Choice(("blocked", "free"), words="providers.exception_kind"),
    first_day=Day(missing="providers.rule.first_day"),
    last_day=Day(required=False),
    wall_from=Time(required=False),
    wall_to=Time(required=False),
)
CREDENTIAL = Form(
    NewCredential,
    texts="providers.credential",
    kind=Choice(CREDENTIALS, words="providers.credential_kind", few=False),
    issued_on=Day(missing="providers.rule.issued_missing"),
    seen_on=Day(missing="providers.rule.seen_missing"),
    clean=Checkbox(),
)


def in_order(form: Form[Any], invalid: Invalid) -> Invalid:
    """The same mistakes in the order of the form's fields: first what the form itself found, then
    what the rules did, would send a person up and down the page."""
    places = {name: number for number, name in enumerate(form.fields)}
    return Invalid(
        tuple(
            sorted(
                invalid.errors,
                key=lambda error: places.get(error.field.partition(".")[0], len(places)),
            )
        )
    )


def is_trapped(sent: Sent) -> bool:
    """Whether the field that no person sees was filled in."""
    return bool(first(sent, HONEYPOT))
