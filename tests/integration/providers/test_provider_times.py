"""Weekly plans and what deviates from them; what agreed visits a change would touch."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from helpers_made import NOW, House, a_booking, a_line, a_provider, an_application
from rundum_core.errors import Conflict, Forbidden, Invalid, NotFound
from rundum_providers.models import NewAvailability, NewException, NewWeek
from rundum_providers.service import availability, lifecycle, registration

BERLIN = ZoneInfo("Europe/Berlin")


def at(day: int, hour: int, month: int = 6) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=BERLIN)


async def free(house: House, provider) -> list[str]:
    times = await availability.times_of(house.db, house.desk, provider)
    return [
        f"{begin.astimezone(BERLIN):%d.%m. %H}–{end.astimezone(BERLIN):%d.%m. %H}"
        for begin, end in times.free
    ]


async def test_a_plan_becomes_the_free_times_of_the_next_weeks(house: House) -> None:
    new = await a_provider(house, None, a_line("saturday", 14, 18), a_line("friday", 20, 1))
    assert (await free(house, new.provider))[:3] == [
        "11.06. 20–12.06. 01",
        "12.06. 14–12.06. 18",
        "18.06. 20–19.06. 01",
    ]


async def test_every_second_week_is_told_by_a_day_of_such_a_week(house: House) -> None:
    line = a_line("wednesday", 15, 18, every_n_weeks=2, first_week=date(2027, 6, 20))
    new = await a_provider(house, None, line)
    assert await free(house, new.provider) == ["16.06. 15–16.06. 18", "30.06. 15–30.06. 18"]


async def test_a_new_plan_takes_the_place_of_the_old_one(house: House) -> None:
    new = await a_provider(house, None, a_line("monday", 8, 12), a_line("tuesday", 8, 12))
    petra = house.provider(new.person)
    await availability.set_week(
        house.db, petra, new.provider, NewWeek(lines=(a_line("sunday", 8, 12),))
    )
    assert {text[:5] for text in await free(house, new.provider)} == {
        "13.06",
        "20.06",
        "27.06",
        "04.07",
    }
    await availability.set_week(house.db, petra, new.provider, NewWeek())
    assert await free(house, new.provider) == []


async def test_lines_that_are_over_vanish_with_the_next_change(house: House) -> None:
    past = a_line("monday", 8, 12, valid_until=date(2027, 6, 1))
    new = await a_provider(house, None, past, a_line("tuesday", 8, 12))
    times = await availability.times_of(house.db, house.desk, new.provider)
    assert [line.weekday for line in times.lines] == [1]


@pytest.mark.parametrize(
    ("line", "field", "key"),
    [
        (a_line("monday", 18, 17), "lines.0.wall_to", "end_before_start"),
        (a_line("monday", 8, 8), "lines.0.wall_to", "end_before_start"),
        (
            a_line("monday", 8, 9, valid_from=date(2027, 8, 1), valid_until=date(2027, 7, 1)),
            "lines.0.valid_until",
            "until_before_from",
        ),
    ],
)
async def test_a_line_that_makes_no_sense_is_refused(
    house: House, line: NewAvailability, field: str, key: str
) -> None:
    new = await a_provider(house, None, a_line("tuesday", 8, 12))
    with pytest.raises(Invalid) as refused:
        await availability.set_week(house.db, house.desk, new.provider, NewWeek(lines=(line,)))
    assert [(error.field, error.key) for error in refused.value.errors] == [
        (field, f"providers.rule.{key}")
    ]
    assert len(await free(house, new.provider)) == 4


async def test_midnight_to_midnight_is_the_whole_day(house: House) -> None:
    new = await a_provider(house, None, a_line("sunday", 0, 0))
    assert (await free(house, new.provider))[0] == "13.06. 00–14.06. 00"


async def test_a_change_lists_the_agreed_visits_that_no_longer_fit(house: House) -> None:
    new = await a_provider(house, None, a_line("friday", 14, 18), a_line("saturday", 8, 12))
    petra = house.provider(new.person)
    friday = await a_booking(house, new.person, at(11, 15), at(11, 17))
    await a_booking(house, new.person, at(12, 9), at(12, 11))
    sunday = await a_booking(house, new.person, at(13, 9), at(13, 11))  # agreed on the phone
    changed = await availability.set_week(
        house.db, petra, new.provider, NewWeek(lines=(a_line("saturday", 8, 12),))
    )
    assert [booking.public_id for booking in changed.affected] == [friday]
    _, changed = await availability.add_exception(
        house.db,
        petra,
        new.provider,
        NewException(kind="blocked", first_day=date(2027, 6, 13)),
    )
    assert [booking.public_id for booking in changed.affected] == [sunday]
    changed = await lifecycle.pause(house.db, petra, new.provider)
    assert len(changed.affected) == 3


async def test_a_holiday_of_several_days_is_one_entry_without_free_time(house: House) -> None:
    new = await a_provider(house, None, *(a_line(day, 8, 12) for day in ("monday", "thursday")))
    rows, _ = await availability.add_exception(
        house.db,
        house.desk,
        new.provider,
        NewException(kind="blocked", first_day=date(2027, 6, 10), last_day=date(2027, 6, 27)),
    )
    assert [(row.starts_at, row.ends_at) for row in rows] == [(at(10, 0), at(28, 0))]
    days = [text[:5] for text in await free(house, new.provider)]
    assert days == ["07.06", "28.06", "01.07", "05.07"]


async def test_hours_on_several_days_are_an_entry_a_day(house: House) -> None:
    new = await a_provider(house)
    rows, _ = await availability.add_exception(
        house.db,
        house.provider(new.person),
        new.provider,
        NewException(
            kind="free",
            first_day=date(2027, 6, 8),
            last_day=date(2027, 6, 9),
            wall_from=time(20),
            wall_to=time(1),
        ),
    )
    assert await free(house, new.provider) == ["08.06. 20–09.06. 01", "09.06. 20–10.06. 01"]
    booked = await a_booking(house, new.person, at(8, 21), at(8, 23))
    changed = await availability.remove_exception(
        house.db, house.desk, new.provider, rows[0].public_id
    )
    assert [booking.public_id for booking in changed.affected] == [booked]
    assert await free(house, new.provider) == ["09.06. 20–10.06. 01"]
    with pytest.raises(NotFound):
        await availability.remove_exception(house.db, house.desk, new.provider, rows[0].public_id)


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        (
            {"first_day": date(2027, 6, 10), "last_day": date(2027, 6, 9), "wall_from": time(9)},
            {("last_day", "providers.rule.last_before_first"), ("wall_to", "forms.missing.to")},
        ),
        ({"first_day": date(2027, 6, 1)}, {("first_day", "providers.rule.over")}),
        (
            {"first_day": date(2027, 6, 10), "last_day": date(2029, 1, 1)},
            {("last_day", "providers.rule.many_days")},
        ),
        (
            {"first_day": date(2028, 3, 26), "wall_from": time(2, 30), "wall_to": time(5)},
            {("wall_from", "forms.time.never")},
        ),
        (
            {"first_day": date(2027, 6, 10), "wall_from": time(9), "wall_to": time(8)},
            {("wall_to", "providers.rule.end_before_start")},
        ),
        ({"first_day": date(2100, 12, 31)}, {("last_day", "providers.rule.far_away")}),
    ],
)
async def test_a_deviation_that_makes_no_sense_is_refused(
    house: House, wrong: dict, errors: set
) -> None:
    new = await registration.register(house.db, house.visitor, an_application())
    with pytest.raises(Invalid) as refused:
        await availability.add_exception(
            house.db, house.desk, new.provider, NewException(kind="free", **wrong)
        )
    assert {(error.field, error.key) for error in refused.value.errors} == errors


async def test_the_hour_that_comes_twice_is_covered_both_times(house: House) -> None:
    new = await a_provider(house)
    rows, _ = await availability.add_exception(
        house.db,
        house.desk,
        new.provider,
        NewException(kind="free", first_day=date(2027, 10, 31), wall_from=time(2), wall_to=time(3)),
    )
    assert rows[0].ends_at - rows[0].starts_at == timedelta(hours=2)
    assert rows[0].starts_at == datetime(2027, 10, 31, tzinfo=UTC)


async def test_nobody_else_changes_somebodys_times(house: House) -> None:
    new = await a_provider(house)
    other = await registration.register(house.db, house.visitor, an_application())
    stranger = house.provider(other.person)
    for verb in (
        availability.set_week(house.db, stranger, new.provider, NewWeek()),
        availability.times_of(house.db, stranger, new.provider),
        availability.remove_exception(house.db, stranger, new.provider, uuid4()),
    ):
        with pytest.raises(NotFound):
            await verb
    with pytest.raises(Forbidden):
        await availability.times_of(house.db, house.visitor, new.provider)


async def test_who_left_has_no_times_to_change(house: House) -> None:
    new = await a_provider(house)
    await lifecycle.leave(house.db, house.desk, new.provider)
    with pytest.raises(Conflict):
        await availability.set_week(house.db, house.desk, new.provider, NewWeek())


async def test_there_is_an_end_to_how_many_deviations_somebody_notes(house: House) -> None:
    new = await a_provider(house)
    free_mornings = [
        NewException(
            kind="free",
            first_day=NOW.date() + timedelta(days=62 * number),
            last_day=NOW.date() + timedelta(days=62 * number + 61),
            wall_from=time(9),
            wall_to=time(10),
        )
        for number in range(7)
    ]
    for mornings in free_mornings[:-1]:
        await availability.add_exception(house.db, house.desk, new.provider, mornings)
    with pytest.raises(Invalid) as refused:
        await availability.add_exception(house.db, house.desk, new.provider, free_mornings[-1])
    assert refused.value.errors[0].key == "providers.rule.many_exceptions"
