"""What else is asked for in the demo district: events, help in a home, company, and whatever is
soon, not sure, or hard to fill."""

from __future__ import annotations

from typing import Any

from rundum_app.seeds.care import language
from rundum_app.seeds.telling import DAY, Story, Telling, visit

SENIOR = (
    "Begleitung zur Augenärztin, ich sehe schlecht.",
    "Arzttermin um halb, danach zur Apotheke.",
    "Ein Spaziergang mit dem Rollator und ein Kaffee.",
    "Ich würde gern wieder einmal Rommé spielen.",
)
DAUGHTER = (
    "Meine Mutter freut sich über Gesellschaft, sie spielt gern Rommé.",
    "Bitte meinen Vater zum Arzt begleiten, er fragt nicht gern nach.",
)


def party(t: Telling) -> Story:
    """A club's party for children: one who leads and three more, all or nobody."""
    asker = t.households.organisation("club")
    saturdays = [day for day in t.days[1:] if day.weekday() == 5] or t.days
    number = sum(other.kind == "club" for other in t.households.all)
    return t.story(
        asker,
        [visit(saturdays[number % len(saturdays)], "14-18")],
        service="event",
        children=(("4-6", 8), ("7-10", 16)),
        people=4,
        leads=1,
        wishes=["first_aid"],
        payer="club",
        approval="book",
        note="Kinderfest im Vereinsheim, Bastelsachen sind da.",
    )


def company_day(t: Telling) -> Story:
    """A company on the last free day before the holidays: six people, four would do."""
    asker = t.households.organisation("company")
    return t.story(
        asker,
        [visit(t.free(asker, t.working)[0], "9-14")],
        service="event",
        children=(("2-3", 6), ("4-6", 14), ("7-10", 12)),
        people=6,
        leads=2,
        reserve=1,
        policy="core",
        payer="employer",
        more_rate=250,
        needs=["first_aid"] if t.rng.random() < 0.5 else [],
        note="Aktionstag für die Kinder der Belegschaft, Mittagessen ist da.",
    )


def holiday_programme(t: Telling) -> Story:
    asker = t.households.organisation("municipality")
    return t.story(
        asker,
        [visit(t.free(asker, t.working)[0], "13-17")],
        service="event",
        children=(("7-10", 14), ("11-13", 8)),
        people=3,
        leads=1,
        extra=1,
        payer="municipality",
        note="Nachmittag im Jugendklub mit Kochen und Spielen.",
    )


def household(t: Telling, *, payer: str = "self", reference: str = "") -> Story:
    """Help in a home, once or on several dates."""
    senior = payer == "self" and t.rng.random() < 0.45
    asker = t.households.senior() if senior else t.households.family()
    count = t.one_of((1, 1, 2, 3)) if payer == "self" else 4
    tasks = t.rng.sample(("cleaning", "laundry", "cooking", "shopping", "garden"), 2)
    return t.story(
        asker,
        [
            visit(day, t.one_of(("8-11", "9-12", "9-11", "10-12:30", "13-15")))
            for day in t.free(asker, t.working, count)
        ],
        service="household",
        tasks=tasks,
        payer=payer,
        payer_reference=reference,
        flexible_before=t.one_of((0, 60)),
        flexible_after=t.one_of((0, 60, 120)),
        note=t.one_of(("", "Putzmittel sind da.", "Bitte den Einkaufszettel mitnehmen.")),
    )


def insurer(t: Telling) -> Story:
    return household(t, payer="health_insurer", reference="HH-24h 2026/117")


def youth_office(t: Telling) -> Story:
    return household(t, payer="youth_office", reference="JA 51/0472")


def companionship(t: Telling) -> Story:
    asker = t.households.senior()
    return t.story(
        asker,
        [
            visit(day, t.one_of(("9-11:30", "10-12", "14-16", "14:30-17")))
            for day in t.free(asker, t.working, t.one_of((1, 1, 2)))
        ],
        service="companionship",
        needs=["driving_licence"] if t.rng.random() < 0.25 else [],
        payer=t.one_of(("self", "self", "project")),
        note=t.one_of(SENIOR if asker.by == "phone" else DAUGHTER),
    )


def tonight(t: Telling) -> Story:
    asker = t.households.family("web")
    return t.story(asker, [_soon(t, "19-22:30")], urgent=True, approval="book")


def tomorrow_early(t: Telling) -> Story:
    asker = t.households.family("web")
    note = "Die Oma ist krank geworden, wir brauchen dringend jemanden."
    return t.story(asker, [visit(t.days[0], "7-12")], urgent=True, note=note)


def tomorrow_afternoon(t: Telling) -> Story:
    asker = t.households.family("first call")
    return t.story(asker, [visit(t.days[0], "14:30-17")], urgent=True)


def unconfirmed(t: Telling) -> Story:
    asker = t.households.family("unconfirmed")
    return t.story(asker, [visit(t.free(asker, t.days[2:])[0], "18-21:30")])


def unconfirmed_by_phone(t: Telling) -> Story:
    asker = t.households.family("unconfirmed")
    asker.email = None
    return t.story(asker, [visit(t.free(asker, t.working)[0], "15-18")])


def unconfirmed_urgent(t: Telling) -> Story:
    asker = t.households.family("unconfirmed")
    return t.story(asker, [_soon(t, "17:30-20:30")], urgent=True)


def night_shift(t: Telling) -> Story:
    """A whole night with an infant: hardly anybody."""
    asker = t.households.family("web")
    asker.children = (("0-1", 1), ("4-6", 1))
    day = t.free(asker, t.working)[0]
    return t.story(
        asker, [visit(day, "21:30-6:30")], more_rate=300, note="Nachtdienst im Krankenhaus."
    )


def sunday_early(t: Telling) -> Story:
    asker = t.households.family("web")
    days = [day for day in t.days[1:] if day.weekday() == 6] or t.days
    return t.story(
        asker,
        [visit(t.free(asker, days)[0], "5-9")],
        needs=["course_17h"],
        note="Sonntagsdienst in der Bäckerei.",
    )


def farsi(t: Telling) -> Story:
    return language(t, "fa", "fa")


def nothing_less(t: Telling) -> Story:
    """Everything at once, far away."""
    asker = t.households.family("web")
    return t.story(
        asker,
        [visit(t.free(asker, t.working)[0], "18-22")],
        needs=["infant_experience", "first_aid", "course_17h", "lang:en"],
        note="Wir hätten gern jemanden mit viel Erfahrung.",
    )


def _soon(t: Telling, words: str) -> dict[str, Any]:
    """Today at these hours; or tomorrow morning, if it is too late for that."""
    if t.now.hour >= 14:
        return visit(t.now.date() + DAY, "7:30-11:30")
    return visit(t.now.date(), words)
