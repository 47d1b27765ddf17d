"""Files of three decades become rows; what is no table is refused with a reason."""

from __future__ import annotations

import io
import zipfile
from datetime import date, time

import pytest

from card_files import PROVIDERS, a_book
from rundum_desk.card_index.columns import rows_of
from rundum_desk.card_index.tables import MOST_BYTES, Unreadable, read_tables

MANY = [f"part{number}" for number in range(500)]
LINES = "Name;Vorname;Straße\nMüller;Petra;Am Markt 3\n"


@pytest.mark.parametrize(
    "content",
    [
        LINES.encode("utf-8"),
        LINES.encode("utf-8-sig"),
        LINES.encode("cp1252"),
        LINES.encode("utf-16"),
        LINES.encode("utf-16-le"),
        b"\xfe\xff" + LINES.encode("utf-16-be"),
        LINES.replace(";", ",").encode(),
        LINES.replace(";", "\t").encode("utf-16"),
        ("sep=;\r\n" + LINES.replace("\n", "\r\n")).encode("cp1252"),
        ("Unsere Liste\n\n\nStand: heute;;\n" + LINES).encode(),
        a_book([["Liste"], [], *(line.split(";") for line in LINES.splitlines())]),
        a_book([["nur Text"]], [line.split(";") for line in LINES.splitlines()]),
    ],
)
def test_every_usual_spelling_of_a_table_is_read(content: bytes) -> None:
    (row,) = rows_of("providers", read_tables(content)).rows
    assert row.texts == {"family_name": "Müller", "given_name": "Petra", "street": "Am Markt 3"}


def test_lines_keep_the_numbers_that_the_person_sees() -> None:
    rows = rows_of("providers", read_tables(PROVIDERS.encode())).rows
    assert [row.number for row in rows] == [5, 7]


def test_a_heading_that_nobody_knows_is_named() -> None:
    found = rows_of("providers", read_tables(b"Name;Vorname;Tel.;Schuhgr\xf6\xdfe\nA;B;1;40"))
    assert found.unknown == ("Schuhgröße",)


def test_headings_that_are_repeated_are_no_rows() -> None:
    found = rows_of("providers", read_tables((LINES + LINES).encode()))
    assert len(found.rows) == 2


def test_a_second_telephone_column_is_the_mobile_one() -> None:
    (row,) = rows_of("providers", read_tables(b"Name;Vorname;Telefon;Tel.\nA;B;1;2")).rows
    assert (row.text("phone"), row.text("mobile")) == ("1", "2")


def test_a_name_is_the_whole_one_unless_the_given_name_stands_beside_it() -> None:
    (row,) = rows_of("clients", read_tables(b"Name;PLZ;Ort\nEva Krause;39179;Barleben")).rows
    assert row.text("full_name") == "Eva Krause"
    (row,) = rows_of("clients", read_tables(b"Name;Ansprechpartner;Ort\nSV;Eva Krause;X")).rows
    assert (row.text("client_name"), row.text("speaker")) == ("SV", "Eva Krause")


def test_days_hours_and_figures_of_excel_become_what_one_would_have_typed() -> None:
    book = a_book([["Datum", "von", "PLZ", "Satz"], [date(2026, 12, 5), time(14, 30), 39340, 14.5]])
    (sheet,) = read_tables(book)
    assert sheet.lines[1].cells == ("2026-12-05", "14:30", "39340", "14,5")


def test_what_is_merged_over_lines_stands_on_each() -> None:
    lines = [["Name", "Ort", "Datum"], ["Krause", "Barleben", "5.12."], [None, None, "6.12."]]
    (sheet,) = read_tables(a_book(lines, merged=("A2:A3", "B2:B3")))
    assert sheet.lines[2].cells == ("Krause", "Barleben", "6.12.")


def _zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "card_index.file.empty"),
        (b"\xef\xbb\xbf \r\n", "card_index.file.empty"),
        (b"x" * (MOST_BYTES + 1), "card_index.file.large"),
        (b"\xd0\xcf\x11\xe0 old", "card_index.file.old_excel"),
        (b"%PDF-1.7 x", "card_index.file.kind"),
        (b"<html><table>", "card_index.file.kind"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "card_index.file.kind"),
        (b"PK\x03\x04 broken", "card_index.file.broken"),
        (_zipped(hello_xml=b"<a/>"), "card_index.file.kind"),
        (_zipped(xl__workbook_xml=b"0" * (31 << 20)), "card_index.file.bomb"),
        (_zipped(xl__workbook_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "card_index.file.bomb"),
        (_zipped(xl__workbook_xml=b"<workbook/>"), "card_index.file.broken"),
        (_zipped(xl__workbook_xml=b"", **dict.fromkeys(MANY, b"")), "card_index.file.bomb"),
        (b"a;b\n" * 5001, "card_index.file.long"),
        (b"a;" + b"b" * 6000, "card_index.file.cell"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_and_said(content: bytes, key: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_tables(content)
    assert refused.value.key == key


def test_a_table_without_known_headings_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        rows_of("providers", read_tables(b"foo;bar\n1;2"))
    assert refused.value.key == "card_index.file.headings"
