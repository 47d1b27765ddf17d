"""The kinds of field a form is declared from: one rule for what a page sends and an API's JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date as Date
from datetime import time as WallTime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any
from uuid import UUID

import idna
import phonenumbers

from rundum_core.errors import FieldError
from rundum_web.field import WRONG, Field, Sent, Wrong, attempt, clean, first

_DATE_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DATE_GERMAN = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_TIME = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(?::00)?(?: ?(?:Uhr|h))?")
_MONEY = re.compile(r"(?:€ ?)?(\d{1,3}(?:[. ]\d{3})+|\d+)(?:[,.](\d{1,2}))?(?: ?(?:€|EUR|Euro))?")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PHONE = re.compile(r"[0-9+()/.\-\s]{3,40}")


class Text(Field[str]):
    """Plain text; `lines` allows several. The default of an optional text is ''."""

    def __init__(self, *, max: int, lines: bool = False, default: Any = "", **more: Any) -> None:
        super().__init__(default=default, **more)
        self.max = max
        self.lines = lines
        self.attributes.setdefault("maxlength", max)

    @property
    def widget(self) -> str:
        return "lines" if self.lines else "text"

    def read(self, name: str, sent: Sent, errors: list[FieldError]) -> Any:
        def convert() -> Any:
            text = clean(first(sent, name), lines=self.lines)
            return self.convert(text) if text else self.empty()

        return attempt(name, errors, convert)

    def convert(self, raw: str) -> str:
        if len(raw) > self.max:
            raise Wrong("forms.text.long", max=self.max)
        return raw

    def convert_json(self, value: Any) -> str:
        if not isinstance(value, str):
            raise Wrong("forms.json.text")
        text = clean(value, lines=self.lines)
        return self.convert(text) if text else self.empty()

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max}


class Password(Text):
    """A password or a code, which is never shown again in the form."""

    kind = "password"


class Place(Text):
    """A place or postal code as free text; the service finds the place and may refuse it."""

    kind = "place"


class Email(Field[str]):
    """A mail address: local part in ASCII as written, domain as IDNA in lower case."""

    kind = "email"

    def convert(self, raw: str) -> str:
        local, at, domain = raw.rpartition("@")
        if not at or not local or "." not in domain or len(raw) > 254:
            raise Wrong("forms.email.form")
        if not local.isascii():
            raise Wrong("forms.email.umlaut")
        if len(local) > 64 or not _LOCAL_PART.fullmatch(local):
            raise Wrong("forms.email.form")
        try:
            written = idna.encode(domain.lower(), uts46=True).decode("ascii")
        except idna.IDNAError:
            raise Wrong("forms.email.form") from None
        if len(local) + 1 + len(written) > 254 or written.rpartition(".")[2].isdigit():
            raise Wrong("forms.email.form")
        return f"{local}@{written}"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "email", "maxLength": 254}


class Phone(Field[str]):
    """A phone number in any spelling, German unless it says otherwise; the value is E.164."""

    kind = "phone"

    def convert(self, raw: str) -> str:
        if not _PHONE.fullmatch(raw):
            raise Wrong("forms.phone.form")
        if raw.lstrip("( ")[:1] in tuple("123456789"):
            raise Wrong("forms.phone.area_code")
        try:
            number = phonenumbers.parse(raw, "DE")
        except phonenumbers.NumberParseException:
            raise Wrong("forms.phone.form") from None
        if not phonenumbers.is_valid_number(number):
            raise Wrong("forms.phone.form")
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": 40, "examples": ["+493904555012"]}


class Day(Field[Date]):
    """A calendar day: what a date input sends (2027-03-28), or typed as 28.3.2027."""

    kind = "date"

    def convert(self, raw: str) -> Date:
        if found := _DATE_ISO.fullmatch(raw):
            year, month, day = (int(part) for part in found.groups())
        elif found := _DATE_GERMAN.fullmatch(raw):
            day, month, year = (int(part) for part in found.groups())
        else:
            raise Wrong("forms.date.form")
        try:
            value = Date(year, month, day)
        except ValueError:
            raise Wrong("forms.date.never") from None
        if not 1900 <= value.year <= 2100:
            raise Wrong("forms.date.never")
        return value

    def write(self, value: Date) -> str:
        return value.isoformat()

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


class Time(Field[WallTime]):
    """A time of day to the minute: 18:30, 18.30, 1830 or 18."""

    kind = "time"

    def convert(self, raw: str) -> WallTime:
        found = _TIME.fullmatch(raw)
        if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise Wrong("forms.time.form")
        return WallTime(int(found[1]), int(found[2] or 0))

    def write(self, value: WallTime) -> str:
        return f"{value:%H:%M}"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$", "examples": ["18:30"]}


class Integer(Field[int]):
    """A whole number from `ge` to `le`, both included."""

    kind = "integer"

    def __init__(self, *, ge: int, le: int, **more: Any) -> None:
        super().__init__(**more)
        self.ge = ge
        self.le = le
        self.attributes.setdefault("inputmode", "numeric")

    def convert(self, raw: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,12}", raw):
            raise Wrong("forms.integer.form")
        return self._within(int(raw))

    def convert_json(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong("forms.json.integer")
        return self._within(value)

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.ge, "maximum": self.le}

    def _within(self, value: int) -> int:
        if not self.ge <= value <= self.le:
            raise Wrong("forms.integer.range", least=self.ge, most=self.le)
        return value


class Money(Field[int]):
    """An amount in euros, the value in cents: 14,50 or 14.50 or 14; in JSON "14.50" or 14.5."""

    kind = "money"

    def __init__(self, *, ge: int = 0, le: int = 10_000_00, **more: Any) -> None:
        super().__init__(**more)
        self.ge = ge
        self.le = le
        self.attributes.setdefault("inputmode", "decimal")

    def convert(self, raw: str) -> int:
        found = _MONEY.fullmatch(raw)
        if not found or len(found[1]) > 12:
            raise Wrong("forms.money.form")
        euros = int(re.sub("[. ]", "", found[1]))
        return self._within(euros * 100 + int((found[2] or "0").ljust(2, "0")))

    def convert_json(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise Wrong("forms.json.money")
        try:
            cents = Decimal(str(value)) * 100
        except InvalidOperation:
            raise Wrong("forms.json.money") from None
        if not cents.is_finite() or cents != cents.to_integral_value():
            raise Wrong("forms.json.money")
        return self._within(int(cents))

    def write(self, value: int) -> str:
        return f"{value // 100},{value % 100:02d}"

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number"], "examples": ["14.50"]}

    def _within(self, cents: int) -> int:
        if not self.ge <= cents <= self.le:
            raise Wrong("forms.money.range", least=_euros(self.ge), most=_euros(self.le))
        return cents


class PublicId(Field[UUID]):
    """The random id under which a thing is known outside (from a select or a hidden input)."""

    kind = "reference"

    def convert(self, raw: str) -> UUID:
        try:
            return UUID(raw)
        except ValueError:
            raise Wrong("forms.choice.unknown") from None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uuid"}


class Choice(Field[Any]):
    """One of several: the members of an Enum (its values are sent), or plain texts.

    `words` is the prefix under which each option's label stands: `words="service"` and the value
    `childcare` read `service.childcare`. `few` shows radio buttons, else a select.
    """

    kind = "choice"

    def __init__(
        self, options: type[Enum] | Iterable[str], *, words: str, few: bool = True, **more: Any
    ) -> None:
        super().__init__(**more)
        members = list(options)
        self.options = {str(getattr(member, "value", member)): member for member in members}
        self.words = words
        self.few = few

    @property
    def widget(self) -> str:
        return "radios" if self.few else "select"

    def convert(self, raw: str) -> Any:
        try:
            return self.options[raw]
        except KeyError:
            raise Wrong("forms.choice.unknown") from None

    def write(self, value: Any) -> str:
        return str(getattr(value, "value", value))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.options)}


class Choices(Choice):
    """Any number of several, at least `least`; the value is a tuple in the options' order."""

    kind = "choices"

    def __init__(
        self, options: type[Enum] | Iterable[str], *, words: str, least: int = 0, **more: Any
    ) -> None:
        super().__init__(options, words=words, required=least > 0, default=(), **more)
        self.least = least

    @property
    def widget(self) -> str:
        return "checkboxes"

    def read(self, name: str, sent: Sent, errors: list[FieldError]) -> Any:
        return attempt(name, errors, lambda: self._all(sent.get(name, ())))

    def convert_json(self, value: Any) -> Any:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise Wrong("forms.json.texts")
        return self._all(value)

    def raw(self, name: str, value: Any) -> dict[str, list[str]]:
        return {name: [self.write(one) for one in value or ()]}

    def schema(self) -> dict[str, Any]:
        items = {"type": "string", "enum": list(self.options)}
        return {"type": "array", "items": items, "uniqueItems": True, "minItems": self.least}

    def _all(self, raws: Iterable[str]) -> tuple[Any, ...]:
        wanted = {self.convert(raw) for raw in raws if raw}
        if len(wanted) < self.least:
            raise Wrong(self.missing)
        return tuple(option for option in self.options.values() if option in wanted)


