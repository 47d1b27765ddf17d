"""How many people a group of children needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Literal, cast

from rundum_providers.rules import Rulebook, default_rulebook

# band → the rule with the number of children for whom one adult is enough
RATIOS: Mapping[str, str] = {
    "0-1": "ratio_under_2",
    "2-3": "ratio_2_to_3",
    "4-6": "ratio_from_4",
    "7-10": "ratio_from_4",
    "11-13": "ratio_from_4",
    "14-17": "ratio_from_4",
}


class TooManyChildren(ValueError):
    """More children than any household has: a mistake, or an event."""

    def __init__(self, have: int, most: int) -> None:
        super().__init__(f"{have} children in a household, at most {most}")
        self.have = have
        self.most = most


def people_needed(
    bands: Mapping[str, int],
    kind: Literal["household", "event"],
    rules: Rulebook | None = None,
    day: date = date.max,
) -> int:
    """The people needed for so many children of each age band, at least one; two for an event.

    The bands' shares are added before rounding up: two infants and two of four years (2/3 + 2/8)
    need one person. Defaults of the centre, not law. Raises `TooManyChildren` for a household of
    more than `household_children`, `KeyError` for an unknown band, `ValueError` for a negative
    number.
    """
    rules = rules or default_rulebook()
    if any(count < 0 for count in bands.values()):
        raise ValueError("a negative number of children")
    most = cast(int, rules.value("household_children", day))
    if kind == "household" and (children := sum(bands.values())) > most:
        raise TooManyChildren(children, most)
    shares = (
        Fraction(count, cast(int, rules.value(RATIOS[band], day))) for band, count in bands.items()
    )
    least = cast(int, rules.value("event_people", day)) if kind == "event" else 1
    return max(least, ceil(sum(shares, Fraction())))
