"""Knowing somebody again: the same name with the same birth date, or with a way to reach her."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from rundum_core.errors import FieldError
from rundum_core.names import search_key
from rundum_desk.card_index.store import KnownPerson
from rundum_identity.contacts import contact_key
from rundum_identity.names import split_name

_TITLES = re.compile(r"^(?:(?:Herr|Frau|Familie|Fam\.|Mr\.?|Mrs\.?|Ms\.?)\s+)+", re.IGNORECASE)
NEW = frozenset({"neu", "new"})


class Asks(Exception):
    """Nothing decides who is meant; `error` asks, in the column that answers."""

    def __init__(self, error: FieldError) -> None:
        super().__init__(error.key)
        self.error = error


class People:
    """Everybody a centre knows, and who has come in with the file so far."""

    def __init__(self, known: Iterable[KnownPerson]) -> None:
        self.by_id: dict[int, KnownPerson] = {}
        self._by_key: dict[str, list[KnownPerson]] = {}
        for person in known:
            self.add(person)

    def add(self, person: KnownPerson) -> None:
        self.by_id[person.person] = person
        self._by_key.setdefault(person.search_key, []).append(person)

    def recognise(
        self,
        given_name: str,
        family_name: str,
        *,
        birth_date: date | None = None,
        contacts: Sequence[str] = (),
        is_other: bool = False,
    ) -> KnownPerson | None:
        """The one person that is meant, or None for somebody new; raises Asks.

        Two different birth dates are two persons, whatever else they share. Where only the name
        is the same it asks, unless `is_other` says that it is somebody else.
        """
        alike = [
            person
            for person in self._by_key.get(search_key(given_name, family_name), [])
            if not (birth_date and person.birth_date and birth_date != person.birth_date)
        ]
        keys = {contact_key(contact) for contact in contacts if contact}
        sure = [
            person
            for person in alike
            if (birth_date is not None and person.birth_date == birth_date)
            or keys & {contact_key(value) for value in (*person.emails, *person.phones)}
        ]
        if len(sure) == 1:
            return sure[0]
        if sure:
            raise Asks(FieldError("id", "card_index.ask.several", {"count": len(sure)}))
        if alike and not is_other:
            raise Asks(FieldError("id", "card_index.ask.same_name"))
        return None


def names_in(text: str) -> tuple[str, str]:
    """Given and family name of `Müller, Anna`, `Anna Müller` or `Frau Anna Müller`; of `Familie
    Müller` the family's alone."""
    plain = _TITLES.sub("", text.strip())
    if "," in plain:
        family, _, given = plain.partition(",")
        return given.strip(), family.strip()
    if plain != text.strip() and " " not in plain:
        return "", plain
    return split_name(plain) if " " in plain else ("", plain)


def id_in(text: str) -> UUID | None:
    """The id of a cell; raises ValueError for what is neither an id, nor empty, nor `neu`."""
    return None if not text or text.strip().lower() in NEW else UUID(text.strip())


def is_new(text: str) -> bool:
    """Whether the cell says that it is somebody else than those we know."""
    return text.strip().lower() in NEW
