"""The handful of errors that the house knows; what they mean for HTTP is decided in rundum_web."""

from __future__ import annotations

from typing import Any

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One wrong field: its name as in the form or the JSON body (`children.0.band`), the key of
    the sentence that says what to do, and the sentence's parameters."""

    field: str
    key: str
    params: dict[str, Any] = {}


class RundumError(Exception):
    """A refusal that a person may read: `key` names a sentence in the catalogues.

    `params` fill that sentence; they never hold names, addresses or texts of persons, since they
    are logged.
    """

    def __init__(self, key: str, **params: Any) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


class NotFound(RundumError):
    """There is no such thing, or none that this actor may know of: the two answer alike."""

    def __init__(self, key: str = "error.not_found", **params: Any) -> None:
        super().__init__(key, **params)


class Forbidden(RundumError):
    """The actor is known and may see the thing, but not do this."""

    def __init__(self, key: str = "error.forbidden", **params: Any) -> None:
        super().__init__(key, **params)


class Conflict(RundumError):
    """The world moved on: somebody was faster, or the state no longer allows it."""


class Invalid(RundumError):
    """Input that can't be taken, with every wrong field at once."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("error.invalid")
        self.errors = errors


class Unavailable(RundumError):
    """A part we need is away; worth trying again after `retry_after` seconds."""

    def __init__(self, key: str = "error.unavailable", *, retry_after: int = 5) -> None:
        super().__init__(key)
        self.retry_after = retry_after
