"""What must never be, done on purpose: what negative controls try, with and without a guard."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import msgspec

from factories import a_centre, a_client, a_desk, a_request, a_sitter, an_actor
from helpers_asking import body
from helpers_placing import Placing
from rundum_clients import service as clients
from rundum_core import links
from rundum_core.actor import visitor
from rundum_core.db import Database
from rundum_matching import approvals, cancellations, offers
from rundum_matching.store import bookings as booking_store
from rundum_matching.store import offers as offer_store
from rundum_matching.store import runs as run_store
from rundum_notifications import store as mail_store
from rundum_notifications import tasks
from rundum_providers.service import lifecycle
from rundum_requests.form import read_json
from rundum_requests.service import submit


class Scene(msgspec.Struct, kw_only=True):
    """Petra has said yes to a family that has not answered; Eva and Nina are asked for the same
    time by another one. `made` is what a control has added."""

    placing: Placing
    other: Database
    petra: int
    eva: int
    nina: int
    family: int
    request: int
    seat: int
    offer: int
    booking: int
    slot: int
    approval: int
    seat2: int
    asked_eva: int
    asked_nina: int
    made: Any = None
    week: int = 0

    @property
    def db(self) -> Database:
        return self.placing.db

    async def a_fresh_request(self, when: str = "sun 10-12", **more: Any) -> int:
        """Each in a week of its own."""
        self.week += 1
        return await a_request(
            self.db, self.placing.centre, self.family, f"{when} +{self.week}", **more
        )

    async def accept(self, person: int, offer: int, db: Database | None = None) -> list[int]:
        return await offers.accept(db or self.db, self.placing.actor(person), offer)


async def decline_what_was_accepted(scene: Scene) -> None:
    async with scene.db.work() as tx:
        await offer_store.change_offer(
            tx, id=scene.offer, was="pending", becomes="declined", now=tx.now, expires_at=None
        )


async def release_the_booking(scene: Scene) -> None:
    who = await scene.placing.family(scene.request)
    await approvals.refuse(scene.db, who, scene.approval)


async def confirm_what_was_released(scene: Scene) -> None:
    async with scene.db.work() as tx:
        await booking_store.change_booking(
            tx,
            id=scene.booking,
            was="provisional",
            becomes="confirmed",
            now=tx.now,
            cancelled_by=None,
            reason=None,
            late=False,
        )


async def confirm_the_booking(scene: Scene) -> None:
    who = await scene.placing.family(scene.request)
    await approvals.approve(scene.db, who, scene.approval)


async def answer_a_second_time(scene: Scene) -> None:
    async with scene.db.work() as tx:
        await booking_store.decide_approval(
            tx, id=scene.approval, given=False, now=tx.now, person=None
        )


async def cancel_the_request(scene: Scene) -> None:
    who = await scene.placing.family(scene.request)
    await cancellations.cancel_request(
        scene.db, who, scene.request, by="client", reason="not_needed"
    )


async def put_on_the_board_and_cancel(scene: Scene) -> None:
    async with scene.db.work() as tx:
        await tasks.open_task(tx, "decide", scene.booking, scene.placing.centre.id, tx.now)
    await cancel_the_request(scene)


async def issue_a_link(scene: Scene) -> None:
    async with scene.db.work() as tx:
        token = await links.issue(
            tx,
            "offer",
            subject=scene.asked_eva,
            person=scene.eva,
            centre=scene.placing.centre.id,
            expires_at=tx.now + timedelta(hours=1),
        )
        scene.made = await links.find(tx, "offer", token)


async def use_it_too_late(scene: Scene) -> None:
    async with scene.db.work() as tx:
        late = scene.made.expires_at + timedelta(minutes=1)
        await links.use_link(tx, id=scene.made.id, now=late)


async def let_a_run_lose_its_lease(scene: Scene) -> None:
    token = uuid4()
    async with scene.db.work() as tx:
        id = await run_store.begin_run(
            tx, trigger="demand", token=token, lease_until=tx.now, now=tx.now
        )
    scene.db.clock.turn(minutes=1)  # type: ignore[attr-defined]
    async with scene.db.work() as tx:
        await run_store.fail_dead_runs(tx, now=tx.now)
    scene.db.clock.turn(minutes=1)  # type: ignore[attr-defined]
    scene.made = id, token, await scene.a_fresh_request()


async def go_on_with_it(scene: Scene) -> None:
    id, token, request = scene.made
    planned = await scene.placing.planned(request, scene.petra)
    async with scene.db.work() as tx:
        if await run_store.hold_run(tx, id=id, token=token, lease_until=tx.now):
            await offers.place(tx, msgspec.structs.replace(planned, run=id))


async def accept_a_mail_under_another_lease(scene: Scene) -> None:
    token = uuid4()
    async with scene.db.work() as tx:
        (mail,) = await mail_store.lease(tx, token=token, until=tx.now, count=1)
        await mail_store.accept_delivery(tx, id=mail, token=token, now=tx.now)
    scene.made = mail


async def postpone_it_all_the_same(scene: Scene) -> None:
    async with scene.db.work() as tx:
        await mail_store.postpone_delivery(
            tx, id=scene.made, token=uuid4(), state="pending", next_at=tx.now, error="late"
        )


async def reject_somebody(scene: Scene) -> None:
    placing = scene.placing
    scene.made = await a_sitter(scene.db, placing.centre, status="applicant")
    desk = await a_desk(scene.db, placing.centre)
    (found,) = await placing.rows("SELECT public_id FROM provider WHERE person = $1", scene.made)
    await lifecycle.reject(scene.db, desk, found["public_id"])  # type: ignore[arg-type]


async def come_to_know_somebody(scene: Scene) -> None:
    placing = scene.placing
    scene.made = await a_client(scene.db, placing.centre, status="new")
    desk = await a_desk(scene.db, placing.centre)
    (found,) = await placing.rows("SELECT public_id FROM client WHERE id = $1", scene.made)
    await clients.mark_known(scene.db, desk, placing.centre.id, found["public_id"])  # type: ignore[arg-type]


async def strike_evas_certificate(scene: Scene) -> None:
    await scene.placing.do("DELETE FROM credential WHERE person = $1", scene.eva)


async def accept_without_it(scene: Scene) -> None:
    await scene.accept(scene.eva, scene.asked_eva)


async def a_minor_accepts(scene: Scene) -> None:
    lena = await a_sitter(
        scene.db,
        scene.placing.centre,
        birth_date=date(2010, 3, 1),
        schooling_until=date(2026, 7, 31),
    )
    request = await scene.a_fresh_request("thu 16-18", approval="book")
    (offer,) = await scene.placing.asks(request, lena)
    await scene.accept(lena, offer)


async def one_of_two_accepts(scene: Scene) -> None:
    request = await scene.a_fresh_request(people=2, service="event", approval="book")
    seats = await scene.placing.seats(request)
    one, _ = await scene.placing.asks(request, scene.petra, scene.eva, seats=seats)
    await scene.accept(scene.petra, one)


async def both_of_two_accept_at_once(scene: Scene) -> None:
    request = await scene.a_fresh_request(people=2, service="event", approval="book")
    seats = await scene.placing.seats(request)
    one, two = await scene.placing.asks(request, scene.petra, scene.eva, seats=seats)
    await asyncio.gather(
        scene.accept(scene.petra, one), scene.accept(scene.eva, two, db=scene.other)
    )


async def two_visits_far_apart_at_once(scene: Scene) -> None:
    asked = []
    for when, place in (("sun 14-16", "39340 Haldensleben"), ("sun 16-18", "39164 Wanzleben")):
        request = await scene.a_fresh_request(when, place=place)
        scene.week -= 1
        asked += await scene.placing.asks(request, scene.petra, parallel=True)
    scene.week += 1
    await asyncio.gather(
        scene.accept(scene.petra, asked[0]),
        scene.accept(scene.petra, asked[1], db=scene.other),
        return_exceptions=True,
    )


async def one_of_two_rivals_accepts(scene: Scene) -> None:
    request = await scene.a_fresh_request()
    one, _ = await scene.placing.asks(request, scene.petra, scene.eva, parallel=True)
    await scene.accept(scene.petra, one)


async def ask_somebody_by_phone(scene: Scene) -> None:
    rolf = await a_sitter(scene.db, scene.placing.centre, email=None)
    await scene.placing.asks(await scene.a_fresh_request(), rolf)


async def send_a_form(scene: Scene) -> None:
    asked = read_json(body(email=f"{uuid4()}@example.org"))
    await submit(scene.db, visitor(), scene.placing.centre, asked, via="api", key=str(uuid4()))


async def move_beyond_what_is_allowed(scene: Scene) -> None:
    request = await scene.a_fresh_request(flexible=30)
    planned = await scene.placing.planned(request, scene.petra, later=timedelta(hours=1))
    async with scene.db.work() as tx:
        await offers.place(tx, planned)


async def take_a_neighbours_request(scene: Scene) -> None:
    centre = scene.made or (await a_centre(scene.db, "nachbar"))
    scene.made = centre
    async with scene.db.transaction(an_actor(centre)) as tx:
        await tx.connection.execute(
            "UPDATE care_request SET centre = $1 WHERE id = $2", centre.id, scene.request
        )
