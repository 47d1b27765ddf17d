"""What answers may say, once for page and API."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from rundum_matching.models import CancelReason
from rundum_requests.form import PublicIds
from rundum_web.fields import Choice
from rundum_web.forms import Form

MOST_VISITS = 60


class NewCancellation(Struct, frozen=True, kw_only=True):
    """Why somebody can't, or needs nobody any more."""

    reason: CancelReason


class ChosenVisits(Struct, frozen=True, kw_only=True):
    """Which dates of an offer somebody takes; none named: all."""

    visits: tuple[UUID, ...]


PROVIDER_CANCELS = Form(
    NewCancellation,
    texts="matching.cancellation",
    reason=Choice(
        ("illness", "no_time", "mistake", "other"), words="matching.cancellation.provider"
    ),
)
CLIENT_CANCELS = Form(
    NewCancellation,
    texts="matching.client_cancellation",
    reason=Choice(
        ("not_needed", "other_solution", "illness", "other"),
        words="matching.cancellation.client",
    ),
)
CHOSEN_VISITS = Form(ChosenVisits, visits=PublicIds(most=MOST_VISITS))
