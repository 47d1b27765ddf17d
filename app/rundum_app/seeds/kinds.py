"""The kinds of people who help in a district, and the mixture of seventy of them."""

from __future__ import annotations

from typing import NamedTuple

from rundum_app.seeds.homes import Where
from rundum_app.seeds.names import Generation, Origin
from rundum_providers.models import Band, Engagement, Refused, Service, Transport

Bands = tuple[Band, ...]

ALL: Bands = ("0-1", "2-3", "4-6", "7-10", "11-13", "14-17")
SMALL: Bands = ("0-1", "2-3", "4-6")
FROM_2: Bands = ("2-3", "4-6", "7-10", "11-13")
FROM_4: Bands = ("4-6", "7-10", "11-13")
CARE: tuple[Service, ...] = ("childcare",)
CARE_AND_EVENTS: tuple[Service, ...] = ("childcare", "event")
OLD_AND_YOUNG: tuple[Service, ...] = ("childcare", "companionship", "household")
EVERYTHING: tuple[Service, ...] = ("childcare", "event", "companionship", "household")
HOUSE: tuple[Service, ...] = ("household", "companionship")


class Kind(NamedTuple):
    """People who are alike. Where several values stand, each person has one of them, in their turn;
    `applied` is how many days ago she came, `aid` the share that has shown first aid, `phone` the
    share that has no e-mail."""

    ages: tuple[int, int]
    generation: Generation
    services: tuple[tuple[Service, ...], ...]
    bands: tuple[Bands, ...]
    engagements: tuple[Engagement, ...]
    transports: tuple[Transport, ...]
    weeks: tuple[str, ...]
    hours_week: tuple[int, int]
    applied: tuple[int, int]
    about: tuple[str, ...]
    where: Where = "anywhere"
    aid: float = 0.3
    phone: float = 0.0
    qualifications: tuple[tuple[str, ...], ...] = ((),)
    refuses: tuple[tuple[Refused, ...], ...] = ((),)
    languages: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    # 13 and 14: two hours a day, not after 18 o'clock, and the guardians agree
    "young pupil": Kind(
        ages=(13, 14),
        generation="pupil",
        services=(CARE,),
        bands=(("4-6", "7-10"),),
        engagements=("minijob",),
        transports=("bike", "fetched", "foot"),
        weeks=(
            "mon-fri 15-18",
            "mon 15-18, wed 15-18, fri 15-18",
            "tue 15-17:30, thu 15-17:30, sat 10-17",
        ),
        hours_week=(4, 8),
        applied=(40, 110),
        about=(
            "Ich habe zwei kleine Geschwister und spiele gern draußen.",
            "Nach der Schule habe ich Zeit für Hausaufgaben und Basteln.",
        ),
        aid=0.2,
    ),
    # past compulsory schooling or nearly: until 20 o'clock, no Sundays
    "pupil": Kind(
        ages=(15, 17),
        generation="pupil",
        services=(CARE, CARE_AND_EVENTS),
        bands=(("4-6", "7-10", "11-13"), ("2-3", "4-6", "7-10")),
        engagements=("minijob", "minijob", "favour"),
        transports=("bike", "bike", "bus", "fetched"),
        weeks=(
            "mon-fri 15:30-20, sat 9-20",
            "tue 16-20, thu 16-20, sat 10-20, sun 10-18",
            "mon 15-20, wed 15-20, fri 15-22, sat 10-22",
            "wed-fri 16-20, sat 9-19 /2",
        ),
        hours_week=(8, 15),
        applied=(60, 300),
        about=(
            "Ich mache gerade den Babysitterkurs und passe oft auf meine Cousins auf.",
            "Jugendfeuerwehr, Handball, und am liebsten Brettspiele.",
            "Ich möchte später Erzieherin werden.",
        ),
        aid=0.5,
    ),
    "student": Kind(
        ages=(19, 26),
        generation="student",
        services=(CARE, CARE_AND_EVENTS, CARE_AND_EVENTS),
        bands=(ALL, FROM_2, FROM_4),
        engagements=("minijob", "minijob", "self_employed"),
        transports=("bus", "bike", "car", "car"),
        weeks=(
            "mon-thu 17-23:30, sat 10-23:30",
            "fri 14-24 /2, sat 10-24 /2, sun 10-22 /2, tue 16-21",
            "tue 16-22:30, thu 16-22:30, fri 16-24, sat 14-24",
            "mon 15-21, wed 15-21, fri 15-23:30, sat 10-24 /2+1",
            "mon-fri 15-19, sun 9-20",
        ),
        hours_week=(8, 20),
        applied=(60, 500),
        about=(
            "Ich studiere Soziale Arbeit an der Hochschule und habe in einer Kita gejobbt.",
            "Studium auf Lehramt, Trainerin beim Kinderturnen.",
            "Ich studiere Maschinenbau und bin mit drei Geschwistern aufgewachsen.",
        ),
        where="magdeburg",
        aid=0.6,
        qualifications=(("non_smoker",), ("non_smoker", "driving_licence"), ()),
        languages=("en",),
    ),
    "carer": Kind(
        ages=(28, 52),
        generation="middle",
        services=(CARE_AND_EVENTS, EVERYTHING),
        bands=(ALL, ALL, SMALL, FROM_2),
        engagements=("minijob", "self_employed", "minijob"),
        transports=("car", "car", "car", "bike"),
        weeks=(
            "mon-fri 8-16",
            "mon-fri 5-9, mon-fri 14-18:30",
            "mon-fri 7:30-14, sat 9-14, sun 9-18 /2",
            "mon-fri 12-19",
            "mon-fri 5-13 /2, mon-fri 13-21 /2+1",
            "mon-thu 5-17, fri 5-22",
        ),
        hours_week=(15, 30),
        applied=(80, 900),
        about=(
            "Tagesmutter mit Erfahrung, meine eigenen Kinder sind aus dem Haus.",
            "Gelernte Kinderpflegerin, zurzeit in Elternzeit.",
            "Ich arbeite im Schichtdienst und habe jede zweite Woche vormittags frei.",
            "Erzieherin in Teilzeit.",
        ),
        aid=0.8,
        phone=0.06,
        qualifications=(
            ("infant_experience", "driving_licence", "non_smoker"),
            ("infant_experience", "driving_licence"),
            ("driving_licence",),
        ),
        refuses=((), (), ("pets",), ("night",)),
    ),
    "evening": Kind(
        ages=(25, 48),
        generation="middle",
        services=(CARE_AND_EVENTS, CARE, CARE_AND_EVENTS),
        bands=(ALL, FROM_2, FROM_4),
        engagements=("minijob",),
        transports=("car", "car", "car", "bike"),
        weeks=(
            "mon-fri 17:30-24, sat 14-24",
            "fri 16-24, sat 12-24, sun 10-20",
            "mon 18-23:30, wed 18-23:30, fri-sun 18-24",
            "thu-sat 17-24, sun 9-13 /2",
        ),
        hours_week=(8, 18),
        applied=(60, 700),
        about=(
            "Tagsüber im Büro, abends gern bei Familien.",
            "Verkäuferin, selbst Mutter von zwei Schulkindern.",
        ),
        aid=0.5,
        qualifications=(("driving_licence", "non_smoker"), ("driving_licence",)),
        refuses=((), ("smoking",), ()),
    ),
    "grandparent": Kind(
        ages=(55, 70),
        generation="older",
        services=(OLD_AND_YOUNG, EVERYTHING, ("childcare", "companionship")),
        bands=(ALL, FROM_2, FROM_4),
        engagements=("volunteer", "minijob", "volunteer"),
        transports=("car", "car", "bus", "foot", "bike"),
        weeks=(
            "mon-fri 9-18",
            "mon-fri 5-13, sat 16-22:30",
            "mon 14-19, wed 14-19, fri 14-23",
            "mon-fri 14-20, sat-sun 10-20",
            "mon-thu 5-15",
            "tue 8-18, thu 8-18, sat 17-23 /2",
        ),
        hours_week=(6, 16),
        applied=(90, 1200),
        about=(
            "Rentnerin, fünf Enkel, leider weit weg. Ich lese gern vor.",
            "Früher Lehrerin, heute gern mit Kindern im Garten.",
            "Ich begleite auch ältere Menschen zum Arzt oder beim Spaziergang.",
            "Handwerker im Ruhestand, mit Kindern baue ich Vogelhäuser.",
        ),
        aid=0.4,
        phone=0.45,
        qualifications=(("driving_licence", "non_smoker"), ("non_smoker",), ()),
        refuses=((), ("night",), ("pets",), ("ill_children",)),
    ),
    "household": Kind(
        ages=(35, 63),
        generation="middle",
        services=(HOUSE, ("household",), HOUSE),
        bands=((),),
        engagements=("minijob", "staff", "minijob"),
        transports=("car", "car", "bike", "bus"),
        weeks=(
            "mon-fri 8-16",
            "mon 8-13, wed 8-15, fri 8-13",
            "tue 9-17, thu 9-17, fri 8-14",
            "mon-fri 7-12, tue 14-18",
        ),
        hours_week=(10, 25),
        applied=(60, 800),
        about=(
            "Ich helfe im Haushalt, bügle gern und koche einfache Gerichte.",
            "Hauswirtschafterin, zuverlässig und pünktlich.",
        ),
        aid=0.1,
        phone=0.25,
        qualifications=(("driving_licence",), ()),
        refuses=((), ("smoking",), (), ("pets",)),
    ),
}


