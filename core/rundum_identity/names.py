"""How a person is called: in full to those who may know it, shortened to all others."""

from __future__ import annotations

from typing import Protocol


class Named(Protocol):
    @property
    def given_name(self) -> str: ...

    @property
    def family_name(self) -> str: ...


def display_name(person: Named) -> str:
    """The whole name: `Petra Müller`."""
    return f"{person.given_name} {person.family_name}"


def short_name(person: Named) -> str:
    """What the other side reads before anything is firm: `Petra M.`"""
    return f"{person.given_name} {person.family_name[:1]}."


def split_name(written: str) -> tuple[str, str]:
    """Given and family name of `Eva Maria Krause`: the last word is the family's.

    A name of one word is both.
    """
    given, _, family = " ".join(written.split()).rpartition(" ")
    return given or family, family
