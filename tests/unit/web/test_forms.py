"""A form becomes a struct, or every mistake at once with all that was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from rundum_core.errors import FieldError, Invalid
from rundum_web.fields import Choice, Email, Integer, Text
from rundum_web.forms import (
    MOST_FIELDS,
    Form,
    Rows,
    changes_rows,
    form_key,
    sent_from,
)
from rundum_web.periods import Period, Span


class Child(msgspec.Struct, frozen=True, kw_only=True):
    band: str
    count: int


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    email: str | None
    during: Span
    children: tuple[Child, ...]


CHILD = Form(
    Child,
    texts="test.child",
    band=Choice(["0-1", "2-3"], words="word.band"),
    count=Integer(ge=1, le=12),
)
FORM = Form(
    Asked,
    texts="test.form",
    name=Text(max=20),
    email=Email(required=False),
    during=Period(),
    children=Rows(CHILD, most=3),
)
GOOD = {
    "name": ["Anna"],
    "email": [""],
    "during.date": ["2027-06-12"],
    "during.from": ["14"],
    "during.to": ["18"],
    "children.0.band": ["2-3"],
    "children.0.count": ["2"],
}
VALUE = Asked(
    name="Anna",
    email=None,
    during=Span(
        start=datetime(2027, 6, 12, 12, tzinfo=UTC), end=datetime(2027, 6, 12, 16, tzinfo=UTC)
    ),
    children=(Child(band="2-3", count=2),),
)


def mistakes(sent: Mapping[str, Any], *checks: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        FORM.parse(sent, *checks)
    return [(error.field, error.key) for error in caught.value.errors]


def test_a_page_and_the_api_make_the_same_value() -> None:
    body = {
        "name": "Anna",
        "during": {"start": "2027-06-12T14:00", "end": "2027-06-12T18:00"},
        "children": [{"band": "2-3", "count": 2}],
    }
    assert FORM.parse(GOOD) == FORM.parse_json(body) == VALUE


def test_all_mistakes_come_at_once() -> None:
    sent = {
        **GOOD,
        "name": [""],
        "email": ["ü@x.de"],
        "during.to": ["9h"],
        "children.0.count": ["0"],
    }
    assert mistakes(sent) == [
        ("name", "forms.missing.text"),
        ("email", "forms.email.umlaut"),
        ("during.to", "forms.span.end_before_start"),
        ("children.0.count", "forms.integer.range"),
    ]


def test_nothing_sent_is_every_required_field_missed() -> None:
    assert mistakes({}) == [
        ("name", "forms.missing.text"),
        ("during.date", "forms.missing.date"),
        ("during.from", "forms.missing.from"),
        ("during.to", "forms.missing.to"),
        ("children", "forms.missing.rows"),
    ]


def test_a_rule_over_several_fields_speaks_beside_the_other_mistakes() -> None:
    def no_anna_in_june(values: Mapping[str, Any]) -> Iterable[FieldError]:
        if values.get("name") == "Anna" and values["during"].start.month == 6:
            yield FieldError("during.date", "test.no")

    assert mistakes({**GOOD, "email": ["x"]}, no_anna_in_june) == [
        ("email", "forms.email.form"),
        ("during.date", "test.no"),
    ]


def test_the_api_refuses_unknown_names_and_wrong_types() -> None:
    with pytest.raises(Invalid) as caught:
        FORM.parse_json({"name": 7, "children": [{"band": "9", "count": "2"}, 3], "extra": 1})
    assert [(error.field, error.key) for error in caught.value.errors] == [
        ("extra", "forms.json.unknown"),
        ("name", "forms.json.text"),
        ("during", "forms.missing.span"),
        ("children.0.band", "forms.choice.unknown"),
        ("children.0.count", "forms.json.integer"),
        ("children.1", "forms.json.object"),
    ]
    with pytest.raises(Invalid) as caught:
        FORM.parse_json([])
    assert caught.value.errors == (FieldError("", "forms.json.object"),)


def test_empty_rows_are_dropped_and_the_others_count_on() -> None:
    sent = {**GOOD, "children.1.band": [""], "children.4.band": ["0-1"], "children.4.count": ["x"]}
    assert mistakes(sent) == [("children.1.count", "forms.integer.form")]
    shown = FORM.filled(sent)
    assert [row["band"].raw for row in shown["children"].rows] == ["2-3", "0-1"]


def test_too_many_rows_are_refused() -> None:
    sent = GOOD | {f"children.{n}.count": ["1"] for n in range(1, 5)}
    assert mistakes(sent) == [("children", "forms.rows.many")]


def test_a_button_adds_a_row_and_takes_one_away() -> None:
    more = {**GOOD, "_rows": ["children+"]}
    assert changes_rows(more)
    assert len(FORM.filled(more)["children"].rows) == 2
    two = {**GOOD, "children.1.band": ["0-1"], "_rows": ["children-0"]}
    assert [row["band"].raw for row in FORM.filled(two)["children"].rows] == ["0-1"]
    full = GOOD | {f"children.{n}.count": ["1"] for n in range(1, 3)} | {"_rows": ["children+"]}
    assert len(FORM.filled(full)["children"].rows) == 3
    assert not changes_rows(GOOD)


def test_everything_typed_is_still_there() -> None:
    sent = {**GOOD, "email": ["  ü@x "], "form_key": ["A" * 22]}
    with pytest.raises(Invalid) as caught:
        FORM.parse(sent)
    shown = FORM.filled(sent, caught.value)
    assert shown["email"].raw == "  ü@x "
    assert shown["during"].part("from").raw == "14"
    assert shown.form_key == "A" * 22
    assert [error.key for error in shown["email"].errors] == ["forms.email.form"]


def test_the_summary_leads_to_the_input_that_is_wrong() -> None:
    errors = (
        FieldError("during.to", "a"),
        FieldError("during", "b"),
        FieldError("children.0.count", "c"),
        FieldError("children", "d"),
        FieldError("elsewhere", "e"),
    )
    assert [anchor for _, anchor in FORM.filled(GOOD, Invalid(errors)).summary()] == [
        "during-to",
        "during-date",
        "children-0-count",
        "children",
        None,
    ]


def test_an_error_that_fits_any_field_says_which_one_it_means() -> None:
    errors = (
        FieldError("email", "forms.email.form"),
        FieldError("during.to", "forms.missing.to"),
        FieldError("children.0.count", "forms.integer.form"),
        FieldError("email", "test.email_of_another"),
        FieldError("elsewhere", "forms.missing.text"),
    )
    filled = FORM.filled(GOOD, Invalid(errors))
    assert [filled.label_of(error) for error in errors] == [
        filled["email"].label,
        filled["during"].label,
        filled["children"].rows[0]["count"].label,
        None,
        None,
    ]


def test_a_stored_value_shown_and_sent_back_is_the_same() -> None:
    assert FORM.parse(FORM.of(VALUE).sent) == VALUE


def test_a_blank_form_may_be_filled_in_advance() -> None:
    shown = FORM.blank(name="Anna", children=(Child(band="0-1", count=1),))
    assert shown["name"].raw == "Anna"
    assert shown["children"].rows[0]["count"].raw == "1"
    assert form_key({"form_key": [shown.form_key]}) == shown.form_key
    assert shown.form_key != FORM.blank().form_key


def test_a_form_must_have_its_structs_fields() -> None:
    with pytest.raises(TypeError, match="count"):
        Form(Child, texts="x", band=Text(max=3))


def test_a_body_is_taken_apart_by_name() -> None:
    assert sent_from(b"a=1&a=2&b=&c=%C3%BC+x") == {"a": ["1", "2"], "b": [""], "c": ["ü x"]}
    with pytest.raises(UnicodeDecodeError):
        sent_from(b"a=%FF")
    with pytest.raises(UnicodeDecodeError):
        sent_from(b"a=\xff")
    with pytest.raises(Invalid):
        sent_from(b"&".join(b"a=1" for _ in range(MOST_FIELDS + 1)))


def test_the_schema_says_what_the_form_takes() -> None:
    schema = FORM.schema()
    assert schema["required"] == ["name", "during", "children"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["children"]["items"]["properties"]["count"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 12,
    }
