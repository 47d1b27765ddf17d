"""Deadlines in waking hours and in the desk's opening hours, over clock changes too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundum_core.clock import BERLIN
from rundum_identity.hours import (
    OpeningHours,
    Span,
    desk_deadline,
    is_open,
    next_opening,
    waking_deadline,
)

EIGHT_TO_FOUR = (Span(time(8), time(12)), Span(time(13), time(16)))
OFFICE = OpeningHours(
    monday=EIGHT_TO_FOUR,
    tuesday=EIGHT_TO_FOUR,
    wednesday=EIGHT_TO_FOUR,
    thursday=EIGHT_TO_FOUR,
    friday=(Span(time(8), time(12)),),
)
NEVER: frozenset[date] = frozenset()


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


# the days around both clock changes of 2027, and an ordinary month
BEGIN = datetime(2027, 3, 1, tzinfo=UTC)
moments = st.integers(min_value=0, max_value=270 * 24 * 60).map(
    lambda minutes: BEGIN + timedelta(minutes=minutes)
) | st.sampled_from(
    [berlin("2027-03-28T01:59"), berlin("2027-03-28T03:01"), berlin("2027-10-31T02:30")]
)
minutes_left = st.integers(min_value=0, max_value=60 * 24 * 7)


def test_an_evening_question_may_be_answered_the_next_morning() -> None:
    assert waking_deadline(berlin("2026-11-20T20:30"), 60) == berlin("2026-11-21T07:30")


def test_a_question_at_night_counts_from_the_morning() -> None:
    assert waking_deadline(berlin("2026-11-20T02:00"), 30) == berlin("2026-11-20T07:30")


def test_the_last_waking_minute_still_counts() -> None:
    assert waking_deadline(berlin("2026-11-20T20:00"), 60) == berlin("2026-11-20T21:00")


@pytest.mark.parametrize("day", ["2027-03-27", "2027-10-30"])
def test_a_night_with_a_clock_change_costs_no_waking_minute(day: str) -> None:
    begin = berlin(f"{day}T20:00")
    assert waking_deadline(begin, 14 * 60).astimezone(BERLIN).time() == time(20)


@given(moments, minutes_left)
def test_a_waking_deadline_lies_in_waking_hours(now: datetime, minutes: int) -> None:
    local = waking_deadline(now, minutes).astimezone(BERLIN)
    assert time(7) <= local.time() <= time(21)


@given(moments, minutes_left, st.integers(min_value=0, max_value=600))
def test_waking_deadlines_add_up(now: datetime, first: int, second: int) -> None:
    at_once = waking_deadline(now, first + second)
    assert waking_deadline(waking_deadline(now, first), second) in (at_once, _awake(at_once))


@given(moments, minutes_left)
def test_no_deadline_is_sooner_than_its_minutes(now: datetime, minutes: int) -> None:
    for deadline in (
        waking_deadline(now, minutes),
        desk_deadline(now, minutes, OFFICE, NEVER, NEVER),
    ):
        assert deadline - now >= timedelta(minutes=minutes)


@given(moments, minutes_left, minutes_left)
def test_more_minutes_never_end_sooner(now: datetime, one: int, other: int) -> None:
    less, more = sorted((one, other))
    assert desk_deadline(now, less, OFFICE, NEVER, NEVER) <= desk_deadline(
        now, more, OFFICE, NEVER, NEVER
    )


@given(moments, st.integers(min_value=1, max_value=3000))
def test_just_before_a_desk_deadline_the_desk_is_open(now: datetime, minutes: int) -> None:
    deadline = desk_deadline(now, minutes, OFFICE, NEVER, NEVER)
    assert is_open(deadline - timedelta(seconds=1), OFFICE, NEVER, NEVER)


def test_the_lunch_break_and_the_weekend_do_not_count() -> None:
    friday = berlin("2026-11-20T11:30")
    assert desk_deadline(friday, 60, OFFICE, NEVER, NEVER) == berlin("2026-11-23T08:30")
    monday = berlin("2026-11-23T11:30")
    assert desk_deadline(monday, 60, OFFICE, NEVER, NEVER) == berlin("2026-11-23T13:30")


def test_closing_days_and_holidays_do_not_count() -> None:
    friday = berlin("2026-11-20T11:00")
    closed = {date(2026, 11, 23)}
    holidays = {date(2026, 11, 24)}
    assert desk_deadline(friday, 90, OFFICE, closed, holidays) == berlin("2026-11-25T08:30")
    assert next_opening(berlin("2026-11-20T12:00"), OFFICE, closed, holidays) == berlin(
        "2026-11-25T08:00"
    )


def test_overlapping_spans_count_once() -> None:
    hours = OpeningHours(
        monday=(Span(time(8), time(12)), Span(time(10), time(13)), Span(time(8), time(9)))
    )
    monday = berlin("2026-11-23T08:00")
    assert desk_deadline(monday, 5 * 60, hours, NEVER, NEVER) == berlin("2026-11-23T13:00")


def test_a_desk_without_hours_counts_waking_hours() -> None:
    now = berlin("2026-11-20T20:30")
    assert desk_deadline(now, 60, OpeningHours(), NEVER, NEVER) == waking_deadline(now, 60)
    assert next_opening(now, OpeningHours(), NEVER, NEVER) is None
    assert not is_open(now, OpeningHours(), NEVER, NEVER)


def test_a_desk_is_open_from_its_first_minute_and_closed_from_its_last() -> None:
    assert is_open(berlin("2026-11-23T08:00"), OFFICE, NEVER, NEVER)
    assert not is_open(berlin("2026-11-23T12:00"), OFFICE, NEVER, NEVER)
    assert not is_open(berlin("2026-11-22T10:00"), OFFICE, NEVER, NEVER)


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="closes"):
        Span(time(12), time(8))


def _awake(at: datetime) -> datetime:
    """The same deadline when its minutes end with the evening: the next morning is as good."""
    return waking_deadline(at + timedelta(microseconds=1), 0).replace(microsecond=0)
