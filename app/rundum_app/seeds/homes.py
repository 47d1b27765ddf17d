"""Where people of the demo district live: real places, towns more often than villages."""

from __future__ import annotations

import random
from typing import Literal, NamedTuple

from rundum_core.places import PlaceRow, demo_places

Where = Literal["anywhere", "town", "middle", "magdeburg"]

# how many of a hundred who live in a town live in this one
TOWNS = {
    "Haldensleben": 17,
    "Wolmirstedt": 13,
    "Oschersleben": 13,
    "Wanzleben": 10,
    "Barleben": 12,
    "Irxleben": 6,
    "Niederndodeleben": 7,
    "Eilsleben": 6,
    "Oebisfelde": 8,
    "Weferlingen": 4,
    "Gröningen": 4,
}
MIDDLE = ("Haldensleben", "Wolmirstedt", "Barleben", "Irxleben")
IN_TOWN = 0.5  # the others live in villages, each village in its turn


class Home(NamedTuple):
    """A place as one writes it (`39179 Barleben`), and the municipality it belongs to."""

    label: str
    municipality: str


class Homes:
    """Gives out homes: towns by their size, villages one after another in a drawn order."""

    def __init__(self, rng: random.Random) -> None:
        rows = demo_places()
        city = [row for row in rows if row.district == "Magdeburg"]
        rural = [row for row in rows if row.district != "Magdeburg"]
        self._rng = rng
        self._towns = {row.name: row for row in rural if row.name in TOWNS}
        self._villages = _Round(rng, [row for row in rural if row.name not in TOWNS])
        self._quarters = _Round(rng, city)

    def home(self, where: Where = "anywhere") -> Home:
        if where == "magdeburg":
            return _home(self._quarters.next())
        if where == "middle":
            return _home(self._towns[self._rng.choice(MIDDLE)])
        if where == "town" or (where == "anywhere" and self._rng.random() < IN_TOWN):
            [name] = self._rng.choices(list(TOWNS), list(TOWNS.values()))
            return _home(self._towns[name])
        return _home(self._villages.next())

    def nearby(self, home: Home) -> Home:
        """Another place of the same municipality, if there is one: where the kita is."""
        same = [
            row
            for row in demo_places()
            if row.municipality == home.municipality and _home(row) != home
        ]
        return _home(self._rng.choice(same)) if same else home


class _Round:
    """Each of some places before any comes again."""

    def __init__(self, rng: random.Random, rows: list[PlaceRow]) -> None:
        self._rng = rng
        self._rows = rows
        self._left: list[PlaceRow] = []

    def next(self) -> PlaceRow:
        if not self._left:
            self._left = self._rng.sample(self._rows, len(self._rows))
        return self._left.pop()


def _home(row: PlaceRow) -> Home:
    return Home(f"{row.postal_code} {row.name}", row.municipality)