class Slot(NamedTuple):
    """One of seventy: a kind, and what is special about this one. `lapses` is in how many days her
    certificate ends, `aid_lapses` her first aid; `cast` has a name that the story gives."""

    kind: str
    special: str = ""
    origin: Origin = "de"
    lapses: int | None = None
    aid_lapses: int | None = None
    cast: str = ""


MIXTURE: tuple[Slot, ...] = (
    Slot("carer", cast="petra"),
    Slot("pupil", cast="mia"),
    Slot("grandparent", cast="helga"),
    Slot("grandparent", cast="manfred"),
    *(Slot("young pupil") for _ in range(2)),
    Slot("young pupil", "turns fourteen"),
    Slot("young pupil", "shares"),
    *(Slot("pupil") for _ in range(3)),
    Slot("pupil", "shares"),
    Slot("pupil", "two guardians"),
    Slot("pupil", origin="vi"),
    *(Slot("student") for _ in range(7)),
    Slot("student", origin="ar"),
    Slot("student", origin="tr"),
    Slot("student", aid_lapses=9),
    Slot("student", "applicant"),
    Slot("student", "in_check"),
    *(Slot("carer") for _ in range(5)),
    Slot("carer", origin="ar"),
    Slot("carer", origin="uk"),
    Slot("carer", origin="pl"),
    Slot("carer", origin="ru"),
    Slot("carer", lapses=4),
    Slot("carer", lapses=9),
    Slot("carer", "paused"),
    Slot("carer", "applicant"),
    Slot("carer", "in_check"),
    *(Slot("evening") for _ in range(7)),
    Slot("evening", origin="uk"),
    Slot("evening", lapses=6),
    Slot("evening", "in_check"),
    *(Slot("grandparent") for _ in range(8)),
    Slot("grandparent", origin="ru"),
    Slot("grandparent", lapses=-10),
    Slot("grandparent", "suspended"),
    Slot("grandparent", "applicant"),
    *(Slot("household") for _ in range(7)),
    Slot("household", origin="uk"),
)
