"""The protection of children and youths, each rule on both sides of its limit.

The week of Monday, 23 November 2026 is an ordinary one; school ends at 15:00.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rundum_engine.snapshot import Asker
from rundum_providers.facts import ProviderFacts
from rundum_providers.models import Engagement
from rundum_providers.rules import CentreRule, rulebook

MO, TU, WE, TH, FR, SA, SU = (f"2026-11-{23 + n}" for n in range(7))
LONG_AGO = datetime(2026, 1, 2, 9, tzinfo=UTC)


def a_minor(born: date, **more: Any) -> ProviderFacts:
    facts: dict[str, Any] = {
        "engagement": "minijob",
        "attends_school": True,
        "consents": (LONG_AGO,),
        **more,
    }
    return ProviderFacts(birth_date=born, **facts)


CHILD = a_minor(date(2013, 3, 1))  # 13
YOUTH = a_minor(date(2010, 3, 1), schooling_until=date(2026, 7, 31), attends_school=False)  # 16
PUPIL = a_minor(date(2011, 3, 1), schooling_until=date(2027, 7, 31))  # 15, class 9


# -- age ------------------------------------------------------------------------------------------


def test_nobody_works_before_the_thirteenth_birthday(refused: Any) -> None:
    twelve = a_minor(date(2013, 11, 25))  # turns 13 on the Wednesday
    assert refused(twelve, f"{TU} 16:00", f"{TU} 17:00") == {"jarbschg_5_too_young"}
    assert refused(twelve, f"{WE} 16:00", f"{WE} 17:00") == set()


def test_without_a_date_of_birth_nobody_is_placed(refused: Any) -> None:
    unknown = ProviderFacts(birth_date=None, engagement="favour")
    assert refused(unknown, f"{TU} 16:00", f"{TU} 17:00") == {"birth_date_unknown"}


def test_the_limits_change_on_the_fifteenth_birthday_when_school_is_over(refused: Any) -> None:
    facts = a_minor(date(2011, 11, 25), schooling_until=date(2026, 7, 31), attends_school=False)
    assert "jarbschg_5_day" in refused(facts, f"{TU} 15:00", f"{TU} 17:30")
    assert refused(facts, f"{WE} 15:00", f"{WE} 20:00") == set()


def test_compulsory_schooling_keeps_a_youth_under_the_limits_for_children(refused: Any) -> None:
    facts = a_minor(date(2011, 3, 1), schooling_until=date.fromisoformat(TU), attends_school=False)
    assert refused(facts, f"{TU} 15:30", f"{TU} 18:30") == {"jarbschg_5_day", "jarbschg_5_time"}
    assert refused(facts, f"{WE} 15:30", f"{WE} 18:30") == set()


def test_unknown_schooling_counts_as_compulsory_until_sixteen(refused: Any) -> None:
    facts = a_minor(date(2010, 11, 25), attends_school=False)  # turns 16 on the Wednesday
    assert "jarbschg_5_time" in refused(facts, f"{TU} 17:00", f"{TU} 18:30")
    assert refused(facts, f"{WE} 17:00", f"{WE} 18:30") == set()


def test_the_eighteenth_birthday_ends_the_protection_at_midnight(refused: Any) -> None:
    facts = a_minor(date(2008, 11, 25), schooling_until=date(2024, 7, 31), attends_school=False)
    assert refused(facts, f"{TU} 18:00", f"{TU} 20:01") == {"jarbschg_14_night"}
    assert refused(facts, f"{TU} 22:00", f"{WE} 01:00") == {"jarbschg_14_night"}
    assert refused(facts, f"{WE} 00:00", f"{WE} 03:00") == set()
    assert refused(facts, f"{SU} 18:00", f"{SU} 23:00") == set()


# -- children -------------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [CHILD, PUPIL], ids=["thirteen", "fifteen in class 9"])
@pytest.mark.parametrize(
    ("start", "end", "reasons"),
    [
        ("16:00", "18:00", set()),
        ("15:59", "18:00", {"jarbschg_5_day"}),
        ("16:01", "18:01", {"jarbschg_5_time"}),
        ("15:00", "17:00", set()),
        ("14:59", "16:00", {"jarbschg_5_school"}),
        ("08:00", "09:00", {"jarbschg_5_school"}),
        ("06:30", "07:30", {"jarbschg_5_school", "jarbschg_5_time"}),
    ],
)
def test_two_hours_after_school_until_18(
    refused: Any, facts: ProviderFacts, start: str, end: str, reasons: set[str]
) -> None:
    assert refused(facts, f"{TU} {start}", f"{TU} {end}") == reasons


def test_hours_for_different_clients_add_up(refused: Any) -> None:
    done = [(f"{TU} 15:00", f"{TU} 16:30")]
    assert refused(CHILD, f"{TU} 17:00", f"{TU} 17:30", done=done) == set()
    assert refused(CHILD, f"{TU} 17:00", f"{TU} 17:31", done=done) == {"jarbschg_5_day"}


def test_in_the_holidays_a_child_may_begin_at_eight(refused: Any) -> None:
    assert refused(CHILD, "2026-12-21 08:00", "2026-12-21 10:00") == set()
    assert refused(CHILD, "2026-12-21 07:59", "2026-12-21 09:00") == {"jarbschg_5_time"}


def test_children_do_not_work_for_companies(refused: Any) -> None:
    times = f"{TU} 16:00", f"{TU} 17:00"
    assert refused(CHILD, *times, asker=Asker.COMPANY) == {"kindarbschv_2_company"}
    assert refused(CHILD, *times, asker=Asker.CLUB) == set()
    assert refused(CHILD, *times, asker=Asker.MUNICIPALITY) == set()
    assert refused(YOUTH, *times, asker=Asker.COMPANY) == set()


def test_carrying_infants_is_a_warning_for_children(refused: Any, softly_refused: Any) -> None:
    times = f"{TU} 16:00", f"{TU} 17:00"
    assert softly_refused(CHILD, *times, tags=["infants"]) == {"kindarbschv_2_weight"}
    assert refused(YOUTH, *times, tags=["infants"]) == set()


# -- four weeks of holiday work -------------------------------------------------------------------

SUMMER = "2027-07-13"  # a Tuesday in the first full week of the holidays


def test_in_the_holidays_those_of_fifteen_may_work_like_youths(refused: Any) -> None:
    assert refused(PUPIL, f"{SUMMER} 08:00", f"{SUMMER} 16:00") == set()
    assert refused(PUPIL, f"{SUMMER} 08:00", f"{SUMMER} 16:01") == {"jarbschg_8_day"}


def test_in_the_holidays_children_of_fourteen_stay_children(refused: Any) -> None:
    assert "jarbschg_5_day" in refused(CHILD, f"{SUMMER} 08:00", f"{SUMMER} 16:00")


def holidays(*days: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in days)


def test_after_four_weeks_of_holiday_work_the_year_is_used_up(refused: Any) -> None:
    three = holidays("2027-02-01", "2027-03-22", "2027-05-18")
    times = f"{SUMMER} 08:00", f"{SUMMER} 16:00"
    facts = a_minor(date(2011, 3, 1), schooling_until=date(2027, 7, 31), worked_on=three)
    assert refused(facts, *times) == set()
    four = (*three, date(2027, 7, 19))
    facts = a_minor(date(2011, 3, 1), schooling_until=date(2027, 7, 31), worked_on=four)
    assert "jarbschg_5_day" in refused(facts, *times)
    assert refused(facts, "2027-07-20 08:00", "2027-07-20 16:00") == set()  # a week that counts


def test_work_in_term_and_of_last_year_takes_no_holiday_week(refused: Any) -> None:
    worked = (
        *holidays("2026-10-19", "2026-12-21", "2026-12-28"),
        date(2027, 6, 1),
        date(2027, 6, 8),
    )
    facts = a_minor(date(2011, 3, 1), schooling_until=date(2027, 7, 31), worked_on=worked)
    assert refused(facts, f"{SUMMER} 08:00", f"{SUMMER} 16:00") == set()


# -- youths ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "reasons"),
    [
        ("12:00", "20:00", set()),
        ("11:59", "20:00", {"jarbschg_8_day"}),
        ("18:00", "20:01", {"jarbschg_14_night"}),
        ("06:00", "08:00", set()),
        ("05:59", "08:00", {"jarbschg_14_night"}),
    ],
)
def test_eight_hours_between_6_and_20(
    refused: Any, start: str, end: str, reasons: set[str]
) -> None:
    assert refused(YOUTH, f"{TU} {start}", f"{TU} {end}") == reasons


def test_forty_hours_a_week_for_all_clients_together(refused: Any) -> None:
    done = [(f"{day} 08:00", f"{day} 16:00") for day in (MO, TU, WE, TH)]
    assert refused(YOUTH, f"{FR} 08:00", f"{FR} 16:00", done=done) == set()
    done[0] = (f"{MO} 07:59", f"{MO} 16:00")
    assert refused(YOUTH, f"{FR} 08:00", f"{FR} 16:00", done=done) == {"jarbschg_8_week"}


def test_twelve_hours_of_rest_between_days(refused: Any) -> None:
    done = [(f"{MO} 17:00", f"{MO} 19:30")]
    assert refused(YOUTH, f"{TU} 07:30", f"{TU} 09:00", done=done) == set()
    assert refused(YOUTH, f"{TU} 07:29", f"{TU} 09:00", done=done) == {"jarbschg_13_rest"}


@pytest.mark.parametrize("facts", [CHILD, YOUTH], ids=["child", "youth"])
def test_work_on_five_days_a_week(refused: Any, facts: ProviderFacts) -> None:
    four = [(f"{day} 15:00", f"{day} 16:00") for day in (MO, TU, WE, TH)]
    assert refused(facts, f"{SA} 15:00", f"{SA} 16:00", done=four) == set()
    five = [*four, (f"{FR} 15:00", f"{FR} 16:00")]
    assert refused(facts, f"{FR} 17:00", f"{FR} 17:30", done=five) == set()
    assert refused(facts, f"{SA} 15:00", f"{SA} 16:00", done=five) == {"jarbschg_15_days"}


@pytest.mark.parametrize("facts", [CHILD, YOUTH], ids=["child", "youth"])
def test_saturdays_are_for_family_households_only(refused: Any, facts: ProviderFacts) -> None:
    times = f"{SA} 10:00", f"{SA} 12:00"
    assert refused(facts, *times) == set()
    for asker in (Asker.CLUB, Asker.MUNICIPALITY, Asker.COMPANY):
        assert "jarbschg_16_saturday" in refused(facts, *times, asker=asker)
    assert "jarbschg_16_saturday" not in refused(
        facts, f"{FR} 16:00", f"{FR} 17:00", asker=Asker.CLUB
    )


def test_two_saturdays_a_month_should_stay_free(refused: Any, softly_refused: Any) -> None:
    def worked(*days: int) -> ProviderFacts:
        return a_minor(
            date(2010, 3, 1),
            schooling_until=date(2026, 7, 31),
            worked_on=tuple(date(2026, 11, day) for day in days),
        )

    times = f"{SA} 10:00", f"{SA} 12:00"  # November 2026 has four: 7, 14, 21, 28
    assert refused(worked(7), *times) == set()
    assert refused(worked(7, 28), *times) == set()
    assert softly_refused(worked(7, 14), *times) == {"jarbschg_16_two_free"}


@pytest.mark.parametrize("facts", [CHILD, YOUTH], ids=["child", "youth"])
def test_no_sundays_and_no_public_holidays(refused: Any, facts: ProviderFacts) -> None:
    assert refused(facts, f"{SU} 10:00", f"{SU} 12:00") == {"jarbschg_17_sunday"}
    epiphany = "2027-01-06"
    assert refused(facts, f"{epiphany} 16:00", f"{epiphany} 17:00") == {"jarbschg_18_holiday"}
    assert refused(facts, "2027-01-07 16:00", "2027-01-07 17:00") == set()


@pytest.mark.parametrize("eve", ["2026-12-24", "2026-12-31"])
@pytest.mark.parametrize("facts", [CHILD, YOUTH], ids=["child", "youth"])
def test_on_24_and_31_december_until_14(refused: Any, facts: ProviderFacts, eve: str) -> None:
    assert refused(facts, f"{eve} 12:00", f"{eve} 14:00") == set()
    assert refused(facts, f"{eve} 12:01", f"{eve} 14:01") == {"jarbschg_18_eve"}
    before = "2026-12-23"
    assert refused(facts, f"{before} 13:00", f"{before} 14:01") == set()


def test_the_limits_hold_by_the_wall_when_the_clock_is_set(refused: Any) -> None:
    assert refused(YOUTH, "2027-03-27 18:00", "2027-03-27 20:00") == set()
    assert refused(YOUTH, "2027-03-30 18:00", "2027-03-30 20:00") == set()
    assert refused(YOUTH, "2027-03-30 18:00", "2027-03-30 20:01") == {"jarbschg_14_night"}
    assert refused(YOUTH, "2027-11-01 06:00", "2027-11-01 08:00") == set()
    assert refused(YOUTH, "2027-11-01 05:59", "2027-11-01 08:00") == {"jarbschg_14_night"}


def test_youths_at_school_are_asked_in_school_hours_only_by_the_desk(softly_refused: Any) -> None:
    facts = a_minor(date(2010, 3, 1), schooling_until=date(2026, 7, 31))
    assert softly_refused(facts, f"{TU} 14:59", f"{TU} 16:00") == {"school_hours"}
    assert softly_refused(facts, f"{TU} 15:00", f"{TU} 16:00") == set()
    assert softly_refused(facts, f"{TU} 06:30", f"{TU} 07:30") == set()
    assert softly_refused(facts, "2026-12-21 10:00", "2026-12-21 12:00") == set()


# -- what holds for every minor -------------------------------------------------------------------


def test_every_guardian_has_agreed_before_a_minor_works(refused: Any) -> None:
    times = f"{TU} 16:00", f"{TU} 17:00"
    for consents in ((), (None,), (LONG_AGO, None)):
        facts = a_minor(date(2013, 3, 1), consents=consents)
        assert refused(facts, *times) == {"guardian_consent"}
    assert refused(a_minor(date(2013, 3, 1), consents=(LONG_AGO, LONG_AGO)), *times) == set()


def test_consent_counts_from_the_moment_it_is_on_file(refused: Any) -> None:
    noon = datetime(2026, 11, 24, 11, tzinfo=UTC)
    facts = a_minor(date(2013, 3, 1), consents=(LONG_AGO, noon))
    assert refused(facts, f"{MO} 16:00", f"{MO} 17:00") == {"guardian_consent"}
    assert refused(facts, f"{TU} 16:00", f"{TU} 17:00") == set()


def test_from_the_eighteenth_birthday_nobody_has_to_agree(refused: Any) -> None:
    facts = a_minor(
        date(2008, 11, 25), schooling_until=date(2024, 7, 31), attends_school=False, consents=()
    )
    assert refused(facts, f"{TU} 16:00", f"{TU} 17:00") == {"guardian_consent"}
    assert refused(facts, f"{WE} 16:00", f"{WE} 17:00") == set()


def test_a_centre_may_be_content_with_one_guardian(refused: Any) -> None:
    facts = a_minor(date(2013, 3, 1), consents=(None, LONG_AGO))
    row = CentreRule(
        key="guardian_consent_all", value=False, source="board", valid_from=date(2026, 1, 1)
    )
    times = f"{TU} 16:00", f"{TU} 17:00"
    assert refused(facts, *times) == {"guardian_consent"}
    assert refused(facts, *times, rules=rulebook([row])) == set()


@pytest.mark.parametrize("engagement", ["minijob", "volunteer", "favour", "self_employed"])
@pytest.mark.parametrize(
    ("tag", "reason"),
    [("unknown_client", "minor_unknown_client"), ("event_alone", "minor_alone")],
)
def test_minors_go_to_known_households_and_are_never_alone_at_an_event(
    refused: Any, engagement: Engagement, tag: str, reason: str
) -> None:
    times = f"{TU} 16:00", f"{TU} 17:00"
    facts = a_minor(date(2010, 3, 1), schooling_until=date(2026, 7, 31), engagement=engagement)
    assert refused(facts, *times, tags=[tag]) == {reason}
    grown = ProviderFacts(birth_date=date(2000, 1, 1), engagement=engagement)
    assert refused(grown, *times, tags=[tag]) == set()


def test_a_minor_never_leads(refused: Any) -> None:
    facts = a_minor(date(2008, 11, 25), schooling_until=date(2024, 7, 31), attends_school=False)
    assert refused(facts, f"{TU} 16:00", f"{TU} 17:00", needs=["adult"]) == {"needs:adult"}
    assert refused(facts, f"{WE} 16:00", f"{WE} 17:00", needs=["adult"]) == set()


# -- favours and volunteering ---------------------------------------------------------------------


def unpaid(engagement: Engagement) -> ProviderFacts:
    return a_minor(
        date(2010, 3, 1),
        schooling_until=date(2026, 7, 31),
        attends_school=False,
        engagement=engagement,
    )


@pytest.mark.parametrize("engagement", ["volunteer", "favour"])
def test_unpaid_help_of_minors_has_the_same_limits_by_default(
    refused: Any, engagement: Engagement
) -> None:
    assert refused(unpaid(engagement), f"{SU} 10:00", f"{SU} 12:00") == {"jarbschg_17_sunday"}


@pytest.mark.parametrize("engagement", ["volunteer", "favour"])
def test_a_centre_may_set_limits_of_its_own_for_unpaid_help(
    refused: Any, engagement: Engagement
) -> None:
    since = date.fromisoformat(TH)
    own = rulebook(
        [
            CentreRule(key="unpaid_like_paid", value=False, source="board", valid_from=since),
            CentreRule(
                key="unpaid_minor_time", value=["07:00", "21:00"], source="board", valid_from=since
            ),
        ]
    )
    facts = unpaid(engagement)
    assert refused(facts, f"{SU} 10:00", f"{SU} 21:00", rules=own) == set()
    assert refused(facts, f"{SU} 10:00", f"{SU} 21:01", rules=own) == {"unpaid_minor_time"}
    assert refused(facts, f"{WE} 19:00", f"{WE} 21:00", rules=own) == {"jarbschg_14_night"}
    paid = a_minor(date(2010, 3, 1), schooling_until=date(2026, 7, 31))
    assert refused(paid, f"{SU} 10:00", f"{SU} 12:00", rules=own) == {"jarbschg_17_sunday"}
    young = a_minor(date(2013, 11, 25) + timedelta(days=30), engagement=engagement)
    assert "jarbschg_5_too_young" in refused(young, f"{FR} 16:00", f"{FR} 17:00", rules=own)
