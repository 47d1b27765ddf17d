"""Two centres alike, with everybody and everything that an address can name, for tests over HTTP.

Whatever is personal says `Kanari` or has a number that begins with +49171392, so that a test finds
it wherever it doesn't belong: `leaks(text)`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from msgspec import Struct

from factories import Clock, a_centre, a_client, a_request, a_sitter, a_staff
from factory_times import NOW
from helpers_asking import body
from helpers_placing import Placing
from rundum_core import links
from rundum_core.actor import Actor, Role, visitor
from rundum_core.db import Database, Transaction
from rundum_identity.centres import Centre, CentreSettings
from rundum_identity.signin import send_link
from rundum_matching import approvals, bookings, cancellations, offers
from rundum_matching.store import runs
from rundum_notifications.tasks import open_task
from rundum_requests.form import read_json
from rundum_requests.intake import Submitted
from rundum_requests.service import submit

CANARY = "kanari"
NUMBERS = "49171392"
WEEK = 7
MINOR_BORN = date(2010, 3, 1)
NOBODY = "00000000-0000-4000-8000-000000000000"
NO_TOKEN = "A" * 43


class Side(Struct, frozen=True, kw_only=True):
    """One centre: its people by what they are, its things by (what stands before them in an
    address, the name of the parameter)."""

    centre: Centre
    people: dict[str, int]
    things: dict[tuple[str, str], str]
    requests: dict[str, int]

    def actor(self, who: str, *roles: Role) -> Actor:
        return Actor(
            kind="web", centre=self.centre.id, person=self.people[who], roles=frozenset(roles)
        )


class Town(Struct, frozen=True, kw_only=True):
    own: Side
    foreign: Side


def leaks(text: str) -> list[str]:
    """What a text says of anybody."""
    found = re.findall(rf"\S*{CANARY}\S*", text, re.IGNORECASE)
    digits = re.sub(r"(?<=\d)[\s\u00a0\u202f/()-]+(?=\d)", "", text)
    return found + re.findall(rf"(?:{NUMBERS}|0{NUMBERS[2:]})\d*", digits)


async def a_town(db: Database) -> Town:
    """Everything twice; the clock stands at NOW afterwards."""
    clock = Clock(NOW)
    clock.turn(days=-WEEK)
    db.clock = clock
    own, foreign = [await _side(db, clock, slug) for slug in ("boerde", "nachbar")]
    return Town(own=own, foreign=foreign)


async def _side(db: Database, clock: Clock, slug: str) -> Side:
    clock.now = NOW
    clock.turn(days=-WEEK)
    centre = await a_centre(db, slug, settings=CentreSettings(parallel_lanes=3))
    people = await _people(db, centre)
    placing = Placing(db=db, centre=centre)
    clients = await _clients(placing, people)
    requests = await _past(placing, people, clients)
    clock.turn(days=WEEK)
    await bookings.complete_bookings(db)
    await offers.expire_offers(db)
    requests |= await _present(placing, people, clients)
    unconfirmed = await _unconfirmed(placing)
    await _run_and_tasks(placing, people, requests)
    things = await _things(placing, people, requests, clients, unconfirmed)
    return Side(centre=centre, people=people, things=things, requests=requests)


async def _people(db: Database, centre: Centre) -> dict[str, int]:
    mark = centre.slug

    def named(who: str, **more: Any) -> dict[str, Any]:
        number = f"+{NUMBERS}{len(who) + len(mark):02d}{sum(map(ord, who)) % 900 + 100}"
        return {
            "name": f"Kanari{who} {mark.title()}kanari",
            "email": f"kanari.{who.lower()}@{mark}.example",
            "phone": number,
            **more,
        }

    def asks(who: str) -> dict[str, Any]:
        return {key: value for key, value in named(who).items() if key != "phone"}

    home: dict[str, Any] = {"street": "Kanariweg 3", "about": "Kanaritext: gern mit Hund"}
    desk = await a_staff(db, centre, **asks("Desk"))
    chief = await a_staff(db, centre, "administrator", **asks("Chef"))
    petra = await a_sitter(
        db, centre, **named("Petra"), **home, shown=["first_aid"], skills=["lang:en"]
    )
    jana = await a_sitter(db, centre, **named("Jana"), **home)
    paul = await a_sitter(db, centre, **named("Paul", email=None), **home)
    lena = await a_sitter(
        db,
        centre,
        **named("Lena", email=None),
        **home,
        birth_date=MINOR_BORN,
        guardians=[f"kanari.guardian@{mark}.example"],
        attends_school=True,
    )
    applicant = await a_sitter(
        db, centre, **named("Rita"), **home, status="applicant", certificate=False
    )
    paused = await a_sitter(db, centre, **named("Pia"), **home, status="paused")
    suspended = await a_sitter(db, centre, **named("Susi"), **home, status="suspended")
    async with db.work() as tx:
        guardian = await tx.connection.fetchval(
            "SELECT other FROM relation WHERE person = $1 AND kind = 'guardian'", lena
        )
        await tx.connection.execute(
            "UPDATE person SET given_name = 'Kanarimutter', family_name = 'Kanarivogel'"
            " WHERE id = $1",
            guardian,
        )
    return {
        "desk": desk, "administrator": chief, "provider": petra, "other_provider": jana,
        "by_phone": paul, "minor": lena, "guardian": guardian, "applicant": applicant,
        "paused": paused, "suspended": suspended,
    }  # fmt: skip


async def _clients(placing: Placing, people: dict[str, int]) -> dict[str, int]:
    """The clients' ids; who speaks for them joins the people."""
    mark = placing.centre.slug
    made = {}
    kinds: dict[str, Any] = {
        "client": "household", "other_client": "household", "club": "club", "company": "company",
        "municipality": "municipality",
    }  # fmt: skip
    for number, (who, kind) in enumerate(kinds.items()):
        made[who] = await a_client(
            placing.db,
            placing.centre,
            kind,
            name=f"Kanari{who.replace('_', '')} {mark.title()}kanari",
            email=f"kanari.{who}@{mark}.example",
            phone=f"+{NUMBERS}{number:04d}",
            street="Kanarigasse 7",
        )
        people[who] = await placing.id(
            "SELECT person FROM client_contact WHERE client = $1", made[who]
        )
    await placing.do("UPDATE client SET note = 'Kanarinotiz', name = 'Kanari ' || name")
    return made


