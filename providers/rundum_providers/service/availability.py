"""When somebody can: her weekly plan, and what deviates from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct

from rundum_core import events
from rundum_core.actor import Actor
from rundum_core.clock import BERLIN
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, FieldError, Invalid, NotFound
from rundum_core.holidays_of import holidays_of
from rundum_core.localtime import from_minute, to_minute
from rundum_engine.snapshot import Span
from rundum_identity.centres import centre_by_id
from rundum_identity.rights import allow
from rundum_providers import plans
from rundum_providers.models import (
    MOST_EXCEPTIONS,
    AvailabilityRow,
    Changed,
    ComingBooking,
    ExceptionRow,
    NewException,
    NewWeek,
    Provider,
)
from rundum_providers.service.lifecycle import locked
from rundum_providers.store import availability as store
from rundum_providers.store import providers as provider_store
from rundum_providers.windows import free_spans

AHEAD = timedelta(days=28)  # how far free windows are shown
FAR = timedelta(days=3 * 366)


class Times(Struct, frozen=True, kw_only=True):
    """When somebody can: the plan, what deviates from it, and what follows for the next weeks.

    `free` are the coming spans (UTC), bookings not taken out of them.
    """

    provider: Provider
    today: date
    lines: tuple[AvailabilityRow, ...]
    exceptions: tuple[ExceptionRow, ...]
    free: tuple[tuple[datetime, datetime], ...]
    bookings: tuple[ComingBooking, ...]


async def times_of(db: Database, actor: Actor, provider: UUID) -> Times:
    """Plan, deviations and coming free time; for staff, herself and her guardians."""
    async with db.transaction(actor) as tx:
        found = await provider_store.provider_by_public_id(tx, public_id=provider)
        guardians = [] if found is None else await provider_store.guardians(tx, person=found.person)
        owners = {guardian.person for guardian in guardians}
        allow(actor, "availability.view", owner=owners | ({found.person} if found else set()))
        if found is None:
            raise NotFound("providers.unknown")
        lines = await store.week_of(tx, persons=[found.person])
        exceptions = await _exceptions(tx, found.person, tx.now + FAR)
        free = await _free(tx, found, lines, exceptions, tx.now + AHEAD)
        bookings = await provider_store.coming_bookings(tx, person=found.person, now=tx.now)
        return Times(
            provider=found,
            today=tx.now.astimezone(BERLIN).date(),
            lines=tuple(lines),
            exceptions=tuple(exceptions),
            free=tuple((from_minute(span.start), from_minute(span.end)) for span in free),
            bookings=tuple(bookings),
        )


async def set_week(db: Database, actor: Actor, provider: UUID, new: NewWeek) -> Changed:
    """Replace the whole weekly plan; lines that are over vanish. Lists the coming bookings that
    lay in her free time and don't any more: they stand. Raises Invalid."""
    if wrong := plans.wrong_lines(new.lines):
        raise Invalid(tuple(wrong))
    async with db.transaction(actor) as tx:
        found = await _changeable(tx, actor, provider)
        today = tx.now.astimezone(BERLIN).date()
        old = await store.week_of(tx, persons=[found.person])
        lines = [
            plans.stored_line(line, found.person, today)
            for line in new.lines
            if line.valid_until is None or line.valid_until >= today
        ]
        await store.delete_week(tx, person=found.person)
        await _insert(tx, found, lines)
        await events.record(
            tx, "availability.replaced", found.person, centre=found.centre, lines=len(lines)
        )
        bookings = await provider_store.coming_bookings(tx, person=found.person, now=tx.now)
        until = max((booking.ends_at for booking in bookings), default=tx.now)
        exceptions = await _exceptions(tx, found.person, until)
        before = await _free(tx, found, old, exceptions, until)
        after = await _free(tx, found, lines, exceptions, until)
        return _changed(found, plans.affected(bookings, before, after))


