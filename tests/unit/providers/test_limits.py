"""Adults, wishes and credentials: what refuses somebody, on both sides of the limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from rundum_core.holidays_of import holidays_of
from rundum_engine.snapshot import Span
from rundum_providers.facts import ProviderFacts, Shown
from rundum_providers.limits import limits
from rundum_providers.models import Engagement
from rundum_providers.rules import REASONS, CentreRule, default_rulebook, rulebook

MO, TU, WE, TH, FR, SA, SU = (f"2026-11-{23 + n}" for n in range(7))


def an_adult(**more: Any) -> ProviderFacts:
    return ProviderFacts(**{"birth_date": date(1990, 5, 1), "engagement": "minijob", **more})


# -- working time ---------------------------------------------------------------------------------


@pytest.mark.parametrize("engagement", ["minijob", "staff"])
def test_ten_hours_a_day_and_eleven_of_rest_are_warnings_for_employees(
    refused: Any, softly_refused: Any, engagement: Engagement
) -> None:
    facts = an_adult(engagement=engagement)
    assert refused(facts, f"{TU} 08:00", f"{TU} 18:00") == set()
    assert softly_refused(facts, f"{TU} 08:00", f"{TU} 18:01") == {"arbzg_3_day"}
    done = [(f"{MO} 18:00", f"{MO} 22:00")]
    assert refused(facts, f"{TU} 09:00", f"{TU} 12:00", done=done) == set()
    assert softly_refused(facts, f"{TU} 08:59", f"{TU} 12:00", done=done) == {"arbzg_5_rest"}


@pytest.mark.parametrize("engagement", ["self_employed", "volunteer", "favour"])
def test_nobody_else_is_bound_by_the_hours_of_employees(
    refused: Any, engagement: Engagement
) -> None:
    assert refused(an_adult(engagement=engagement), f"{TU} 06:00", f"{TU} 23:00") == set()


def test_rest_is_counted_in_hours_that_pass_not_on_the_wall(
    refused: Any, softly_refused: Any
) -> None:
    facts = an_adult()
    spring = [("2027-03-27 18:00", "2027-03-27 22:00")]
    assert softly_refused(facts, "2027-03-28 09:00", "2027-03-28 10:00", done=spring) == {
        "arbzg_5_rest"
    }
    assert refused(facts, "2027-03-28 10:00", "2027-03-28 11:00", done=spring) == set()
    autumn = [("2027-10-30 18:00", "2027-10-30 22:00")]
    assert refused(facts, "2027-10-31 08:00", "2027-10-31 09:00", done=autumn) == set()


def test_a_rule_changes_on_its_date_inside_the_horizon(softly_refused: Any) -> None:
    row = CentreRule(
        key="arbzg_3_day", value=480, source="board", valid_from=date.fromisoformat(WE)
    )
    own = rulebook([row])
    assert softly_refused(an_adult(), f"{TU} 08:00", f"{TU} 17:00", rules=own) == set()
    assert softly_refused(an_adult(), f"{WE} 08:00", f"{WE} 17:00", rules=own) == {"arbzg_3_day"}


# -- wishes ---------------------------------------------------------------------------------------


def test_hours_a_week_are_a_wish_that_the_desk_may_waive(refused: Any, softly_refused: Any) -> None:
    facts = an_adult(hours_week=10)
    done = [(f"{MO} 08:00", f"{MO} 12:00")]
    assert refused(facts, f"{SU} 08:00", f"{SU} 14:00", done=done) == set()
    assert softly_refused(facts, f"{SU} 08:00", f"{SU} 14:01", done=done) == {"wish_hours_week"}


@pytest.mark.parametrize("tag", ["pets", "smoking", "ill_children", "unknown_client"])
def test_what_she_refuses_is_refused_softly(softly_refused: Any, tag: str) -> None:
    times = f"{TU} 16:00", f"{TU} 17:00"
    assert softly_refused(an_adult(refuses=(tag,)), *times, tags=[tag]) == {f"wish_{tag}"}
    assert softly_refused(an_adult(refuses=(tag,)), *times) == set()
    assert softly_refused(an_adult(), *times, tags=[tag]) == set()


def test_who_wants_no_nights_works_from_6_to_22(refused: Any, softly_refused: Any) -> None:
    facts = an_adult(refuses=("night",))
    assert refused(facts, f"{TU} 18:00", f"{TU} 22:00") == set()
    assert softly_refused(facts, f"{TU} 18:00", f"{TU} 22:01") == {"wish_night"}
    assert softly_refused(facts, f"{TU} 05:59", f"{TU} 08:00") == {"wish_night"}
    assert refused(facts, f"{TU} 06:00", f"{TU} 08:00") == set()


@pytest.mark.parametrize("last", [time(22), time(0, 30)])
def test_after_the_last_bus_the_way_is_closed_until_five(last: time) -> None:
    facts = an_adult(last_way_home=last)
    day = 24 * 60
    start = 29_750_400  # 2026-07-26T00:00Z: summer time, two hours behind the wall
    found = limits(
        facts, default_rulebook(), holidays_of("ST", 2026, 2026), Span(start, start + day)
    )
    assert {(s.start + 120) % day for s in found.no_way_home} == {last.hour * 60 + last.minute}
    assert {(s.end + 120) % day for s in found.no_way_home} == {5 * 60}


def test_she_has_to_be_home_by_then(refused: Any) -> None:
    assert refused(an_adult(), f"{TU} 20:00", f"{WE} 02:00") == set()
    # eight minutes by bike
    assert refused(an_adult(last_way_home=time(22)), f"{TU} 20:00", f"{TU} 21:50") == set()
    assert refused(an_adult(last_way_home=time(22)), f"{TU} 20:00", f"{TU} 21:58") != set()


# -- credentials ----------------------------------------------------------------------------------


def shown(kind: str, until: str | None, seen: str = "2026-01-05") -> tuple[Shown, ...]:
    return (
        Shown(
            kind=kind,  # type: ignore[arg-type]
            seen_on=date.fromisoformat(seen),
            valid_until=None if until is None else date.fromisoformat(until),
        ),
    )


def test_the_certificate_holds_through_the_end_of_the_visit(refused: Any) -> None:
    times = f"{TU} 20:00", f"{WE} 00:30"
    assert refused(an_adult(), *times, needs=["certificate"]) == {"needs_lapses:certificate"}
    lapses = an_adult(shown=shown("certificate", TU))
    assert refused(lapses, f"{TU} 20:00", f"{WE} 00:00", needs=["certificate"]) == set()
    assert refused(lapses, *times, needs=["certificate"]) == {"needs_lapses:certificate"}
    assert refused(an_adult(shown=shown("certificate", WE)), *times, needs=["certificate"]) == set()


def test_a_new_certificate_does_not_make_an_old_lapse_good(refused: Any) -> None:
    facts = an_adult(
        shown=(*shown("certificate", MO), *shown("certificate", "2031-01-01", seen=TH))
    )
    assert refused(facts, f"{MO} 10:00", f"{MO} 12:00", needs=["certificate"]) == set()
    assert refused(facts, f"{WE} 10:00", f"{WE} 12:00", needs=["certificate"]) != set()
    assert refused(facts, f"{TH} 10:00", f"{TH} 12:00", needs=["certificate"]) == set()


def test_a_certificate_without_an_end_is_asked_for_again_after_five_years(refused: Any) -> None:
    needs = ["certificate"]
    facts = an_adult(shown=shown("certificate", None, seen="2021-11-25"))
    assert refused(facts, f"{TU} 10:00", f"{TU} 12:00", needs=needs) == set()
    assert refused(facts, f"{WE} 10:00", f"{WE} 12:00", needs=needs) != set()


def test_nobody_needs_a_certificate_before_the_fourteenth_birthday(refused: Any) -> None:
    facts = ProviderFacts(
        birth_date=date(2012, 11, 25),
        engagement="minijob",
        consents=(datetime(2026, 1, 1, tzinfo=UTC),),
    )
    needs = ["certificate"]
    assert refused(facts, f"{TU} 16:00", f"{TU} 17:00", needs=needs) == set()
    assert refused(facts, f"{WE} 16:00", f"{WE} 17:00", needs=needs) == {"needs_lapses:certificate"}


def test_first_aid_lapses_after_two_years(refused: Any) -> None:
    facts = an_adult(shown=shown("first_aid", None, seen="2024-11-25"))
    assert refused(facts, f"{TU} 10:00", f"{TU} 12:00", needs=["first_aid"]) == set()
    assert refused(facts, f"{WE} 10:00", f"{WE} 12:00", needs=["first_aid"]) != set()
    assert refused(an_adult(), f"{TU} 10:00", f"{TU} 12:00", needs=["first_aid"]) == {
        "needs:first_aid"
    }


def test_her_own_word_is_no_credential(refused: Any) -> None:
    facts = an_adult(skills=("says:first_aid", "service:household"))
    times = f"{TU} 10:00", f"{TU} 12:00"
    assert refused(facts, *times, needs=["service:household"]) == set()
    assert refused(facts, *times, needs=["first_aid"]) == {"needs:first_aid"}


# -- the whole ------------------------------------------------------------------------------------


@pytest.mark.parametrize("born", [None, *(date(year, 11, 25) for year in range(2005, 2016))])
@pytest.mark.parametrize("engagement", ["minijob", "volunteer", "favour", "self_employed"])
def test_every_reason_stands_in_the_table_as_hard_as_it_is_given(
    born: date | None, engagement: Engagement
) -> None:
    facts = ProviderFacts(
        birth_date=born,
        engagement=engagement,
        attends_school=True,
        hours_week=8,
        refuses=("pets", "smoking", "ill_children", "night", "unknown_client"),
        last_way_home=time(22),
    )
    start = 29_900_000
    span = Span(start, start + 21 * 1440)
    found = limits(facts, default_rulebook(), holidays_of("ST", 2026, 2026), span)
    given = (*found.windows, *found.caps, *found.rests, *found.days, *found.refusals)
    assert all(REASONS[limit.reason][1] == limit.hard for limit in given)


def test_limits_lie_within_the_days_they_hold_for() -> None:
    facts = ProviderFacts(birth_date=date(2008, 11, 25), engagement="minijob")
    start = 29_925_300
    found = limits(
        facts, default_rulebook(), holidays_of("ST", 2026, 2026), Span(start, start + 14 * 1440)
    )
    ends = {cap.within.end for cap in found.caps if cap.reason == "jarbschg_8_day" and cap.within}
    begins = {cap.within.start for cap in found.caps if cap.reason == "arbzg_3_day" and cap.within}
    assert len(ends) == 1
    assert ends == begins
