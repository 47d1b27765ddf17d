"""What matching needs to know of everybody who may be placed, read in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from rundum_core.clock import BERLIN
from rundum_core.db import Transaction
from rundum_core.holidays_of import Holidays, holidays_of
from rundum_core.localtime import day_bounds, from_minute, to_minute
from rundum_engine.snapshot import Minute, Span
from rundum_providers import wishes
from rundum_providers.admission import is_minor
from rundum_providers.facts import ProviderFacts, Shown
from rundum_providers.limits import Limits, limits
from rundum_providers.rules import Rulebook
from rundum_providers.store import availability as availability_store
from rundum_providers.store import pictures as store
from rundum_providers.store.pictures import ActiveProvider
from rundum_providers.store.rules import rulebooks
from rundum_providers.windows import free_spans

_GROWN_UP = date(1950, 1, 1)


class Picture(Struct, frozen=True, kw_only=True):
    """One active provider as matching sees her.

    `free` is where her plan and its exceptions let her work (half-open, sorted, merged, inside the
    time that was asked for); what she has agreed to is not taken out. `lowest_rate` is cents an
    hour. `limits` are law, wishes and skills in the engine's types.
    """

    person: int
    centre: int
    place: int
    transport: str
    radius_km: int
    lowest_rate: int | None
    free: tuple[tuple[datetime, datetime], ...]
    limits: Limits


async def pictures(
    tx: Transaction, *, since: datetime, before: datetime, persons: list[int] | None = None
) -> list[Picture]:
    """Everybody who is active (or those of `persons` who are), by rising person.

    Seven queries, whatever their number. A web actor gets those of her centre.
    """
    active = await store.active_providers(tx, persons=persons)
    everybody = [one.person for one in active]
    day = since.astimezone(BERLIN).date()
    minors = [one.person for one in active if one.birth_date and is_minor(one.birth_date, day)]
    rules = await rulebooks(tx, {one.centre for one in active})
    shown: dict[int, list[Shown]] = defaultdict(list)
    for credential in await store.shown_credentials(tx, persons=everybody, day=day):
        shown[credential.person].append(
            Shown(
                kind=credential.kind,
                seen_on=credential.seen_on,
                valid_until=credential.valid_until,
            )
        )
    consents: dict[int, list[datetime | None]] = defaultdict(list)
    worked: dict[int, list[date]] = {}
    if minors:
        for consent in await store.consents_of_guardians(tx, persons=minors):
            consents[consent.person].append(consent.given_at)
        worked = await _days_of_work(tx, minors, day, before.astimezone(BERLIN).date())
    lines = _by_person(await availability_store.week_of(tx, persons=everybody))
    deviations = _by_person(
        await availability_store.exceptions_of(tx, persons=everybody, since=since, before=before)
    )
    horizon = Span(to_minute(since), to_minute(before))
    alike: dict[tuple[int, ProviderFacts], Limits] = {}
    taken = []
    for one in active:
        holidays = holidays_of(one.state, day.year, before.year + 1)
        spans = free_spans(
            lines.get(one.person, ()), deviations.get(one.person, ()), horizon, holidays.public
        )
        facts = _facts(
            one,
            shown=shown.get(one.person, ()),
            consents=consents.get(one.person, ()),
            worked_on=worked.get(one.person, ()),
        )
        taken.append(
            Picture(
                person=one.person,
                centre=one.centre,
                place=one.place,
                transport=one.transport,
                radius_km=one.radius_km,
                lowest_rate=one.lowest_rate,
                free=tuple((_moment(span.start), _moment(span.end)) for span in spans),
                limits=_limits(facts, one.centre, rules[one.centre], holidays, horizon, alike),
            )
        )
    return taken


def _facts(
    one: ActiveProvider,
    *,
    shown: Iterable[Shown],
    consents: Iterable[datetime | None],
    worked_on: Iterable[date],
) -> ProviderFacts:
    return ProviderFacts(
        birth_date=one.birth_date,
        engagement=one.engagement,
        schooling_until=one.schooling_until,
        attends_school=one.attends_school,
        consents=tuple(consents),
        worked_on=tuple(worked_on),
        skills=one.skills,
        shown=tuple(shown),
        refuses=one.refuses,
        hours_week=one.hours_week,
        last_way_home=one.last_way_home,
    )


async def _days_of_work(
    tx: Transaction, minors: list[int], first: date, last: date
) -> dict[int, list[date]]:
    """The local days of the years in question on which minors work for anyone: the law counts
    weeks in the school holidays, and Saturdays."""
    rows = await store.work_of_minors(
        tx,
        persons=minors,
        since=day_bounds(date(first.year, 1, 1))[0],
        before=day_bounds(date(last.year, 12, 31))[1],
    )
    days: dict[int, set[date]] = defaultdict(set)
    for row in rows:
        day, end = (
            moment.astimezone(BERLIN).date()
            for moment in (row.starts_at, row.ends_at - timedelta(microseconds=1))
        )
        while day <= end:
            days[row.person].add(day)
            day += timedelta(days=1)
    return {person: sorted(on) for person, on in days.items()}


def _limits(
    facts: ProviderFacts,
    centre: int,
    rules: Rulebook,
    holidays: Holidays,
    horizon: Span,
    alike: dict[tuple[int, ProviderFacts], Limits],
) -> Limits:
    """`limits`, computed once for all adults of a centre whom law and wishes treat alike: but for
    what they can and have shown they differ in a few wishes only."""
    first = from_minute(horizon.start).astimezone(BERLIN).date() - timedelta(days=1)
    if facts.birth_date is None or is_minor(facts.birth_date, first):
        return limits(facts, rules, holidays, horizon)
    typical = replace(
        facts, birth_date=_GROWN_UP, schooling_until=None, consents=(), skills=(), shown=()
    )
    if (shared := alike.get((centre, typical))) is None:
        shared = alike[centre, typical] = limits(typical, rules, holidays, horizon)
    return replace(shared, skills=tuple(wishes.skills(facts, rules.on(first), BERLIN)))


@lru_cache(maxsize=16384)
def _moment(minute: Minute) -> datetime:
    """Everybody's free times begin and end at the same few moments."""
    return from_minute(minute)


class _OfPerson(Protocol):
    @property
    def person(self) -> int: ...


Row = TypeVar("Row", bound=_OfPerson)


def _by_person(rows: Iterable[Row]) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.person].append(row)
    return groups
