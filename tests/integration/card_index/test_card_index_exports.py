"""Tables that are taken along, and read in again."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from card_files import CLIENTS, PROVIDERS, REQUESTS, mistakes, notes, outcomes

FILES = {"providers": PROVIDERS, "clients": CLIENTS, "requests": REQUESTS}


@pytest.mark.parametrize("locale", ["de", "en"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("table", list(FILES))
async def test_what_is_taken_along_changes_nothing_when_it_comes_back(
    desk, table, format, locale
) -> None:
    await desk.apply(table, FILES[table])
    before = await desk.everything()
    content = await desk.export(table, format, locale)
    report = await desk.apply(table, content)
    assert (mistakes(report), notes(report)) == ([], [])
    assert outcomes(report) == ["unchanged", "unchanged"]
    assert report.applied
    assert report.unknown == ()
    assert await desk.everything() == before


async def test_plans_with_every_other_week_come_back_as_they_were(desk) -> None:
    plan = (
        "Mo 14-18 (alle 2 Wochen ab 07.12.2026, bis 31.03.2027, nicht an Feiertagen); "
        "Fr 20-24; Sa 22-2"
    )
    await desk.apply("providers", PROVIDERS.replace("Mo 8-12", plan.replace(";", ",")))
    before = await desk.everything()
    report = await desk.apply("providers", await desk.export("providers", "csv"))
    assert (outcomes(report), await desk.everything()) == (["unchanged", "unchanged"], before)


@pytest.mark.parametrize("text", ["=1+1", "+49", "-x", "@SUM(A1)", "'", "-"])
async def test_nothing_that_was_typed_becomes_a_formula(desk, text) -> None:
    await desk.apply("requests", REQUESTS.replace("bitte klingeln", text))
    lines = list(
        csv.reader(
            io.StringIO((await desk.export("requests", "csv")).decode("utf-8-sig")), delimiter=";"
        )
    )
    column = lines[0].index("Bemerkung")
    assert lines[1][column] == f"'{text}"
    assert not [c for line in lines for c in line if c.startswith(("=", "+", "-", "@", "\t", "\r"))]
    book = openpyxl.load_workbook(io.BytesIO(await desk.export("requests", "xlsx")))
    assert "f" not in {cell.data_type for row in book.active.iter_rows() for cell in row}
    (kept,) = await desk.rows("SELECT note FROM care_request WHERE note <> ''")
    assert kept == {"note": text}
    report = await desk.apply("requests", await desk.export("requests", "csv"))
    assert (outcomes(report), notes(report)) == (["unchanged", "unchanged"], [])


async def test_a_file_for_excel_has_a_mark_and_semicolons(desk) -> None:
    content = await desk.export("clients", "csv")
    assert content.startswith(b"\xef\xbb\xbfKennung;Art;Einrichtung;Nachname;Vorname;")


async def test_who_took_a_list_along_is_noted(desk) -> None:
    await desk.apply("clients", CLIENTS)
    await desk.export("clients", "xlsx")
    (event,) = await desk.rows("SELECT * FROM event WHERE kind = 'card_index.exported'")
    assert (event["actor"], event["data"]) == (desk.actor.person, {"table": "clients", "rows": 2})
