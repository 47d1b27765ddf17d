"""Free windows: weekly plans and deviations laid out over real days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from rundum_core.clock import BERLIN
from rundum_core.holidays_of import holidays_of
from rundum_core.localtime import from_minute, to_minute
from rundum_engine.snapshot import Span
from rundum_providers.windows import free_spans, merged, week_of, without

HOLIDAYS = holidays_of("ST", 2026, 2028).public
MONDAY = date(2026, 11, 23)


class Line(Struct, frozen=True, kw_only=True):
    weekday: int = 0
    wall_from: time = time(18)
    wall_to: time = time(22)
    every_n_weeks: int = 1
    week_offset: int = 0
    valid_from: date | None = None
    valid_until: date | None = None
    on_holidays: bool = True


class Change(Struct, frozen=True, kw_only=True):
    starts_at: datetime
    ends_at: datetime
    kind: Literal["free", "blocked"]


def local(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


def days(first: date, count: int) -> Span:
    return Span(
        to_minute(local(first).astimezone(UTC)),
        to_minute(local(first + timedelta(days=count)).astimezone(UTC)),
    )


def told(spans: tuple[Span, ...]) -> list[str]:
    """Spans as a person in Berlin reads them."""
    return [
        f"{from_minute(s.start).astimezone(BERLIN):%a %d.%m. %H:%M}-"
        f"{from_minute(s.end).astimezone(BERLIN):%H:%M}"
        for s in spans
    ]


def test_a_weekly_line_gives_one_window_a_week() -> None:
    spans = free_spans([Line(weekday=2)], [], days(MONDAY, 14), HOLIDAYS)
    assert told(spans) == ["Wed 25.11. 18:00-22:00", "Wed 02.12. 18:00-22:00"]


def test_a_window_over_midnight_ends_on_the_next_day() -> None:
    spans = free_spans([Line(wall_to=time(2))], [], days(MONDAY, 7), HOLIDAYS)
    assert told(spans) == ["Mon 23.11. 18:00-02:00"]


def test_the_night_before_the_horizon_reaches_into_it() -> None:
    spans = free_spans([Line(weekday=6, wall_to=time(2))], [], days(MONDAY, 3), HOLIDAYS)
    assert told(spans) == ["Mon 23.11. 00:00-02:00"]


def test_from_midnight_to_midnight_is_the_whole_day() -> None:
    spans = free_spans([Line(wall_from=time(), wall_to=time())], [], days(MONDAY, 7), HOLIDAYS)
    assert told(spans) == ["Mon 23.11. 00:00-00:00"]


def test_overlapping_and_touching_windows_become_one() -> None:
    lines = [
        Line(wall_from=time(8), wall_to=time(12)),
        Line(wall_from=time(12), wall_to=time(14)),
        Line(wall_from=time(11), wall_to=time(13)),
    ]
    assert told(free_spans(lines, [], days(MONDAY, 7))) == ["Mon 23.11. 08:00-14:00"]


def test_valid_dates_are_inclusive_and_speak_of_the_day_a_window_begins() -> None:
    line = Line(
        wall_to=time(2), valid_from=MONDAY + timedelta(7), valid_until=MONDAY + timedelta(14)
    )
    spans = free_spans([line], [], days(MONDAY, 35))
    assert told(spans) == ["Mon 30.11. 18:00-02:00", "Mon 07.12. 18:00-02:00"]


def test_alternating_weeks_do_not_shift_after_a_year_of_53_weeks() -> None:
    line = Line(every_n_weeks=2, week_offset=week_of(MONDAY, 2))
    spans = free_spans([line], [], days(MONDAY, 56))
    starts = [from_minute(s.start).astimezone(BERLIN).date() for s in spans]
    assert starts == [MONDAY + timedelta(days=14 * n) for n in range(4)]
    weeks = [day.isocalendar().week for day in starts]
    assert weeks == [48, 50, 52, 1]  # even weeks, then an odd one: 2026 has 53


def test_every_third_week_can_be_told_from_any_day_of_it() -> None:
    thursday = MONDAY + timedelta(days=3)
    line = Line(weekday=5, every_n_weeks=3, week_offset=week_of(thursday, 3))
    spans = free_spans([line], [], days(MONDAY, 28))
    assert told(spans) == ["Sat 28.11. 18:00-22:00", "Sat 19.12. 18:00-22:00"]


def test_public_holidays_fall_away_for_those_who_want_that() -> None:
    christmas = days(date(2026, 12, 24), 3)
    plan = [Line(weekday=n, wall_from=time(9), wall_to=time(12)) for n in (3, 4, 5)]
    assert len(free_spans(plan, [], christmas, HOLIDAYS)) == 3
    sparing = [
        Line(weekday=n, wall_from=time(9), wall_to=time(12), on_holidays=False) for n in (3, 4, 5)
    ]
    assert told(free_spans(sparing, [], christmas, HOLIDAYS)) == ["Thu 24.12. 09:00-12:00"]


def test_a_window_that_reaches_into_a_holiday_ends_at_midnight() -> None:
    line = Line(weekday=3, wall_from=time(20), wall_to=time(3), on_holidays=False)
    spans = free_spans([line], [], days(date(2026, 12, 24), 3), HOLIDAYS)
    assert told(spans) == ["Thu 24.12. 20:00-00:00"]


def test_free_exceptions_add_and_blocked_ones_win() -> None:
    changes = [
        Change(starts_at=local(MONDAY, 8), ends_at=local(MONDAY, 20), kind="free"),
        Change(starts_at=local(MONDAY, 10), ends_at=local(MONDAY, 19), kind="blocked"),
    ]
    spans = free_spans([Line()], changes, days(MONDAY, 7))
    assert told(spans) == ["Mon 23.11. 08:00-10:00", "Mon 23.11. 19:00-22:00"]


def test_a_blocked_minute_is_wholly_blocked_and_a_free_one_wholly_free() -> None:
    second = timedelta(seconds=30)
    free = Change(
        starts_at=local(MONDAY, 8) + second, ends_at=local(MONDAY, 12) + second, kind="free"
    )
    blocked = Change(
        starts_at=local(MONDAY, 9) + second, ends_at=local(MONDAY, 10) + second, kind="blocked"
    )
    assert told(free_spans([], [free, blocked], days(MONDAY, 1))) == [
        "Mon 23.11. 08:01-09:00",
        "Mon 23.11. 10:01-12:00",
    ]


def test_a_window_from_the_missing_hour_begins_at_three() -> None:
    sunday = days(date(2027, 3, 28), 1)
    line = Line(weekday=6, wall_from=time(2, 30), wall_to=time(6))
    assert told(free_spans([line], [], sunday)) == ["Sun 28.03. 03:00-06:00"]
    line = Line(weekday=6, wall_from=time(2, 10), wall_to=time(2, 50))
    assert free_spans([line], [], sunday) == ()
    line = Line(weekday=6, wall_from=time(1), wall_to=time(2, 30))
    [span] = free_spans([line], [], sunday)
    assert span.end - span.start == 60


def test_a_window_in_the_doubled_hour_covers_both() -> None:
    sunday = days(date(2027, 10, 31), 1)
    line = Line(weekday=6, wall_from=time(2), wall_to=time(3))
    [span] = free_spans([line], [], sunday)
    assert span.end - span.start == 120
    line = Line(weekday=6, wall_from=time(2, 30), wall_to=time(4))
    [span] = free_spans([line], [], sunday)
    assert span.end - span.start == 150


def test_wall_times_stay_the_same_when_the_clock_is_set() -> None:
    spans = free_spans([Line(weekday=0)], [], days(date(2027, 3, 22), 14))
    assert told(spans) == ["Mon 22.03. 18:00-22:00", "Mon 29.03. 18:00-22:00"]
    assert spans[1].start - spans[0].start == (7 * 24 - 1) * 60


# -- properties -----------------------------------------------------------------------------------

SPANS = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 60)).map(lambda p: Span(p[0], p[0] + p[1])),
    max_size=8,
)
TIMES = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))


@st.composite
def lines(draw: st.DrawFn) -> Line:
    every = draw(st.integers(1, 4))
    return Line(
        weekday=draw(st.integers(0, 6)),
        wall_from=draw(TIMES),
        wall_to=draw(TIMES),
        every_n_weeks=every,
        week_offset=draw(st.integers(0, every - 1)),
        valid_from=draw(st.none() | st.dates(date(2027, 1, 1), date(2027, 12, 31))),
        on_holidays=draw(st.booleans()),
    )


@st.composite
def changes(draw: st.DrawFn) -> Change:
    start = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 525_000)))
    return Change(
        starts_at=start,
        ends_at=start + timedelta(minutes=draw(st.integers(1, 3000))),
        kind=draw(st.sampled_from(["free", "blocked"])),
    )


HORIZONS = st.tuples(st.dates(date(2027, 1, 1), date(2027, 12, 1)), st.integers(1, 21)).map(
    lambda pair: days(*pair)
)


def minutes(spans: tuple[Span, ...]) -> set[int]:
    return {minute for span in spans for minute in range(span.start, span.end)}


@given(SPANS, SPANS)
def test_merging_and_taking_away_keep_exactly_the_right_minutes(
    spans: list[Span], taken: list[Span]
) -> None:
    whole, holes = merged(spans), merged(taken)
    assert minutes(whole) == minutes(tuple(spans))
    left = without(whole, holes)
    assert minutes(left) == minutes(whole) - minutes(holes)
    assert left == merged(left)


@given(st.lists(lines(), max_size=5), st.lists(changes(), max_size=5), HORIZONS)
def test_windows_are_sorted_apart_and_inside_the_horizon(
    plan: list[Line], deviations: list[Change], horizon: Span
) -> None:
    spans = free_spans(plan, deviations, horizon, HOLIDAYS)
    assert spans == merged(spans)
    assert all(horizon.start <= s.start < s.end <= horizon.end for s in spans)
    for change in deviations:
        if change.kind == "blocked":
            begin, end = to_minute(change.starts_at), to_minute(change.ends_at)
            assert all(s.end <= begin or end <= s.start for s in spans)


@given(st.lists(lines(), max_size=4), st.lists(changes(), max_size=3), HORIZONS, st.data())
def test_a_horizon_cut_in_two_gives_the_same_minutes(
    plan: list[Line], deviations: list[Change], horizon: Span, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(horizon.start, horizon.end))
    halves = [
        *free_spans(plan, deviations, Span(horizon.start, cut), HOLIDAYS),
        *free_spans(plan, deviations, Span(cut, horizon.end), HOLIDAYS),
    ]
    assert merged(halves) == free_spans(plan, deviations, horizon, HOLIDAYS)


@given(lines(), HORIZONS)
def test_every_free_minute_shows_a_wall_time_of_its_line(line: Line, horizon: Span) -> None:
    overnight = line.wall_to <= line.wall_from
    for span in free_spans([line], [], horizon, HOLIDAYS):
        for minute in range(span.start, span.end, 15):
            at = from_minute(minute).astimezone(BERLIN)
            if at.date() == date(2027, 10, 31) and at.hour == 2:
                continue  # both passes are covered, whichever quarter was meant
            inside = (
                at.time() >= line.wall_from or at.time() < line.wall_to
                if overnight
                else line.wall_from <= at.time() < line.wall_to
            )
            assert inside, (line, at)
