"""Invented people: common first and family names put together, with reserved addresses and numbers.

Nobody here is meant. Addresses lie under domains that are reserved for examples (RFC 2606),
numbers in ranges that the Bundesnetzagentur keeps free for films.
"""

from __future__ import annotations

import random
from typing import Literal, NamedTuple

from rundum_core.names import search_key

Generation = Literal["pupil", "student", "middle", "older"]
Origin = Literal["de", "uk", "ru", "ar", "fa", "pl", "vi", "tr"]

DOMAINS = ("example.org", "example.net", "example.com")

WOMEN: dict[Generation, tuple[str, ...]] = {
    "pupil": (
        "Mia", "Emma", "Hannah", "Lina", "Leonie", "Emily", "Clara", "Ida", "Frieda", "Johanna",
        "Pia", "Nele", "Charlotte", "Marlene", "Greta", "Luisa",
    ),
    "student": (
        "Laura", "Julia", "Lisa", "Sarah", "Marie", "Sophie", "Vanessa", "Theresa", "Franziska",
        "Jana", "Annika", "Celine", "Paula", "Carolin", "Michelle", "Nina",
    ),
    "middle": (
        "Katrin", "Anja", "Nicole", "Sandra", "Stefanie", "Claudia", "Jana", "Mandy", "Kathrin",
        "Susann", "Doreen", "Yvonne", "Christin", "Antje", "Melanie", "Peggy", "Silke", "Daniela",
    ),
    "older": (
        "Renate", "Monika", "Gisela", "Brigitte", "Karin", "Heidemarie", "Christel", "Angelika",
        "Ingrid", "Marlies", "Sabine", "Regina", "Petra", "Gudrun", "Bärbel", "Elke",
    ),
}  # fmt: skip
MEN: dict[Generation, tuple[str, ...]] = {
    "pupil": ("Ben", "Finn", "Paul", "Jonas", "Emil", "Anton", "Oskar", "Matteo", "Theo", "Karl"),
    "student": ("Felix", "Lukas", "Tim", "Niklas", "Max", "Philipp", "Robin", "Erik", "Moritz"),
    "middle": (
        "Daniel", "Christian", "Thomas", "Stefan", "Marco", "Sven", "Mathias", "Steffen", "Jan",
        "René", "Torsten", "Ronny",
    ),
    "older": (
        "Klaus", "Wolfgang", "Jürgen", "Bernd", "Manfred", "Dieter", "Rolf", "Hartmut", "Uwe",
    ),
}  # fmt: skip
FAMILIES = (
    "Müller", "Schmidt", "Schulze", "Krüger", "Hoffmann", "Becker", "Richter", "Wolf", "Neumann",
    "Schwarz", "Zimmermann", "Braun", "Hartmann", "Lange", "Krause", "Lehmann", "Köhler", "Maier",
    "Walter", "König", "Mayer", "Kaiser", "Fuchs", "Peters", "Lang", "Scholz", "Möller", "Weiß",
    "Jung", "Hahn", "Vogel", "Friedrich", "Keller", "Günther", "Frank", "Berger", "Winkler",
    "Roth", "Beck", "Lorenz", "Baumann", "Franke", "Albrecht", "Schuster", "Simon", "Ludwig",
    "Böhm", "Winter", "Kraus", "Martin", "Schumacher", "Vogt", "Stein", "Jäger", "Otto", "Sommer",
    "Groß", "Seidel", "Heinrich", "Brandt", "Haas", "Schreiber", "Graf", "Dietrich", "Ziegler",
    "Kuhn", "Kühn", "Pohl", "Engel", "Horn", "Busch", "Bergmann", "Thomas", "Voigt", "Sauer",
    "Arnold", "Pfeiffer", "Ebert", "Ahrens", "Nitsche", "Thiele", "Wegener", "Ritter", "Meinecke",
)  # fmt: skip
# given names, family names; the lists say nothing about anybody's age
ABROAD: dict[Origin, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "uk": (
        ("Oksana", "Iryna", "Nataliia", "Olena", "Kateryna", "Yuliia"),
        ("Kovalenko", "Shevchuk", "Melnyk", "Bondarenko", "Tkachenko", "Marchenko"),
    ),
    "ru": (
        ("Jelena", "Swetlana", "Olga", "Tatjana", "Viktor"),
        ("Wagner", "Schäfer", "Petrowa", "Iwanowa", "Kraft"),
    ),
    "ar": (
        ("Amira", "Layla", "Rania", "Yusuf", "Samir", "Noor"),
        ("Haddad", "Nasser", "Khalil", "Mansour", "Aziz"),
    ),
    "fa": (("Parisa", "Shirin", "Navid"), ("Ahmadi", "Karimi", "Rahimi")),
    "pl": (
        ("Agnieszka", "Marta", "Ewa", "Joanna", "Tomasz"),
        ("Kowalska", "Nowak", "Wiśniewska", "Zielińska"),
    ),
    "vi": (("Linh", "Thu", "Mai", "Hoa"), ("Nguyen", "Tran", "Pham", "Le")),
    "tr": (("Aylin", "Elif", "Emre", "Deniz"), ("Demir", "Yılmaz", "Kaya", "Aydın")),
}
STREETS = (
    "Lindenstraße", "Gartenstraße", "Schulstraße", "Bahnhofstraße", "Hauptstraße", "Ringstraße",
    "Am Anger", "Birkenweg", "Feldstraße", "Bergstraße", "Mühlenweg", "Breite Straße",
    "Friedensstraße", "Kirchstraße", "Am Park", "Wiesenweg", "Neue Straße", "Ahornweg",
    "Magdeburger Straße", "Rosenweg", "Am Teich", "Kastanienallee",
)  # fmt: skip


