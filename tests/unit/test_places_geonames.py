"""What the importer takes from a postal code file, and what it says of the rest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rundum_core.geonames import Unreadable, read
from rundum_core.places import PlaceRow

GOOD = "DE\t39340\tHaldensleben\tSachsen-Anhalt\tST\t\t00\tBörde\t15083\t52.2891\t11.4144\t4"


def lines(*texts: str) -> list[bytes]:
    return [f"{text}\n".encode() for text in texts]


def test_a_line_becomes_a_place() -> None:
    assert list(read(lines(GOOD))) == [
        PlaceRow(
            postal_code="39340",
            name="Haldensleben",
            municipality="Haldensleben",
            district="Börde",
            state="Sachsen-Anhalt",
            lat=52.2891,
            lon=11.4144,
        )
    ]


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm() -> None:
    [place] = read([b"\xef\xbb\xbf" + GOOD.encode() + b"\r\n"])
    assert isinstance(place, PlaceRow)


def test_one_code_with_several_places_gives_them_all() -> None:
    other = GOOD.replace("Haldensleben", "Wedringen")
    assert [p.name for p in read(lines(GOOD, other)) if isinstance(p, PlaceRow)] == [
        "Haldensleben",
        "Wedringen",
    ]


def test_the_file_is_read_line_by_line_and_not_ahead() -> None:
    taken = 0

    def endless() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield GOOD.replace("Haldensleben", f"Ort {taken}").encode()

    places = read(endless())  # type: ignore[arg-type]
    next(places), next(places)
    assert taken == 2


def test_every_unreadable_line_is_named_with_its_number_and_reason() -> None:
    text = [
        GOOD,
        "",
        GOOD.replace("39340", "3934"),
        GOOD.replace("52.2891", "north"),
        GOOD.replace("52.2891", "nan"),
        GOOD.replace("52.2891\t11.4144", "0\t0"),
        "DE\t39340",
        GOOD.replace("\tHaldensleben\t", "\t \t"),
        GOOD.replace("DE\t", "AT\t", 1),
        GOOD,
        GOOD.replace("Haldensleben", "Haldens\x00leben"),
    ]
    raw = [*lines(*text), GOOD.replace("Haldensleben", "S\xfcplingen").encode("latin-1")]
    assert [line for line in read(raw) if isinstance(line, Unreadable)] == [
        Unreadable(line=3, reason="postal_code"),
        Unreadable(line=4, reason="coordinates"),
        Unreadable(line=5, reason="outside_germany"),
        Unreadable(line=6, reason="outside_germany"),
        Unreadable(line=7, reason="columns"),
        Unreadable(line=8, reason="name"),
        Unreadable(line=10, reason="duplicate"),
        Unreadable(line=11, reason="control_character"),
        Unreadable(line=12, reason="not_utf8"),
    ]


@given(st.lists(st.binary(max_size=60)))
def test_no_bytes_whatever_break_the_reader(raw: list[bytes]) -> None:
    for found in read(raw):
        assert isinstance(found, (PlaceRow, Unreadable))
