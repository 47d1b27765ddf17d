"""Card indexes as associations keep them, for tests."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from rundum_desk.card_index.report import Report

PROVIDERS = """\
Helferliste Familienservice;;;;;;;;;;;;;;
Stand: 20.11.2026;;;;;;;;;;;;;;
;;;;;;;;;;;;;;
Name;Vorname;geb.;Straße/Nr.;PLZ Ort;Tel.;Handy;Mail;\
Tätigkeit;Alter der Kinder;Verkehrsmittel;\
Führungszeugnis gesehen am;Erste Hilfe bis;Zeiten;Einwilligung
Müller;Petra;1.3.1987;Am Markt 3;39340 Haldensleben;03904 555012;0170 1234567;\
petra@example.org;Kinderbetreuung, Haushalt;2-3, 4-6;Auto;\
12.01.2026;15.03.2027;Mo-Fr 14-18 Uhr, Sa 9:00–12:30;ja
;;;;;;;;;;;;;;
Groß;Ines;01.02.90;Ringstr. 5;39179 Barleben;;0171 7654321;;Haushaltshilfe;;Fahrrad;;;Mo 8-12;x
"""
CLIENTS = """\
Art;Einrichtung;Nachname;Vorname;Straße;PLZ;Ort;Telefon;E-Mail;Im Haushalt
Familie;;Krause;Eva;Lindenweg 4;39179;Barleben;039203 555034;eva.krause@example.org;Haustiere
Verein;SV Grün-Weiß;Peters;Rolf;Sportplatz 1;39340;Haldensleben;03904 555077;;
"""
REQUESTS = """\
Name, Vorname;Telefon;E-Mail;Straße;PLZ;Ort;Leistung;Datum;von;bis;Kinder;Bemerkung
Krause, Eva;039203 555034;eva.krause@example.org;Lindenweg 4;39179;Barleben;Babysitting;\
Sa, 5.12.2026;18:00;22 Uhr;1x 2-3, 1x 4-6;bitte klingeln
Demir, Aylin;0391 5550123;;Am Dom 2;39104;Magdeburg;Kinderbetreuung;07.12.26;8:00;12:00;0-1;
"""


def a_book(*sheets: Sequence[Sequence[Any]], merged: Sequence[str] = ()) -> bytes:
    """An XLSX; `merged` ranges are the first sheet's."""
    book = openpyxl.Workbook()
    for number, lines in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        for line in lines:
            sheet.append(list(line))
        for cells in merged if number == 0 else ():
            sheet.merge_cells(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def mistakes(report: Report) -> list[tuple[int, str, str]]:
    """Line, heading and key of every mistake."""
    return [(row.number, one.heading, one.key) for row in report.rows for one in row.mistakes]


def notes(report: Report) -> list[tuple[int, str, str]]:
    """Line, heading and key of every note."""
    return [(row.number, one.heading, one.key) for row in report.rows for one in row.notes]


def outcomes(report: Report) -> list[str]:
    return [row.outcome for row in report.rows]
