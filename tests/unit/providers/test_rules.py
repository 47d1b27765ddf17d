"""Rules as dated data, and what a centre may set otherwise."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from rundum_providers.rules import (
    DEFAULT_RULES,
    REASONS,
    CentreRule,
    checked,
    default_rulebook,
    may_override,
    reason_of,
    rulebook,
)


def own(key: str, value: Any, valid_from: date = date(2026, 6, 1)) -> CentreRule:
    return CentreRule(key=key, value=value, source="board of 2026-05-20", valid_from=valid_from)


def test_figures_change_with_their_date() -> None:
    book = default_rulebook()
    assert book.value("minimum_wage", date(2026, 12, 31)) == 1390
    assert book.value("minimum_wage", date(2027, 1, 1)) == 1460
    assert book.value("minijob_month", date(2026, 12, 31)) == 60300
    assert book.value("minijob_month", date(2027, 1, 1)) == 63300


def test_every_rule_of_law_names_its_source() -> None:
    assert all(rule.source for rule in DEFAULT_RULES if rule.basis == "C")
    assert len({(rule.key, rule.valid_from) for rule in DEFAULT_RULES}) == len(DEFAULT_RULES)


def test_a_centre_sets_what_is_a_reading_or_soft() -> None:
    book = rulebook([own("school_hours", ["07:45", "14:15"]), own("arbzg_3_day", None)])
    assert book.value("school_hours", date(2026, 5, 31)) == (time(7, 30), time(15))
    assert book.value("school_hours", date(2026, 6, 1)) == (time(7, 45), time(14, 15))
    assert book.value("arbzg_3_day", date(2026, 6, 1)) is None
    assert book.on(date(2026, 6, 1))["arbzg_3_day"].source == "board of 2026-05-20"


def test_the_latest_of_a_centres_own_rules_counts() -> None:
    rows = [own("event_people", 3), own("event_people", 4, date(2027, 1, 1))]
    book = rulebook(reversed(rows))
    days = (date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [book.value("event_people", day) for day in days] == [2, 3, 4]


@pytest.mark.parametrize(
    "key",
    ["jarbschg_14_night", "jarbschg_5_day", "minor_alone", "minor_unknown_client", "minimum_wage"],
)
def test_law_and_what_the_house_holds_fast_to_are_out_of_reach(key: str) -> None:
    assert not may_override(key)
    with pytest.raises(ValueError, match=key):
        rulebook([own(key, 1)])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("no_such_rule", 1),
        ("event_people", "2"),
        ("event_people", True),
        ("event_people", -1),
        ("unpaid_like_paid", 1),
        ("school_hours", ["15:00", "07:30"]),
        ("school_hours", ["7", "8", "9"]),
        ("school_hours", 7),
        ("way_home_resumes", "25:00"),
        ("way_home_resumes", 5),
        ("jarbschg_5_school", None),
        ("guardian_consent_all", None),
    ],
)
def test_a_value_of_another_kind_is_refused(key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=key):
        checked(own(key, value))


def test_a_reason_of_the_engine_leads_to_its_source() -> None:
    assert reason_of("jarbschg_14_night") == ("JArbSchG § 14 (1)", True)
    assert reason_of("needs_lapses:certificate") == REASONS["certificate"]
    assert reason_of("needs:adult") == REASONS["adult"]
    assert reason_of("needs:lang:en") is None
    assert reason_of("too_far") is None
