"""What documents are worth, and what keeps somebody from being placed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundum_providers import admission
from rundum_providers.models import Credential, Guardian
from rundum_providers.rules import CentreRule, default_rulebook, rulebook

TODAY = date(2027, 6, 7)
TERMS = admission.terms_on(default_rulebook(), TODAY)


def a_guardian(consent_at: datetime | None = None) -> Guardian:
    return Guardian(
        person=2,
        public_id=uuid4(),
        given_name="Ines",
        family_name="Vogel",
        email=None,
        phone=None,
        consent_at=consent_at,
    )


def a_paper(valid_until: date | None) -> Credential:
    return Credential(
        public_id=uuid4(),
        person=1,
        kind="certificate",
        seen_on=date(2024, 1, 1),
        seen_by=9,
        valid_until=valid_until,
    )


SIGNED = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("born", "services", "guardians", "papers", "found"),
    [
        (date(1990, 1, 1), ("childcare",), (), (a_paper(TODAY),), ()),
        (date(1990, 1, 1), ("childcare",), (), (a_paper(date(2027, 6, 6)),), ("certificate",)),
        (date(1990, 1, 1), ("event",), (), (), ("certificate",)),
        (date(1990, 1, 1), ("household", "companionship"), (), (), ()),
        (date(2013, 6, 8), ("childcare",), (a_guardian(SIGNED),), (), ()),
        (date(2013, 6, 7), ("childcare",), (a_guardian(SIGNED),), (), ("certificate",)),
        (date(2010, 1, 1), ("household",), (), (), ("guardian",)),
        (date(2010, 1, 1), ("household",), (a_guardian(),), (), ("guardian_consent",)),
        (
            date(2010, 1, 1),
            ("household",),
            (a_guardian(SIGNED), a_guardian()),
            (),
            ("guardian_consent",),
        ),
        (date(2015, 1, 1), ("household",), (a_guardian(SIGNED),), (), ("too_young",)),
        (None, ("household",), (), (), ("birth_date",)),
    ],
)
def test_what_stands_in_the_way_is_named(born, services, guardians, papers, found) -> None:
    assert (
        admission.hindrances(
            birth_date=born,
            services=services,
            guardians=guardians,
            credentials=papers,
            terms=TERMS,
            today=TODAY,
        )
        == found
    )


def test_a_centre_may_be_content_with_one_signature() -> None:
    own = CentreRule(
        key="guardian_consent_all", value=False, source="", valid_from=date(2027, 1, 1)
    )
    terms = admission.terms_on(rulebook([own]), TODAY)
    assert (
        admission.hindrances(
            birth_date=date(2010, 1, 1),
            services=("household",),
            guardians=(a_guardian(SIGNED), a_guardian()),
            credentials=(),
            terms=terms,
            today=TODAY,
        )
        == ()
    )


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2024, 2, 29), 60, date(2029, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 31), 13, date(2027, 2, 28)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_one(day: date, months: int, then: date) -> None:
    assert admission.months_after(day, months) == then


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(0, 120))
def test_months_never_skip_one(day: date, months: int) -> None:
    then = admission.months_after(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day <= day.day
