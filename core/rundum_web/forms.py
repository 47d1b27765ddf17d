"""Forms: what was sent becomes a struct, or every field error at once with all that was typed.

A form is declared once and read from a page or from JSON, by the same rules::

    NEW_CHILD = Form(NewChild, texts="requests.child", band=Choice(Band, words="band"),
                     count=Integer(ge=1, le=12))
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

import msgspec

from rundum_core.errors import FieldError, Invalid
from rundum_web.field import WRONG, Field, Sent, Wrong, attempt, first

T = TypeVar("T", bound=msgspec.Struct)
# A rule over several fields: gets the values that could be read, yields errors at their fields.
Check = Callable[[Mapping[str, Any]], Iterable[FieldError]]

FORM_KEY = "form_key"
ROWS = "_rows"  # the button that asks for one row more ("children+") or one less ("children-2")
MOST_FIELDS = 500
_FORM_KEY = re.compile(r"[A-Za-z0-9_-]{22}")


class Form(Generic[T]):
    """Fields by name, and the struct their values make.

    `texts` is the prefix of its sentences: field `date` of `texts="requests.form"` has the label
    `requests.form.date.label` and, where that key exists, the hint `requests.form.date.hint`. A
    form that is never drawn (hidden inputs, JSON only) has none.
    The fields' names must be those of the struct (a mismatch is a TypeError at import).
    """

    def __init__(self, make: type[T], /, *, texts: str = "", **fields: Field[Any]) -> None:
        if set(make.__struct_fields__) != set(fields):
            differing = sorted(set(make.__struct_fields__) ^ set(fields))
            raise TypeError(f"{make.__name__} and its form differ in {differing}")
        self.make = make
        self.texts = texts
        self.fields = fields

    def parse(self, sent: Sent, *checks: Check) -> T:
        """The struct of what a page sent; raises Invalid with every field error at once, those of
        `checks` over the readable fields included."""
        return self.read(sent).value(*checks)

    def parse_json(self, body: Any, *checks: Check) -> T:
        """The struct of a decoded JSON body (see `bodies.json_body`); raises Invalid likewise."""
        return self.read_json(body).value(*checks)

    def read(self, sent: Sent, prefix: str = "") -> Reading[T]:
        """The same without raising, for a handler that has errors of its own to add."""
        tidy = self._tidied(sent, prefix)
        errors: list[FieldError] = []
        values = {
            name: field.read(prefix + name, tidy, errors) for name, field in self.fields.items()
        }
        return Reading(self.make, values, errors)

    def read_json(self, body: Any, prefix: str = "") -> Reading[T]:
        """A JSON object by the same fields; unknown names in it are errors."""
        errors: list[FieldError] = []
        if not isinstance(body, dict):
            errors.append(FieldError(prefix.rstrip("."), "forms.json.object"))
            return Reading(self.make, dict.fromkeys(self.fields, WRONG), errors)
        for unknown in sorted(body.keys() - self.fields.keys()):
            errors.append(FieldError(f"{prefix}{unknown}"[:80], "forms.json.unknown"))
        values = {
            name: field.read_json(prefix + name, body.get(name), errors)
            for name, field in self.fields.items()
        }
        return Reading(self.make, values, errors)

    def blank(self, **values: Any) -> Filled:
        """A form to show for the first time, some fields filled in advance (with typed values)."""
        return Filled(self, self.raw(values))

    def of(self, value: T) -> Filled:
        """A form that shows a stored value, to be changed."""
        return Filled(self, self.raw(msgspec.structs.asdict(value)))

    def filled(self, sent: Sent, invalid: Invalid | None = None) -> Filled:
        """What was typed, with the errors that came of it; rows were added or taken as asked."""
        shown = _without_row(dict(sent))
        return Filled(self, self._tidied(shown, ""), invalid.errors if invalid else ())

    def raw(self, values: Mapping[str, Any], prefix: str = "") -> dict[str, list[str]]:
        """Values as a browser would send them."""
        sent: dict[str, list[str]] = {}
        for name, value in values.items():
            sent |= self.fields[name].raw(prefix + name, value)
        return sent

    def schema(self) -> dict[str, Any]:
        """The JSON schema of the body, for the API's description; the same rules."""
        return {
            "type": "object",
            "title": self.make.__name__,
            "properties": {name: field.schema() for name, field in self.fields.items()},
            "required": [name for name, field in self.fields.items() if field.required],
            "additionalProperties": False,
        }

    def _tidied(self, sent: Sent, prefix: str) -> Sent:
        for name, field in self.fields.items():
            if isinstance(field, Rows):
                sent = field.tidied(prefix + name, sent)
        return sent