class Checkbox(Field[bool]):
    """One box to tick; with `must` it has to be ticked (a consent)."""

    kind = "checkbox"

    def __init__(self, *, must: bool = False, **more: Any) -> None:
        super().__init__(required=False, default=False, **more)
        self.must = must

    def read(self, name: str, sent: Sent, errors: list[FieldError]) -> Any:
        return attempt(name, errors, lambda: self._agreed(bool(first(sent, name))))

    def read_json(self, name: str, value: Any, errors: list[FieldError]) -> Any:
        return attempt(name, errors, lambda: self.convert_json(False if value is None else value))

    def convert_json(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise Wrong("forms.json.boolean")
        return self._agreed(value)

    def raw(self, name: str, value: Any) -> dict[str, list[str]]:
        return {name: ["yes"] if value else []}

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def _agreed(self, ticked: bool) -> bool:
        if self.must and not ticked:
            raise Wrong(self.missing)
        return ticked


def _euros(cents: int) -> Decimal:
    return Decimal(cents) / 100


__all__ = [
    "WRONG",
    "Checkbox",
    "Choice",
    "Choices",
    "Day",
    "Email",
    "Field",
    "Integer",
    "Money",
    "Password",
    "Phone",
    "Place",
    "PublicId",
    "Sent",
    "Text",
    "Time",
    "Wrong",
]
