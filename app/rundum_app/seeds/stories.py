"""What people of the demo district ask for: the mixture of all kinds of requests."""

from __future__ import annotations

from collections.abc import Callable

from rundum_app.seeds import care, occasions
from rundum_app.seeds.telling import Story, Telling

Teller = Callable[[Telling], Story]

MIXTURE: tuple[Teller, ...] = (
    care.annas_pick_up,
    care.annas_evening,
    care.annas_early_shift,
    *(occasions.party, occasions.party, occasions.company_day, occasions.holiday_programme),
    occasions.company_day,
    *(occasions.tonight, occasions.tonight, occasions.tomorrow_early, occasions.tomorrow_afternoon),
    *(occasions.unconfirmed, occasions.unconfirmed, occasions.unconfirmed_by_phone),
    occasions.unconfirmed_urgent,
    *(occasions.insurer, occasions.youth_office),
    *(care.ill_child, care.ill_child),
    *(care.infant, care.infant, care.infant),
    *(lambda t: care.language(t, "uk", "uk"), lambda t: care.language(t, "ru", "ru")),
    *(lambda t: care.language(t, "ar", "ar"), lambda t: care.language(t, "pl", "pl")),
    *(occasions.night_shift, occasions.sunday_early, occasions.farsi, occasions.nothing_less),
    *([care.pick_up] * 15),
    *([care.pick_ups] * 7),
    *([care.evening] * 25),
    *([care.early_shift] * 6),
    *([care.daytime] * 10),
    *([care.weekend] * 9),
    *([occasions.household] * 15),
    *([occasions.companionship] * 12),
)


def stories(telling: Telling, count: int) -> list[Story]:
    """So many of them: the mixture again and again."""
    return [MIXTURE[number % len(MIXTURE)](telling) for number in range(count)]
