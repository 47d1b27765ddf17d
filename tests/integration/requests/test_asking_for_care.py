"""Asking for care: what is kept of a request, and what follows from it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from helpers_asking import body
from rundum_clients import service as clients
from rundum_core.errors import Conflict, Invalid, Unavailable
from rundum_requests import service
from rundum_requests.form import read_json
from rundum_requests.view import request_view

SOON = [{"during": {"start": "2026-11-23T18:00", "end": "2026-11-23T22:00"}}]
KEY = "a key of this test"


def fields(invalid: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(error.field, error.key) for error in invalid.value.errors]


async def test_somebody_unknown_is_asked_to_confirm(house) -> None:
    taken = await house.ask()
    assert (taken.state, taken.next) == ("unconfirmed", "mail")
    assert taken.answer_by == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    (told,) = await house.rows(
        "SELECT m.template, m.person, d.channel, d.address, r.asked_by FROM message m"
        " JOIN delivery d ON d.message = m.id JOIN care_request r ON r.id = m.subject"
    )
    assert (told["template"], told["channel"]) == ("request_received", "email")
    assert (told["person"], told["address"]) == (told["asked_by"], "eva@example.org")
    assert await house.value("SELECT count(*) FROM task") == 0


async def test_somebody_without_a_mail_address_is_called(house) -> None:
    taken = await house.ask(email=None, phone="03904 555013")
    assert (taken.state, taken.next) == ("unconfirmed", "call")
    (task,) = await house.rows("SELECT kind, person, due_at FROM task")
    assert (task["kind"], task["due_at"]) == ("confirm", house.clock.now)
    assert await house.value("SELECT count(*) FROM message") == 0


async def test_who_is_signed_in_confirms_nothing(house) -> None:
    petra = await house.person("Petra", email="petra@example.org")
    taken = await house.ask(house.acting(petra), given_name=None, family_name=None, email=None)
    assert (taken.state, taken.next) == ("open", "search")
    assert await house.value("SELECT template FROM message") == "request_taken"
    assert await house.value("SELECT asked_by FROM care_request") == petra
    assert await house.value("SELECT name FROM client") == "Petra Beispiel"


async def test_a_household_that_asks_again_stays_one_client(house) -> None:
    petra = house.acting(await house.person("Petra", email="petra@example.org"))
    for _ in range(2):
        await house.ask(petra, client_name="Anders", home=["pets"])
    assert await house.value("SELECT count(*) FROM client") == 1
    assert await house.value("SELECT tags FROM client") == ["pets"]
    await house.ask(petra, client_kind="club", client_name="TSV Beispiel")
    await house.ask(petra, client_kind="club", client_name="tsv  beispiel")
    assert await house.value("SELECT count(*) FROM client") == 2


async def test_the_desk_asks_for_somebody_on_the_phone(house) -> None:
    taken = await house.ask(house.desk, email=None, phone="03904 555013", channel="phone")
    assert (taken.state, taken.next) == ("open", "search")
    (kept,) = await house.rows("SELECT channel, asked_by FROM care_request")
    assert kept["channel"] == "phone"
    event = await house.rows(
        "SELECT kind, actor, on_behalf_of FROM event WHERE kind LIKE 'request%'"
    )
    assert [tuple(row) for row in event] == [("request.submitted", 1, kept["asked_by"])]
    # she has just heard it, and reads no mail
    assert await house.value("SELECT count(*) FROM message") == 0
    assert await house.value("SELECT count(*) FROM task") == 0


async def test_the_desk_asks_for_a_client_it_knows(house) -> None:
    await house.ask(house.desk)
    client = await house.value("SELECT public_id FROM client")
    anonymous = {"given_name": None, "family_name": None, "email": None}
    await house.ask(house.desk, client=str(client), **anonymous)
    await house.ask(house.desk, client=str(client), given_name="Jan", phone="03904 555014")
    people = await house.rows("SELECT asked_by FROM care_request ORDER BY id")
    assert people[0]["asked_by"] == people[1]["asked_by"] != people[2]["asked_by"]
    assert await house.value("SELECT count(*) FROM client_contact") == 2
    assert await house.value("SELECT count(*) FROM client") == 1


async def test_everything_that_was_asked_for_is_kept(house) -> None:
    await house.ask(
        house.desk,
        service="event",
        client_kind="club",
        client_name="TSV Beispiel",
        visits=[
            {"during": {"start": "2026-12-12T13:00", "end": "2026-12-12T18:00"}},
            {"during": {"start": "2026-12-05T19:00", "end": "2026-12-06T01:00"}},
        ],
        people=3,
        leads=1,
        extra=1,
        reserve=1,
        policy="core",
        needs=["first_aid"],
        wishes=["first_aid", "lang:en"],
        ill_children=True,
        health_consent=True,
        flexible_after=30,
        approval="book",
        payer="club",
        payer_reference="R-17",
        rate="14.50",
        note="Hinter dem Vereinsheim.",
        priority="high",
    )
    id = await house.value("SELECT id FROM care_request")
    async with house.db.work() as tx:
        view = await request_view(tx, id)
    request = view.request
    assert (request.policy, request.approval, request.priority) == ("core", "book", "high")
    assert (request.payer, request.payer_reference, request.rate) == ("club", "R-17", 1450)
    assert (request.flexible_before, request.flexible_after) == (0, 30)
    assert (request.tags, view.client.kind) == (("ill_children",), "club")
    assert [str(visit.date) for visit in view.visits] == ["2026-12-05", "2026-12-12"]
    assert [visit.ordinal for visit in view.visits] == [1, 2]
    assert view.visits[0].ends_at == datetime(2026, 12, 6, 0, 0, tzinfo=UTC)
    assert view.visits[0].wished_at == view.visits[0].starts_at
    first = [seat for seat in view.seats if seat.visit == view.visits[0].id]
    assert [seat.role for seat in first] == ["lead", "normal", "normal", "extra", "reserve"]
    assert [seat.required for seat in first] == [True, True, False, False, False]
    assert {seat.lanes for seat in view.seats} == {house.centre.settings.parallel_lanes}
    assert len(view.seats) == 10
    assert [(need.key, need.must) for need in view.needs] == [
        ("first_aid", True),
        ("lang:en", False),
    ]
    assert [(one.band, one.count) for one in view.children] == [("2-3", 1), ("4-6", 1)]
    assert await house.value("SELECT kind || text_version FROM consent") == "health2026-11"


async def test_a_child_is_fetched_and_brought_home(house) -> None:
    await house.ask(end_place="39340 Haldensleben", end_street="Hagenstraße 1")
    (visit,) = await house.rows(
        "SELECT s.name AS start, v.start_street, e.name AS end, v.end_street, h.name AS home"
        " FROM visit v JOIN place s ON s.id = v.start_place JOIN place e ON e.id = v.end_place"
        " JOIN care_request r ON r.id = v.request JOIN client c ON c.id = r.client"
        " JOIN place h ON h.id = c.place"
    )
    assert (visit["start"], visit["start_street"]) == ("Barleben", "Breiteweg 5")
    assert (visit["end"], visit["end_street"]) == ("Haldensleben", "Hagenstraße 1")
    assert visit["home"] == "Haldensleben"


async def test_an_urgent_request_wakes_the_matching_run(house) -> None:
    heard: list[str] = []
    petra = house.acting(await house.person("Petra", email="petra@example.org"))
    async with house.db.listening("matching", heard.append):
        await house.ask(visits=SOON)
        await house.ask(petra)
        await asyncio.sleep(0.1)
        assert heard == []
        await house.ask(petra, visits=SOON)
        await asyncio.sleep(0.1)
    assert heard == ["urgent"]


async def test_a_blocked_client_is_asked_to_call(house) -> None:
    petra = house.acting(await house.person("Petra", email="petra@example.org"))
    await house.ask(petra)
    client = await house.value("SELECT public_id FROM client")
    await clients.block(house.db, house.desk, house.centre.id, client)
    with pytest.raises(Conflict, match=r"requests\.please_call"):
        await house.ask(petra)
    assert await house.value("SELECT count(*) FROM care_request") == 1


async def test_every_mistake_is_told_at_once_whoever_finds_it(house) -> None:
    past = {"during": {"start": "2026-11-23T09:00", "end": "2026-11-23T12:00"}}
    with pytest.raises(Invalid) as refused:
        await house.ask(
            visits=[past, {"during": {"start": "2027-03-28T02:30", "end": "2027-03-28T04:00"}}],
            place="Hintertupfingen",
            children=[{"band": "4-6", "count": 40}],
            payer="health_insurer",
            email="jörg@example.org",
            phone="12",
            preferred=[str(uuid4())],
            priority="urgent",
        )
    assert fields(refused) == [
        ("visits.0.during.from", "requests.rule.past"),
        ("visits.1.during.start", "forms.time.never"),
        ("place", "place.unknown"),
        ("children", "requests.rule.children_crowd"),
        ("preferred", "requests.rule.provider_unknown"),
        ("payer_reference", "requests.rule.insurer_reference"),
        ("email", "forms.email.umlaut"),
        ("phone", "forms.phone.form"),
        ("priority", "requests.rule.staff_only"),
    ]


async def test_nobody_asks_for_a_client_that_is_not_hers(house) -> None:
    await house.ask(house.desk)
    client = str(await house.value("SELECT public_id FROM client"))
    stranger = house.acting(await house.person("Petra"))
    for actor in (None, stranger):
        with pytest.raises(Invalid) as refused:
            await house.ask(actor, client=client)
        assert fields(refused) == [("client", "requests.rule.client_unknown")]


async def test_a_centre_may_set_its_ratio_otherwise(house) -> None:
    async with house.db.work() as tx:
        await tx.connection.execute(
            "INSERT INTO rule (centre, key, value, source, valid_from)"
            " VALUES ($1, 'ratio_from_4', '1', 'Beschluss', '2026-01-01')",
            house.centre.id,
        )
    with pytest.raises(Invalid) as refused:
        await house.ask(children=[{"band": "4-6", "count": 2}])
    assert fields(refused) == [("people", "requests.rule.ratio")]
    await house.ask(house.desk, children=[{"band": "4-6", "count": 2}])


async def test_sent_twice_it_is_one_request_with_the_same_answer(house) -> None:
    first = await house.ask(key=KEY)
    house.clock.turn(minutes=3)
    assert await house.ask(key=KEY) == first
    assert await house.value("SELECT count(*) FROM care_request") == 1
    assert await house.value("SELECT count(*) FROM message") == 1


async def test_sent_again_after_it_began_it_is_still_the_same_answer(house) -> None:
    first = await house.ask(key=KEY)
    house.clock.turn(days=20)
    assert await house.ask(key=KEY) == first


async def test_the_same_key_with_another_body_is_a_conflict(house) -> None:
    await house.ask(key=KEY)
    with pytest.raises(Conflict, match=r"idempotency\.other_body"):
        await house.ask(key=KEY, street="Breiteweg 6")
    assert await house.value("SELECT count(*) FROM care_request") == 1


async def test_two_at_the_same_moment_with_one_key_are_one_request(house) -> None:
    taken = await asyncio.gather(*(house.ask(key=KEY) for _ in range(4)))
    assert len({one.id for one in taken}) == 1
    assert await house.value("SELECT count(*) FROM care_request") == 1
    assert await house.value("SELECT count(*) FROM person WHERE family_name = 'Krause'") == 1


async def test_a_refused_request_leaves_nothing_and_its_key_free(house) -> None:
    with pytest.raises(Invalid):
        await house.ask(key=KEY, place="Hintertupfingen")
    assert await house.value("SELECT count(*) FROM person WHERE family_name = 'Krause'") == 0
    assert (await house.ask(key=KEY)).state == "unconfirmed"


async def test_nobody_fills_another_persons_mailbox(house) -> None:
    for _ in range(service.MOST_FOR_ADDRESS):
        await house.ask()
    with pytest.raises(Unavailable, match=r"error\.too_often"):
        await house.ask(email="EVA@example.org")
    await house.ask(email="other@example.org")
    keys = await house.rows("SELECT key FROM attempt")
    assert not [row["key"] for row in keys if "eva" in row["key"]]


async def test_a_rate_below_the_minimum_wage_is_taken_with_a_warning(house) -> None:
    taken = await house.ask(rate="12")
    assert [(one.field, one.key) for one in taken.warnings] == [
        ("rate", "requests.rule.below_minimum")
    ]
    again = await service.received(house.db, house.desk, house.centre, taken.id)
    assert again == taken


async def test_another_centres_person_becomes_known_where_she_asks(house) -> None:
    petra = await house.person("Petra", email="petra@example.org")
    actor = house.acting(petra)
    taken = await service.submit(
        house.db, actor, house.other, read_json(body()), via="web", locale="de"
    )
    assert taken.state == "open"
    assert await house.value("SELECT centres FROM person WHERE id = $1", petra) == [1, 2]


async def test_sixty_dates_are_kept_in_their_order(house) -> None:
    days = [f"{year}-{month:02d}-{day:02d}" for year, month in ((2027, 5), (2027, 4), (2027, 7))
            for day in range(1, 21)]  # fmt: skip
    lines = [{"during": {"start": f"{day}T14:00", "end": f"{day}T18:00"}} for day in days]
    await house.ask(house.desk, visits=lines)
    kept = await house.rows("SELECT ordinal, date::text FROM visit ORDER BY ordinal")
    assert [row["date"] for row in kept] == sorted(days)
    assert await house.value("SELECT count(*) FROM seat") == 60
