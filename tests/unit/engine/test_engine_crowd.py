"""Who could do it now, and what would work: the same as eligibility says, one by one."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from rundum_engine import Index, eligible
from rundum_engine.crowd import Asked, Crowd, Probe
from rundum_engine.relax import Change, Option, Prospects, what_would_work
from rundum_engine.snapshot import Commitment, Need, Seat, Skill, Snapshot, Span, Variant, Visit
from unit.engine.worlds import (
    FAR,
    HOME,
    a_provider,
    a_random_world,
    a_seat,
    a_visit,
    a_world,
    at,
    calendar,
)


def asked(snapshot: Snapshot, visit: Visit, seat: Seat) -> Asked:
    midnights = snapshot.calendar.midnights
    return Asked(Crowd(snapshot), snapshot, visit, seat, Span(midnights[0], midnights[-1]))


def prospects(snapshot: Snapshot, **how: object) -> Prospects:
    visit = snapshot.visits[0]
    return what_would_work(Crowd(snapshot), snapshot, visit, visit.seats[0], **how)  # type: ignore[arg-type]


def ways(found: Prospects) -> list[tuple[tuple[tuple[str, int | str], ...], int]]:
    return [
        (tuple((c.key, c.skill or c.amount) for c in option.changes), option.count)
        for option in found.options
    ]


@pytest.mark.parametrize("seed", range(60))
def test_a_crowd_finds_exactly_those_whom_the_rules_allow(seed: int) -> None:
    snapshot = a_random_world(seed, visits=4, providers=6)
    index = Index(snapshot)
    for visit in snapshot.visits:
        for seat in visit.seats:
            question = asked(snapshot, visit, seat)
            for variant in visit.variants:
                probe = Probe(variant.start + seat.begin, variant.start + seat.end)
                assert [p.id for p in question.who(probe)] == [
                    p.id for p in snapshot.providers if eligible(index, visit, seat, p, variant)
                ]


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_each_way_out_is_what_the_rules_say_of_the_changed_visit(seed: int) -> None:
    snapshot = a_random_world(seed, visits=3, providers=6)
    for visit in snapshot.visits:
        for seat in visit.seats:
            crowd = Crowd(snapshot)
            found = what_would_work(crowd, snapshot, visit, seat, give_up=("adult", "first_aid"))
            for option in found.options:
                assert option.count == counted(snapshot, visit, seat, option)


def counted(snapshot: Snapshot, visit: Visit, seat: Seat, option: Option) -> int:
    """Those who could take the changed seat in a snapshot that is changed so."""
    gone = {change.skill for change in option.changes if change.key == "without"}
    wider = sum(change.amount for change in option.changes if change.key == "wider")
    changed = replace(
        seat,
        end=seat.begin + option.end - option.start,
        needs=tuple(need for need in seat.needs if need.skill not in gone),
    )
    start = Variant(start=option.start - seat.begin)
    people = [
        replace(p, radius_km=None if p.radius_km is None else p.radius_km + wider)
        for p in snapshot.providers
    ]
    index = Index(snapshot)
    return sum(eligible(index, visit, changed, p, start) for p in people)


def test_a_crowd_is_changed_person_by_person() -> None:
    petra, elke, olga = (a_provider(id) for id in (1, 2, 3))
    crowd = Crowd(a_world(providers=(petra, elke)))
    busy = replace(petra, commitments=(Commitment(span=Span(at(0, 9), at(0, 12))),))
    later = crowd.updated([busy, olga], [2], ())
    question = a_world((a_visit(),))
    visit, seat = question.visits[0], question.visits[0].seats[0]

    def free(crowd: Crowd) -> list[int]:
        reach = Span(at(0, 0), at(1, 0))
        found = Asked(crowd, question, visit, seat, reach).who(Probe(at(0, 10), at(0, 12)))
        return [p.id for p in found]

    assert free(crowd) == [1, 2]
    assert free(later) == [3]
    assert free(later.updated([petra], [], ())) == [1, 3]


def test_the_best_of_those_who_could_come_first() -> None:
    near, far = a_provider(1, home=FAR), a_provider(2, home=HOME)
    snapshot = a_world((a_visit(),), (near, far))
    visit = snapshot.visits[0]
    count, best = asked(snapshot, visit, visit.seats[0]).candidates(1)
    assert count == 2
    assert [one.provider for one in best] == [2]


def test_nobody_at_that_time_but_somebody_an_hour_later() -> None:
    sitter = a_provider(free=(Span(at(0, 11), at(0, 14)), Span(at(2, 9), at(2, 13))))
    found = prospects(a_world((a_visit(),), (sitter,)))
    assert found.count == 0
    assert ways(found) == [((("later", 60),), 1), ((("begins_later", 60),), 1), ((("day", 2),), 1)]
    assert found.options[0].start == at(0, 11)


def test_without_a_need_or_from_further_away() -> None:
    visit = a_visit(seats=(a_seat(needs=(Need(skill="lang:en"), Need(skill="adult"))),))
    people = (
        a_provider(1, skills=(Skill(key="adult"),)),
        a_provider(2, skills=(Skill(key="adult"), Skill(key="lang:en")), home=FAR, radius_km=35.0),
        a_provider(3, skills=(Skill(key="lang:en"),)),
    )
    found = prospects(a_world((visit,), people), give_up=("lang:en",))
    assert ways(found) == [((("wider", 5),), 1), ((("without", "lang:en"),), 1)]


def test_pairs_are_named_only_where_no_single_change_helps() -> None:
    visit = a_visit(hours=3)
    sitter = a_provider(free=(Span(at(0, 11), at(0, 13.5)),))
    alone = prospects(a_world((visit,), (sitter,)))
    assert ways(alone)[0] == ((("begins_later", 60),), 1)
    shorter = a_provider(free=(Span(at(0, 12.5), at(0, 14)),))
    assert ways(prospects(a_world((visit,), (shorter,))))[0] == (
        (("later", 150), ("ends_sooner", 90)),
        1,
    )


def test_a_group_needs_enough_people_and_the_public_hears_at_most_a_few() -> None:
    people = tuple(a_provider(id, free=(Span(at(1, 9), at(1, 13)),)) for id in (1, 2, 3))
    snapshot = a_world((a_visit(),), people)
    assert ways(prospects(snapshot, enough=3)) == [((("day", 1),), 3)]
    assert ways(prospects(snapshot, enough=4)) == []
    assert ways(prospects(snapshot, most=2)) == [((("day", 1),), 2)]


def test_nothing_in_the_past_is_proposed() -> None:
    sitter = a_provider(free=(Span(at(0, 8), at(0, 11)),))
    early = a_world((a_visit(),), (sitter,), now=at(0, 8.5))
    assert ways(prospects(early)) == [((("earlier", 60),), 1), ((("ends_sooner", 60),), 1)]
    assert ways(prospects(replace(early, now=at(0, 9.5)))) == [((("ends_sooner", 60),), 1)]


@pytest.mark.parametrize("first", [date(2027, 3, 26), date(2027, 10, 29)])
def test_another_day_keeps_the_time_on_the_wall_across_the_change_of_clocks(first: date) -> None:
    days = calendar(first, 7)
    visit = a_visit(start=at(1, 18, first))
    sitter = a_provider(free=(Span(at(3, 18, first), at(3, 20, first)),))
    found = prospects(a_world((visit,), (sitter,), calendar=days, now=days.midnights[0]))
    assert [(option.changes, option.start) for option in found.options] == [
        ((Change(key="day", amount=2),), at(3, 18, first))
    ]
