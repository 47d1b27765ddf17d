"""What a single answer may look like."""

from __future__ import annotations

from datetime import date, time
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundum_core.errors import FieldError
from rundum_web.fields import (
    WRONG,
    Checkbox,
    Choice,
    Choices,
    Day,
    Email,
    Field,
    Integer,
    Money,
    Phone,
    PublicId,
    Text,
    Time,
)


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


def read(field: Field[Any], *raws: str) -> Any:
    """The value of what was sent, or the key of the sentence that refuses it."""
    errors: list[FieldError] = []
    value = field.read("x", {"x": list(raws)}, errors)
    assert (value is WRONG) == bool(errors)
    return errors[0].key if errors else value


def read_json(field: Field[Any], given: Any) -> Any:
    errors: list[FieldError] = []
    value = field.read_json("x", given, errors)
    return errors[0].key if errors else value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("  Anna \t", "Anna"),
        ("A\u0308pfel", "Äpfel"),
        ("a\ufeffb\u200b", "ab"),
        ("", "forms.missing.text"),
        ("   ", "forms.missing.text"),
        ("a\x00b", "forms.control_character"),
        ("a\nb", "forms.control_character"),
        ("a\u202eb", "forms.control_character"),
        ("x" * 11, "forms.text.long"),
        ("👩‍👧", "👩‍👧"),
    ],
)
def test_text(raw: str, value: str) -> None:
    assert read(Text(max=10), raw) == value
    assert read_json(Text(max=10), raw) == value


def test_several_lines_keep_their_ends() -> None:
    assert read(Text(max=20, lines=True), "a\r\nb\rc\n") == "a\nb\nc"
    assert read(Text(max=20, required=False)) == ""


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Anna.Beispiel+kita@Example.ORG", "Anna.Beispiel+kita@example.org"),
        ("a@größe.de", "a@xn--gre-6ka8i.de"),
        ("jürgen@example.org", "forms.email.umlaut"),
        ("jürgen@größe", "forms.email.form"),
        ("anna", "forms.email.form"),
        ("anna@example", "forms.email.form"),
        ("@example.org", "forms.email.form"),
        ("a b@example.org", "forms.email.form"),
        ("a@b@example.org", "forms.email.form"),
        ("b@e.de, evil@e.de", "forms.email.form"),
        ("Anna <a@example.org>", "forms.email.form"),
        (".a@example.org", "forms.email.form"),
        ("a@example..org", "forms.email.form"),
        ("a@-example.org", "forms.email.form"),
        ("a@127.0.0.1", "forms.email.form"),
        ("x" * 65 + "@example.org", "forms.email.form"),
        ("a@" + "x" * 64 + ".org", "forms.email.form"),
        ("a@example.org\r\nBcc: b@example.org", "forms.control_character"),
    ],
)
def test_mail_addresses(raw: str, value: str) -> None:
    assert read(Email(), raw) == value


@pytest.mark.parametrize(
    "raw",
    [
        "03904 555012",
        "(03904) 55 50 12",
        "03904/555-012",
        "+49 3904 555012",
        "0049 3904 555012",
        "+49 (0) 3904 555012",
        "03904555012",
    ],
)
def test_a_phone_number_in_any_spelling_is_one_number(raw: str) -> None:
    assert read(Phone(), raw) == "+493904555012"


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("555012", "forms.phone.area_code"),
        ("112", "forms.phone.area_code"),
        ("0391", "forms.phone.form"),
        ("+49", "forms.phone.form"),
        ("()", "forms.phone.form"),
        ("((((", "forms.phone.form"),
        ("ruft mich an", "forms.phone.form"),
        ("0391 5550123 4567890123", "forms.phone.form"),
        ("٠٣٩٠٤٥٥٥٠١٢", "forms.phone.form"),
    ],
)
def test_what_is_no_phone_number(raw: str, key: str) -> None:
    assert read(Phone(), raw) == key


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2027-03-28", date(2027, 3, 28)),
        ("28.3.2027", date(2027, 3, 28)),
        ("28. 03. 2027", date(2027, 3, 28)),
        ("2027-02-29", "forms.date.never"),
        ("0001-01-01", "forms.date.never"),
        ("9999-12-31", "forms.date.never"),
        ("28.3.27", "forms.date.form"),
        ("morgen", "forms.date.form"),
        ("", "forms.missing.date"),
    ],
)
def test_days(raw: str, value: Any) -> None:
    assert read(Day(), raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("18:30", time(18, 30)),
        ("18.30 Uhr", time(18, 30)),
        ("1830", time(18, 30)),
        ("18", time(18)),
        ("9 Uhr", time(9)),
        ("18:30:00", time(18, 30)),
        ("24:00", "forms.time.form"),
        ("18:60", "forms.time.form"),
        ("abends", "forms.time.form"),
    ],
)
def test_times_of_day(raw: str, value: Any) -> None:
    assert read(Time(), raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("14,50", 1450),
        ("14.50 €", 1450),
        ("14", 1400),
        ("14,5", 1450),
        ("€ 14", 1400),
        ("1.250,00", 125000),
        ("1 250 Euro", 125000),
        ("14,505", "forms.money.form"),
        ("-1", "forms.money.form"),
        ("vierzehn", "forms.money.form"),
        ("9" * 30, "forms.money.form"),
        ("10001", "forms.money.range"),
    ],
)
def test_amounts(raw: str, value: Any) -> None:
    assert read(Money(), raw) == value


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("14.50", 1450),
        (14.5, 1450),
        (14, 1400),
        (14.505, "forms.json.money"),
        ("14,50", "forms.json.money"),
        (True, "forms.json.money"),
        ("NaN", "forms.json.money"),
        ("Infinity", "forms.json.money"),
        (1e300, "forms.money.range"),
        (-1, "forms.money.range"),
        (None, "forms.missing.money"),
    ],
)
def test_amounts_in_json(given: Any, value: Any) -> None:
    assert read_json(Money(), given) == value


