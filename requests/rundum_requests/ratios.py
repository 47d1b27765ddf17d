"""How many people so many children need: editable defaults of the field, no law.

Practice of family-service centres (a cautious reading, [K] in the field notes): one adult looks
after three children under two, six of two or three years, eight from four years on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil

from rundum_requests.models import Band, NewChildren

CHILDREN_PER_PERSON: Mapping[Band, int] = {
    "0-1": 3,
    "2-3": 6,
    "4-6": 8,
    "7-10": 8,
    "11-13": 8,
    "14-17": 8,
}
LEAST_AT_EVENT = 2
MOST_CHILDREN_AT_HOME = 12


def people_needed(
    children: Iterable[NewChildren], per_person: Mapping[Band, int] = CHILDREN_PER_PERSON
) -> int:
    """The fewest people for a group of mixed ages: the parts of a person that each band takes,
    added up exactly and rounded up. No children need nobody."""
    return ceil(sum(Fraction(group.count, per_person[group.band]) for group in children))


def children_counted(children: Iterable[NewChildren]) -> int:
    return sum(group.count for group in children)
