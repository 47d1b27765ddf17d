"""What desk and family read while an offer is out, and once it is answered."""

from __future__ import annotations

from typing import get_args
from uuid import UUID

import msgspec
import pytest

from factories import a_desk, a_request, a_sitter
from helpers_placing import Placing
from rundum_core.i18n import Catalogues
from rundum_matching import offers, status
from rundum_matching.explain import why_not
from rundum_matching.status import State, VisitStatus
from rundum_matching.views import Reached, behalf, offer_view
from rundum_portal import timeline


async def public(placing: Placing, table: str, key: str, id: int) -> UUID:
    (row,) = await placing.rows(f"SELECT public_id FROM {table} WHERE {key} = $1", id)
    found = row["public_id"]
    assert isinstance(found, UUID)
    return found


async def shown(placing: Placing, request: int) -> list[VisitStatus]:
    family = await placing.family(request)
    return (await status.request_status(placing.db, family, request)).visits


async def test_time_held_for_the_very_visit_is_no_reason_against_it(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    await placing.asks(request, petra)
    desk = await a_desk(placing.db, placing.centre)
    (reasons,) = await why_not(
        placing.db,
        desk,
        await public(placing, "care_request", "id", request),
        await public(placing, "provider", "person", petra),
    )
    assert [why.reason for why in reasons.refusals] == []


async def test_a_call_whose_question_is_answered_leaves_the_list(placing: Placing) -> None:
    elke = await a_sitter(placing.db, placing.centre)
    await placing.do("DELETE FROM contact_point WHERE person = $1 AND channel = 'email'", elke)
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    (offer,) = await placing.asks(request, elke)
    calls = "SELECT state FROM task WHERE kind = 'call' AND person = $1 ORDER BY id"
    assert await placing.rows(calls, elke) == [{"state": "open"}]
    await offers.decline(placing.db, placing.actor(elke), offer)
    assert await placing.rows(calls, elke) == [{"state": "obsolete"}]


async def test_the_desk_sees_for_whom_it_answers_and_she_herself_does_not(
    placing: Placing,
) -> None:
    petra = await a_sitter(placing.db, placing.centre, name="Petra Müller")
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    (offer,) = await placing.asks(request, petra)
    desk = await a_desk(placing.db, placing.centre)
    found = await behalf(placing.db, Reached(actor=desk, id=offer, link=None), "offer")
    assert found is not None
    assert found.name == "Petra Müller"
    herself = Reached(actor=placing.actor(petra), id=offer, link=None)
    assert await behalf(placing.db, herself, "offer") is None


async def test_only_the_dates_that_were_taken_are_shown_as_taken(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    request = await a_request(placing.db, placing.centre, when=["fri 16-19", "sat 16-19"])
    (offer,) = await placing.asks(request, petra)
    reached = Reached(actor=placing.actor(petra), id=offer, link=None)
    before = await offer_view(placing.db, reached)
    assert [seat.taken for seat in before.seats] == [False, False]
    first = before.seats[0].visit_public_id
    await offers.accept(placing.db, reached.actor, offer, visits=[first])
    after = await offer_view(placing.db, reached)
    assert [seat.taken for seat in after.seats] == [True, False]


async def test_a_family_reads_that_somebody_said_yes_and_what_is_missing(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre, name="Petra Müller")
    request = await a_request(placing.db, placing.centre, when="fri 16-19", approval="ask")
    (asked,) = await placing.asks(request, petra)
    assert [visit.state for visit in await shown(placing, request)] == ["asked"]
    (booking,) = await offers.accept(placing.db, placing.actor(petra), asked)
    assert [visit.state for visit in await shown(placing, request)] == ["your_yes"]
    # her own yes is there, another one is not
    await placing.do("UPDATE approval SET by = 'desk' WHERE booking = $1", booking)
    (visit,) = await shown(placing, request)
    assert visit.state == "promised"
    family = await placing.family(request)
    summary = (await status.request_status(placing.db, family, request)).summary
    t = Catalogues.load("rundum_core", "rundum_portal").translator("de", placing.db.clock())
    steps = timeline.steps(t, summary, visit)
    assert [step.text for step in steps] == [
        "Angefragt",
        "Zugesagt: Petra M.",
        "Zugesagt, noch nicht fest",
        "Fest vereinbart",
    ]
    assert [step.mood for step in steps] == ["done", "done", "now", "next"]


async def test_a_visit_to_which_nobody_came_is_not_thanked_for(placing: Placing) -> None:
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    placing.db.clock.turn(days=9)  # type: ignore[attr-defined]
    assert [visit.state for visit in await shown(placing, request)] == ["unfilled"]


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("locale", ["de", "en"])
async def test_each_state_of_a_visit_has_its_time_line(
    placing: Placing, state: State, locale: str
) -> None:
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    family = await placing.family(request)
    found = await status.request_status(placing.db, family, request)
    (visit,) = found.visits
    catalogues = Catalogues.load("rundum_core", "rundum_portal")
    t = catalogues.translator(locale, placing.db.clock())  # type: ignore[arg-type]
    steps = timeline.steps(t, found.summary, msgspec.structs.replace(visit, state=state))
    assert steps[0].at is not None
    assert sum(step.note is not None for step in steps) == 1
    assert all(step.text for step in steps)
