"""Days, hours, ages and words as people write them in cells."""

from __future__ import annotations

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundum_desk.card_index import words
from rundum_desk.card_index.days import (
    BANDS,
    NotChildren,
    bands_in,
    children_in,
    day_in,
    unmangled,
    write_children,
)
from rundum_desk.card_index.headings import COLUMNS, TABLES
from rundum_desk.card_index.hours import NotHours, read_hours, write_hours
from rundum_desk.card_index.people import names_in
from rundum_desk.card_index.words import UnknownWord, in_words, keys_in
from rundum_desk.card_index.writing import neutral, plain
from rundum_providers.models import WEEKDAYS, NewAvailability


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1.2.1990", "1990-02-01"),
        ("01.02.90", "1990-02-01"),
        ("1.2.12", "2012-02-01"),
        ("1/2/1990", "1990-02-01"),
        ("1. Februar 1990", "1990-02-01"),
        ("5. Mrz. 90", "1990-03-05"),
        ("1990-02-01 00:00:00", "1990-02-01"),
        ("31.02.90", "1990-02-31"),
        ("unbekannt", "unbekannt"),
    ],
)
def test_birth_dates_in_any_spelling(text: str, day: str) -> None:
    assert day_in(text, born=2026) == day


def test_a_month_ends_on_its_last_day() -> None:
    assert day_in("02/2028", ending=True) == "2028-02-29"
    assert day_in("02.2028") == "2028-02-01"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Mo 8-12", ["mo 08:00-12:00"]),
        ("Montag von 8 bis 12 Uhr", ["mo 08:00-12:00"]),
        ("Mo-Mi 8:00–12 Uhr", ["mo 08:00-12:00", "tu 08:00-12:00", "we 08:00-12:00"]),
        ("Mo, Do 14.30-18 u. Sa 9-12",
         ["mo 14:30-18:00", "th 14:30-18:00", "sa 09:00-12:00"]),
        ("Fr 20-24", ["fr 20:00-00:00"]),
        ("Mon 8-12, 14-18; Sunday 9-10", ["mo 08:00-12:00", "mo 14:00-18:00", "su 09:00-10:00"]),
        ("Sa-Mo 8-9", ["sa 08:00-09:00", "su 08:00-09:00", "mo 08:00-09:00"]),
    ],
)  # fmt: skip
def test_hours_in_any_spelling(text: str, lines: list[str]) -> None:
    found = read_hours(text)
    assert [f"{one.weekday[:2]} {one.wall_from}-{one.wall_to}" for one in found] == lines


@pytest.mark.parametrize(
    "text", ["abends", "Mo", "Mo 8", "8-12", "Mo ab 14", "Mo 8-12 außer 3.", "Mo 8-12 (14-tägig)"]
)
def test_hours_are_never_guessed(text: str) -> None:
    with pytest.raises(NotHours):
        read_hours(text)


def test_in_a_column_of_a_day_no_day_is_needed_and_no_other_allowed() -> None:
    assert [one.weekday for one in read_hours("8-12", weekday="monday")] == ["monday"]
    with pytest.raises(NotHours):
        read_hours("Di 8-12", weekday="monday")


LINES = st.builds(
    NewAvailability,
    weekday=st.sampled_from(WEEKDAYS),
    wall_from=st.times().map(lambda at: time(at.hour, at.minute)),
    wall_to=st.times().map(lambda at: time(at.hour, at.minute)),
    except_holidays=st.booleans(),
)


@given(st.lists(LINES, min_size=1, max_size=6), st.sampled_from(["de", "en"]))
def test_hours_that_are_written_are_read_again(lines: list[NewAvailability], locale: str) -> None:
    read = read_hours(write_hours(lines, locale))  # type: ignore[arg-type]
    assert [(one.weekday, one.wall_from, one.wall_to, one.except_holidays) for one in read] == [
        (
            one.weekday,
            f"{one.wall_from:%H:%M}",
            f"{one.wall_to:%H:%M}",
            "yes" if one.except_holidays else "",
        )
        for one in lines
    ]


@given(st.text(max_size=60))
def test_no_text_makes_the_reading_of_hours_fall_over(text: str) -> None:
    with suppress(NotHours):
        assert read_hours(text)


@pytest.mark.parametrize(
    ("text", "bands"),
    [
        ("0-1, 4-6", ["0-1", "4-6"]),
        ("2 bis 10 Jahre", ["2-3", "4-6", "7-10"]),
        ("ab 4", ["4-6", "7-10", "11-13", "14-17"]),
        ("alle", list(BANDS)),
        ("2026-06-04", ["4-6"]),
        ("04. Jun", ["4-6"]),
    ],
)
def test_ages_in_any_spelling_and_as_excel_spoils_them(text: str, bands: list[str]) -> None:
    assert bands_in(text) == bands


@pytest.mark.parametrize("text", ["Kleinkinder", "4-5", "17-4"])
def test_what_holds_no_whole_band_is_asked_about(text: str) -> None:
    with pytest.raises(NotChildren):
        bands_in(text)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("2x 4-6, 1x 0-1", {"4-6": 2, "0-1": 1}),
        ("2 (4–6 Jahre)", {"4-6": 2}),
        ("4-6: 2", {"4-6": 2}),
        ("3 J. und 5 J.", {"2-3": 1, "4-6": 1}),
        ("7-10", {"7-10": 1}),
    ],
)
def test_children_in_any_spelling(text: str, counts: dict[str, int]) -> None:
    assert children_in(text) == counts


@given(st.dictionaries(st.sampled_from(BANDS), st.integers(1, 500), min_size=1))
def test_children_that_are_written_are_read_again(counts: dict[str, int]) -> None:
    assert children_in(write_children(counts.items())) == counts


@pytest.mark.parametrize("text", ["8-12", "14-18 Uhr", "x"])
def test_what_is_no_day_stays_as_it_is(text: str) -> None:
    assert unmangled(text) == text


@pytest.mark.parametrize(
    "table",
    [words.SERVICES, words.LANGUAGES, words.QUALIFICATIONS, words.TRANSPORTS, words.REFUSED,
     words.ENGAGEMENTS, words.KINDS, words.TAGS, words.TASKS, words.NEEDS, words.PAYERS],
)  # fmt: skip
@pytest.mark.parametrize("locale", ["de", "en"])
def test_words_that_are_written_are_read_again(table: words.Words, locale: str) -> None:
    assert keys_in(in_words(table, table, locale), table) == list(table)  # type: ignore[arg-type]


def test_an_unknown_word_is_named() -> None:
    with pytest.raises(UnknownWord) as unknown:
        keys_in("Haushalt, Gärtnern", words.SERVICES)
    assert unknown.value.word == "Gärtnern"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Müller, Petra", ("Petra", "Müller")),
        ("Petra Müller", ("Petra", "Müller")),
        ("Frau Eva Maria Krause", ("Eva Maria", "Krause")),
        ("Familie Krause", ("", "Krause")),
    ],
)
def test_whole_names_are_taken_apart(text: str, names: tuple[str, str]) -> None:
    assert names_in(text) == names


@given(st.text(max_size=20))
def test_a_neutral_text_calculates_nothing_and_comes_back(text: str) -> None:
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert plain(neutral(text)) == text


def test_each_table_has_each_field_once() -> None:
    for table in TABLES:
        fields = [column.field for column in COLUMNS[table]]
        assert len(fields) == len(set(fields))
