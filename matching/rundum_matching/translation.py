"""From rows to the engine's structs: what a visit is worth, who may refuse it, when it could be."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from rundum_core.clock import BERLIN
from rundum_engine.snapshot import (
    Asker,
    Calendar,
    Commitment,
    Minute,
    Need,
    Provider,
    Seat,
    Span,
    Variant,
    Visit,
)
from rundum_matching.store.pictures import OpenSeat, OpenVisit, Taken
from rundum_providers.pictures import Picture

STEP = timedelta(minutes=15)  # between the starts of a flexible visit
STEP_COST = 25
FILL = {"normal": 10_000, "high": 15_000, "urgent": 20_000}
AGEING = 250  # points a day that a request has waited
AGEING_MOST = 3_000
ASKERS = {
    "household": Asker.HOUSEHOLD,
    "club": Asker.CLUB,
    "municipality": Asker.MUNICIPALITY,
    "company": Asker.COMPANY,
}
CHILDREN = ("childcare", "event")
NIGHT = (time(22), time(6))


def minute(at: datetime) -> Minute:
    """Whole minutes since the epoch, rounded down."""
    return int(at.timestamp()) // 60


def instant(at: Minute) -> datetime:
    """A minute of the engine as an aware datetime."""
    return datetime.fromtimestamp(at * 60, UTC)


def visit_of(
    visit: OpenVisit,
    seats: list[OpenSeat],
    needs: list[tuple[str, bool]],
    bands: list[str],
    now: datetime,
    *,
    urgent: bool,
    fixed: bool,
) -> Visit:
    """A visit with its seats; `needs` are (key, must), `bands` those of the children. `fixed` asks
    about it as it stands: at its present time, whoever holds its seats."""
    start = visit.starts_at
    waited = min(AGEING_MOST, max(0, (now - visit.created_at).days) * AGEING)
    core = sum(1 for seat in seats if seat.required)
    value = FILL["urgent" if urgent else visit.priority] + waited
    moveable = not fixed and all(seat.holder is None for seat in seats)
    return Visit(
        id=visit.id,
        request=visit.request,
        centre=visit.centre,
        client=visit.client,
        asker=ASKERS[visit.client_kind],
        variants=_variants(visit, now) if moveable else (Variant(start=minute(start)),),
        start_place=visit.start_place,
        end_place=visit.end_place,
        seats=tuple(
            Seat(
                id=seat.id,
                role=seat.role,
                required=seat.required,
                begin=minute(seat.starts_at) - minute(start),
                end=minute(seat.ends_at) - minute(start),
                needs=_needs(visit, seat, needs, bands),
                nice=tuple(key for key, must in needs if not must),
                value=value // 2,
                holder=None if fixed else seat.holder,
            )
            for seat in seats
        ),
        value=value * max(1, core),
        urgent=urgent,
        tags=tags_of(visit, bands, len(seats)),
        rate=visit.rate,
    )


def _needs(
    visit: OpenVisit, seat: OpenSeat, needs: list[tuple[str, bool]], bands: list[str]
) -> tuple[Need, ...]:
    keys = [f"service:{visit.service}", *(key for key, must in needs if must)]
    if visit.service in CHILDREN:
        keys += ["certificate", *(f"band:{band}" for band in bands)]
    if seat.role == "lead":
        keys.append("adult")
    return tuple(Need(skill=key) for key in dict.fromkeys(keys))


def tags_of(visit: OpenVisit, bands: list[str], people: int) -> tuple[str, ...]:
    """What somebody may refuse about a visit."""
    begin, end = visit.starts_at.astimezone(BERLIN), visit.ends_at.astimezone(BERLIN)
    derived = {
        "unknown_client": visit.client_status == "new",
        "infants": "0-1" in bands,
        "event_alone": visit.service == "event" and people == 1,
        "night": end.date() > begin.date() or end.time() > NIGHT[0] or begin.time() < NIGHT[1],
    }
    tags = {*visit.tags, *visit.client_tags, *(tag for tag, holds in derived.items() if holds)}
    return tuple(sorted(tags))


def _variants(visit: OpenVisit, now: datetime) -> tuple[Variant, ...]:
    """The wished start first, then every quarter of an hour the family can live with."""
    earliest = -(timedelta(minutes=visit.flexible_before) // STEP)
    latest = timedelta(minutes=visit.flexible_after) // STEP
    offsets = sorted(range(earliest, latest + 1), key=lambda n: (abs(n), n))
    variants = tuple(
        Variant(start=minute(visit.wished_at + n * STEP), cost=abs(n) * STEP_COST)
        for n in offsets
        if visit.wished_at + n * STEP > now
    )
    return variants or (Variant(start=minute(visit.starts_at)),)


def provider_of(one: Picture, taken: list[Taken], now: datetime) -> Provider:
    """A person with her free times, her limits and the time that she has given away."""
    lately = sum(
        (slot.ends_at - slot.starts_at) // timedelta(minutes=1)
        for slot in taken
        if slot.work and slot.starts_at < now
    )
    limits = one.limits
    return Provider(
        id=one.person,
        centre=one.centre,
        home=one.place,
        mode=one.transport,
        radius_km=one.radius_km,
        lowest_rate=one.lowest_rate,
        free=tuple(Span(minute(begin), minute(end)) for begin, end in one.free),
        commitments=tuple(
            Commitment(
                span=Span(minute(slot.starts_at), minute(slot.ends_at)),
                start_place=slot.start_place,
                end_place=slot.end_place,
                work=slot.work,
            )
            for slot in taken
        ),
        skills=limits.skills,
        windows=limits.windows,
        caps=limits.caps,
        rests=limits.rests,
        days=limits.days,
        refusals=limits.refusals,
        no_way_home=limits.no_way_home,
        recent_minutes=lately,
    )


def calendar_of(since: datetime, before: datetime) -> Calendar:
    """The local days from one moment to another, both inside."""
    day = since.astimezone(BERLIN).date()
    last = before.astimezone(BERLIN).date() + timedelta(days=1)
    days = [day + timedelta(days=n) for n in range((last - day).days + 1)]
    return Calendar(
        midnights=tuple(minute(_midnight(one)) for one in days), first_weekday=day.weekday()
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BERLIN)
