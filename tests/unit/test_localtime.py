"""Wall times at the two days on which the clock is set."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundum_core.clock import BERLIN
from rundum_core.localtime import (
    AmbiguousTime,
    NonexistentTime,
    day_bounds,
    from_minute,
    to_minute,
    wall_to_instant,
    widest,
)

SPRING = date(2027, 3, 28)
AUTUMN = date(2027, 10, 31)
DATES = st.dates(date(2020, 1, 1), date(2036, 12, 31))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_an_ordinary_wall_time_is_one_moment() -> None:
    assert wall_to_instant(date(2027, 6, 14), time(14)) == utc(2027, 6, 14, 12)
    assert wall_to_instant(date(2027, 1, 14), time(14), fold=1) == utc(2027, 1, 14, 13)


@pytest.mark.parametrize("fold", [None, 0, 1])
def test_the_hour_that_does_not_exist_is_refused_with_two_alternatives(fold: int | None) -> None:
    with pytest.raises(NonexistentTime) as refused:
        wall_to_instant(SPRING, time(2, 30), fold=fold)
    assert [f"{at:%H:%M}" for at in refused.value.alternatives] == ["01:30", "03:30"]
    assert isinstance(refused.value, ValueError)


def test_the_hour_that_comes_twice_is_asked_about() -> None:
    with pytest.raises(AmbiguousTime) as asked:
        wall_to_instant(AUTUMN, time(2, 30))
    assert [f"{at:%H:%M %Z}" for at in asked.value.alternatives] == ["02:30 CEST", "02:30 CET"]
    assert wall_to_instant(AUTUMN, time(2, 30), fold=0) == utc(2027, 10, 31, 0, 30)
    assert wall_to_instant(AUTUMN, time(2, 30), fold=1) == utc(2027, 10, 31, 1, 30)


@pytest.mark.parametrize(
    ("day", "wall"), [(SPRING, time(1, 59)), (SPRING, time(3)), (AUTUMN, time(1, 59))]
)
def test_the_minutes_around_are_ordinary(day: date, wall: time) -> None:
    assert wall_to_instant(day, wall).astimezone(BERLIN).time() == wall


def test_a_window_begins_when_the_clock_goes_on() -> None:
    for wall in (time(2), time(2, 30), time(2, 59), time(3)):
        assert widest(SPRING, wall) == utc(2027, 3, 28, 1)
        assert widest(SPRING, wall, end=True) == utc(2027, 3, 28, 1)


def test_a_window_covers_both_passes_of_the_doubled_hour_but_no_more() -> None:
    assert widest(AUTUMN, time(2, 30)) == utc(2027, 10, 31, 0, 30)
    assert widest(AUTUMN, time(2, 30), end=True) == utc(2027, 10, 31, 1, 30)
    assert widest(AUTUMN, time(2), end=True) == utc(2027, 10, 31, 0)
    assert widest(AUTUMN, time(3), end=True) == utc(2027, 10, 31, 2)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2027, 6, 1), 24)])
def test_a_day_has_23_24_or_25_hours(day: date, hours: int) -> None:
    begin, end = day_bounds(day)
    assert end - begin == timedelta(hours=hours)


@given(DATES)
def test_days_follow_each_other_without_a_gap(day: date) -> None:
    assert day_bounds(day)[1] == day_bounds(day + timedelta(days=1))[0]


@given(DATES, st.times().map(lambda t: t.replace(microsecond=0)), st.sampled_from([None, 0, 1]))
def test_a_moment_shows_the_wall_time_it_was_asked_for(
    day: date, wall: time, fold: int | None
) -> None:
    try:
        local = wall_to_instant(day, wall, fold=fold).astimezone(BERLIN)
    except (NonexistentTime, AmbiguousTime) as refused:
        for at in refused.alternatives:
            assert wall_to_instant(at.date(), at.time(), fold=at.fold) == at
        return
    assert (local.date(), local.time()) == (day, wall)


@given(st.integers(-(10**7), 10**8))
def test_minutes_are_counted_to_and_fro(minute: int) -> None:
    assert to_minute(from_minute(minute)) == minute
    assert to_minute(from_minute(minute) + timedelta(seconds=59)) == minute
