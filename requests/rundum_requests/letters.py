"""What the letters about a request say: service, dates, village; never street, child or health."""

from __future__ import annotations

from typing import Any

from rundum_core.db import Transaction
from rundum_identity.centres import centre_by_id
from rundum_notifications.letters import Letter, Loader, Message
from rundum_requests.models import RequestView
from rundum_requests.view import confirm_token, confirm_until, request_view, status_token

MOST_DATES = 12


async def request_received(tx: Transaction, message: Message) -> Letter | None:
    """To somebody unknown: please confirm. Nothing to say once that is done or too late."""
    view = await request_view(tx, message.subject)
    until = confirm_until(view.request, (await centre_by_id(tx, view.request.centre)).settings)
    until = min(until, max(visit.starts_at for visit in view.visits))
    if view.request.state != "unconfirmed" or until <= tx.now:
        return None
    return Letter(
        context=_facts(view) | {"until": until},
        button=(
            "requests.letter.confirm",
            f"/requests/confirmations/{await confirm_token(tx, view.request)}",
        ),
    )


async def request_taken(tx: Transaction, message: Message) -> Letter | None:
    """To somebody known: we are searching, and this is where you see how it goes."""
    view = await request_view(tx, message.subject)
    if view.request.state != "open":
        return None
    return Letter(
        context=_facts(view),
        button=("requests.letter.status", f"/requests/{await status_token(tx, view.request)}"),
    )


LOADERS: dict[str, Loader] = {
    "request_received": request_received,
    "request_taken": request_taken,
}


def _facts(view: RequestView) -> dict[str, Any]:
    dates = [(visit.starts_at, visit.ends_at) for visit in view.visits if visit.kind == "care"]
    seats = [seat for seat in view.seats if seat.visit == view.visits[0].id]
    return {
        "service": view.request.service,
        "dates": dates[:MOST_DATES],
        "more": max(0, len(dates) - MOST_DATES),
        "count": len(dates),
        "first": dates[0][0],
        "people": sum(1 for seat in seats if seat.state == "open"),
        "place": view.places[view.visits[0].start_place].name,
        "answer_by": view.request.answer_by,
        "asks_first": view.request.approval == "ask",
    }
