"""Every rule on both sides of its limit, for the plain function and the verifier alike."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rundum_engine import Index, outcome, plan, refusals, verify, way_minutes
from rundum_engine.snapshot import (
    Asker,
    Barrier,
    Cap,
    Commitment,
    Days,
    Need,
    Override,
    Pin,
    Place,
    Provider,
    Refusal,
    Rest,
    Series,
    Skill,
    Span,
    Variant,
    Visit,
    Windows,
)
from rundum_engine.travel import DEFAULT_MODES, way_km
from unit.engine.worlds import (
    FAR,
    HOME,
    NEAR,
    PLACES,
    a_provider,
    a_seat,
    a_visit,
    a_world,
    at,
    calendar,
)

CAR = DEFAULT_MODES[0]
WAY = way_minutes(CAR, PLACES[0], PLACES[1])
FAR_KM = way_km(CAR, PLACES[0], PLACES[2])
WORKED = Commitment(span=Span(at(0, 14), at(0, 16)))
EVENING = Commitment(span=Span(at(0, 18), at(0, 22)))
DAYTIME = (Span(at(0, 8), at(0, 18)),)


def why(visit: Visit, provider: Provider, **facts: Any) -> tuple[str, ...]:
    world = a_world((visit,), (provider,), **facts)
    index = Index(world)
    found = refusals(index, visit, visit.seats[0], provider, visit.variants[0])
    planned = plan(world)
    assert verify(world, planned) == ()
    assert bool(planned.assignments) == (not found)
    return tuple(w.reason for w in found)


CASES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (
        "no_time",
        {"start": at(0, 9.9)},
        {"free": (Span(at(0, 10), at(0, 12)),)},
        {"start": at(0, 10)},
        {},
    ),
    (
        "no_time",
        {},
        {"commitments": (Commitment(span=Span(at(0, 11), at(0, 13))),)},
        {},
        {"commitments": (Commitment(span=Span(at(0, 12), at(0, 13))),)},
    ),
    (
        "way_in",
        {},
        {"commitments": (Commitment(span=Span(at(0, 8), at(0, 10) - WAY + 1), end_place=HOME),)},
        {},
        {"commitments": (Commitment(span=Span(at(0, 8), at(0, 10) - WAY), end_place=HOME),)},
    ),
    (
        "way_out",
        {},
        {"commitments": (Commitment(span=Span(at(0, 12) + WAY - 1, at(0, 15)), start_place=HOME),)},
        {},
        {"commitments": (Commitment(span=Span(at(0, 12) + WAY, at(0, 15)), start_place=HOME),)},
    ),
    ("too_far", {"start_place": FAR}, {"radius_km": FAR_KM - 0.1}, {}, {"radius_km": FAR_KM + 0.1}),
    ("too_far_minutes", {}, {"radius_minutes": WAY - 1}, {}, {"radius_minutes": WAY}),
    (
        "no_way_home",
        {},
        {"no_way_home": (Span(at(0, 12) + WAY - 1, at(0, 18)),)},
        {},
        {"no_way_home": (Span(at(0, 12) + WAY, at(0, 18)),)},
    ),
    (
        "needs:adult",
        {"seats": (a_seat(needs=(Need(skill="adult"),)),)},
        {},
        {},
        {"skills": (Skill(key="adult"),)},
    ),
    (
        "needs_lapses:adult",
        {"seats": (a_seat(needs=(Need(skill="adult"),)),)},
        {"skills": (Skill(key="adult", until=at(0, 12) - 1),)},
        {},
        {"skills": (Skill(key="adult", until=at(0, 12)),)},
    ),
    (
        "evening",
        {"start": at(0, 16) + 1},
        {"windows": (Windows(reason="evening", spans=DAYTIME),)},
        {"start": at(0, 16)},
        {},
    ),
    (
        "day",
        {},
        {"caps": (Cap(reason="day", minutes=239, per="day"),), "commitments": (WORKED,)},
        {},
        {"caps": (Cap(reason="day", minutes=240, per="day"),), "commitments": (WORKED,)},
    ),
    (
        "week",
        {"start": at(3, 10)},
        {"caps": (Cap(reason="week", minutes=239, per="week"),), "commitments": (WORKED,)},
        {},
        {"caps": (Cap(reason="week", minutes=240, per="week"),), "commitments": (WORKED,)},
    ),
    (
        "roll",
        {"start": at(2, 10)},
        {
            "caps": (Cap(reason="roll", minutes=239, per="rolling", days=3),),
            "commitments": (WORKED,),
        },
        {},
        {
            "caps": (Cap(reason="roll", minutes=239, per="rolling", days=2),),
            "commitments": (WORKED,),
        },
    ),
    (
        "rest",
        {"start": at(1, 9)},
        {"rests": (Rest(reason="rest", minutes=661),), "commitments": (EVENING,)},
        {},
        {"rests": (Rest(reason="rest", minutes=660),), "commitments": (EVENING,)},
    ),
    (
        "days",
        {"start": at(1, 9)},
        {"days": (Days(reason="days", most=1),), "commitments": (EVENING,)},
        {},
        {"days": (Days(reason="days", most=2),), "commitments": (EVENING,)},
    ),
    (
        "pets",
        {"tags": ("pets",)},
        {"refusals": (Refusal(reason="pets", tag="pets"),)},
        {},
        {"refusals": (Refusal(reason="pets", tag="pets", askers=Asker.CLUB),)},
    ),
    ("rate_too_low", {"rate": 1199}, {"lowest_rate": 1200}, {"rate": 1200}, {}),
    ("other_centre", {"centre": 2}, {}, {}, {"centres": (2,)}),
]


@pytest.mark.parametrize(("reason", "visit", "provider", "visit_ok", "provider_ok"), CASES)
def test_a_rule_refuses_beyond_its_limit_and_only_there(
    reason: str,
    visit: dict[str, Any],
    provider: dict[str, Any],
    visit_ok: dict[str, Any],
    provider_ok: dict[str, Any],
) -> None:
    assert why(a_visit(**visit), a_provider(**provider)) == (reason,)
    assert why(a_visit(**{**visit, **visit_ok}), a_provider(**{**provider, **provider_ok})) == ()


def test_only_a_soft_reason_can_be_waived() -> None:
    override = Override(visit=1, provider=1, reason="declined")
    for hard, refused in ((True, ("declined",)), (False, ())):
        barrier = Barrier(provider=1, reason="declined", request=1, hard=hard)
        assert why(a_visit(), a_provider(), barriers=(barrier,), overrides=(override,)) == refused


def test_hours_for_different_clients_add_up_within_a_plan() -> None:
    two = (a_visit(1, at(0, 10)), a_visit(2, at(0, 14)))
    for minutes, filled in ((240, 2), (239, 1)):
        helper = a_provider(caps=(Cap(reason="day", minutes=minutes, per="day"),))
        found = plan(a_world(two, (helper,)))
        assert len(found.assignments) == filled
        assert all(c.proven for c in found.certificates)


@pytest.mark.parametrize(("first", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25)])
def test_a_day_of_the_clock_change_is_as_long_as_it_is(first: date, hours: int) -> None:
    days = calendar(first, 2)
    assert days.midnights[1] - days.midnights[0] == hours * 60
    morning = a_visit(1, at(0, 6, first), 4)
    evening = a_visit(2, at(0, 18, first), 4)
    next_day = a_visit(3, at(1, 6, first), 4)
    helper = a_provider(
        free=(Span(days.midnights[0], days.midnights[2]),),
        caps=(Cap(reason="day", minutes=480, per="day"),),
        rests=(Rest(reason="rest", minutes=481),),
    )
    world = a_world((morning, evening, next_day), (helper,), calendar=days)
    found = plan(world)
    # 22:00 to 6:00 are 480 minutes of rest in the night after the change.
    assert {a.visit for a in found.assignments} in ({1, 2}, {1, 3})


def test_half_a_group_is_nobody_and_a_core_comes_before_extras() -> None:
    core = (a_seat(1), a_seat(2), a_seat(3, required=False, value=3000))
    for helpers, filled in ((1, 0), (2, 2), (3, 3)):
        people = tuple(a_provider(i + 1) for i in range(helpers))
        found = plan(a_world((a_visit(seats=core),), people))
        assert len(found.assignments) == filled
        assert found.outcomes[0].state == ("unfilled", "unfilled", "partial", "filled")[filled]


def test_one_person_can_not_be_lead_and_helper_of_one_visit() -> None:
    seats = (a_seat(1, needs=(Need(skill="adult"),)), a_seat(2))
    adult = a_provider(1, skills=(Skill(key="adult"),))
    child = a_provider(2)
    assert plan(a_world((a_visit(seats=seats),), (adult,))).assignments == ()
    assert plan(a_world((a_visit(seats=seats),), (child, a_provider(3)))).assignments == ()
    assert len(plan(a_world((a_visit(seats=seats),), (adult, child))).assignments) == 2


def test_a_demanded_series_stays_in_one_hand() -> None:
    visits = tuple(a_visit(i, at(i, 10), series=1) for i in (1, 2, 3))
    morning = a_provider(1, free=(Span(at(1, 0), at(2, 0)), Span(at(2, 0), at(3, 0))))
    other = a_provider(2, free=(Span(at(3, 0), at(4, 0)),))
    world = a_world(visits, (morning, other), series=(Series(id=1, same="demanded"),))
    assert {a.provider for a in plan(world).assignments} == {1}
    free = a_world(visits, (morning, other), series=(Series(id=1, same="any"),))
    assert len(plan(free).assignments) == 3


def test_the_desks_word_comes_first() -> None:
    near, far = a_provider(1), a_provider(2, home=FAR)
    visit = a_visit()
    assert plan(a_world((visit,), (near, far))).assignments[0].provider == 1
    pin = Pin(visit=1, provider=2, must=True)
    assert plan(a_world((visit,), (near, far), pins=(pin,))).assignments[0].provider == 2
    ban = Pin(visit=1, provider=1, must=False)
    assert plan(a_world((visit,), (near,), pins=(ban,))).outcomes[0].funnel == (("pinned_away", 1),)


def test_urgent_visits_are_filled_before_dearer_ones() -> None:
    dear, urgent = a_visit(1, value=50_000), a_visit(2, value=100, urgent=True)
    found = plan(a_world((dear, urgent), (a_provider(),)))
    assert [a.visit for a in found.assignments] == [2]


def test_one_start_of_several_is_chosen_and_priced() -> None:
    busy = a_visit(1, value=20_000)
    flexible = a_visit(2, variants=(Variant(start=at(0, 10)), Variant(start=at(0, 14), cost=500)))
    found = plan(a_world((busy, flexible), (a_provider(),)))
    assert {(a.visit, a.start) for a in found.assignments} == {(1, at(0, 10)), (2, at(0, 14))}


def test_a_gap_too_short_for_the_way_is_not_planned() -> None:
    first = a_visit(1, at(0, 8), end_place=NEAR)
    for gap, filled in ((0, 1), (60, 2)):
        second = a_visit(2, at(0, 10) + gap, start_place=FAR, end_place=FAR)
        assert len(plan(a_world((first, second), (a_provider(),))).assignments) == filled


def test_a_funnel_says_why_nobody_could_come() -> None:
    away = a_provider(1, free=())
    far = a_provider(2, radius_km=1.0)
    world = a_world((a_visit(),), (away, far))
    found = plan(world).outcomes[0]
    assert found == outcome(Index(world), world.visits[0], ())
    assert dict(found.funnel) == {"no_time": 1, "too_far": 1}
    assert found.candidates[0].provider == 2
    assert found.candidates[0].refusals[0].want == 1.0


def test_the_triangle_inequality_holds_to_the_minute() -> None:
    places = [Place(id=i, lat=52 + i * 0.031, lon=11 + (i * 7 % 13) * 0.043) for i in range(14)]
    for mode in DEFAULT_MODES:
        for a in places:
            for b in places:
                for c in places:
                    assert way_minutes(mode, a, c) <= way_minutes(mode, a, b) + way_minutes(
                        mode, b, c
                    )


def test_an_empty_world_has_an_empty_plan() -> None:
    held = a_visit(seats=(a_seat(holder=1),))
    for visits, people in (((), ()), ((a_visit(),), ()), ((), (a_provider(),)), ((held,), ())):
        found = plan(a_world(visits, people))
        assert found.assignments == ()
        assert all(c.proven and c.bound == 0 for c in found.certificates)
