"""Law and the centre's own settings as dated data: what holds on a day, and where it is written."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, time
from functools import cache
from typing import Any, Literal, cast

from msgspec import Struct

Basis = Literal["C", "H", "K"]
Value = int | bool | time | tuple[time, time] | None


class Rule(Struct, frozen=True, kw_only=True):
    """One rule from a day on. Its key is also the reason that is given when it refuses somebody.

    `basis` is `C` for what was read in the law's text or a solid source, `H` for what the house
    holds fast to beyond it, `K` for a cautious reading that a centre may set otherwise. Staff may
    waive what is not `hard`, with a reason.
    """

    key: str
    value: Value
    hard: bool
    basis: Basis
    source: str
    valid_from: date


class CentreRule(Struct, frozen=True, kw_only=True):
    """A centre's row of the table `rule`: plain JSON in `value`, None for "doesn't apply"."""

    key: str
    value: Any
    source: str
    valid_from: date


_ACT = date(1997, 3, 1)  # JArbSchG as it stands since then
_CHILD_WORK = date(1998, 7, 1)
_HOURS_ACT = date(1994, 7, 1)
_HOUSE = date(2020, 1, 1)

_TABLE: tuple[tuple[str, Value, bool, Basis, str, date], ...] = (
    # minors: who is a child, who a youth
    ("birth_date_unknown", True, True, "C", "JArbSchG § 2", _ACT),
    ("jarbschg_5_too_young", 13, True, "C", "JArbSchG § 5 (1), (3)", _ACT),
    ("jarbschg_2_child_until", 15, True, "C", "JArbSchG § 2 (1)", _ACT),
    ("schooling_unknown_until", 16, True, "K", "JArbSchG § 2 (3); SchulG LSA § 40", _ACT),
    ("adult", 18, True, "C", "JArbSchG § 2 (2)", _ACT),
    # children from 13, and youths still under compulsory full-time schooling
    ("jarbschg_5_day", 120, True, "C", "JArbSchG § 5 (3)", _ACT),
    ("jarbschg_5_time", (time(8), time(18)), True, "C", "JArbSchG § 5 (3)", _ACT),
    ("jarbschg_5_school", (time(7, 30), time(15)), True, "K", "JArbSchG § 5 (3)", _ACT),
    ("jarbschg_5_holiday_weeks", 4, True, "C", "JArbSchG § 5 (4)", _ACT),
    ("kindarbschv_2_company", True, True, "C", "KindArbSchV § 2 (1)", _CHILD_WORK),
    ("kindarbschv_2_weight", True, False, "K", "KindArbSchV § 2 (2)", _CHILD_WORK),
    # youths past it
    ("jarbschg_8_day", 480, True, "C", "JArbSchG § 8 (1)", _ACT),
    ("jarbschg_8_week", 2400, True, "C", "JArbSchG § 8 (1)", _ACT),
    ("jarbschg_13_rest", 720, True, "C", "JArbSchG § 13", _ACT),
    ("jarbschg_14_night", (time(6), time(20)), True, "C", "JArbSchG § 14 (1)", _ACT),
    # all minors
    ("jarbschg_15_days", 5, True, "C", "JArbSchG § 15", _ACT),
    ("jarbschg_16_saturday", True, True, "C", "JArbSchG § 16 (1), (2)", _ACT),
    ("jarbschg_16_two_free", 2, False, "C", "JArbSchG § 16 (2)", _ACT),
    ("jarbschg_17_sunday", True, True, "C", "JArbSchG § 17 (1)", _ACT),
    ("jarbschg_18_holiday", True, True, "C", "JArbSchG § 18 (1)", _ACT),
    ("jarbschg_18_eve", time(14), True, "C", "JArbSchG § 18 (1)", _ACT),
    ("guardian_consent", True, True, "C", "BGB §§ 107, 113; JArbSchG § 5 (3)", _ACT),
    ("guardian_consent_all", True, True, "K", "BGB § 1629 (1)", _ACT),
    ("minor_alone", True, True, "H", "", _HOUSE),
    ("minor_unknown_client", True, True, "H", "", _HOUSE),
    # favours and volunteering of minors: not employment, the centre decides
    ("unpaid_like_paid", True, False, "K", "JArbSchG § 1 (2)", _HOUSE),
    ("unpaid_minor_time", (time(6), time(20)), True, "K", "JArbSchG § 1 (2)", _HOUSE),
    # pupils who are no children by the law
    ("school_hours", (time(7, 30), time(15)), False, "K", "SchulG LSA § 36", _HOUSE),
    # employees of full age, all employers together
    ("arbzg_3_day", 600, False, "C", "ArbZG §§ 2 (1), 3", _HOURS_ACT),
    ("arbzg_5_rest", 660, False, "C", "ArbZG § 5 (1)", _HOURS_ACT),
    # what has been shown
    ("certificate", 14, True, "C", "BZRG § 30a; SGB VIII § 72a", date(2010, 5, 1)),
    ("certificate_shown_months", 3, False, "K", "SGB VIII § 72a", _HOUSE),
    ("certificate_years", 5, False, "K", "SGB VIII § 72a", _HOUSE),
    ("first_aid", True, True, "K", "DGUV 204-022", _HOUSE),
    ("first_aid_years", 2, False, "K", "DGUV 204-022", _HOUSE),
    # her own wishes
    ("wish_hours_week", True, False, "K", "", _HOUSE),
    ("wish_night", (time(6), time(22)), False, "K", "", _HOUSE),
    ("wish_pets", True, False, "K", "", _HOUSE),
    ("wish_smoking", True, False, "K", "", _HOUSE),
    ("wish_ill_children", True, False, "K", "", _HOUSE),
    ("wish_unknown_client", True, False, "K", "", _HOUSE),
    ("way_home_resumes", time(5), False, "K", "", _HOUSE),
    # how many people children need
    ("ratio_under_2", 3, False, "K", "", _HOUSE),
    ("ratio_2_to_3", 6, False, "K", "", _HOUSE),
    ("ratio_from_4", 8, False, "K", "", _HOUSE),
    ("event_people", 2, False, "K", "", _HOUSE),
    ("household_children", 12, False, "K", "", _HOUSE),
    # figures: cents, per cent
    ("minimum_wage", 1390, True, "C", "MiLoG § 1 (2)", date(2026, 1, 1)),
    ("minimum_wage", 1460, True, "C", "MiLoG § 1 (2)", date(2027, 1, 1)),
    ("minijob_month", 60300, True, "C", "SGB IV § 8 (1a)", date(2026, 1, 1)),
    ("minijob_month", 63300, True, "C", "SGB IV § 8 (1a)", date(2027, 1, 1)),
    ("childcare_deductible_percent", 80, True, "C", "EStG § 10 (1) 5", date(2025, 1, 1)),
    ("childcare_deductible_child", 480000, True, "C", "EStG § 10 (1) 5", date(2025, 1, 1)),
)

