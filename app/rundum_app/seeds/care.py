"""What families of the demo district ask for: somebody for their children."""

from __future__ import annotations

from rundum_app.seeds.clients import Asker
from rundum_app.seeds.names import Origin
from rundum_app.seeds.telling import DAY, Story, Telling, going_out, visit

KITAS = ("Kita Regenbogen", "Kita Spatzennest", "Kita Pusteblume", "Kita Zwergenland")
SCHOOLS = ("Grundschule, Hort", "Grundschule am Park, Hort")
AT_HOME = (
    "",
    "Bitte zweimal klingeln, die Klingel hört man schlecht.",
    "Parken kann man im Hof.",
    "Die Kinder essen um 18:30 Uhr, alles steht bereit.",
    "Unser Hund ist freundlich und bleibt im Garten.",
    "Gern etwas vorlesen, Fernsehen bitte nicht.",
)


def pick_up(t: Telling, asker: Asker | None = None, *, more: int = 0) -> Story:
    """From kita or school to home, on one afternoon or several."""
    asker = asker or t.households.family()
    children = going_out(asker.children, {"2-3", "4-6", "7-10"})
    school = children[0][0] == "7-10"
    away = t.homes.nearby(asker.home) if t.rng.random() < 0.45 else asker.home
    start = t.one_of(("14:30", "15", "15:30", "16") if not school else ("15", "15:30"))
    end = t.one_of(("17", "17:30", "18"))
    days = t.free(asker, t.lessons, 1 + more)
    house = t.one_of(SCHOOLS if school else KITAS)
    return t.story(
        asker,
        [visit(day, f"{start}-{end}") for day in days],
        place=away.label,
        street=f"{house}, Schulstraße {t.rng.randint(1, 30)}",
        end_place=asker.home.label,
        end_street=asker.street,
        children=children,
        needs=["driving_licence"] if away != asker.home and t.rng.random() < 0.4 else [],
        flexible_before=t.one_of((0, 0, 15)),
        flexible_after=t.one_of((0, 15, 30)),
        note=t.one_of(("", "Abholvollmacht liegt in der Kita.", "Der Kindersitz ist da.")),
    )


def pick_ups(t: Telling) -> Story:
    return pick_up(t, more=t.one_of((1, 2, 3)))


def evening(t: Telling, asker: Asker | None = None) -> Story:
    """Parents go out: mostly at the weekend, until ten or later."""
    asker = asker or t.households.family()
    weekend = [day for day in t.days[1:] if day.weekday() in (4, 5)]
    days = weekend if t.rng.random() < 0.6 else t.days[1:]
    begin = t.one_of(("17:30", "18", "18:30", "19", "19:30"))
    end = t.one_of(("21", "22", "22:30", "23", "23:30"))
    return t.story(
        asker,
        [visit(t.free(asker, days)[0], f"{begin}-{end}")],
        approval="book" if t.rng.random() < 0.3 else "ask",
        wishes=t.wishes(asker.children),
        flexible_before=t.one_of((0, 0, 0, 30)),
        flexible_after=t.one_of((0, 0, 30)),
        note=t.one_of(AT_HOME),
        favourite=t.rng.random() < 0.2,
        unwanted=t.rng.random() < 0.1,
    )


def early_shift(t: Telling, asker: Asker | None = None) -> Story:
    """Mother has to go at half past five; somebody wakes the children and takes them along."""
    asker = asker or t.households.family()
    week = t.one_of([day for day in t.lessons if day.weekday() < 3] or t.lessons)
    days = [day for day in t.lessons if week <= day < week + 4 * DAY]
    days = [day for day in days if day not in asker.busy] or days
    asker.busy |= set(days)
    end = t.one_of(("7:30", "8"))
    return t.story(
        asker,
        [visit(day, f"5:30-{end}") for day in days[: t.rng.randint(1, 4)]],
        children=going_out(asker.children, {"2-3", "4-6", "7-10"}),
        end_place=asker.home.label,
        end_street=f"{t.one_of(KITAS)}, Schulstraße 4",
        more_rate=200,
        payer=t.one_of(("self", "self", "employer")),
        policy=t.one_of(("all", "core")),
        note="Frühstück steht bereit, um acht beginnt die Kita.",
    )


def daytime(t: Telling) -> Story:
    """The kita is closed, or a day has to be bridged."""
    asker = t.households.family()
    span = t.one_of(("8-13", "7:30-14", "8-15:30", "9-12", "13-18"))
    return t.story(
        asker,
        [visit(day, span) for day in t.free(asker, t.working, t.one_of((1, 1, 2)))],
        flexible_after=t.one_of((0, 30)),
        note=t.one_of(("Die Kita hat Schließtag.", "", "Die Tagesmutter ist im Urlaub.")),
    )


def ill_child(t: Telling) -> Story:
    """Ill at home: with explicit consent, and soon."""
    asker = t.households.family("web")
    return t.story(
        asker,
        [visit(t.free(asker, t.working[:4])[0], "7:30-13:30")],
        children=asker.children[:1],
        ill_children=True,
        health_consent=True,
        wishes=["first_aid"],
        note="Erkältung ohne Fieber, braucht vor allem Ruhe.",
    )


def weekend(t: Telling) -> Story:
    asker = t.households.family()
    days = [day for day in t.days[1:] if day.weekday() >= 5]
    span = t.one_of(("10-14", "13-17", "14-18:30", "9-12:30"))
    return t.story(
        asker,
        [visit(t.free(asker, days)[0], span)],
        flexible_before=60,
        flexible_after=60,
        wishes=t.wishes(asker.children),
        note=t.one_of(AT_HOME),
    )


def infant(t: Telling) -> Story:
    asker = t.households.family("web")
    asker.children = (("0-1", 1),)
    day = t.free(asker, t.working)[0]
    return t.story(
        asker,
        [visit(day, t.one_of(("9-12", "14-17", "10-13")))],
        needs=["infant_experience"],
        wishes=["first_aid", "non_smoker"],
        note="Das Fläschchen steht bereit, mittags wird geschlafen.",
    )


def language(t: Telling, key: str, origin: Origin) -> Story:
    """A family that speaks little German; a friend calls for it."""
    asker = t.households.family("first call", origin)
    day = t.free(asker, t.working)[0]
    return t.story(
        asker,
        [visit(day, t.one_of(("14-17", "9-12", "15-18")))],
        needs=[f"lang:{key}"],
        payer="youth_office",
        payer_reference="JA 51/0815",
    )


def annas_pick_up(t: Telling) -> Story:
    return pick_up(t, t.the_parent(), more=1)


def annas_evening(t: Telling) -> Story:
    return evening(t, t.the_parent())


def annas_early_shift(t: Telling) -> Story:
    return early_shift(t, t.the_parent())
