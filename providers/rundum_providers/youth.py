"""The protection of children and youths (JArbSchG, KindArbSchV) as tables of limits."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from typing import Literal, NamedTuple, cast

from rundum_core.holidays_of import Holidays
from rundum_engine.snapshot import Asker
from rundum_providers.ages import age_on
from rundum_providers.facts import ProviderFacts
from rundum_providers.rules import Rule, Value

# How the law sees somebody on a day. `holiday` is a youth under compulsory schooling in one of
# the weeks of school holidays for which § 5 (4) lets her work like other youths; `unpaid` a minor
# outside of employment, where the centre has set its own limits.
Standing = Literal[
    "unknown", "too_young", "child", "holiday", "youth", "unpaid", "adult", "employee"
]

CHILD: frozenset[Standing] = frozenset({"child"})
YOUTH: frozenset[Standing] = frozenset({"holiday", "youth"})
EMPLOYED_MINOR = CHILD | YOUTH
MINOR: frozenset[Standing] = EMPLOYED_MINOR | {"too_young", "unpaid"}
PUPIL: frozenset[Standing] = frozenset({"youth", "unpaid", "adult", "employee"})
ANYBODY: frozenset[Standing] = MINOR | {"unknown", "adult", "employee"}

UNPAID = frozenset({"volunteer", "favour"})

Walls = tuple[tuple[time, time], ...]  # from … to …; midnight as an end is the day's end
WHOLE: Walls = ((time(), time()),)
NEVER: Walls = ()


class Day(NamedTuple):
    """A local day. `lessons`: pupils are at school."""

    date: date
    public: bool
    lessons: bool


class Opening(NamedTuple):
    """When work is allowed on a day under the rule `key`, for people who stand so, for askers."""

    key: str
    standings: frozenset[Standing]
    allowed: Callable[[Day, Value, ProviderFacts], Walls]
    askers: Asker = Asker.ANY


def standing(
    facts: ProviderFacts, day: date, rules: Mapping[str, Rule], holidays: Holidays
) -> Standing:
    """How the law sees her on this day. JArbSchG §§ 1, 2, 5 (1), (3), (4)."""
    if facts.birth_date is None:
        return "unknown"
    age = age_on(facts.birth_date, day)
    if age >= cast(int, rules["adult"].value):
        return "employee" if facts.engagement in ("minijob", "staff") else "adult"
    if age < cast(int, rules["jarbschg_5_too_young"].value):
        return "too_young"
    if facts.engagement in UNPAID and not rules["unpaid_like_paid"].value:
        return "unpaid"
    if age < cast(int, rules["jarbschg_2_child_until"].value):
        return "child"
    if facts.schooling_until is not None:
        compulsory = day <= facts.schooling_until
    else:
        compulsory = age < cast(int, rules["schooling_unknown_until"].value or 0)
    if not compulsory:
        return "youth"
    return "holiday" if _holiday_week(facts, day, rules, holidays) else "child"


def _holiday_week(
    facts: ProviderFacts, day: date, rules: Mapping[str, Rule], holidays: Holidays
) -> bool:
    """Whether the day is one of school holidays, in a week that she may still work (§ 5 (4): four
    weeks a year; a week with any work in the holidays is taken, and may be worked to its end)."""
    if day not in holidays.school:
        return False
    taken = {
        _monday(worked)
        for worked in facts.worked_on
        if worked in holidays.school and worked.year == day.year
    }
    return _monday(day) in taken or len(taken) < cast(int, rules["jarbschg_5_holiday_weeks"].value)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# -- what is allowed on a day ---------------------------------------------------------------------


def _never(day: Day, value: Value, facts: ProviderFacts) -> Walls:
    return NEVER


def _between(day: Day, value: Value, facts: ProviderFacts) -> Walls:
    return (cast(tuple[time, time], value),)


def _after_school(day: Day, value: Value, facts: ProviderFacts) -> Walls:
    _, end = cast(tuple[time, time], value)
    return ((end, time()),) if day.lessons else WHOLE


def _outside_school(day: Day, value: Value, facts: ProviderFacts) -> Walls:
    begin, end = cast(tuple[time, time], value)
    if facts.attends_school and day.lessons:
        return (time(), begin), (end, time())
    return WHOLE


def _no_saturday(day: Day, value: Value, facts: ProviderFacts) -> Walls:
    return NEVER if day.date.weekday() == 5 else WHOLE


def _two_saturdays_free(day: Day, value: Value, facts: ProviderFacts) -> Walls:
    if day.date.weekday() != 5:
        return WHOLE
    year, month = day.date.year, day.date.month
    worked = {d for d in facts.worked_on if (d.year, d.month, d.weekday()) == (year, month, 5)}
    first = (5 - date(year, month, 1).weekday()) % 7 + 1
    saturdays = len(range(first, monthrange(year, month)[1] + 1, 7))
    return WHOLE if len(worked | {day.date}) <= saturdays - cast(int, value) else NEVER


def _no_sunday(day: Day, value: Value, facts: ProviderFacts) -> Walls:
    return NEVER if day.date.weekday() == 6 else WHOLE


def _no_holiday(day: Day, value: Value, facts: ProviderFacts) -> Walls:
    return NEVER if day.public else WHOLE


def _eve(day: Day, value: Value, facts: ProviderFacts) -> Walls:
    if (day.date.month, day.date.day) in ((12, 24), (12, 31)):
        return ((time(), cast(time, value)),)
    return WHOLE


NOT_HOUSEHOLD = Asker.CLUB | Asker.MUNICIPALITY | Asker.COMPANY

OPENINGS: tuple[Opening, ...] = (
    Opening("birth_date_unknown", frozenset({"unknown"}), _never),
    Opening("jarbschg_5_too_young", frozenset({"too_young"}), _never),
    Opening("kindarbschv_2_company", CHILD, _never, Asker.COMPANY),
    Opening("jarbschg_5_time", CHILD, _between),
    Opening("jarbschg_5_school", CHILD, _after_school),
    Opening("jarbschg_14_night", YOUTH, _between),
    Opening("unpaid_minor_time", frozenset({"unpaid"}), _between),
    Opening("jarbschg_16_saturday", EMPLOYED_MINOR, _no_saturday, NOT_HOUSEHOLD),
    Opening("jarbschg_16_two_free", EMPLOYED_MINOR, _two_saturdays_free),
    Opening("jarbschg_17_sunday", EMPLOYED_MINOR, _no_sunday),
    Opening("jarbschg_18_holiday", EMPLOYED_MINOR, _no_holiday),
    Opening("jarbschg_18_eve", EMPLOYED_MINOR, _eve),
    Opening("school_hours", PUPIL, _outside_school),
)

# rule and standings: a cap of minutes per day or week, minutes of rest, days of work a week, or a
# refusal of visits that carry a tag
CAPS: tuple[tuple[str, frozenset[Standing], Literal["day", "week"]], ...] = (
    ("jarbschg_5_day", CHILD, "day"),
    ("jarbschg_8_day", YOUTH, "day"),
    ("jarbschg_8_week", YOUTH, "week"),
)
RESTS: tuple[tuple[str, frozenset[Standing]], ...] = (("jarbschg_13_rest", YOUTH),)
DAYS: tuple[tuple[str, frozenset[Standing]], ...] = (("jarbschg_15_days", EMPLOYED_MINOR),)
REFUSALS: tuple[tuple[str, frozenset[Standing], str], ...] = (
    ("minor_unknown_client", MINOR, "unknown_client"),
    ("minor_alone", MINOR, "event_alone"),
    ("kindarbschv_2_weight", CHILD, "infants"),
)