class Reading(Generic[T]):
    """What could be read: `values` holds only the good ones, `errors` all the bad."""

    def __init__(self, make: type[T], values: dict[str, Any], errors: list[FieldError]) -> None:
        self.make = make
        self.values = {name: value for name, value in values.items() if value is not WRONG}
        self.errors = errors

    def value(self, *checks: Check) -> T:
        """The struct, if neither a field nor a check found anything; else raises Invalid."""
        errors = [*self.errors, *(error for check in checks for error in check(self.values))]
        if errors:
            raise Invalid(tuple(errors))
        return self.make(**self.values)


class Rows(Field[tuple[Any, ...]]):
    """A group that repeats (`children.0.band`, `children.1.band`): a tuple of the form's structs.

    Rows left empty are dropped. A page shows at least `shown` rows, and a button for one more.
    """

    kind = "rows"

    def __init__(
        self, form: Form[Any], *, least: int = 1, most: int = 12, shown: int = 1, **more: Any
    ) -> None:
        super().__init__(required=least > 0, default=(), **more)
        self.form = form
        self.least = least
        self.most = most
        self.shown = shown

    def read(self, name: str, sent: Sent, errors: list[FieldError]) -> Any:
        numbers = row_numbers(name, sent)
        if refused := self._refused(name, len(numbers)):
            errors.append(refused)
            return WRONG
        readings = [self.form.read(sent, f"{name}.{number}.") for number in numbers]
        return _structs(readings, errors)

    def read_json(self, name: str, value: Any, errors: list[FieldError]) -> Any:
        if value is None:
            return attempt(name, errors, self.empty)
        if not isinstance(value, list):
            errors.append(FieldError(name, "forms.json.list"))
            return WRONG
        if refused := self._refused(name, len(value)):
            errors.append(refused)
            return WRONG
        readings = [
            self.form.read_json(one, f"{name}.{number}.") for number, one in enumerate(value)
        ]
        return _structs(readings, errors)

    def raw(self, name: str, value: Any) -> dict[str, list[str]]:
        sent: dict[str, list[str]] = {}
        for number, row in enumerate(value or ()):
            sent |= self.form.raw(msgspec.structs.asdict(row), f"{name}.{number}.")
        return sent

    def schema(self) -> dict[str, Any]:
        items = self.form.schema()
        return {"type": "array", "items": items, "minItems": self.least, "maxItems": self.most}

    def tidied(self, name: str, sent: Sent) -> Sent:
        """The same with empty rows dropped and the others numbered from 0."""
        kept = {key: values for key, values in sent.items() if not key.startswith(f"{name}.")}
        written = [
            number
            for number in row_numbers(name, sent)
            if any(any(value.strip() for value in row) for row in _row(name, number, sent).values())
        ]
        for position, number in enumerate(written):
            for key, values in _row(name, number, sent).items():
                kept[f"{name}.{position}.{key}"] = values
        return kept

    def _refused(self, name: str, count: int) -> FieldError | None:
        if count < self.least:
            return FieldError(name, self.missing)
        if count > self.most:
            return FieldError(name, "forms.rows.many", {"most": self.most})
        return None


class Filled:
    """A form as it is shown: `form.date` in a template is the `Shown` field of that name."""

    def __init__(
        self,
        form: Form[Any],
        sent: Sent,
        errors: tuple[FieldError, ...] = (),
        prefix: str = "",
    ) -> None:
        self.form = form
        self.sent = sent
        self.errors = errors
        self.prefix = prefix
        self.form_key = form_key(sent) or secrets.token_urlsafe(16)

    def __getitem__(self, name: str) -> Shown:
        return Shown(self, name, self.form.fields[name])

    def __iter__(self) -> Iterator[Shown]:
        return (self[name] for name in self.form.fields)

    def summary(self) -> list[tuple[FieldError, str | None]]:
        """Each error with the id of the input to go to (None where no field has that name)."""
        return [(error, self._anchor(error.field)) for error in self.errors]

    def label_of(self, error: FieldError) -> str | None:
        """The key of the label that an error of any form needs before it, to say where it is."""
        if not error.key.startswith("forms."):
            return None
        for shown in self:
            if shown.kind == "rows" and error.field.startswith(f"{shown.name}."):
                return next((key for row in shown.rows if (key := row.label_of(error))), None)
            if error in shown.errors:
                return shown.label
        return None

    def _anchor(self, name: str) -> str | None:
        for shown in self:
            if name == shown.name and shown.field.parts:
                return html_id(f"{name}.{shown.field.parts[0]}")
            if name == shown.name or name in (f"{shown.name}.{part}" for part in shown.field.parts):
                return html_id(name)
            if shown.kind == "rows" and name.startswith(f"{shown.name}."):
                for row in shown.rows:
                    if found := row._anchor(name):
                        return found
        return None


