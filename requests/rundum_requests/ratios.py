"""How many people so many children need: editable defaults of the field, no law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

from msgspec import Struct

from rundum_requests.models import Band, NewChildren

# under which key of the table `rule` a centre sets a field otherwise
KEYS: Mapping[str, str] = {
    "ratio_under_2": "under_2",
    "ratio_2_to_3": "from_2",
    "ratio_from_4": "from_4",
    "event_people": "event_people",
    "household_children": "household_children",
}
FIELDS: Mapping[Band, str] = {
    "0-1": "under_2",
    "2-3": "from_2",
    "4-6": "from_4",
    "7-10": "from_4",
    "11-13": "from_4",
    "14-17": "from_4",
}


class CentreRatio(Struct, frozen=True, kw_only=True):
    """What a centre has set from a day on; None for "doesn't apply"."""

    key: str
    value: Any
    valid_from: date


class Ratios(Struct, frozen=True, kw_only=True):
    """For how many children of an age one person is enough (practice of family-service centres, a
    cautious reading), the fewest people at an event, and the most children in a household."""

    under_2: int = 3
    from_2: int = 6
    from_4: int = 8
    event_people: int = 2
    household_children: int = 12

    def people_needed(self, children: Iterable[NewChildren]) -> int:
        """The fewest people for a group of mixed ages: the parts of a person that each band
        takes, added up exactly and rounded up. No children need nobody."""
        shares = (Fraction(group.count, getattr(self, FIELDS[group.band])) for group in children)
        return ceil(sum(shares, Fraction()))


def ratios_on(day: date, rows: Iterable[CentreRatio]) -> Ratios:
    """The defaults with what a centre has set otherwise by then; a value that is no positive
    number counts as not set."""
    known = sorted((row for row in rows if row.valid_from <= day), key=lambda row: row.valid_from)
    latest = {row.key: row.value for row in known}
    changed = {
        field: latest[key]
        for key, field in KEYS.items()
        if type(latest.get(key)) is int and latest[key] > 0
    }
    return Ratios(**changed)


def children_counted(children: Iterable[NewChildren]) -> int:
    return sum(group.count for group in children)