async def add_exception(
    db: Database, actor: Actor, provider: UUID, new: NewException
) -> tuple[tuple[ExceptionRow, ...], Changed]:
    """Note that she can, or can't, on some days; answers what was noted (one entry for whole
    days, one a day for hours) and the coming bookings that a blocked time touches."""
    async with db.transaction(actor) as tx:
        found = await _changeable(tx, actor, provider)
        today = tx.now.astimezone(BERLIN).date()
        if wrong := plans.wrong_exception(new, tx.now, today):
            raise Invalid(tuple(wrong))
        spans = [(begin, end) for begin, end in plans.spans_of(new) if end > tx.now]
        noted = await store.count_exceptions(tx, person=found.person, now=tx.now) or 0
        if noted + len(spans) > MOST_EXCEPTIONS:
            field = FieldError("", "providers.rule.many_exceptions", {"most": MOST_EXCEPTIONS})
            raise Invalid((field,))
        await store.insert_exceptions(
            tx,
            centre=found.centre,
            person=found.person,
            starts=[begin for begin, _ in spans],
            ends=[end for _, end in spans],
            kind=new.kind,
        )
        await events.record(
            tx,
            "availability_exception.added",
            found.person,
            centre=found.centre,
            kind_of=new.kind,
            count=len(spans),
        )
        begins = {begin for begin, _ in spans}
        rows = tuple(
            row
            for row in await _exceptions(tx, found.person, spans[-1][1])
            if row.starts_at in begins and row.kind == new.kind
        )
        touched: tuple[ComingBooking, ...] = ()
        if new.kind == "blocked":
            bookings = await provider_store.coming_bookings(tx, person=found.person, now=tx.now)
            touched = plans.overlapping(bookings, spans)
        return rows, _changed(found, touched)


async def remove_exception(db: Database, actor: Actor, provider: UUID, exception: UUID) -> Changed:
    """The plan holds again; raises NotFound for an entry that is gone or somebody else's. Lists
    the coming bookings that lay in a time which was free only through this entry."""
    async with db.transaction(actor) as tx:
        found = await _changeable(tx, actor, provider)
        lines = await store.week_of(tx, persons=[found.person])
        bookings = await provider_store.coming_bookings(tx, person=found.person, now=tx.now)
        until = max((booking.ends_at for booking in bookings), default=tx.now)
        with_it = await _exceptions(tx, found.person, until)
        gone = await store.delete_exception(tx, public_id=exception, person=found.person)
        if gone is None:
            raise NotFound("providers.exception_unknown")
        await events.record(tx, "availability_exception.removed", found.person, centre=found.centre)
        without_it = [row for row in with_it if row.public_id != exception]
        before = await _free(tx, found, lines, with_it, until)
        after = await _free(tx, found, lines, without_it, until)
        return _changed(found, plans.affected(bookings, before, after))


async def _changeable(tx: Transaction, actor: Actor, provider: UUID) -> Provider:
    found = await locked(tx, provider)
    allow(actor, "availability.change", owner=found.person)
    if found.status in ("rejected", "left"):
        raise Conflict(f"providers.conflict.now.{found.status}")
    return found


async def _insert(tx: Transaction, found: Provider, lines: Sequence[AvailabilityRow]) -> None:
    await store.insert_week(
        tx,
        centre=found.centre,
        person=found.person,
        weekdays=[line.weekday for line in lines],
        walls_from=[line.wall_from for line in lines],
        walls_to=[line.wall_to for line in lines],
        every_n_weeks=[line.every_n_weeks for line in lines],
        week_offsets=[line.week_offset for line in lines],
        valid_from=[line.valid_from for line in lines],
        valid_until=[line.valid_until for line in lines],
        on_holidays=[line.on_holidays for line in lines],
    )


async def _exceptions(tx: Transaction, person: int, before: datetime) -> list[ExceptionRow]:
    return await store.exceptions_of(tx, persons=[person], since=tx.now, before=before)


async def _free(
    tx: Transaction,
    found: Provider,
    lines: Sequence[AvailabilityRow],
    exceptions: Sequence[ExceptionRow],
    until: datetime,
) -> tuple[Span, ...]:
    horizon = Span(to_minute(tx.now), to_minute(until) + 1)
    state = (await centre_by_id(tx, found.centre)).state
    public = holidays_of(state, tx.now.year, until.year + 1).public
    return free_spans(lines, exceptions, horizon, public)


def _changed(found: Provider, touched: tuple[ComingBooking, ...]) -> Changed:
    return Changed(provider=found.public_id, status=found.status, affected=touched)
