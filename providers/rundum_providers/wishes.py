"""What a provider wants and what she has shown, as limits and skills of the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from rundum_engine.snapshot import Cap, Refusal, Skill, Span, Windows
from rundum_providers.ages import birthday
from rundum_providers.facts import ProviderFacts
from rundum_providers.rules import Rule
from rundum_providers.windows import instant, local_days, merged

# Wishes that are refusals of a tag: rule → what `refuses` says and what a visit carries.
TAGS: Mapping[str, str] = {
    "wish_pets": "pets",
    "wish_smoking": "smoking",
    "wish_ill_children": "ill_children",
    "wish_unknown_client": "unknown_client",
}
# What a credential gives, and the rule that tells for how many years if the paper doesn't.
SHOWN: Mapping[str, tuple[str, str | None]] = {
    "certificate": ("certificate", "certificate_years"),
    "first_aid": ("first_aid", "first_aid_years"),
    "course": ("course_17h", None),
    "health": ("health", None),
}
_DAY = timedelta(days=1)


def refusals(facts: ProviderFacts, rules: Mapping[str, Rule]) -> Iterator[Refusal]:
    """Visits she would rather not do, by their tags."""
    for key, tag in TAGS.items():
        if tag in facts.refuses and (rule := rules.get(key)) and rule.value:
            yield Refusal(reason=key, tag=tag, hard=rule.hard)


def caps(facts: ProviderFacts, rules: Mapping[str, Rule]) -> Iterator[Cap]:
    """The hours a week she wants at most."""
    rule = rules.get("wish_hours_week")
    if facts.hours_week is not None and rule is not None and rule.value:
        minutes = facts.hours_week * 60
        yield Cap(reason="wish_hours_week", minutes=minutes, per="week", hard=rule.hard)


def windows(
    facts: ProviderFacts, rules: Mapping[str, Rule], frame: Span, zone: ZoneInfo
) -> Iterator[Windows]:
    """No nights, for those who don't want any."""
    rule = rules.get("wish_night")
    if "night" in facts.refuses and rule is not None and rule.value:
        begin, end = cast(tuple[time, time], rule.value)
        spans = (
            Span(instant(day, begin, zone), instant(day, end, zone, True))
            for day in local_days(frame, zone)
        )
        yield Windows(reason="wish_night", spans=merged(spans), hard=rule.hard, within=frame)


def no_way_home(
    facts: ProviderFacts, rules: Mapping[str, Rule], frame: Span, zone: ZoneInfo
) -> tuple[Span, ...]:
    """From her last way home (the last bus) until the way is open again in the morning."""
    rule = rules.get("way_home_resumes")
    if facts.last_way_home is None or rule is None or rule.value is None:
        return ()
    last, resumes = facts.last_way_home, cast(time, rule.value)
    over_midnight = _DAY if last >= resumes else timedelta()
    return merged(
        Span(instant(day, last, zone, True), instant(day + over_midnight, resumes, zone))
        for day in local_days(frame, zone)
    )


def skills(facts: ProviderFacts, rules: Mapping[str, Rule], zone: ZoneInfo) -> Iterator[Skill]:
    """What she brings, from and until when. Nobody needs a certificate of conduct before the age
    at which she can have one: until then she passes for having it."""
    for key in facts.skills:
        if not key.startswith("says:"):
            yield Skill(key=key)
    if facts.birth_date is not None:
        adult = birthday(facts.birth_date, cast(int, rules["adult"].value))
        yield Skill(key="adult", since=instant(adult, time(), zone))
        able = birthday(facts.birth_date, cast(int, rules["certificate"].value))
        yield Skill(key="certificate", until=instant(able, time(), zone))
    for shown in facts.shown:
        key, years = SHOWN[shown.kind]
        ends: date | None = None
        if shown.valid_until is not None:
            ends = shown.valid_until + _DAY
        elif years is not None and (rule := rules.get(years)) and rule.value is not None:
            ends = birthday(shown.seen_on, cast(int, rule.value))
        until = None if ends is None else instant(ends, time(), zone)
        yield Skill(key=key, since=instant(shown.seen_on, time(), zone), until=until)
