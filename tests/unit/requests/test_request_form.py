"""One form for page and API: read alike, refused alike, shown again as typed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from helpers_asking import body, typed
from rundum_core.errors import Invalid
from rundum_requests.form import REQUEST, is_trapped, json_name, read_json, read_page

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


def page(**more: Any) -> Any:
    return read_page(sent(**more))


def sent(**more: Any) -> dict[str, list[str]]:
    return {
        name: value if isinstance(value, list) else [value]
        for name, value in typed(**more).items()
        if value is not None
    }


def test_a_page_and_a_json_body_say_the_same() -> None:
    assert page().value() == read_json(body()).value()


def test_what_is_left_out_has_its_default() -> None:
    new = page().value()
    assert (new.people, new.leads, new.approval, new.payer) == (1, None, "ask", "self")
    assert (new.priority, new.channel, new.client_kind) == ("normal", None, None)


def test_an_end_after_midnight_belongs_to_the_next_day() -> None:
    new = page(visits__0__during__from="19:00", visits__0__during__to="1:00").value()
    assert new.visits[0].during.end == datetime(2026, 12, 6, 0, 0, tzinfo=UTC)


def test_an_end_long_before_the_start_is_a_mistake_and_no_night() -> None:
    asked = page(visits__0__during__from="18:00", visits__0__during__to="14:00")
    assert [error.field for error in asked.errors] == ["visits.0.during.to"]


def test_the_hour_that_does_not_exist_is_refused() -> None:
    asked = page(visits__0__during__date="2027-03-28", visits__0__during__from="02:30")
    assert [(e.field, e.key) for e in asked.errors] == [
        ("visits.0.during.from", "forms.time.never")
    ]


def test_the_hour_that_comes_twice_is_asked_about() -> None:
    night: dict[str, Any] = {
        "visits__0__during__date": "2027-10-31",
        "visits__0__during__from": "02:30",
        "visits__0__during__to": "06:00",
    }
    asked = page(**night)
    assert [error.key for error in asked.errors] == ["forms.time.twice"]
    assert [error.field for error in asked.errors] == ["visits.0.during.from_fold"]
    starts = [
        page(**night, visits__0__during__from_fold=fold).value().visits[0].during.start
        for fold in ("summer", "winter")
    ]
    assert starts == [
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    ]


@given(
    some.dates(date(2027, 1, 1), date(2027, 12, 31)) | some.sampled_from((SPRING, AUTUMN)),
    some.times().map(lambda at: at.replace(second=0, microsecond=0)),
    some.integers(1, 13 * 60),
)
def test_page_and_json_agree_on_every_wall_time(day: date, begins: time, minutes: int) -> None:
    begin = datetime.combine(day, begins)
    end = begin + timedelta(minutes=minutes)
    by_page = page(
        visits__0__during__date=day.isoformat(),
        visits__0__during__from=f"{begin:%H:%M}",
        visits__0__during__to=f"{end:%H:%M}",
    )
    during = {"start": begin.isoformat(), "end": end.isoformat()}
    by_json = read_json(body(visits=[{"during": during}]))
    assert by_page.visits == by_json.visits
    assert bool(by_page.errors) is bool(by_json.errors)


def test_one_wrong_line_leaves_the_others_readable() -> None:
    asked = page(visits__1__during__date="2026-12-99", visits__1__during__from="8")
    assert asked.visits[0] is not None
    assert asked.visits[1] is None
    assert "visits" not in asked.values


def test_of_a_wrong_line_the_day_is_known_if_it_is_right() -> None:
    assert page(visits__0__during__to="").visits == (date(2026, 12, 5),)
    for during in ({"start": "2026-12-05T14:00"}, {"start": "2026-12-05T14:00", "end": 7}):
        assert read_json(body(visits=[{"during": during}])).visits == (date(2026, 12, 5),)
    for odd in (None, {}, {"during": []}, {"during": {"start": None}}):
        assert read_json(body(visits=[odd])).visits == (None,)


def test_sixty_dates_are_the_most() -> None:
    line = {"during": {"start": "2026-12-05T14:00", "end": "2026-12-05T18:00"}}
    assert not read_json(body(visits=[line] * 60)).errors
    assert [e.key for e in read_json(body(visits=[line] * 61)).errors] == ["forms.rows.many"]
    assert [e.key for e in read_json(body(visits=[])).errors] == ["requests.rule.visits_missing"]


def test_a_band_that_comes_twice_is_added_up() -> None:
    twice = [{"band": "4-6", "count": 1}, {"band": "0-1", "count": 1}, {"band": "4-6", "count": 2}]
    groups = read_json(body(children=twice)).value().children
    assert [(one.band, one.count) for one in groups] == [("0-1", 1), ("4-6", 3)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("children", {"band": "4-6"}),
        ("children", [{"band": "5-6", "count": 1}]),
        ("children", [{"band": "4-6", "count": 0}]),
        ("children", [{"band": "4-6", "count": 1, "name": "Max"}]),
        ("flexible_before", 17),
        ("flexible_before", True),
        ("preferred", ["nobody"]),
        ("preferred", "00000000-0000-0000-0000-000000000001"),
        ("needs", ["beauty"]),
        ("approval", "meet"),
        ("rate", "200.01"),
        ("rate", -1),
        ("people", 0),
        ("note", "x" * 2001),
        ("note", "bell\x07"),
        ("email", "jörg@example.org"),
        ("email", "a@b, evil@example.org"),
        ("phone", "12"),
        ("nonsense", 1),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(field: str, value: object) -> None:
    fields = [error.field.split(".")[0] for error in read_json(body(**{field: value})).errors]
    assert fields == [field]


@pytest.mark.parametrize("odd", [None, [], "text", 7, {"visits": "soon"}, {"visits": [None]}])
def test_a_body_of_any_shape_is_refused_and_nothing_breaks(odd: object) -> None:
    with pytest.raises(Invalid):
        read_json(odd).value()


@given(some.dictionaries(some.sampled_from(sorted(typed())), some.lists(some.text(), max_size=2)))
def test_whatever_a_page_sends_is_read_or_refused(garbage: dict[str, list[str]]) -> None:
    asked = read_page(garbage)
    if not asked.errors:
        asked.value()


def test_every_spelling_of_a_number_is_one_number() -> None:
    spellings = ("03904 555012", "+49 3904 555012", "0049 3904/55 50-12", "(03904) 555012")
    assert {page(phone=one).value().phone for one in spellings} == {"+493904555012"}


def test_errors_stand_in_the_order_of_the_page() -> None:
    asked = page(service=None, email="nobody", place="", visits__0__during__date="gestern")
    with pytest.raises(Invalid) as refused:
        asked.value()
    fields = [error.field for error in refused.value.errors]
    assert fields == ["service", "visits.0.during.date", "place", "email"]


def test_what_was_typed_stands_there_again() -> None:
    wrongly = sent(email="jörg@example.org", place="Nirgendwo", **{"children__4-6": "viele"})
    form = REQUEST.filled(wrongly)
    assert (form["email"].raw, form["place"].raw) == ("jörg@example.org", "Nirgendwo")
    assert form["children"].part("4-6").raw == "viele"
    assert form["visits"].rows[0]["during"].part("from").raw == "14:00"


def test_names_in_errors_are_the_bodys_own() -> None:
    assert json_name("visits.3.during.from") == "visits.3.during.start"
    assert json_name("visits.3.during.date") == "visits.3.during.start"
    assert json_name("visits.3.during.to") == "visits.3.during.end"
    assert json_name("street") == "street"


def test_the_field_that_nobody_sees_is_a_trap() -> None:
    assert not is_trapped(sent())
    assert is_trapped(sent(website="https://example.org"))