async def _past(
    placing: Placing, people: dict[str, int], clients: dict[str, int]
) -> dict[str, int]:
    """Last week: somebody came, somebody didn't answer."""
    ask = _asking(placing)
    done = await ask(clients["client"], "fri 15-18")
    await _firm(placing, done, people["provider"])
    unanswered = await ask(clients["client"], "sat 15-18")
    await placing.asks(unanswered, people["other_provider"])
    return {"done": done, "unanswered": unanswered}


async def _present(
    placing: Placing, people: dict[str, int], clients: dict[str, int]
) -> dict[str, int]:
    """Something in each state in which it can be seen."""
    db, ask = placing.db, _asking(placing)
    petra, jana = people["provider"], people["other_provider"]
    family, club = clients["client"], clients["club"]
    made = {
        "firm": await ask(family, "tue 15-18"),
        "waiting": await ask(family, "wed 15-18"),
        "asked": await ask(family, "thu 15-18"),
        "proposed": await ask(family, "fri 15-18"),
        "declined": await ask(family, "thu 15-18 +1"),
        "withdrawn": await ask(family, "fri 15-18 +1"),
        "cancelled": await ask(family, "mon 15-18 +1"),
        "many": await ask(family, ["tue 9-11 +1", "wed 9-11 +1"]),
        "event": await ask(club, "sun 14-18", service="event", people=3, leads=1, extra=1),
        "minor": await ask(family, "sat 14-17", bands=["7-10"]),
        "expired": await ask(family, "sat 9-12 +1", state="expired"),
        "nobody": await ask(family, "sat 19-22 +1", must=["first_aid", "lang:fa"]),
        "household": await ask(family, "tue 9-12", service="household"),
        "company": await ask(
            clients["company"], "thu 9-12", service="companionship", payer="employer"
        ),
        "other": await ask(clients["other_client"], "mon 9-12 +1"),
        "by_phone": await ask(family, "mon 15-18 +2"),
    }
    await _firm(placing, made["firm"], petra)
    await _accepted(placing, made["waiting"], petra)
    await placing.asks(made["asked"], petra)
    await placing.asks(made["many"], petra)
    await placing.asks(made["by_phone"], people["by_phone"])
    (declined,) = await placing.asks(made["declined"], petra)
    await offers.decline(db, placing.actor(petra), declined)
    await placing.asks(made["withdrawn"], petra)
    await _cancel_request(placing, made["withdrawn"])
    firm = await _firm(placing, made["cancelled"], petra)
    await bookings.cancel_booking(db, placing.actor(petra), firm, by="provider", reason="no_time")
    await _accepted(placing, made["event"], jana)
    await _accepted(placing, made["minor"], people["minor"])
    await _proposed(placing, made["proposed"], jana)
    return made


