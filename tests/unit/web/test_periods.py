"""Days and times together, over midnight and over the clock's changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rundum_core.errors import FieldError
from rundum_web.periods import Moment, Period, Span


def read(field: Any, **parts: str) -> Any:
    errors: list[FieldError] = []
    sent = {f"x.{part.rstrip('_')}": [raw] for part, raw in parts.items()}
    value = field.read("x", sent, errors)
    return [(error.field, error.key) for error in errors] or value


def read_json(field: Any, given: Any) -> Any:
    errors: list[FieldError] = []
    value = field.read_json("x", given, errors)
    return [(error.field, error.key) for error in errors] or value


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def test_a_moment_is_kept_in_utc() -> None:
    assert read(Moment(), date="2027-06-12", time="18:30") == utc(2027, 6, 12, 16, 30)


def test_both_inputs_of_a_moment_are_missed_at_once() -> None:
    assert read(Moment()) == [("x.date", "forms.missing.date"), ("x.time", "forms.missing.time")]
    assert read(Moment(required=False)) is None
    assert read(Moment(required=False), date="2027-06-12") == [("x.time", "forms.missing.time")]


def test_the_hour_that_does_not_exist_is_refused() -> None:
    assert read(Moment(), date="2027-03-28", time="2:30") == [("x.time", "forms.time.never")]
    assert read_json(Moment(), "2027-03-28T02:30") == [("x", "forms.time.never")]


def test_the_hour_that_comes_twice_is_asked_about() -> None:
    asked = read(Moment(), date="2027-10-31", time="2:30")
    assert asked == [("x.fold", "forms.time.twice")]
    assert read(Moment(), date="2027-10-31", time="2:30", fold="summer") == utc(2027, 10, 31, 0, 30)
    assert read(Moment(), date="2027-10-31", time="2:30", fold="winter") == utc(2027, 10, 31, 1, 30)
    assert read_json(Moment(), "2027-10-31T02:30") == [("x", "forms.json.twice")]
    assert read_json(Moment(), "2027-10-31T02:30+01:00") == utc(2027, 10, 31, 1, 30)


@pytest.mark.parametrize(
    "given",
    ["", "morgen", "2027-06-12", 7, True, [], "2027-06-12T25:00", "0001-01-01T00:00", "x" * 99],
)
def test_what_is_no_moment_in_json(given: Any) -> None:
    assert read_json(Moment(), given) == [("x", "forms.json.moment")]


def test_a_span_within_a_day_and_over_midnight() -> None:
    period = Period()
    assert read(period, date="2027-06-12", from_="14", to="18") == Span(
        start=utc(2027, 6, 12, 12), end=utc(2027, 6, 12, 16)
    )
    assert read(period, date="2027-06-12", from_="20", to="1") == Span(
        start=utc(2027, 6, 12, 18), end=utc(2027, 6, 12, 23)
    )
    assert read(period, date="2027-06-12", from_="14", to="24:00").end == utc(2027, 6, 12, 22)
    assert read(period, date="2027-06-12", from_="14", to="0:00").end == utc(2027, 6, 12, 22)


def test_an_end_before_the_start_is_a_mistake_unless_it_is_a_night() -> None:
    period = Period()
    refused = [("x.to", "forms.span.end_before_start")]
    assert read(period, date="2027-06-12", from_="14", to="12") == refused
    assert read(period, date="2027-06-12", from_="14", to="14") == refused


def test_a_span_has_a_longest() -> None:
    period = Period(longest=timedelta(hours=10))
    assert read(period, date="2027-06-12", from_="6", to="18") == [("x.to", "forms.span.long")]


def test_a_night_of_the_clocks_change_has_its_true_length() -> None:
    night = read(Period(), date="2027-10-30", from_="20", to="6")
    assert night.end - night.start == timedelta(hours=11)
    night = read(Period(), date="2027-03-27", from_="20", to="6")
    assert night.end - night.start == timedelta(hours=9)


def test_each_end_in_the_doubled_hour_is_asked_for_itself() -> None:
    given = {"date": "2027-10-31", "from_": "2:15", "to": "2:45"}
    assert read(Period(), **given) == [
        ("x.from_fold", "forms.time.twice"),
        ("x.to_fold", "forms.time.twice"),
    ]
    both = read(Period(), **given, from_fold="summer", to_fold="winter")
    assert both.end - both.start == timedelta(minutes=90)


def test_a_span_in_json_names_both_moments() -> None:
    given = {"start": "2027-06-12T14:00:00+02:00", "end": "2027-06-12T18:00"}
    assert read_json(Period(), given) == Span(start=utc(2027, 6, 12, 12), end=utc(2027, 6, 12, 16))
    assert read_json(Period(), {"start": "x", "ende": 1}) == [
        ("x.ende", "forms.json.unknown"),
        ("x.start", "forms.json.moment"),
        ("x.end", "forms.missing.moment"),
    ]
    backwards = {"start": "2027-06-12T14:00Z", "end": "2027-06-12T14:00Z"}
    assert read_json(Period(), backwards) == [("x.end", "forms.span.end_before_start")]
    assert read_json(Period(), []) == [("x", "forms.json.object")]
    assert read_json(Period(), None) == [("x", "forms.missing.span")]
    assert read_json(Period(required=False), None) is None


@pytest.mark.parametrize(
    "span",
    [
        Span(start=utc(2027, 6, 12, 12), end=utc(2027, 6, 12, 23)),
        Span(start=utc(2027, 10, 31, 0, 30), end=utc(2027, 10, 31, 1, 30)),
        Span(start=utc(2027, 6, 12, 12), end=utc(2027, 6, 12, 22)),
    ],
)
def test_a_span_shown_and_sent_back_is_the_same(span: Span) -> None:
    errors: list[FieldError] = []
    assert Period().read("x", Period().raw("x", span), errors) == span
    assert errors == []
