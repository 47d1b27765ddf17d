"""From what somebody says about her time to what is kept, and back."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundum_providers import plans
from rundum_providers.models import WEEKDAYS, NewAvailability, NewException
from rundum_providers.windows import week_of

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
LINES = st.builds(
    NewAvailability,
    weekday=st.sampled_from(WEEKDAYS),
    wall_from=st.just(time(14)),
    wall_to=st.just(time(18)),
    every_n_weeks=st.integers(1, 8),
    first_week=st.one_of(st.none(), DAYS),
)


@given(LINES, DAYS)
def test_a_line_is_told_as_it_was_kept(line: NewAvailability, today: date) -> None:
    kept = plans.stored_line(line, 7, today)
    assert plans.stored_line(plans.told_line(kept, today), 7, today) == kept


@given(LINES, DAYS)
def test_the_next_dates_are_days_on_which_the_line_holds(
    line: NewAvailability, today: date
) -> None:
    kept = plans.stored_line(line, 7, today)
    dates = plans.next_dates(kept, today, 4)
    assert len(dates) == 4
    assert today <= dates[0] < today + timedelta(weeks=kept.every_n_weeks)
    assert {day.weekday() for day in dates} == {kept.weekday}
    assert all(week_of(day, kept.every_n_weeks) == kept.week_offset for day in dates)
    assert {b - a for a, b in itertools.pairwise(dates)} == {timedelta(weeks=kept.every_n_weeks)}


@given(LINES, DAYS, DAYS)
def test_the_next_dates_lie_within_the_time_the_line_is_valid(
    line: NewAvailability, today: date, bound: date
) -> None:
    kept = plans.stored_line(line, 7, today)
    later = plans.stored_line(
        NewAvailability(
            weekday=line.weekday,
            wall_from=line.wall_from,
            wall_to=line.wall_to,
            every_n_weeks=line.every_n_weeks,
            first_week=line.first_week,
            valid_from=bound,
            valid_until=bound + timedelta(days=20),
        ),
        7,
        today,
    )
    for day in plans.next_dates(later, today, 3):
        assert max(today, bound) <= day <= bound + timedelta(days=20)
        assert week_of(day, kept.every_n_weeks) == kept.week_offset


@given(DAYS)
def test_a_week_begins_on_its_monday(day: date) -> None:
    monday = plans.monday_of(day)
    assert monday.weekday() == 0
    assert 0 <= (day - monday).days < 7


@given(DAYS, st.integers(0, 20), st.booleans())
def test_a_deviation_covers_each_of_its_days(first: date, more: int, daily: bool) -> None:
    new = NewException(
        kind="free",
        first_day=first,
        last_day=first + timedelta(days=more),
        wall_from=time(20) if daily else None,
        wall_to=time(1) if daily else None,
    )
    spans = plans.spans_of(new)
    assert len(spans) == (more + 1 if daily else 1)
    assert all(begin < end for begin, end in spans)
    assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(spans))


def test_a_whole_day_of_25_hours_is_25_hours() -> None:
    [(begin, end)] = plans.spans_of(NewException(kind="free", first_day=date(2027, 10, 31)))
    assert end - begin == timedelta(hours=25)


@pytest.mark.parametrize(
    ("begin", "end", "fine"),
    [
        (time(8), time(12), True),
        (time(20), time(1), True),
        (time(18), time(8), True),
        (time(18), time(17), False),
        (time(8), time(8), False),
        (time(0), time(0), True),
        (time(8), time(0), True),
    ],
)
def test_an_end_before_the_start_is_the_next_morning_or_a_mistake(
    begin: time, end: time, fine: bool
) -> None:
    line = NewAvailability(weekday="monday", wall_from=begin, wall_to=end)
    assert (plans.wrong_lines([line]) == []) == fine


def test_the_clock_that_skips_an_hour_is_told_for_every_day_it_concerns() -> None:
    new = NewException(
        kind="free",
        first_day=date(2027, 3, 27),
        last_day=date(2027, 3, 28),
        wall_from=time(2, 30),
        wall_to=time(9),
    )
    wrong = plans.wrong_exception(new, datetime(2027, 1, 1, tzinfo=UTC), date(2027, 1, 1))
    assert [(error.field, error.params["day"]) for error in wrong] == [
        ("wall_from", date(2027, 3, 28))
    ]
