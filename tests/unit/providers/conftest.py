"""One provider, one visit, and the engine's word on it: limits are tested by what they refuse."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import pytest

from rundum_core.clock import BERLIN
from rundum_core.holidays_of import holidays_of
from rundum_core.localtime import day_bounds, to_minute
from rundum_engine.eligibility import refusals
from rundum_engine.index import Index
from rundum_engine.plan import Why
from rundum_engine.snapshot import (
    Asker,
    Calendar,
    Commitment,
    Mode,
    Need,
    Place,
    Provider,
    Seat,
    Snapshot,
    Span,
    Variant,
    Visit,
)
from rundum_providers.facts import ProviderFacts
from rundum_providers.limits import limits
from rundum_providers.rules import Rulebook, default_rulebook

HOLIDAYS = holidays_of("ST", 2026, 2028)
Times = tuple[str, str]


def minute(text: str) -> int:
    """`2026-11-24 18:00`, read in Berlin."""
    return to_minute(datetime.fromisoformat(text).replace(tzinfo=BERLIN))


class Asks(Protocol):
    def __call__(
        self,
        facts: ProviderFacts,
        start: str,
        end: str,
        *,
        asker: Asker = ...,
        tags: Iterable[str] = ...,
        needs: Iterable[str] = ...,
        done: Iterable[Times] = ...,
        rules: Rulebook | None = ...,
    ) -> set[str]: ...


def whys(
    facts: ProviderFacts,
    start: str,
    end: str,
    *,
    asker: Asker = Asker.HOUSEHOLD,
    tags: Iterable[str] = (),
    needs: Iterable[str] = (),
    done: Iterable[Times] = (),
    rules: Rulebook | None = None,
) -> tuple[Why, ...]:
    first = date.fromisoformat(start[:10]) - timedelta(days=8)
    days = [first + timedelta(days=n) for n in range(24)]
    midnights = tuple(to_minute(day_bounds(day)[0]) for day in days)
    horizon = Span(midnights[0], midnights[-1])
    found = limits(facts, rules or default_rulebook(), HOLIDAYS, horizon)
    provider = Provider(
        id=1,
        centre=1,
        home=1,
        mode="bike",
        free=(horizon,),
        commitments=tuple(Commitment(span=Span(minute(a), minute(b))) for a, b in done),
        windows=found.windows,
        caps=found.caps,
        rests=found.rests,
        days=found.days,
        refusals=found.refusals,
        skills=found.skills,
        no_way_home=found.no_way_home,
    )
    seat = Seat(
        id=1, end=minute(end) - minute(start), needs=tuple(Need(skill=key) for key in needs)
    )
    visit = Visit(
        id=1,
        request=1,
        centre=1,
        client=1,
        asker=asker,
        variants=(Variant(start=minute(start)),),
        start_place=2,
        end_place=2,
        seats=(seat,),
        value=1,
        tags=tuple(tags),
    )
    snapshot = Snapshot(
        now=midnights[0],
        calendar=Calendar(midnights=midnights, first_weekday=first.weekday()),
        places=(Place(id=1, lat=52.2, lon=11.5), Place(id=2, lat=52.21, lon=11.5)),
        modes=(Mode(key="bike", km_per_hour=15, detour=1.25, overhead=3),),
        providers=(provider,),
        visits=(visit,),
    )
    return refusals(Index(snapshot), visit, seat, provider, visit.variants[0])


@pytest.fixture
def refused() -> Asks:
    """Why somebody can't: the set of reasons, empty when she can."""

    def ask(facts: ProviderFacts, start: str, end: str, **more: Any) -> set[str]:
        return {why.reason for why in whys(facts, start, end, **more)}

    return ask


@pytest.fixture
def softly_refused() -> Asks:
    """The reasons that staff may waive."""

    def ask(facts: ProviderFacts, start: str, end: str, **more: Any) -> set[str]:
        return {why.reason for why in whys(facts, start, end, **more) if not why.hard}

    return ask
