"""What would work for a request: in figures for staff, for families in words that name nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from rundum_core.db import Database
from rundum_core.i18n import Translator
from rundum_engine.plan import Candidate
from rundum_engine.snapshot import Minute, Span
from rundum_matching import crowds, snapshot
from rundum_matching.reasons import skill_in_words
from rundum_matching.snapshot import Question
from rundum_matching.status import RequestStatus
from rundum_matching.store.bookings import request_by_public_id, request_summary
from rundum_matching.translation import instant
from rundum_requests.forecast import Forecast

if TYPE_CHECKING:
    from rundum_engine.crowd import Crowd
    from rundum_engine.relax import Change, Option

    _Ask = Callable[[Crowd, Question], "Outlook | None"]

SEVERAL = 4  # from so many people on families read "several"
VISITS = 5  # of a request the first ones are asked about
LINES = 4  # ways out that a family reads
DAYS = 2  # of them other days
SEARCHING = ("searching", "nobody_yet", "searching_anew")


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way out: its changes as `rundum_engine.relax` names them, its time, how many then."""

    changes: tuple[tuple[str, int, str], ...]
    start: Minute
    end: Minute
    count: int


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """How many could take a visit's open seat at this moment, who best, and what would bring more.

    `wanted` people are missing. For families counts stop where they read "several".
    """

    visit: int
    start: Minute
    end: Minute
    wanted: int
    count: int
    best: tuple[Candidate, ...] = ()
    ways: tuple[Way, ...] = ()


async def for_staff(db: Database, centre: int, request: int) -> dict[int, Outlook]:
    """By visit who could come now and what would work, exactly; of the first coming visits."""
    return await _asked(db, centre, request, _exactly)


async def who_now(db: Database, centre: int, request: int) -> dict[int, Outlook]:
    """By visit who could come now, the ten best by name; of the first coming visits."""
    return await _asked(db, centre, request, _now)


async def for_request(db: Database, status: RequestStatus) -> dict[int, Outlook]:
    """What a family reads on its page: of those visits for which nobody is even asked."""
    searching = {visit.id for visit in status.visits if visit.state in SEARCHING}
    if status.summary.state != "open" or not searching:
        return {}
    found = await for_family(db, status.summary.centre, status.summary.id)
    return {visit: outlook for visit, outlook in found.items() if visit in searching}


async def for_family(db: Database, centre: int, request: int) -> dict[int, Outlook]:
    """By visit how many could come, up to "several", and what the family could change."""
    return await _asked(db, centre, request, _roughly)


async def forecast(db: Database, t: Translator, request: UUID) -> list[Forecast]:
    """What a family reads right after it has asked, of the first visits."""
    async with db.work() as tx:
        id = await request_by_public_id(tx, public_id=request)
        summary = None if id is None else await request_summary(tx, request=id)
    if summary is None or summary.state not in ("unconfirmed", "open"):
        return []
    found = await for_family(db, summary.centre, summary.id)
    return [
        Forecast(
            starts_at=instant(one.start),
            ends_at=instant(one.end),
            now=family_words(t, one)[0],
            others=family_words(t, one)[1],
        )
        for one in found.values()
    ]


def in_words(t: Translator, way: Way) -> str:
    """`30 Minuten später, Sa, 14. Juni, 14:30–18 Uhr: 3 Personen` for staff."""
    return t("matching.way.exactly", count=way.count, way=_way(t, way))


def family_words(t: Translator, outlook: Outlook) -> tuple[str, list[str]]:
    """How it stands at the wished time, and the ways out: several, few or nobody, no figures."""
    now = t(f"matching.outlook.{_many(outlook, outlook.count)}")
    return now, [
        t(f"matching.way.{_many(outlook, way.count)}", way=_way(t, way)) for way in outlook.ways
    ]


def _many(outlook: Outlook, count: int) -> str:
    if count >= max(SEVERAL, outlook.wanted):
        return "several"
    return "few" if count else "nobody"


