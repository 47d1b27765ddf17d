"""Until when somebody has to answer: the nearer the visit, the sooner."""

from __future__ import annotations

from datetime import datetime, timedelta

from rundum_core.attempts import floor
from rundum_identity.centres import Centre

LAST_CALL = timedelta(minutes=30)  # an answer nearer to the visit than this helps nobody
SHORTEST = timedelta(minutes=10)
ROUND = timedelta(minutes=15)


def answer(
    now: datetime, starts_at: datetime, centre: Centre, *, by_phone: bool = False
) -> datetime:
    """When an offer or an approval for a visit at `starts_at` runs out.

    The centre's `answer_times` say how many waking minutes a person gets by how near the visit
    is, or with `by_phone` how many minutes of the desk's hours, since it has to call her; never
    later than half an hour before the visit, never sooner than ten minutes from now, and never
    after its begin.
    """
    minutes = centre.settings.answer_minutes(starts_at - now)
    count = centre.desk_deadline if by_phone else centre.waking_deadline
    wished = count(now, minutes)
    if wished - now > ROUND:  # a time that can be said
        wished = floor(wished, ROUND)
    latest = max(starts_at - LAST_CALL, now + SHORTEST)
    return min(wished, latest, starts_at)


def together(now: datetime, starts_at: datetime) -> datetime:
    """How long people who only go together wait for each other: half the time that is left."""
    return max(floor(now + (starts_at - now) / 2, ROUND), now)