class Name(NamedTuple):
    given: str
    family: str


class Registry:
    """Gives out names, addresses and numbers; an address only once, a number rarely twice."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._names: set[Name] = set()
        self._addresses: dict[str, int] = {}
        self._mobiles = 0
        self._landlines = 100  # below it are those of the centre and its cast

    def name(self, generation: Generation, origin: Origin = "de", family: str = "") -> Name:
        """A name that nobody has yet, unless nearly all are taken."""
        for _ in range(20):
            name = self._composed(generation, origin, family)
            if name not in self._names:
                break
        self._names.add(name)
        return name

    def take(self, name: Name) -> Name:
        """Reserve a name that somebody else has chosen."""
        self._names.add(name)
        return name

    def email(self, name: Name) -> str:
        """`anna.lindner@example.org`, or `anna.lindner2@…` for the second of that name."""
        local = search_key(name.given, name.family).replace(" ", ".")
        number = self._addresses[local] = self._addresses.get(local, 0) + 1
        return f"{local}{number if number > 1 else ''}@{self._rng.choice(DOMAINS)}"

    def mobile(self) -> str:
        """The next of 200 mobile numbers for films, over and over."""
        number = self._mobiles = (self._mobiles + 1) % 200
        return f"+49171392{number:04d}" if number < 100 else f"+49176040690{number - 100:02d}"

    def landline(self) -> str:
        """The next of 900 numbers for films, over and over."""
        number = self._landlines = self._landlines % 999 + 1
        return f"+493023125{max(number, 100):03d}"

    def street(self) -> str:
        return f"{self._rng.choice(STREETS)} {self._rng.randint(1, 60)}"

    def _composed(self, generation: Generation, origin: Origin, family: str) -> Name:
        choose = self._rng.choice
        if origin != "de":
            given, families = ABROAD[origin]
            return Name(choose(given), family or choose(families))
        names = WOMEN if self._rng.random() < 0.72 else MEN
        return Name(choose(names[generation]), family or choose(FAMILIES))
