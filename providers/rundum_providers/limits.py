"""Law and wishes of one provider as limits of the engine, each with the key of its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from itertools import groupby
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from msgspec import Struct

from rundum_core.clock import BERLIN
from rundum_core.holidays_of import Holidays
from rundum_core.localtime import to_minute
from rundum_engine.snapshot import Cap, Days, Refusal, Rest, Skill, Span, Windows
from rundum_providers import adults, wishes, youth
from rundum_providers.ages import birthday
from rundum_providers.facts import ProviderFacts
from rundum_providers.rules import Rule, Rulebook
from rundum_providers.windows import instant, local_days, merged
from rundum_providers.youth import OPENINGS, WHOLE, Day, Standing, standing

# A visit may begin within the horizon and end so much later.
BEYOND = 2 * 24 * 60
_DAY = timedelta(days=1)


class Limits(Struct, frozen=True, kw_only=True):
    """The parts of the engine's `Provider` that come from law, wishes and credentials."""

    windows: tuple[Windows, ...]
    caps: tuple[Cap, ...]
    rests: tuple[Rest, ...]
    days: tuple[Days, ...]
    refusals: tuple[Refusal, ...]
    skills: tuple[Skill, ...]
    no_way_home: tuple[Span, ...]


class Stretch(NamedTuple):
    """Days in a row on which the same rules see her alike."""

    standing: Standing
    rules: Mapping[str, Rule]
    days: tuple[Day, ...]
    span: Span


def limits(
    facts: ProviderFacts,
    rules: Rulebook,
    holidays: Holidays,
    horizon: Span,
    zone: ZoneInfo = BERLIN,
) -> Limits:
    """Every limit that holds for visits beginning within the horizon (minutes in UTC).

    Where something changes inside it (a birthday, the end of schooling, a rule's date), there is
    a limit for the time before and one for the time after, each `within` its own. Rules about
    times bind each part of a visit by the day it lies on; those about amounts of work bind visits
    by the day they begin on. Wishes and ages of majority are read as on the horizon's first day.
    Visits carry the tags `unknown_client`, `event_alone` (nobody else is there), `infants`,
    `pets`, `smoking`, `ill_children`; a leading seat needs the skill `adult`, work with children
    `certificate`.
    """
    frame = Span(horizon.start, horizon.end + BEYOND)
    stretches = tuple(_stretches(facts, rules, holidays, frame, zone))
    now = stretches[0].rules
    return Limits(
        windows=(
            *(window for stretch in stretches for window in _openings(facts, stretch, zone)),
            *_consent(facts, stretches, zone),
            *wishes.windows(facts, now, frame, zone),
        ),
        caps=(
            *(
                Cap(
                    reason=rule.key,
                    minutes=cast(int, rule.value),
                    per=per,
                    hard=rule.hard,
                    within=stretch.span,
                )
                for stretch in stretches
                for key, whom, per in (*youth.CAPS, *adults.CAPS)
                if (rule := _rule(stretch, key, whom))
            ),
            *wishes.caps(facts, now),
        ),
        rests=tuple(
            Rest(reason=key, minutes=cast(int, rule.value), hard=rule.hard, within=stretch.span)
            for stretch in stretches
            for key, whom in (*youth.RESTS, *adults.RESTS)
            if (rule := _rule(stretch, key, whom))
        ),
        days=tuple(
            Days(reason=key, most=cast(int, rule.value), hard=rule.hard, within=stretch.span)
            for stretch in stretches
            for key, whom in youth.DAYS
            if (rule := _rule(stretch, key, whom))
        ),
        refusals=(
            *(
                Refusal(reason=key, tag=tag, hard=rule.hard, within=stretch.span)
                for stretch in stretches
                for key, whom, tag in youth.REFUSALS
                if (rule := _rule(stretch, key, whom))
            ),
            *wishes.refusals(facts, now),
        ),
        skills=tuple(wishes.skills(facts, now, zone)),
        no_way_home=wishes.no_way_home(facts, now, frame, zone),
    )


def _stretches(
    facts: ProviderFacts, rules: Rulebook, holidays: Holidays, frame: Span, zone: ZoneInfo
) -> Iterator[Stretch]:
    seen = []
    for date in local_days(frame, zone):
        page = rules.on(date)
        day = Day(date, date in holidays.public, holidays.lessons(date))
        seen.append((standing(facts, date, page, holidays), page, day))
    for (stands, _), group in groupby(seen, key=lambda entry: (entry[0], id(entry[1]))):
        entries = list(group)
        days = tuple(day for _, _, day in entries)
        span = Span(
            instant(days[0].date, time(), zone), instant(days[-1].date + _DAY, time(), zone)
        )
        yield Stretch(stands, entries[0][1], days, span)


def _rule(stretch: Stretch, key: str, whom: frozenset[Standing]) -> Rule | None:
    """The rule, if it holds for her in this stretch and is in force."""
    if stretch.standing not in whom:
        return None
    rule = stretch.rules.get(key)
    return None if rule is None or rule.value is None or rule.value is False else rule


def _openings(facts: ProviderFacts, stretch: Stretch, zone: ZoneInfo) -> Iterator[Windows]:
    for opening in OPENINGS:
        rule = _rule(stretch, opening.key, opening.standings)
        if rule is None:
            continue
        open_on = [(day.date, opening.allowed(day, rule.value, facts)) for day in stretch.days]
        if all(walls is WHOLE for _, walls in open_on):
            continue
        spans = merged(
            Span(
                instant(date, begin, zone),
                instant(date if end > begin else date + _DAY, end, zone, True),
            )
            for date, walls in open_on
            for begin, end in walls
        )
        yield Windows(
            reason=rule.key,
            spans=spans,
            askers=opening.askers,
            hard=rule.hard,
            within=stretch.span,
        )


def _consent(
    facts: ProviderFacts, stretches: tuple[Stretch, ...], zone: ZoneInfo
) -> Iterator[Windows]:
    """No minor works before her guardians have agreed in writing."""
    if facts.birth_date is None:
        return
    first = stretches[0]
    grown = birthday(facts.birth_date, cast(int, first.rules["adult"].value))
    minor = Span(first.span.start, min(stretches[-1].span.end, instant(grown, time(), zone)))
    if minor.start >= minor.end:
        return
    given = sorted(to_minute(at) + 1 for at in facts.consents if at is not None)
    enough = len(facts.consents) if first.rules["guardian_consent_all"].value else 1
    if given and len(given) >= enough:
        agreed = given[enough - 1]
        spans = merged([Span(max(agreed, minor.start), minor.end)])
    else:
        spans = ()
    if spans != (minor,):
        yield Windows(reason="guardian_consent", spans=spans, within=minor)