def _asking(placing: Placing) -> Any:
    async def ask(client: int, when: Any, **more: Any) -> int:
        return await a_request(
            placing.db, placing.centre, client, when,
            note="Kanaritext: die Kleine braucht ihr Spray", payer_reference="KANARI-17", **more,
        )  # fmt: skip

    return ask


async def _accepted(placing: Placing, request: int, person: int) -> int:
    (offer,) = await placing.asks(request, person)
    (booking,) = await offers.accept(placing.db, placing.actor(person), offer)
    return booking


async def _firm(placing: Placing, request: int, person: int) -> int:
    booking = await _accepted(placing, request, person)
    await approvals.approve(
        placing.db, await placing.family(request), await placing.approval(booking)
    )
    return booking


async def _cancel_request(placing: Placing, request: int) -> None:
    family = await placing.family(request)
    await cancellations.cancel_request(
        placing.db, family, request, by="client", reason="not_needed"
    )


async def _proposed(placing: Placing, request: int, person: int) -> None:
    """An offer that waits for the desk."""
    switch = "UPDATE centre SET settings = settings || $2::jsonb WHERE id = $1"
    await placing.do(switch, placing.centre.id, {"desk_releases_offers": True})
    await placing.asks(request, person)
    await placing.do(switch, placing.centre.id, {"desk_releases_offers": False})


async def _unconfirmed(placing: Placing) -> Submitted:
    """Two that were sent in by people whom nobody knows; the one who can be mailed."""
    person = {"given_name": "Kanarineu", "family_name": "Kanarivogel", "street": "Kanaristraße 1"}
    mark = placing.centre.slug
    sent = body(**person, email=f"kanari.neu@{mark}.example", note="Kanaritext")
    calls = body(**person, email=None, phone=f"+{NUMBERS}7777", note="Kanaritext")
    by_mail, _ = [
        await submit(placing.db, visitor(), placing.centre, read_json(one), via="web")
        for one in (sent, calls)
    ]
    return by_mail


async def _run_and_tasks(
    placing: Placing, people: dict[str, int], requests: dict[str, int]
) -> None:
    visit = await placing.id("SELECT id FROM visit WHERE request = $1", requests["nobody"])
    (seat,) = await placing.seats(requests["nobody"])
    centre = placing.centre.id
    token = NOBODY
    async with placing.db.work() as tx:
        run = await runs.begin_run(
            tx, trigger="demand", token=token, lease_until=tx.now, now=tx.now
        )
        refused = {"reason": "no_time", "have": None, "want": None, "hard": True}
        candidate = {
            "provider": people["provider"], "seat": seat, "score": 120, "travel_minutes": 12,
            "distance_km": 4.5, "start": 29_000_000, "planned_elsewhere": None,
            "parts": [{"key": "distance", "points": -20}], "refusals": [refused],
        }  # fmt: skip
        await runs.insert_run_visit(
            tx, centre=centre, run=run, visit=visit, outcome="unfilled", eligible=0,
            funnel=[["no_time", 3], ["too_far", 1]], candidates=[candidate],
        )  # fmt: skip
        await runs.finish_run(
            tx, id=run, token=token, state="done", now=tx.now, visits=9, providers=7, planned=4,
            offered=3, solve_ms=12, certificate=[], prices=[],
        )  # fmt: skip
        await open_task(tx, "unplaced", requests["nobody"], centre, tx.now, people["client"])
        await open_task(tx, "check", people["applicant"], centre, tx.now, people["applicant"])
        await tx.connection.execute(
            "UPDATE delivery SET state = 'failed', error = '550 no such user', ended_at = $2"
            " WHERE id = (SELECT min(id) FROM delivery WHERE centre = $1 AND channel = 'email')",
            centre,
            tx.now,
        )
        failed = await tx.connection.fetchval(
            "SELECT id FROM delivery WHERE centre = $1 AND state = 'failed'", centre
        )
        await open_task(tx, "mail_failed", failed, centre, tx.now, people["client"])


