"""What would work: the smallest changes to a visit with which somebody could come after all.

One change alone where that helps; else, where too few could come, the smallest pairs. Every
count is exact for the crowd as it is now: people who are free and eligible for the visit as it
would then be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import combinations
from typing import Literal

from rundum_engine.crowd import Asked, Crowd, Probe, Tagged
from rundum_engine.index import Days
from rundum_engine.snapshot import Data, Minute, Seat, Snapshot, Span, Visit

STEP = 15
MOVED_MOST = 180
CUT_MOST = 120
SHORTEST = 60
DAYS = 7
WIDER = (5, 10, 20)
PAIRS = 3
CLOCKS_CHANGED = 180
"""So many minutes behind midnight the hour in which clocks change is over."""

Kind = Literal["earlier", "later", "ends_sooner", "begins_later", "day", "without", "wider"]


class Change(Data, frozen=True, kw_only=True):
    """`amount` is in minutes, days or (`wider`) kilometres; `skill` is what `without` gives up."""

    key: Kind
    amount: int = 0
    skill: str = ""


class Option(Data, frozen=True, kw_only=True):
    """One way out: how many people could take the seat then, at which time."""

    changes: tuple[Change, ...]
    start: Minute
    end: Minute
    count: int


class Prospects(Data, frozen=True, kw_only=True):
    """`count` could take the seat as it is; the options, the smallest change first."""

    count: int
    options: tuple[Option, ...]


Try = Callable[[tuple[Change, ...]], Option | None]


def what_would_work(
    crowd: Crowd,
    question: Snapshot,
    visit: Visit,
    seat: Seat,
    *,
    give_up: Collection[str] = (),
    enough: int = 1,
    most: int | None = None,
    wider: bool = True,
    tagged: Tagged | None = None,
) -> Prospects:
    """The smallest changes with which `enough` people (and more than now) could take the seat.

    Of each kind the smallest step that helps; each other day and each need of `give_up` that
    helps. Counting stops at `most`; without `wider` nobody is thought to come from further away.
    The visit's first start is the one that is changed; its other starts are no change.
    """
    start, end = visit.variants[0].start + seat.begin, visit.variants[0].start + seat.end
    days = crowd.ground.days
    needs = [need.skill for need in seat.needs if need.skill in give_up]
    ladders = _ladders(end - start, needs, wider=wider)
    reach = Span(days.midnights[0], days.midnights[-1])
    asked = Asked(crowd, question, visit, seat, reach, wider=WIDER[-1], tagged=tagged)
    now = asked.count(most)
    least = max(enough, now + 1)

    def tried(changes: tuple[Change, ...]) -> Option | None:
        probe = _probe(days, start, end, changes)
        if probe is None or probe.start <= question.now or not days.knows(Span(*probe[:2])):
            return None
        count = len(asked.who(probe, most))
        if count < least:
            return None
        return Option(changes=changes, start=probe.start, end=probe.end, count=count)

    if most is not None and now >= most:
        return Prospects(count=now, options=())
    singles = [
        found
        for ladder in ladders
        if (found := next(filter(None, (tried((step,)) for step in ladder)), None)) is not None
    ]
    options = singles if singles or now >= enough else _pairs(ladders, tried)
    return Prospects(count=now, options=tuple(sorted(options, key=lambda o: _effort(o.changes))))


def _pairs(ladders: Sequence[Sequence[Change]], tried: Try) -> list[Option]:
    """The smallest pairs that help, at most one of each two kinds."""
    steps = [step for ladder in ladders for step in ladder]
    pairs = [pair for pair in combinations(steps, 2) if _together(*pair)]
    pairs.sort(key=_effort)
    found: dict[frozenset[str], Option] = {}
    for pair in pairs:
        kinds = frozenset(step.key + step.skill for step in pair)
        if kinds not in found and (option := tried(pair)) is not None:
            found[kinds] = option
            if len(found) == PAIRS:
                break
    return list(found.values())


def _together(one: Change, other: Change) -> bool:
    """Whether two changes are of different kinds and don't undo each other."""
    if one.key == other.key:
        return one.key == "without"
    moved = {"earlier", "later", "begins_later"}
    return not {one.key, other.key} <= moved


def _ladders(length: int, needs: Sequence[str], *, wider: bool) -> list[list[Change]]:
    """For each way to change something its steps, the smallest first; each day stands alone."""
    moves = range(STEP, MOVED_MOST + 1, STEP)
    cuts = range(2 * STEP, min(CUT_MOST, length - SHORTEST) + 1, 2 * STEP)
    days = [sign * n for n in range(1, DAYS + 1) for sign in (1, -1)]
    return [
        [Change(key="earlier", amount=n) for n in moves],
        [Change(key="later", amount=n) for n in moves],
        [Change(key="ends_sooner", amount=n) for n in cuts],
        [Change(key="begins_later", amount=n) for n in cuts],
        [Change(key="wider", amount=n) for n in WIDER if wider],
        *([Change(key="day", amount=n)] for n in days),
        *([Change(key="without", skill=skill)] for skill in needs),
    ]


def _effort(changes: Sequence[Change]) -> int:
    """What a change asks of a family, in minutes moved: the order in which ways out are named."""
    efforts: dict[Kind, tuple[int, int]] = {
        "earlier": (0, 4),
        "later": (0, 4),
        "ends_sooner": (0, 6),
        "begins_later": (0, 6),
        "wider": (0, 60),
        "day": (960, 240),
        "without": (1440, 0),
    }
    return sum(efforts[c.key][0] + efforts[c.key][1] * abs(c.amount) for c in changes)


def _probe(days: Days, start: Minute, end: Minute, changes: Sequence[Change]) -> Probe | None:
    """The seat with these changes; None where a day lies outside the calendar."""
    length, wider = end - start, 0
    without: set[str] = set()
    for change in changes:
        if change.key == "day":
            moved = _same_time(days, start, change.amount)
            if moved is None:
                return None
            start = moved
        elif change.key == "wider":
            wider = change.amount
        elif change.key == "without":
            without.add(change.skill)
        elif change.key == "ends_sooner":
            length -= change.amount
        elif change.key == "begins_later":
            start, length = start + change.amount, length - change.amount
        else:
            start += change.amount if change.key == "later" else -change.amount
    if length < SHORTEST:
        return None
    return Probe(start, start + length, frozenset(without), wider)


def _same_time(days: Days, minute: Minute, offset: int) -> Minute | None:
    """The same time on the wall so many days later, where clocks change in between, too."""
    day = days.day(minute)
    target = day + offset
    if not 0 <= target < len(days.midnights) - 1:
        return None
    if minute - days.midnights[day] < CLOCKS_CHANGED:
        return days.midnights[target] + minute - days.midnights[day]
    return days.midnights[target + 1] - (days.midnights[day + 1] - minute)