DEFAULT_RULES: tuple[Rule, ...] = tuple(
    Rule(key=key, value=value, hard=hard, basis=basis, source=source, valid_from=valid_from)
    for key, value, hard, basis, source, valid_from in _TABLE
)

_LATEST: dict[str, Rule] = {
    rule.key: rule for rule in sorted(DEFAULT_RULES, key=lambda r: r.valid_from)
}

# Reason → (where it is written, hard). A skill that a seat needs is refused by the engine with
# `needs:adult`, or `needs_lapses:certificate`: `reason_of` knows those too.
REASONS: Mapping[str, tuple[str, bool]] = {
    key: (rule.source, rule.hard) for key, rule in _LATEST.items()
}


def reason_of(key: str) -> tuple[str, bool] | None:
    """Source and hardness of a reason that the engine gave; None for one that is not from here."""
    kind, _, skill = key.partition(":")
    return REASONS.get(skill if kind in ("needs", "needs_lapses") else key)


class Rulebook:
    """The rules of a centre, by day."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = sorted(rules, key=lambda rule: rule.valid_from)
        self._dates = sorted({rule.valid_from for rule in self._rules})
        self._pages: dict[int, Mapping[str, Rule]] = {}

    def on(self, day: date) -> Mapping[str, Rule]:
        """What holds on the day, by key; the same object for all days between two changes."""
        page = bisect_right(self._dates, day)
        if page not in self._pages:
            self._pages[page] = {r.key: r for r in self._rules if r.valid_from <= day}
        return self._pages[page]

    def value(self, key: str, day: date) -> Value:
        """The value that holds on the day; `KeyError` where no such rule holds yet."""
        return self.on(day)[key].value


@cache
def default_rulebook() -> Rulebook:
    return Rulebook(DEFAULT_RULES)


def rulebook(own: Iterable[CentreRule] = ()) -> Rulebook:
    """The defaults with what a centre sets otherwise; law behind `C` and hard is never touched.

    From the first day of the centre's own rule its rules alone tell the value, until it says
    otherwise. Raises `ValueError` for a row that `checked` would refuse.
    """
    rows = [checked(row) for row in own]
    if not rows:
        return default_rulebook()
    since: dict[str, date] = {}
    for row in rows:
        since[row.key] = min(row.valid_from, since.get(row.key, row.valid_from))
    kept = (r for r in DEFAULT_RULES if r.valid_from < since.get(r.key, date.max))
    return Rulebook([*kept, *rows])


def may_override(key: str) -> bool:
    """Whether a centre may set this rule: what is a cautious reading, or soft."""
    rule = _LATEST.get(key)
    return rule is not None and (rule.basis == "K" or not rule.hard)


def checked(row: CentreRule) -> Rule:
    """The centre's row as a rule. Raises `ValueError` where the key is unknown or is law that
    nobody may override, or where the value is not of the default's kind; None is for soft ones."""
    if not may_override(row.key):
        raise ValueError(f"{row.key}: no rule that a centre may set")
    default = _LATEST[row.key]
    if row.value is None and default.hard:
        raise ValueError(f"{row.key}: a hard rule can be set, but not dropped")
    try:
        value = None if row.value is None else _like(default.value, row.value)
    except (TypeError, ValueError) as wrong:
        raise ValueError(f"{row.key}: {row.value!r} is not of the kind of the default") from wrong
    return Rule(
        key=row.key,
        value=value,
        hard=default.hard,
        basis="K",
        source=row.source,
        valid_from=row.valid_from,
    )


def _like(default: Value, value: Any) -> Value:
    if isinstance(default, tuple):
        begin, end = (time.fromisoformat(part) for part in value)
        if begin >= end:
            raise ValueError("an end before the start")
        return begin, end
    if isinstance(default, time):
        return time.fromisoformat(value)
    if type(value) is not type(default):
        raise TypeError("another type")
    number = cast(int, value)
    if number < 0:
        raise ValueError("negative")
    return number
