"""One page for somebody's times, for herself and for the desk on her behalf."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response
from msgspec.structs import replace

from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.errors import Invalid
from rundum_core.i18n import Translator
from rundum_providers.form import EXCEPTION, WEEK
from rundum_providers.models import NewWeek
from rundum_providers.pages import words
from rundum_providers.plans import monday_of, told_line
from rundum_providers.service import availability
from rundum_providers.service.availability import AHEAD, Times
from rundum_web.bodies import form_body
from rundum_web.forms import Filled, changes_rows
from rundum_web.render import page, see_other, translator

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
SHOWN_SPANS = 6


async def times_page(
    request: AnyRequest, db: Database, actor: Actor, provider: UUID, base: str
) -> AnyResponse:
    """The plan as it stands, with forms to change it; `base` is this page's address."""
    times = await availability.times_of(db, actor, provider)
    saved = "saved" in request.query_params
    return _page(request, db, times, base, week=_week_form(times), saved=saved)


async def save_week(
    request: AnyRequest, db: Database, actor: Actor, provider: UUID, base: str
) -> AnyResponse:
    """Replace the plan, or show it again with what is wrong."""
    sent = await form_body(request)
    if changes_rows(sent):
        times = await availability.times_of(db, actor, provider)
        return _page(request, db, times, base, week=WEEK.filled(sent))
    try:
        await availability.set_week(db, actor, provider, WEEK.parse(sent))
    except Invalid as invalid:
        times = await availability.times_of(db, actor, provider)
        return _page(request, db, times, base, week=WEEK.filled(sent, invalid), status=422)
    return see_other(f"{base}?saved=1")


async def save_exception(
    request: AnyRequest, db: Database, actor: Actor, provider: UUID, base: str
) -> AnyResponse:
    """One deviation more, or the form again with what is wrong."""
    sent = await form_body(request)
    try:
        await availability.add_exception(db, actor, provider, EXCEPTION.parse(sent))
    except Invalid as invalid:
        times = await availability.times_of(db, actor, provider)
        return _page(
            request,
            db,
            times,
            base,
            week=_week_form(times),
            exception=EXCEPTION.filled(sent, invalid),
            status=422,
        )
    return see_other(f"{base}?saved=1#exceptions")


async def remove_exception(
    db: Database, actor: Actor, provider: UUID, exception: UUID, base: str
) -> AnyResponse:
    """The plan holds again."""
    await availability.remove_exception(db, actor, provider, exception)
    return see_other(f"{base}?saved=1#exceptions")


def _week_form(times: Times) -> Filled:
    """The stored plan in the form; this week is what an empty choice means there."""
    lines = [told_line(row, times.today) for row in times.lines]
    this_week = monday_of(times.today)
    return WEEK.of(
        NewWeek(
            lines=tuple(
                replace(line, first_week=None) if line.first_week == this_week else line
                for line in lines
            )
        )
    )


def _page(
    request: AnyRequest,
    db: Database,
    times: Times,
    base: str,
    *,
    week: Filled,
    exception: Filled | None = None,
    saved: bool = False,
    status: int = 200,
) -> AnyResponse:
    t: Translator = translator(request)
    soon = db.clock() + AHEAD
    return page(
        request,
        "providers/times.html",
        status=status,
        base=base,
        mine=base == "/my-times",
        provider=times.provider,
        saved=saved,
        free=[t.span(begin, end) for begin, end in times.free[:SHOWN_SPANS]],
        unshown=max(0, len(times.free) - SHOWN_SPANS),
        lines=[words.line_in_words(t, row, times.today) for row in times.lines],
        exceptions=[
            (row.public_id, row.kind, words.exception_in_words(t, row)) for row in times.exceptions
        ],
        bookings=[
            (
                booking,
                booking.ends_at > soon or words.lies_within(booking, times.free),
            )
            for booking in times.bookings
        ],
        week=week,
        weeks=words.coming_weeks(t, times.today),
        rhythms=words.rhythms(t),
        exception=exception or EXCEPTION.blank(kind="blocked"),
    )
