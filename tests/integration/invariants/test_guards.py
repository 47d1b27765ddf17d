"""Negative controls: each guard refuses a wrong thing, and without it `rundum check` finds it.

A line of the table names what keeps something wrong out, the wrong thing, and the check that tells.
Where there are several guards they fall one after the other: the last one alone still holds.
"""

from __future__ import annotations

import asyncpg
import msgspec
import pytest

import helpers_sins as sins
from factories import a_client, a_request, a_sitter
from helpers_guards import (
    Control,
    Sin,
    constraint,
    index,
    instead,
    slowly,
    trigger,
    unlocked,
    without,
)
from helpers_placing import Placing
from helpers_sins import Scene
from rundum_app.check import faults
from rundum_core import idempotency, links
from rundum_core.db import Database
from rundum_core.errors import RundumError
from rundum_matching import bookings, offers, snapshot
from rundum_matching.store import bookings as booking_store
from rundum_matching.store import offers as offer_store
from rundum_matching.store import runs as run_store
from rundum_notifications import messages
from rundum_notifications import store as mail_store

ANOTHER_SLOT = (
    "INSERT INTO slot (person, during, kind)"
    " SELECT {eva}, during, 'booking' FROM slot WHERE id = {slot} RETURNING id"
)
A_BOOKING = (
    "INSERT INTO booking (centre, seat, during, person, slot, origin, state, way_minutes, ical_uid,"
    " created_at) SELECT centre, {0}, during, {1}, {2}, 'phone', 'provisional', 0, 'other',"
    " created_at FROM booking WHERE id = {{booking}}"
)