def _way(t: Translator, way: Way) -> str:
    changes = t.join(_change(t, *change) for change in way.changes)
    when = t.span(instant(way.start), instant(way.end))
    return t("matching.way.at", change=changes, when=when)


def _change(t: Translator, key: str, amount: int, skill: str) -> str:
    if key == "without":
        return t("matching.change.without", skill=skill_in_words(t, skill))
    if key == "wider":
        return t("matching.change.wider", km=t.km(amount))
    if key == "day":
        return t(f"matching.change.day_{'later' if amount > 0 else 'earlier'}", count=abs(amount))
    return t(f"matching.change.{key}", time=t.hours(amount))


async def _asked(db: Database, centre: int, request: int, ask: _Ask) -> dict[int, Outlook]:
    """Asked of the crowd in memory, in a thread: a page may wait for it, the others don't."""
    crowd = await crowds.crowd(db, centre)
    async with db.work() as tx:
        questions = (await snapshot.questions(tx, request))[:VISITS]
    found = await asyncio.to_thread(lambda: [ask(crowd, question) for question in questions])
    return {one.visit: one for one in found if one is not None}


def _now(crowd: Crowd, question: Question) -> Outlook | None:
    from rundum_engine.crowd import Asked

    visit, seat = question.visit, question.seat
    starts = [variant.start for variant in visit.variants]
    reach = Span(min(starts) + seat.begin, max(starts) + seat.end)
    if not crowd.ground.days.knows(reach):
        return None
    asked = Asked(crowd, question.snapshot, visit, seat, reach, tagged=question.tagged)
    count, best = asked.candidates(10)
    return _outlook(question, count, best=best)


def _exactly(crowd: Crowd, question: Question) -> Outlook | None:
    from rundum_engine.relax import what_would_work

    now = _now(crowd, question)
    if now is None:
        return None
    found = what_would_work(
        crowd,
        question.snapshot,
        question.visit,
        question.seat,
        give_up=question.give_up,
        enough=question.wanted,
        tagged=question.tagged,
    )
    return msgspec.structs.replace(now, ways=tuple(map(_as_way, found.options)))


def _roughly(crowd: Crowd, question: Question) -> Outlook | None:
    from rundum_engine.relax import what_would_work

    if not crowd.ground.days.knows(_wished(question)):
        return None
    found = what_would_work(
        crowd,
        question.snapshot,
        question.visit,
        question.seat,
        give_up=question.give_up,
        enough=question.wanted,
        most=max(SEVERAL, question.wanted),
        wider=False,
        tagged=question.tagged,
    )
    return _outlook(question, found.count, ways=tuple(map(_as_way, _few(found.options))))


def _outlook(
    question: Question,
    count: int,
    best: tuple[Candidate, ...] = (),
    ways: tuple[Way, ...] = (),
) -> Outlook:
    wished = _wished(question)
    return Outlook(
        visit=question.visit.id,
        start=wished.start,
        end=wished.end,
        wanted=question.wanted,
        count=count,
        best=best,
        ways=ways,
    )


def _few(options: Sequence[Option]) -> list[Option]:
    """The smallest ones, of other days not more than two."""
    kept: list[Option] = []
    days = 0
    for option in options:
        days += any(change.key == "day" for change in option.changes)
        if days <= DAYS or not any(change.key == "day" for change in option.changes):
            kept.append(option)
    return kept[:LINES]


def _as_way(option: Option) -> Way:
    return Way(
        changes=tuple(_plain(change) for change in option.changes),
        start=option.start,
        end=option.end,
        count=option.count,
    )


def _plain(change: Change) -> tuple[str, int, str]:
    return change.key, change.amount, change.skill


def _wished(question: Question) -> Span:
    start = question.visit.variants[0].start
    return Span(start + question.seat.begin, start + question.seat.end)
