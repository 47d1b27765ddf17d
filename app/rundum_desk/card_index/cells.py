"""The cells of a row become what a page would have sent: raw texts under the form's own names."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from rundum_core.errors import FieldError
from rundum_desk.card_index.columns import Row
from rundum_desk.card_index.days import day_in
from rundum_desk.card_index.people import names_in
from rundum_desk.card_index.report import Findings
from rundum_desk.card_index.words import UnknownWord, Words, in_words, is_yes, keys_in
from rundum_web.field import WRONG
from rundum_web.fields import Day, Email, Phone

_SHOWN = 60
# `0170 123456 (mobil)`, `03904/55 50 12 oder 0170 …`: one number a cell, the rest is asked about
_AFTERWARDS = re.compile(r"\s*\([^)0-9]*\)\s*$")


class Cells:
    """One row on its way into a form: `sent` is what the form reads, mistakes go to the findings.

    Only what is said is sent: an empty cell says nothing.
    """

    def __init__(self, row: Row, findings: Findings, today: date) -> None:
        self.row = row
        self.findings = findings
        self.today = today
        self.sent: dict[str, list[str]] = {}

    def text(self, field: str, *, to: str | None = None) -> str:
        """A cell as it is."""
        text = self.row.text(field)
        if text:
            self.sent[to or field] = [text]
        return text

    def words(self, field: str, words: Words, *, to: str | None = None, one: bool = False) -> None:
        """The keys that a cell names; with `one` a single one."""
        text = self.row.text(field)
        if not text:
            return
        try:
            keys = keys_in(text, words)
        except UnknownWord as unknown:
            self.wrong(field, "card_index.cell.word", text=unknown.word, words=unknown.words)
            return
        if one and len(keys) > 1:
            self.wrong(field, "card_index.cell.one", text=text, words=words)
        elif keys:
            self.sent[to or field] = keys

    def day(self, field: str, *, to: str | None = None, ending: bool = False) -> None:
        """A day in whatever spelling."""
        if text := self.row.text(field):
            born = self.today.year if field == "birth_date" else None
            self.sent[to or field] = [day_in(text, born=born, ending=ending)]

    def yes(self, field: str, *, to: str | None = None) -> None:
        """A box that is ticked; a day in it counts as a tick."""
        if text := self.row.text(field):
            said = is_yes(text)
            if said is None and Day().read("", {"": [day_in(text)]}, []) is WRONG:
                self.wrong(field, "card_index.cell.yes", text=text)
            elif said is not False:
                self.sent[to or field] = ["yes"]

    def read(
        self, field: str, convert: Callable[[str], None], error: type[ValueError], key: str
    ) -> None:
        """A cell that `convert` takes apart, or the mistake `key` about its text."""
        if text := self.row.text(field):
            try:
                convert(text)
            except error as wrong:
                self.wrong(field, key, text=str(wrong))

    def names(self) -> tuple[str, str]:
        """Given and family name, from two columns or one; they are sent."""
        whole = self.row.text("speaker") or self.row.text("full_name")
        given, family = names_in(whole) if whole else ("", "")
        given = self.row.text("given_name") or given
        family = self.row.text("family_name") or family
        if family and not given and "," in family:
            given, family = names_in(family)
        self.sent |= {
            name: [text] for name, text in (("given_name", given), ("family_name", family)) if text
        }
        return given, family

    def address(self) -> None:
        """Street and place, each from one column or two; a postal code lost its zero in Excel."""
        street = " ".join(filter(None, (self.row.text("street"), self.row.text("house_number"))))
        code = self.row.text("postal_code")
        if re.fullmatch(r"\d{4}", code):
            code = f"0{code}"
        place = self.row.text("place") or " ".join(filter(None, (code, self.row.text("town"))))
        # an address in one cell: `Am Markt 3, 39340 Haldensleben`
        whole = re.fullmatch(r"(.+?),\s*((?:D-?\s?)?\d{5}\s+.+)", street)
        if whole and not place:
            street, place = whole[1], whole[2]
        self.sent |= {name: [text] for name, text in (("street", street), ("place", place)) if text}

    def contacts(self) -> list[str]:
        """How somebody is reached; the mobile number is sent where there is no other. Answers
        every address and number that could be read, as they are kept."""
        found: list[str] = []
        for field in ("phone", "mobile"):
            if text := _AFTERWARDS.sub("", self.row.text(field)):
                if field == "phone" or "phone" not in self.sent:
                    self.sent["phone"] = [text]
                errors: list[FieldError] = []
                number = Phone().read(field, {field: [text]}, errors)
                if number is not WRONG:
                    found.append(number)
                elif field == "mobile" or self.sent["phone"] != [text]:
                    self.findings.wrong += errors
        if text := self.row.text("email").removeprefix("mailto:"):
            self.sent["email"] = [text]
            address = Email().read("email", {"email": [text]}, [])
            if address is not WRONG:
                found.append(address)
        return found

    def wrong(self, field: str, key: str, *, text: str = "", words: Words | None = None) -> None:
        """A mistake of this row in the column of `field`."""
        params: dict[str, object] = {"text": text[:_SHOWN]}
        if words is not None:
            params["words"] = in_words(words, words, "de")
        self.findings.wrong.append(FieldError(field, key, params))