class Shown:
    """One field as it is shown: what was typed into it and what is wrong with it."""

    def __init__(self, filled: Filled, short: str, field: Field[Any]) -> None:
        self.filled = filled
        self.field = field
        self.kind = field.kind
        self.widget: str = getattr(field, "widget", field.kind)
        self.name = filled.prefix + short
        self.id = html_id(self.name)
        self.text = f"{filled.form.texts}.{short}"
        self.label = f"{self.text}.label"
        self.hint = f"{self.text}.hint"

    @property
    def raw(self) -> str:
        return first(self.filled.sent, self.name)

    @property
    def raws(self) -> tuple[str, ...]:
        return tuple(self.filled.sent.get(self.name, ()))

    @property
    def errors(self) -> list[FieldError]:
        """Those at this field or at one of its inputs."""
        own = {self.name, *(f"{self.name}.{part}" for part in self.field.parts)}
        return [error for error in self.filled.errors if error.field in own]

    def part(self, name: str) -> Part:
        """One input of a field made of several."""
        return Part(self, name)

    @property
    def rows(self) -> list[Filled]:
        """The rows of a repeated group: the written ones, and empty ones to write in."""
        assert isinstance(self.field, Rows)
        written = len(row_numbers(self.name, self.filled.sent))
        more = first(self.filled.sent, ROWS) == f"{self.name}+"
        count = min(max(self.field.shown, written + more), self.field.most)
        return [
            Filled(self.field.form, self.filled.sent, self.filled.errors, f"{self.name}.{number}.")
            for number in range(count)
        ]


class Part:
    """One input of a composed field: `during.from`."""

    def __init__(self, whole: Shown, short: str) -> None:
        self.name = f"{whole.name}.{short}"
        self.id = html_id(self.name)
        self.raw = first(whole.filled.sent, self.name)
        self.errors = [error for error in whole.filled.errors if error.field == self.name]


def sent_from(body: bytes) -> dict[str, list[str]]:
    """A urlencoded body; raises UnicodeDecodeError for broken UTF-8, Invalid for far too many
    fields."""
    text = body.decode("utf-8")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise
    except ValueError:
        raise Invalid((FieldError("", "forms.rows.many", {"most": MOST_FIELDS}),)) from None
    sent: dict[str, list[str]] = {}
    for name, value in pairs:
        sent.setdefault(name, []).append(value)
    return sent


def form_key(sent: Sent) -> str | None:
    """The form's one-time key: the idempotency key of what it sends; None if there is none."""
    key = first(sent, FORM_KEY)
    return key if _FORM_KEY.fullmatch(key) else None


def changes_rows(sent: Sent) -> bool:
    """Whether the button that was pressed only wants a row more or less: then show the form again
    (`FORM.filled(sent)`, status 200) instead of reading it."""
    return bool(first(sent, ROWS))


def html_id(name: str) -> str:
    return name.replace(".", "-")


def row_numbers(name: str, sent: Sent) -> list[int]:
    """Which rows of a repeated group were sent, in order."""
    pattern = re.compile(rf"{re.escape(name)}\.(\d{{1,3}})\.")
    return sorted({int(found[1]) for key in sent if (found := pattern.match(key))})


def _row(name: str, number: int, sent: Sent) -> dict[str, Any]:
    start = f"{name}.{number}."
    return {key[len(start) :]: values for key, values in sent.items() if key.startswith(start)}


def _without_row(sent: dict[str, Any]) -> dict[str, Any]:
    name, _, number = first(sent, ROWS).rpartition("-")
    if not name or not number.isdigit():
        return sent
    return {key: value for key, value in sent.items() if not key.startswith(f"{name}.{number}.")}


def _structs(readings: list[Reading[Any]], errors: list[FieldError]) -> Any:
    values = []
    for reading in readings:
        try:
            values.append(reading.value())
        except Invalid as invalid:
            errors.extend(invalid.errors)
    return tuple(values) if len(values) == len(readings) else WRONG


__all__ = [
    "Check",
    "Filled",
    "Form",
    "Reading",
    "Rows",
    "Shown",
    "Wrong",
    "changes_rows",
    "form_key",
    "sent_from",
]
