"""What a registration must say, what a document is worth, and what stands in the way of placing.

Pure; each rule answers with the wrong fields, named as in the form. Sources: JArbSchG §§ 2, 5;
StGB § 19; BZRG § 30a with SGB VIII § 72a.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from rundum_core.errors import FieldError
from rundum_providers.ages import age_on
from rundum_providers.models import (
    ADULT,
    WITH_CHILDREN,
    YOUNGEST,
    Credential,
    CredentialKind,
    Guardian,
    NewCredential,
    NewGuardian,
)
from rundum_providers.rules import Rulebook

OLDEST = 100


class Terms(Struct, frozen=True, kw_only=True):
    """From which age a certificate of conduct is needed (None: never), how many months old it may
    be when it is shown, for how many months documents hold (None: for ever), and whether every
    guardian has to consent or one is enough."""

    certificate_from: int | None
    certificate_age: int | None
    certificate: int | None
    first_aid: int | None
    all_guardians: bool

    def of(self, kind: CredentialKind) -> int | None:
        return {"certificate": self.certificate, "first_aid": self.first_aid}.get(kind)


def terms_on(rules: Rulebook, day: date) -> Terms:
    """What a centre's rules say about documents on a day."""
    return Terms(
        certificate_from=_number(rules, "certificate", day),
        certificate_age=_number(rules, "certificate_shown_months", day),
        certificate=_months(rules, "certificate_years", day),
        first_aid=_months(rules, "first_aid_years", day),
        all_guardians=bool(rules.value("guardian_consent_all", day)),
    )


def wrong_birth_date(birth_date: date, today: date) -> list[FieldError]:
    """Born tomorrow, a century ago, or younger than anybody may work for us (JArbSchG § 5(3))."""
    if birth_date > today or age_on(birth_date, today) > OLDEST:
        return [FieldError("birth_date", "providers.rule.birth_date")]
    if age_on(birth_date, today) < YOUNGEST:
        return [FieldError("birth_date", "providers.rule.too_young", {"age": YOUNGEST})]
    return []


def wrong_contact(email: str | None, phone: str | None) -> list[FieldError]:
    """Nobody can ask a person without any way to reach her."""
    return [] if email or phone else [FieldError("email", "providers.rule.contact_missing")]


def wrong_guardians(
    birth_date: date, guardians: Sequence[NewGuardian], today: date
) -> list[FieldError]:
    """A minor without guardians, or guardians whom nobody can reach."""
    if not is_minor(birth_date, today):
        return []
    if not guardians:
        return [FieldError("guardians", "providers.rule.guardian_missing")]
    return [
        FieldError(f"guardians.{number}.phone", "providers.rule.guardian_contact")
        for number, guardian in enumerate(guardians)
        if not guardian.email and not guardian.phone
    ]


def wrong_services(services: Sequence[str], bands: Sequence[str]) -> list[FieldError]:
    """Childcare for children of no age at all."""
    if set(services) & WITH_CHILDREN and not bands:
        return [FieldError("bands", "providers.rule.bands_missing")]
    return []


def wrong_way_home(transport: str, last_way_home: Any) -> list[FieldError]:
    """Who goes by bus needs to say when the last one leaves, or the evening strands her."""
    if transport == "bus" and last_way_home is None:
        return [FieldError("last_way_home", "providers.rule.last_way_home")]
    return []


def wrong_credential(new: NewCredential, today: date, terms: Terms) -> list[FieldError]:
    """A document from the future, too old when it was shown, or with an entry: such a certificate
    isn't recorded at all, the application is turned down instead."""
    wrong: list[FieldError] = []
    if new.seen_on > today:
        wrong.append(FieldError("seen_on", "providers.rule.seen_later"))
    if new.issued_on > new.seen_on:
        wrong.append(FieldError("issued_on", "providers.rule.issued_later"))
    elif (
        new.kind == "certificate"
        and terms.certificate_age is not None
        and new.seen_on > months_after(new.issued_on, terms.certificate_age)
    ):
        wrong.append(
            FieldError(
                "issued_on", "providers.rule.certificate_old", {"count": terms.certificate_age}
            )
        )
    elif (until := valid_until(new, terms)) is not None and until < new.seen_on:
        wrong.append(FieldError("issued_on", "providers.rule.no_longer_valid"))
    if new.kind == "certificate" and not new.clean:
        wrong.append(FieldError("clean", "providers.rule.not_clean"))
    return wrong


def valid_until(new: NewCredential, terms: Terms) -> date | None:
    """The last day on which a document holds, counted from the date on it; None for ever."""
    months = terms.of(new.kind)
    return None if months is None else months_after(new.issued_on, months)


def hindrances(
    *,
    birth_date: date | None,
    services: Iterable[str],
    guardians: Sequence[Guardian],
    credentials: Iterable[Credential],
    terms: Terms,
    today: date,
) -> tuple[str, ...]:
    """Why nobody may place this person today: keys under `providers.hindrance`, in the order in
    which the desk would clear them. Empty when nothing stands in the way."""
    found = []
    if birth_date is None:
        return ("birth_date",)
    age = age_on(birth_date, today)
    if age < YOUNGEST:
        found.append("too_young")
    if age < ADULT and not guardians:
        found.append("guardian")
    if age < ADULT and guardians:
        given = [guardian.consent_at is not None for guardian in guardians]
        if not (all(given) if terms.all_guardians else any(given)):
            found.append("guardian_consent")
    needed = terms.certificate_from is not None and age >= terms.certificate_from
    if needed and set(services) & WITH_CHILDREN:
        seen = [one for one in credentials if one.kind == "certificate"]
        if not any(one.valid_until is None or one.valid_until >= today for one in seen):
            found.append("certificate")
    return tuple(found)


def is_minor(birth_date: date, day: date) -> bool:
    return age_on(birth_date, day) < ADULT


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last one: 30 November and 3 months give
    28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _number(rules: Rulebook, key: str, day: date) -> int | None:
    value = rules.value(key, day)
    return value if isinstance(value, int) else None


def _months(rules: Rulebook, key: str, day: date) -> int | None:
    years = _number(rules, key, day)
    return None if years is None else 12 * years