CONTROLS = [
    # I1: nobody is in two places
    constraint(
        "slot",
        "slot_no_overlap",
        "i1_nobody_in_two_places",
        "INSERT INTO slot (person, during, kind)"
        " SELECT person, during, 'external' FROM slot WHERE id = {slot}",
    ),
    Control(
        about="the lock on the person whose time it is",
        guards=(slowly(offers, "_take"), unlocked(offer_store.lock_persons)),
        sin=sins.two_visits_far_apart_at_once,
        check="i1_the_way_between",
    ),
    # I2: one booking a seat, one offer a lane
    index(
        "booking_seat_once",
        "i2_one_booking_a_seat",
        f"WITH s AS ({ANOTHER_SLOT}) " + A_BOOKING.format("seat", "{eva}", "(SELECT id FROM s)"),
    ),
    index(
        "offer_seat_lane",
        "i2_one_offer_a_lane",
        "UPDATE offer_seat SET lane = 1 WHERE offer = {asked_nina}",
    ),
    Control(
        about="withdrawing the rivals",
        guards=(instead(offers, "_withdraw_rivals", None),),
        sin=sins.one_of_two_rivals_accepts,
        check="i2_one_offer_a_lane",
    ),
    # I3: a booking has its seat's times
    constraint(
        "booking",
        "booking_seat_times",
        "i3_booking_has_its_seats_times",
        "UPDATE seat SET during = tstzrange(lower(during), upper(during) - interval '1 hour')"
        " WHERE id = {seat}",
    ),
    constraint(
        "booking",
        "booking_slot",
        "i3_booking_has_its_seats_times",
        A_BOOKING.format("{seat2}", "{petra}", "slot"),
    ),
    constraint(
        "offer_seat",
        "offer_seat_slot_key",
        "i3_held_time_is_the_seats",
        "UPDATE offer_seat SET slot = {slot} WHERE offer = {asked_eva}",
    ),
    # I4: everybody is told, once
    constraint(
        "message",
        "message_once",
        "i4_told_once",
        "INSERT INTO message (centre, event, person, template, subject, created_at)"
        " SELECT centre, event, person, template, subject, created_at FROM message LIMIT 1",
    ),
    constraint(
        "delivery",
        "delivery_message_key",
        "i4_told_once",
        "INSERT INTO delivery (centre, message, channel, state, next_at, message_id, created_at)"
        " SELECT centre, message, 'phone', 'obsolete', next_at, 'other', created_at FROM delivery"
        " LIMIT 1",
    ),
    constraint(
        "event",
        "event_key",
        "i4_told_once",
        "INSERT INTO event (kind, subject, key, at)"
        " SELECT 'booking.reminded', {booking}, 'reminder', now() FROM generate_series(1, 2)",
    ),
    Control(
        about="telling in the same transaction",
        guards=(instead(offers, "tell", None),),
        sin=sins.one_of_two_rivals_accepts,
        check="i4_every_owed_message",
    ),
    Control(
        about="calling who has no address",
        guards=(instead(messages, "open_task", 0),),
        sin=sins.ask_somebody_by_phone,
        check="i4_nobody_is_forgotten",
    ),
    # I5: no request lost or doubled
    constraint(
        "idempotency",
        "idempotency_once",
        "i5_no_lost_request",
        "INSERT INTO idempotency (actor, key, body_hash, answer, created_at)"
        " SELECT 'somebody', 'the same key', '', '{{\"done\": true}}', now()"
        " FROM generate_series(1, 2)",
    ),
    Control(
        about="keeping the answer with the effect",
        guards=(instead(idempotency, "keep_answer", None),),
        sin=sins.send_a_form,
        check="i5_no_lost_request",
    ),
    # I6: only legal changes
    Control(
        about="compare and swap of an offer, and its trigger",
        guards=(without(offer_store.change_offer, "state = :was"), trigger("offer")),
        sin=sins.decline_what_was_accepted,
        check="i6_only_legal_changes",
    ),
    Control(
        about="compare and swap of a booking, and its trigger",
        guards=(without(booking_store.change_booking, "state = :was"), trigger("booking")),
        before=sins.release_the_booking,
        sin=sins.confirm_what_was_released,
        check="i6_only_legal_changes",
    ),
    Control(
        about="one answer to an approval",
        guards=(without(booking_store.decide_approval, "given_at IS NULL AND refused_at IS NULL"),),
        before=sins.confirm_the_booking,
        sin=sins.answer_a_second_time,
        check="i6_states_fit_together",
    ),
    constraint(
        "approval",
        "approval_one_answer",
        "i6_states_fit_together",
        "UPDATE approval SET given_at = now(), refused_at = now() WHERE id = {approval}",
    ),
    constraint(
        "approval",
        "approval_once",
        "i6_states_fit_together",
        "INSERT INTO approval (centre, booking, by, deadline)"
        " SELECT centre, booking, by, deadline FROM approval WHERE id = {approval}",
        before=sins.confirm_the_booking,
    ),
    Control(
        about="the trigger on requests",
        guards=(trigger("care_request"),),
        before=sins.cancel_the_request,
        sin="UPDATE care_request SET state = 'open' WHERE id = {request}",
        check="i6_only_legal_changes",
    ),
    Control(
        about="the trigger on seats",
        guards=(trigger("seat"),),
        before=sins.cancel_the_request,
        sin="UPDATE seat SET state = 'open' WHERE id = {seat}",
        check="i6_states_fit_together",
    ),
    Control(
        about="the trigger on tasks",
        guards=(trigger("task"),),
        before=sins.put_on_the_board_and_cancel,
        sin="UPDATE task SET state = 'open' WHERE kind = 'decide'",
        check="i6_the_board_is_true",
    ),
    Control(
        about="the trigger on providers",
        guards=(trigger("provider"),),
        before=sins.reject_somebody,
        sin="UPDATE provider SET status = 'active' WHERE person = {made}",
        check="i6_only_legal_changes",
    ),
    Control(
        about="the trigger on clients",
        guards=(trigger("client"),),
        before=sins.come_to_know_somebody,
        sin="UPDATE client SET status = 'new' WHERE id = {made}",
        check="i6_only_legal_changes",
    ),
    index(
        "task_once",
        "i6_the_board_is_true",
        "INSERT INTO task (centre, kind, subject, due_at, created_at)"
        " SELECT centre, 'unplaced', {request}, created_at, created_at"
        " FROM care_request, generate_series(1, 2) WHERE id = {request}",
    ),
    # I7: nothing crosses from one centre to another
    Control(
        about="row-level security of requests",
        guards=((None, "ALTER TABLE care_request DISABLE ROW LEVEL SECURITY"),),
        sin=sins.take_a_neighbours_request,
        check="i7_nothing_crosses_centres",
    ),
    Control(
        about="the right to change the log (I11)",
        guards=(("no right", "GRANT UPDATE ON event TO rundum_worker"),),
        sin="UPDATE event SET kind = 'offer.declined' WHERE kind = 'offer.accepted'",
        check="i7_the_wall_stands",
    ),
    Control(
        about="the right to change the rules of states",
        guards=(("no right", "GRANT INSERT ON transition TO rundum_worker"),),
        sin="INSERT INTO transition VALUES ('offer', 'accepted', 'pending')",
        check="i7_the_wall_stands",
    ),
    # I8: a link acts once, in its time
    Control(
        about="using a link",
        guards=(
            without(links.use_link, "used_at IS NULL AND revoked_at IS NULL AND expires_at > :now"),
        ),
        before=sins.issue_a_link,
        sin=sins.use_it_too_late,
        check="i8_links_act_once",
    ),
    constraint(
        "link",
        "link_hash_key",
        "i8_links_act_once",
        "INSERT INTO link (hash, purpose, subject, centre, standing, created_at, expires_at)"
        " SELECT sha256('x'), 'offer', {offer}, centre, false, now(), now()"
        " FROM care_request, generate_series(1, 2) WHERE id = {request}",
    ),
    # I9, I10: a slot runs once, a lost lease writes nothing
    constraint(
        "job_slot",
        "job_slot_once",
        "i9_a_slot_runs_once",
        "INSERT INTO job_slot (job, slot, claimed_at)"
        " SELECT 'matching', now(), now() FROM generate_series(1, 2)",
    ),
    index(
        "run_one_running",
        "i10_a_lost_lease_writes_nothing",
        "INSERT INTO run (trigger, token, lease_until, started_at)"
        " SELECT 'demand', gen_random_uuid(), now(), now() FROM generate_series(1, 2)",
    ),
    Control(
        about="holding a run",
        guards=(without(run_store.hold_run, "token = :token AND state = 'running'"),),
        before=sins.let_a_run_lose_its_lease,
        sin=sins.go_on_with_it,
        check="i10_a_lost_lease_writes_nothing",
    ),
    Control(
        about="the trigger on runs",
        guards=(trigger("run"),),
        before=sins.let_a_run_lose_its_lease,
        sin="UPDATE run SET state = 'running'",
        check="i10_a_lost_lease_writes_nothing",
    ),
    Control(
        about="the lease of a mail, and its trigger",
        guards=(
            without(mail_store.postpone_delivery, "lease_token = :token AND state = 'leased'"),
            trigger("delivery"),
        ),
        before=sins.accept_a_mail_under_another_lease,
        sin=sins.postpone_it_all_the_same,
        check="i10_a_lost_lease_writes_nothing",
    ),
    # I12: what is needed holds
    Control(
        about="asking every rule again on acceptance",
        guards=(
            (
                "offer.no_longer_possible",
                lambda patch: patch.setattr(snapshot, "refusals_now", _no_refusals),
            ),
        ),
        before=sins.strike_evas_certificate,
        sin=sins.accept_without_it,
        check="i12_what_is_needed_holds_to_the_end",
    ),
    Control(
        about="a guardian's word",
        guards=(instead(bookings, "guardians_at", ()),),
        sin=sins.a_minor_accepts,
        check="i12_minors_with_their_guardians_word",
    ),
    # I15: time
    constraint(
        "visit",
        "visit_on_its_day",
        "i15_time_is_unambiguous",
        "UPDATE visit SET date = date + 1",
    ),
    constraint(
        "visit",
        "visit_half_open",
        "i15_time_is_unambiguous",
        "UPDATE visit SET during = tstzrange(lower(during), upper(during), '[]')",
    ),
    constraint(
        "slot",
        "slot_half_open",
        "i15_time_is_unambiguous",
        "INSERT INTO slot (person, during, kind)"
        " SELECT {nina}, tstzrange(lower(during), NULL), 'external' FROM slot WHERE id = {slot}",
    ),
    Control(
        about="how far a visit is moved",
        guards=(
            (
                "offer.world_moved",
                without(
                    offer_store.move_visit,
                    "lower(v.during) + :by <="
                    " v.wished_at + make_interval(mins => r.flexible_after)",
                )[1],
            ),
        ),
        sin=sins.move_beyond_what_is_allowed,
        check="i15_time_is_unambiguous",
    ),
    # I16: all or nobody
    Control(
        about="waiting for the others",
        guards=(instead(booking_store, "open_required_seats", 0),),
        sin=sins.one_of_two_accepts,
        check="i16_all_or_nobody",
    ),
    Control(
        about="the lock on the request that is filled",
        guards=(slowly(offers, "settle"), unlocked(offer_store.lock_request)),
        sin=sins.both_of_two_accept_at_once,
        check="i16_all_or_nobody",
    ),
]