@given(cents=st.integers(0, 10_000_00))
def test_an_amount_is_read_as_it_is_written(cents: int) -> None:
    assert read(Money(), Money().write(cents)) == cents


def test_whole_numbers() -> None:
    field = Integer(ge=1, le=12)
    assert [read(field, raw) for raw in ("3", " 12 ", "0", "1.5", "drei", "٣", "")] == [
        3,
        12,
        "forms.integer.range",
        "forms.integer.form",
        "forms.integer.form",
        "forms.integer.form",
        "forms.missing.integer",
    ]
    assert [read_json(field, given) for given in (3, "3", True, 1.0, 13)] == [
        3,
        "forms.json.integer",
        "forms.json.integer",
        "forms.json.integer",
        "forms.integer.range",
    ]
    assert read(Integer(ge=1, le=12, required=False)) is None


def test_one_of_several() -> None:
    field = Choice(Size, words="size")
    assert read(field, "small") is Size.SMALL
    assert read(field, "huge") == "forms.choice.unknown"
    assert read(field) == "forms.missing.choice"
    assert read(Choice(["a", "b"], words="size"), "b") == "b"


def test_many_of_several_come_in_the_options_order() -> None:
    field = Choices(Size, words="size")
    assert read(field, "large", "small", "large") == (Size.SMALL, Size.LARGE)
    assert read(field) == ()
    assert read(field, "huge") == "forms.choice.unknown"
    assert read(Choices(Size, words="size", least=1)) == "forms.missing.choices"
    assert read_json(field, ["large"]) == (Size.LARGE,)
    assert read_json(field, "large") == "forms.json.texts"
    assert read_json(field, [1]) == "forms.json.texts"


def test_a_box_is_ticked_or_not() -> None:
    assert (read(Checkbox(), "yes"), read(Checkbox())) == (True, False)
    assert read(Checkbox(must=True)) == "forms.missing.checkbox"
    assert read_json(Checkbox(), "on") == "forms.json.boolean"
    assert read_json(Checkbox(must=True), None) == "forms.missing.checkbox"
    assert read_json(Checkbox(must=True), False) == "forms.missing.checkbox"
    assert read_json(Checkbox(), True) is True


def test_a_public_id() -> None:
    known = UUID("12345678-1234-5678-1234-567812345678")
    assert read(PublicId(), str(known)) == known
    assert read(PublicId(), "7") == "forms.choice.unknown"


@pytest.mark.parametrize(
    "field",
    [
        Text(max=50),
        Email(),
        Phone(),
        Day(),
        Time(),
        Integer(ge=0, le=9),
        Money(),
        Choice(Size, words="size"),
        Choices(Size, words="size"),
        Checkbox(),
        PublicId(),
    ],
    ids=lambda field: type(field).__name__,
)
@given(raw=st.text(max_size=60))
def test_no_text_whatever_breaks_a_field(field: Field[Any], raw: str) -> None:
    read(field, raw)
    read_json(field, raw)
