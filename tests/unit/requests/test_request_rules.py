"""What may be asked for, at its edges and in general."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rundum_core.clock import BERLIN
from rundum_requests import rules
from rundum_requests.models import BANDS, NewChildren
from rundum_requests.ratios import Ratios
from rundum_web.periods import Span

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RATIOS = Ratios()


def span(start: timedelta, length: timedelta = 4 * HOUR) -> Span:
    return Span(start=NOW + start, end=NOW + start + length)


def wrong(*spans: Span | date | None) -> list[tuple[str, str]]:
    return [(error.field, error.key) for error in rules.wrong_visits(spans, NOW, BERLIN)]


def children(**counts: int) -> list[NewChildren]:
    """`children(_2_3=1)`: one of two or three years."""
    return [
        NewChildren(band=name[1:].replace("_", "-"), count=count)  # type: ignore[arg-type]
        for name, count in counts.items()
    ]


def keys(errors: list[Any]) -> list[tuple[str, str]]:
    return [(error.field, error.key) for error in errors]


# -- dates ----------------------------------------------------------------------------------------


def test_a_visit_that_is_to_come_is_fine() -> None:
    assert wrong(span(HOUR)) == []


def test_a_visit_that_begins_now_is_over() -> None:
    assert wrong(span(timedelta(0))) == [("visits.0.during.from", "requests.rule.past")]


def test_an_end_before_the_start_is_told_at_the_end() -> None:
    assert wrong(span(HOUR, -HOUR)) == [("visits.0.during.to", "requests.rule.end_before_start")]


def test_thirty_six_hours_are_the_longest() -> None:
    assert wrong(span(HOUR, 36 * HOUR)) == []
    assert wrong(span(HOUR, 36 * HOUR + timedelta(minutes=1))) == [
        ("visits.0.during.to", "requests.rule.long")
    ]


def test_the_length_over_a_clock_change_is_elapsed_time() -> None:
    # 36 wall hours over 31 October 2027 are 37
    begin = datetime(2027, 10, 30, 18, 0, tzinfo=BERLIN).astimezone(UTC)
    end = datetime(2027, 11, 1, 6, 0, tzinfo=BERLIN).astimezone(UTC)
    assert wrong(Span(start=begin, end=end)) == [("visits.0.during.to", "requests.rule.long")]


@pytest.mark.parametrize(("day", "fine"), [(23, True), (24, False)])
def test_a_year_ahead_is_the_furthest(day: int, fine: bool) -> None:
    start = datetime(2027, 11, day, 20, 0, tzinfo=BERLIN)
    assert (wrong(Span(start=start, end=start + HOUR)) == []) is fine


def test_from_29_february_a_year_ends_on_the_28th() -> None:
    now = datetime(2028, 2, 29, 12, 0, tzinfo=UTC)
    start = datetime(2029, 2, 28, 12, 0, tzinfo=UTC)
    assert rules.wrong_visits([Span(start=start, end=start + HOUR)], now, BERLIN) == []
    late = start + 24 * HOUR
    errors = rules.wrong_visits([Span(start=late, end=late + HOUR)], now, BERLIN)
    assert errors[0].params == {"day": date(2029, 2, 28)}


def test_dates_over_one_another_are_told_at_the_later_line() -> None:
    first, second = span(2 * HOUR), span(5 * HOUR)
    assert wrong(first, second) == [("visits.1.during.from", "requests.rule.overlap")]
    assert wrong(first, span(6 * HOUR)) == []


def test_a_line_that_could_not_be_read_hides_no_other_mistake() -> None:
    assert wrong(None, span(-HOUR)) == [("visits.1.during.from", "requests.rule.past")]
    assert wrong(date(2026, 11, 22)) == [("visits.0.during.date", "requests.rule.past")]
    assert wrong(date(2026, 11, 23), date(2027, 11, 23)) == []
    assert wrong(date(2027, 11, 24)) == [("visits.0.during.date", "requests.rule.far")]


def test_a_day_that_is_over_is_told_at_the_day() -> None:
    assert wrong(span(timedelta(days=-1))) == [("visits.0.during.date", "requests.rule.past")]


@given(
    some.lists(
        some.tuples(some.integers(-100, 500_000), some.integers(-100, 3000)), min_size=1, max_size=6
    )
)
def test_no_dates_pass_but_good_ones(lines: list[tuple[int, int]]) -> None:
    minute = timedelta(minutes=1)
    spans = [span(start * minute, length * minute) for start, length in lines]
    if wrong(*spans):
        return
    for one in spans:
        assert NOW < one.start < one.end <= one.start + rules.LONGEST
        assert one.start < NOW + timedelta(days=367)
    in_order = sorted(spans, key=lambda one: one.start)
    assert all(a.end <= b.start for a, b in itertools.pairwise(in_order))


# -- children and people --------------------------------------------------------------------------


def test_forty_children_are_refused_at_home_and_fine_at_an_event() -> None:
    forty = children(_4_6=20, _7_10=20)
    at_home = rules.wrong_children("childcare", forty, RATIOS, ill=False, health_consent=False)
    assert keys(at_home) == [("children", "requests.rule.children_crowd")]
    assert rules.wrong_people("childcare", forty, RATIOS, people=1, leads=0) == []
    at_event = rules.wrong_children("event", forty, RATIOS, ill=False, health_consent=False)
    assert at_event == []
    assert rules.wrong_people("event", forty, RATIOS, people=5, leads=1) == []
    assert keys(rules.wrong_people("event", forty, RATIOS, people=4, leads=1)) == [
        ("people", "requests.rule.ratio")
    ]


def test_childcare_needs_children_and_household_help_needs_none() -> None:
    for service, missing in (("childcare", True), ("event", True), ("household", False)):
        errors = rules.wrong_children(service, [], RATIOS, ill=False, health_consent=False)  # type: ignore[arg-type]
        assert bool(errors) is missing


def test_an_ill_child_needs_explicit_consent() -> None:
    one = children(_4_6=1)
    errors = rules.wrong_children("childcare", one, RATIOS, ill=True, health_consent=False)
    assert keys(errors) == [("health_consent", "requests.rule.health_consent")]
    assert rules.wrong_children("childcare", one, RATIOS, ill=True, health_consent=True) == []


def test_an_event_has_two_people_of_whom_one_leads() -> None:
    few = children(_7_10=3)
    assert keys(rules.wrong_people("event", few, RATIOS, people=1, leads=1)) == [
        ("people", "requests.rule.event_alone")
    ]
    assert keys(rules.wrong_people("event", few, RATIOS, people=2, leads=0)) == [
        ("leads", "requests.rule.lead_missing")
    ]
    assert keys(rules.wrong_people("event", few, RATIOS, people=2, leads=3)) == [
        ("leads", "requests.rule.leads_many")
    ]
    assert rules.leads_of("event", None) == 1
    assert rules.leads_of("childcare", None) == 0


def test_the_desk_may_know_better_than_the_ratio() -> None:
    babies = children(_0_1=4)
    assert keys(rules.wrong_people("childcare", babies, RATIOS, people=1, leads=0)) == [
        ("people", "requests.rule.ratio")
    ]
    assert (
        rules.wrong_people("childcare", babies, RATIOS, people=1, leads=0, ratio_holds=False) == []
    )


@given(
    some.integers(1, 12),
    some.integers(0, 12),
    some.integers(0, 5),
    some.integers(0, 5),
    some.sampled_from(("all", "core")),
    some.sampled_from((1, 2)),
)
def test_seats_are_leads_first_and_the_core_holds_every_lead(
    people: int, leads: int, extra: int, reserve: int, policy: Any, core: int
) -> None:
    leads = min(leads, people)
    roles = rules.seat_roles(people, leads, extra, reserve)
    required = rules.required_seats(roles, policy, core)
    assert len(roles) == len(required) == people + extra + reserve
    assert list(roles) == sorted(roles, key=("lead", "normal", "extra", "reserve").index)
    wanted = people if policy == "all" else max(leads, min(core, people))
    assert sum(required) == wanted
    assert all(need for role, need in zip(roles, required, strict=True) if role == "lead")


# -- everything else ------------------------------------------------------------------------------


def test_household_help_needs_something_to_do() -> None:
    assert keys(rules.wrong_tasks("household", ())) == [("tasks", "requests.rule.tasks_missing")]
    assert rules.wrong_tasks("household", ("laundry",)) == []
    assert rules.wrong_tasks("childcare", ()) == []


def test_a_health_insurer_pays_with_its_reference_only() -> None:
    assert keys(rules.wrong_payer("health_insurer", "")) == [
        ("payer_reference", "requests.rule.insurer_reference")
    ]
    assert rules.wrong_payer("health_insurer", "38-2026-77") == []
    assert rules.wrong_payer("employer", "") == []


def test_an_organisation_has_a_name_and_an_event_somebody_who_gives_it() -> None:
    assert keys(rules.wrong_client("club", "", "event")) == [
        ("client_name", "requests.rule.client_name")
    ]
    assert keys(rules.wrong_client(None, "", "event")) == [
        ("client_kind", "requests.rule.client_kind")
    ]
    assert rules.wrong_client(None, "", "childcare") == []
    assert rules.wrong_client("household", "", "event") == []


def test_one_way_to_reach_somebody_is_enough_and_none_is_too_little() -> None:
    reached = {"given_name": "Eva", "family_name": "Krause", "email": None, "phone": "+4939045550"}
    assert rules.wrong_contact(reached) == []
    assert keys(rules.wrong_contact(reached | {"phone": None})) == [
        ("email", "requests.rule.contact_missing")
    ]


def test_an_address_that_could_not_be_read_is_not_missing_as_well() -> None:
    assert rules.wrong_contact({"given_name": "Eva", "family_name": "K", "phone": None}) == []


def test_half_an_address_of_the_end_is_not_enough() -> None:
    assert keys(rules.wrong_end("", "Weg 1")) == [("end_place", "requests.rule.end_place")]
    assert keys(rules.wrong_end("Barleben", "")) == [("end_street", "requests.rule.end_street")]
    assert rules.wrong_end("", "") == rules.wrong_end("Barleben", "Weg 1") == []


def test_nobody_is_wished_for_and_excluded() -> None:
    one, other = UUID(int=1), UUID(int=2)
    assert rules.wrong_choices([one], [other]) == []
    assert keys(rules.wrong_choices([one], [one])) == [("excluded", "requests.rule.chosen_twice")]


def test_only_the_desk_says_what_is_urgent() -> None:
    assert rules.wrong_priority("urgent", staff=True) == []
    assert keys(rules.wrong_priority("urgent", staff=False)) == [
        ("priority", "requests.rule.staff_only")
    ]


@pytest.mark.parametrize(
    ("day", "wage"),
    [(date(2026, 12, 31), 1390), (date(2027, 1, 1), 1460), (date(2030, 5, 1), 1460)],
)
def test_a_rate_below_the_minimum_wage_of_its_day_is_a_warning(day: date, wage: int) -> None:
    assert rules.rate_warnings(None, day) == rules.rate_warnings(wage, day) == []
    (warning,) = rules.rate_warnings(wage - 1, day)
    assert warning.field == "rate"
    assert (warning.params["euros"], warning.params["cents"]) == (wage // 100, f"{wage % 100:02d}")


def test_a_request_is_urgent_by_its_first_visit_or_by_the_desk() -> None:
    within = timedelta(hours=24)
    assert rules.priority_of("normal", NOW + 23 * HOUR, NOW, within) == "urgent"
    assert rules.priority_of("normal", NOW + 24 * HOUR, NOW, within) == "normal"
    assert rules.priority_of("high", NOW + 48 * HOUR, NOW, within) == "high"
    assert rules.priority_of("urgent", NOW + 48 * HOUR, NOW, within) == "urgent"


@given(some.integers(1, 60 * 24 * 400), some.integers(1, 336))
def test_an_answer_is_promised_before_the_visit_and_within_the_centres_hours(
    minutes: int, hours: int
) -> None:
    start = NOW + timedelta(minutes=minutes)
    promised = rules.answer_by(NOW, start, hours * HOUR)
    assert NOW < promised <= start
    assert promised <= NOW + hours * HOUR + timedelta(minutes=1)
    assert (promised.second, promised.microsecond) == (0, 0)
    if promised - NOW > HOUR + timedelta(minutes=1):
        assert promised.minute % 15 == 0


@given(some.dictionaries(some.sampled_from(BANDS), some.integers(1, 60), min_size=1))
def test_a_ratio_is_enough_for_each_band_and_no_more_than_for_each_alone(
    counts: dict[Any, int],
) -> None:
    groups = [NewChildren(band=band, count=count) for band, count in counts.items()]
    together = RATIOS.people_needed(groups)
    alone = [RATIOS.people_needed([group]) for group in groups]
    assert max(alone) <= together <= sum(alone)
    assert together * 8 >= sum(counts.values())