async def _things(
    placing: Placing,
    people: dict[str, int],
    requests: dict[str, int],
    clients: dict[str, int],
    unconfirmed: Submitted,
) -> dict[tuple[str, str], str]:
    async def value(sql: str, *args: object) -> str:
        (row,) = await placing.rows(sql, *args)
        return str(next(iter(row.values())))

    of_request = "(SELECT id FROM seat WHERE visit IN (SELECT id FROM visit WHERE request = $1))"
    request = await value("SELECT public_id FROM care_request WHERE id = $1", requests["firm"])
    visit = await value("SELECT public_id FROM visit WHERE request = $1", requests["firm"])
    offer = await value("SELECT public_id FROM offer WHERE request = $1", requests["asked"])
    booking = f"FROM booking WHERE seat IN {of_request}"
    firm = await value(f"SELECT public_id {booking}", requests["firm"])
    waiting = await value(f"SELECT id {booking}", requests["waiting"])
    approval = await placing.approval(int(waiting))
    petra = await value("SELECT public_id FROM provider WHERE person = $1", people["provider"])
    credential = await value(
        "SELECT public_id FROM credential WHERE person = $1 ORDER BY id LIMIT 1", people["provider"]
    )
    guardian = await value("SELECT public_id FROM person WHERE id = $1", people["guardian"])
    exception = await value(
        "INSERT INTO availability_exception (centre, person, during, kind)"
        " SELECT centre, person, tstzrange($2::timestamptz, $2 + interval '1 day'), 'blocked'"
        " FROM provider WHERE person = $1 RETURNING public_id",
        people["provider"],
        placing.db.clock(),
    )
    client = await value("SELECT public_id FROM client WHERE id = $1", clients["client"])
    task = await value(
        "SELECT public_id FROM task WHERE centre = $1 AND kind = 'call' ORDER BY id LIMIT 1",
        placing.centre.id,
    )
    key = await value(
        "INSERT INTO api_key (centre, hash, name, scopes, made_by, created_at, expires_at)"
        " VALUES ($1, sha256(convert_to($2, 'UTF8')), 'Kanarischlüssel', '{request.list}', $3, $4,"
        " $4::timestamptz + interval '1 year') RETURNING public_id",
        placing.centre.id,
        f"rundum_{placing.centre.slug}",
        people["administrator"],
        placing.db.clock(),
    )
    tokens = await _tokens(placing, people, requests, approval, int(waiting), unconfirmed)
    return {
        ("centres", "slug"): placing.centre.slug,
        ("requests", "id"): request,
        ("requests", "public_id"): request,
        ("requests", "reference"): request,
        ("visits", "visit"): visit,
        ("offers", "id"): offer,
        ("offers", "public_id"): offer,
        ("offers", "reference"): offer,
        ("bookings", "id"): firm,
        ("bookings", "reference"): firm,
        ("approvals", "approval"): str(approval),
        ("approvals", "by"): "client",
        ("providers", "id"): petra,
        ("providers", "provider"): petra,
        ("{provider}", "step"): "pause",
        ("credentials", "credential"): credential,
        ("guardians", "guardian"): guardian,
        ("exceptions", "exception"): exception,
        ("blocked-clients", "client"): client,
        ("tasks", "id"): task,
        ("tasks", "public_id"): task,
        ("keys", "id"): key,
        ("runs", "id"): await value("SELECT max(id) FROM run"),
        **tokens,
    }


async def _tokens(
    placing: Placing,
    people: dict[str, int],
    requests: dict[str, int],
    approval: int,
    waiting: int,
    unconfirmed: Submitted,
) -> dict[tuple[str, str], str]:
    """What can only be reached by a link, by the link that its letter holds."""
    await send_link(placing.db, f"kanari.client@{placing.centre.slug}.example")
    sign_in = await placing.id("SELECT max(id) FROM link WHERE purpose = 'sign_in'")
    (asked,) = await placing.ids("SELECT id FROM care_request WHERE public_id = $1", unconfirmed.id)
    (neu,) = await placing.ids("SELECT asked_by FROM care_request WHERE id = $1", asked)
    async with placing.db.work() as tx:

        async def issue(purpose: Any, subject: int, person: int, **more: Any) -> str:
            return await a_link(tx, placing.centre, purpose, subject, person, **more)

        return {
            ("sign-in", "token"): links.token(tx.key, "sign_in", sign_in),
            ("confirmations", "token"): await issue("confirm", asked, neu),
            ("approvals", "reference"): await issue("approval", approval, people["other_client"]),
            ("calendars", "name"): await issue(
                "feed", people["provider"], people["provider"], standing=True
            )
            + ".ics",
        }


async def a_link(
    tx: Transaction, centre: Centre, purpose: Any, subject: int, person: int, **more: Any
) -> str:
    """A link that lives for a month."""
    return await links.issue(
        tx,
        purpose,
        subject=subject,
        person=person,
        centre=centre.id,
        expires_at=tx.now.replace(year=tx.now.year + 1),
        **more,
    )
