"""What every kind of field has in common: a text or a JSON value becomes a value, or one error."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rundum_core.errors import FieldError

T = TypeVar("T")
Sent = Mapping[str, Sequence[str]]

# a mark that neither a form nor JSON can hold: this field was wrong, the others go on
WRONG: Any = object()

_INVISIBLE = dict.fromkeys((0xFEFF, 0x200B, 0x00AD))  # what comes along when text is pasted
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Wrong(Exception):
    """Raised inside a field: `key` names the sentence that says what to do."""

    def __init__(self, key: str, **params: Any) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


class Field(Generic[T]):
    """One question of a form.

    `kind` says which macro draws it, `required` whether it must be answered; an optional field
    that was left empty has the value `default`. `missing` is the key of the sentence for a
    required field left empty (there is one for each kind). `attributes` are HTML attributes of
    the input (`autocomplete`, `inputmode` …).
    """

    kind: ClassVar[str] = "text"
    parts: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        *,
        required: bool = True,
        default: Any = None,
        missing: str | None = None,
        **attributes: str | int,
    ) -> None:
        self.required = required
        self.default = default
        self.missing = missing or f"forms.missing.{self.kind}"
        self.attributes = attributes

    def convert(self, raw: str) -> T:
        """The value of a cleaned, non-empty text; raises Wrong."""
        raise NotImplementedError

    def convert_json(self, value: Any) -> T:
        """The value of what JSON holds; by default a text under the same rule as the form's."""
        if not isinstance(value, str):
            raise Wrong("forms.json.text")
        text = clean(value)
        if not text:
            raise Wrong(self.missing)
        return self.convert(text)

    def write(self, value: T) -> str:
        """A value as a person would have typed it (to fill a form in advance)."""
        return str(value)

    def schema(self) -> dict[str, Any]:
        """The JSON schema of this field, for the API's description."""
        return {"type": "string"}

    def read(self, name: str, sent: Sent, errors: list[FieldError]) -> T | Any:
        """The value sent under `name`, or WRONG after adding to `errors`."""

        def convert() -> Any:
            text = clean(first(sent, name))
            return self.convert(text) if text else self.empty()

        return attempt(name, errors, convert)

    def read_json(self, name: str, value: Any, errors: list[FieldError]) -> T | Any:
        """The same for a JSON body; None is a field that isn't there."""
        return attempt(
            name, errors, lambda: self.empty() if value is None else self.convert_json(value)
        )

    def empty(self) -> Any:
        """What an empty field is worth; raises Wrong where it is required."""
        if self.required:
            raise Wrong(self.missing)
        return self.default

    def raw(self, name: str, value: Any) -> dict[str, list[str]]:
        """What a browser would send for `value`; the opposite of `read`."""
        return {name: [] if value is None else [self.write(value)]}


def clean(raw: str, *, lines: bool = False) -> str:
    """Composed (NFC), stripped, line ends as \\n; raises Wrong for control characters."""
    text = unicodedata.normalize("NFC", raw.translate(_INVISIBLE).replace("\t", " "))
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.strip()
    for character in text:
        if character == "\n" and lines:
            continue
        if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") or character in _TURNING:
            raise Wrong("forms.control_character")
    return text


def first(sent: Sent, name: str) -> str:
    """The one text sent under a name, '' when there is none."""
    values = sent.get(name, ())
    return values[0] if values else ""


def attempt(name: str, errors: list[FieldError], convert: Callable[[], Any]) -> Any:
    """What `convert` gives, or WRONG and one more error under `name`."""
    try:
        return convert()
    except Wrong as wrong:
        errors.append(FieldError(name, wrong.key, wrong.params))
        return WRONG
