"""What would work: for the desk in figures, for families in words that name nobody."""

from __future__ import annotations

from uuid import UUID

from factories import a_centre, a_desk, a_request, a_sitter
from helpers_placing import Placing
from rundum_core.i18n import Catalogues
from rundum_desk import service
from rundum_matching import ways
from rundum_matching.jobs import answer_families
from rundum_matching.status import request_status

TEXTS = Catalogues.load("rundum_core", "rundum_matching")


async def public_id(placing: Placing, request: int) -> UUID:
    (row,) = await placing.rows("SELECT public_id FROM care_request WHERE id = $1", request)
    found = row["public_id"]
    assert isinstance(found, UUID)
    return found


async def test_the_desk_reads_how_many_and_the_family_only_whether_few_or_several(
    placing: Placing,
) -> None:
    for _ in range(2):
        await a_sitter(placing.db, placing.centre, free="fri 18-23")
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    desk = await a_desk(placing.db, placing.centre)
    ((visit, outlook),) = await service.outlooks(
        placing.db, desk, await public_id(placing, request)
    )
    german = TEXTS.translator("de", placing.db.clock())
    assert (outlook.visit, outlook.count) == (visit.id, 0)
    first, *_ = [ways.in_words(german, way) for way in outlook.ways]
    assert first.startswith("2 Stunden später (")
    assert first.endswith("18–21 Uhr): 2 Personen")
    family = await placing.family(request)
    shown = await ways.for_request(placing.db, await request_status(placing.db, family, request))
    now, lines = ways.family_words(german, shown[visit.id])
    assert now == "Zu dieser Zeit hat im Moment niemand Zeit."
    assert lines[0].startswith("2 Stunden später (")
    assert lines[0].endswith("): wenige")
    english = TEXTS.translator("en", placing.db.clock())
    assert ways.family_words(english, shown[visit.id])[1][0].endswith("): a few")


async def test_several_are_several_however_many(placing: Placing) -> None:
    for _ in range(6):
        await a_sitter(placing.db, placing.centre, free="fri 14-23")
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    (shown,) = (await ways.for_family(placing.db, placing.centre.id, request)).values()
    assert shown.count == ways.SEVERAL
    assert shown.ways == ()


async def test_the_desk_sees_who_could_come_at_this_moment(placing: Placing) -> None:
    petra = await a_sitter(placing.db, placing.centre, name="Petra Müller")
    await a_sitter(placing.db, placing.centre, free="sun 10-12")
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    desk = await a_desk(placing.db, placing.centre)
    case = await service.case(placing.db, desk, await public_id(placing, request))
    (free,) = case.free.values()
    assert free.count == 1
    assert [one.name for one in free.candidates] == ["Petra Müller"]
    assert free.candidates[0].candidate.provider == petra
    await placing.asks(request, petra, parallel=True)
    case = await service.case(placing.db, desk, await public_id(placing, request))
    assert [free.count for free in case.free.values()] == [0]


async def test_helpers_of_another_centre_count_for_nobody(placing: Placing) -> None:
    other = await a_centre(placing.db, slug="harz")
    await a_sitter(placing.db, other)
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    (shown,) = (await ways.for_staff(placing.db, placing.centre.id, request)).values()
    assert (shown.count, shown.ways) == (0, ())


async def test_the_answer_that_was_promised_names_what_would_help(placing: Placing) -> None:
    await a_sitter(placing.db, placing.centre, free="fri 18-23")
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    await placing.do(
        "UPDATE care_request SET answer_by = $1 WHERE id = $2", placing.db.clock(), request
    )
    assert await answer_families(placing.db) == 1
    (event,) = await placing.rows("SELECT data FROM event WHERE kind = 'request.answered'")
    assert event["data"]["outlook"]["ways"][0]["changes"] == [["later", 120, ""]]  # type: ignore[index]


async def test_who_has_just_asked_reads_how_it_looks(placing: Placing) -> None:
    await a_sitter(placing.db, placing.centre, free="fri 18-23")
    request = await a_request(placing.db, placing.centre, when="fri 16-19")
    t = TEXTS.translator("de", placing.db.clock())
    id = await public_id(placing, request)
    (visit,) = await ways.forecast(placing.db, t, id)
    assert visit.now == "Zu dieser Zeit hat im Moment niemand Zeit."
    assert visit.others[0].startswith("2 Stunden später (")
    await placing.do("UPDATE care_request SET state = 'expired' WHERE id = $1", request)
    assert await ways.forecast(placing.db, t, id) == []