async def _no_refusals(*_: object, **__: object) -> tuple[()]:
    return ()


@pytest.fixture
async def scene(placing: Placing, other: Database) -> Scene:
    petra, eva, nina = [await a_sitter(placing.db, placing.centre) for _ in range(3)]
    family = await a_client(placing.db, placing.centre)
    request = await a_request(placing.db, placing.centre, family)
    second = await a_request(placing.db, placing.centre)
    (offer,) = await placing.asks(request, petra)
    (booking,) = await offers.accept(placing.db, placing.actor(petra), offer)
    asked_eva, asked_nina = await placing.asks(second, eva, nina, parallel=True)
    return Scene(
        placing=placing,
        other=other,
        petra=petra,
        eva=eva,
        nina=nina,
        family=family,
        request=request,
        seat=(await placing.seats(request))[0],
        offer=offer,
        booking=booking,
        slot=await placing.id("SELECT slot FROM booking WHERE id = $1", booking),
        approval=await placing.approval(booking),
        seat2=(await placing.seats(second))[0],
        asked_eva=asked_eva,
        asked_nina=asked_nina,
    )


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.about)
async def test_a_guard_refuses_and_without_it_the_check_finds(
    control: Control, scene: Scene, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    if control.before is not None:
        await control.before(scene)
    for refusal, away in control.guards:
        assert await _refused(control.sin, scene) == refusal
        assert not await faults(scene.db)
        if isinstance(away, str):
            await owner.execute(away)
        else:
            away(monkeypatch)
    assert await _refused(control.sin, scene) is None
    assert control.check in {fault.name for fault in await faults(scene.db)}


async def _refused(sin: str | Sin, scene: Scene) -> str | None:
    """By which key; None when it was done, or nothing came of it."""
    try:
        if isinstance(sin, str):
            await scene.placing.do(sin.format(**msgspec.structs.asdict(scene)))
        else:
            await sin(scene)
    except RundumError as refusal:
        return refusal.key
    except asyncpg.InsufficientPrivilegeError:
        return "no right"
    return None
