"""Lines of texts as files: CSV as Excel in Germany opens it, and XLSX; nothing in them is ever
taken for a formula. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Lines = Sequence[Sequence[str]]

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 40


def as_csv(lines: Lines) -> bytes:
    """Semicolons, a mark that it is UTF-8, lines that end as on Windows."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(
        [neutral(cell) for cell in line] for line in lines
    )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_xlsx(lines: Lines) -> bytes:
    """One sheet, its headings bold and always in sight, every cell a text."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Rundum")
    sheet.freeze_panes = "A2"
    for index, column in enumerate(zip(*lines, strict=True), start=1):
        width = max(len(cell) for cell in column) + 2
        sheet.column_dimensions[get_column_letter(index)].width = min(width, _WIDEST)
    for number, line in enumerate(lines):
        cells = []
        for text in line:
            cell = WriteOnlyCell(sheet, value=neutral(text))
            cell.data_type = "s"
            cell.number_format = "@"
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def neutral(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would calculate; `plain` takes it
    away again. A text that begins with an apostrophe gets one more."""
    return f"'{text}" if text.startswith((*_DANGEROUS, "'")) else text


def plain(text: str) -> str:
    """What was written, from what `neutral` made of it."""
    return (
        text[1:] if text[:1] == "'" and text[1:2] in (*_DANGEROUS, "'") and len(text) > 1 else text
    )
