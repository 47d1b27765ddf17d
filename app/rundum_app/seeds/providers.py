"""People who help: drawn from the kinds, each with the past she has as of today."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from rundum_app.seeds.homes import Home, Homes
from rundum_app.seeds.kinds import KINDS, MIXTURE, Kind, Slot
from rundum_app.seeds.names import Name, Origin, Registry
from rundum_app.seeds.weeks import weekly
from rundum_providers.admission import months_after
from rundum_providers.models import (
    Claim,
    NewAvailability,
    NewCredential,
    NewException,
    NewGuardian,
    NewProvider,
    Transport,
)

Option = TypeVar("Option")

DAY = timedelta(days=1)
CERTIFICATE_MONTHS = 60
FIRST_AID_MONTHS = 24
FORTNIGHT = 14
RADIUS: dict[Transport, tuple[int, int]] = {
    "car": (25, 45),
    "bike": (8, 12),
    "bus": (14, 24),
    "foot": (3, 4),
    "fetched": (10, 15),
}
LAST_BUS = (time(22), time(22, 30), time(23))
# whoever speaks these is asked for from far away, and can come
SPOKEN: tuple[Origin, ...] = ("uk", "ru", "ar", "pl")
PETRA = "Petra Neumann"
MIA = "Mia Vogt"
SILKE = "Silke Vogt"


class Helper(Struct, kw_only=True):
    """Somebody who helps, with her past; `id` and `person` are known once she is registered."""

    application: NewProvider
    by_desk: bool
    applied_on: date
    lines: tuple[NewAvailability, ...]
    exceptions: tuple[NewException, ...]
    papers: tuple[NewCredential, ...]
    special: str
    id: UUID | None = None
    person: int | None = None


class Drawing:
    """Draws helpers who look as of `today`; the same random numbers give the same people."""

    def __init__(self, rng: random.Random, today: date, registry: Registry, homes: Homes) -> None:
        self._rng = rng
        self._today = today
        self._registry = registry
        self._homes = homes
        self._couple: NewProvider | None = None
        self._turns: dict[tuple[Any, ...], list[Any]] = {}

    def helpers(self, count: int) -> Iterator[Helper]:
        """So many of them: the mixture of seventy again and again, its cast only once."""
        for number in range(count):
            slot = MIXTURE[number % len(MIXTURE)]
            if number >= len(MIXTURE):
                slot = slot._replace(cast="")
            yield self._helper(slot)

    def _helper(self, slot: Slot) -> Helper:
        kind = KINDS[slot.kind]
        birth_date = self._birth_date(kind, slot)
        applied_on = self._applied_on(kind, slot)
        application = self._application(kind, slot, birth_date)
        words = self._in_turn(kind.weeks)
        if slot.cast == "petra" or slot.origin in SPOKEN:
            words = "mon-fri 7-19, sat 9-22"
        papers = tuple(self._papers(kind, slot, birth_date, applied_on))
        return Helper(
            application=application,
            by_desk=application.email is None or application.engagement == "staff",
            applied_on=applied_on,
            lines=weekly(words, self._today),
            exceptions=() if slot.cast == "petra" else tuple(self._exceptions()),
            papers=papers,
            special=slot.special,
        )

    def _application(self, kind: Kind, slot: Slot, birth_date: date) -> NewProvider:
        choose = self._in_turn
        name = self._name(kind, slot)
        home = self._home(kind, slot)
        drives = slot.cast in ("petra", "manfred") or slot.origin in SPOKEN
        transport = "car" if drives else choose(kind.transports)
        by_phone = not slot.cast and self._rng.random() < kind.phone
        services = choose(kind.services)
        bands = choose(kind.bands) if set(services) & {"childcare", "event"} else ()
        guardians = tuple(self._guardians(name, slot)) if kind.generation == "pupil" else ()
        languages = ("de", *kind.languages)
        if slot.origin != "de":
            languages = (*languages, slot.origin)
        application = NewProvider(
            given_name=name.given,
            family_name=name.family,
            birth_date=birth_date,
            email=None if by_phone else self._email(name, slot, guardians),
            phone=self._registry.landline() if by_phone else self._registry.mobile(),
            best_time=choose(("vormittags", "ab 18 Uhr", None)) if by_phone else None,
            place=home.label,
            street=self._registry.street(),
            guardians=guardians,
            services=services,
            bands=bands,
            languages=languages,
            qualifications=choose(kind.qualifications),
            claims=self._claims(kind),
            engagement=choose(kind.engagements),
            transport=transport,
            last_way_home=choose(LAST_BUS) if transport == "bus" else None,
            radius_km=self._rng.randint(*RADIUS[transport]),
            hours_week=30 if slot.cast == "petra" else self._rng.randint(*kind.hours_week),
            lowest_rate=choose((None, None, None, 1400, 1500)),
            schooling_until=_schooling_until(birth_date) if guardians else None,
            attends_school=bool(guardians),
            refuses=choose(kind.refuses),
            about=choose(kind.about),
            locale="en" if slot.origin in ("ar", "tr") else "de",
            privacy=True,
        )
        return self._as_couple(slot, application)

    def _as_couple(self, slot: Slot, application: NewProvider) -> NewProvider:
        """Manfred lives with Helga, and both read the same mails."""
        if slot.cast == "helga":
            self._couple = application
        if slot.cast != "manfred" or self._couple is None:
            return application
        return replace(
            application,
            email=self._couple.email,
            phone=self._couple.phone,
            place=self._couple.place,
            street=self._couple.street,
        )

    def _name(self, kind: Kind, slot: Slot) -> Name:
        known = {
            "petra": Name("Petra", "Neumann"),
            "mia": Name("Mia", "Vogt"),
            "helga": Name("Helga", "Peters"),
            "manfred": Name("Manfred", "Peters"),
        }
        if slot.cast:
            return self._registry.take(known[slot.cast])
        return self._registry.name(kind.generation, slot.origin)

    def _home(self, kind: Kind, slot: Slot) -> Home:
        if slot.cast == "petra":
            return Home("39179 Barleben", "Barleben")
        if slot.cast == "mia":
            return Home("39326 Wolmirstedt", "Wolmirstedt")
        return self._homes.home("town" if slot.origin != "de" else kind.where)

    def _email(self, name: Name, slot: Slot, guardians: tuple[NewGuardian, ...]) -> str:
        """Her own, or her mother's where they share one."""
        if guardians and (slot.special == "shares" or slot.cast == "mia"):
            assert guardians[0].email is not None
            return guardians[0].email
        if slot.cast == "petra":
            return "petra.neumann@example.org"
        return self._registry.email(name)

    def _guardians(self, child: Name, slot: Slot) -> Iterator[NewGuardian]:
        count = 2 if slot.special == "two guardians" else 1
        for _ in range(count):
            name = self._registry.name("middle", slot.origin, family=child.family)
            email = self._registry.email(name)
            if slot.cast == "mia":
                name, email = Name("Silke", "Vogt"), "silke.vogt@example.org"
            yield NewGuardian(
                given_name=name.given,
                family_name=name.family,
                email=email,
                phone=self._registry.mobile(),
            )

    def _birth_date(self, kind: Kind, slot: Slot) -> date:
        if slot.special == "turns fourteen":
            return months_after(self._today + 8 * DAY, -12 * 14)
        years = 16 if slot.cast == "mia" else self._rng.randint(*kind.ages)
        return months_after(self._today, -12 * years) - self._rng.randint(150, 330) * DAY

    def _applied_on(self, kind: Kind, slot: Slot) -> date:
        if slot.special == "applicant":
            return self._today - self._rng.randint(1, 4) * DAY
        if slot.special == "in_check":
            return self._today - self._rng.randint(12, 25) * DAY
        if slot.lapses is not None:
            return months_after(self._today + slot.lapses * DAY, -CERTIFICATE_MONTHS)
        return self._today - self._rng.randint(*kind.applied) * DAY

    def _papers(
        self, kind: Kind, slot: Slot, birth_date: date, applied_on: date
    ) -> Iterator[NewCredential]:
        """What the desk has seen. Who is in check has not shown her certificate yet."""
        if slot.special in ("applicant", "in_check"):
            return
        seen_on = applied_on + 7 * DAY
        if kind.bands != ((),) and seen_on >= months_after(birth_date, 12 * 14):
            ends = slot.lapses
            age = 0 if ends is not None else self._rng.randint(5, 50)
            yield NewCredential(
                kind="certificate",
                seen_on=seen_on,
                issued_on=applied_on if ends is not None else seen_on - age * DAY,
            )
        if slot.aid_lapses is not None:
            issued = months_after(self._today + slot.aid_lapses * DAY, -FIRST_AID_MONTHS)
            yield NewCredential(kind="first_aid", seen_on=max(seen_on, issued), issued_on=issued)
        elif self._rng.random() < kind.aid:
            latest = max((self._today - seen_on).days - 1, 0)
            shown = self._today - min(self._rng.randint(20, 500), latest) * DAY
            yield NewCredential(kind="first_aid", seen_on=shown, issued_on=shown - 10 * DAY)
        if self._rng.random() < 0.5 and kind.bands != ((),):
            yield NewCredential(kind="course", seen_on=seen_on, issued_on=seen_on - 40 * DAY)

    def _claims(self, kind: Kind) -> tuple[Claim, ...]:
        return ("first_aid",) if self._rng.random() < kind.aid / 2 else ()

    def _exceptions(self) -> Iterator[NewException]:
        """A third is away for some days of the coming fortnight, a tenth has time for once."""
        if self._rng.random() < 0.33:
            first = self._today + self._rng.randint(1, FORTNIGHT - 2) * DAY
            last = first + self._rng.choice((0, 0, 1, 3)) * DAY
            yield NewException(kind="blocked", first_day=first, last_day=last)
        if self._rng.random() < 0.1:
            day = self._today + self._rng.randint(1, FORTNIGHT - 1) * DAY
            yield NewException(kind="free", first_day=day, wall_from=time(14), wall_to=time(19, 30))

    def _in_turn(self, options: tuple[Option, ...]) -> Option:
        """Each of the options before any comes again, in a drawn order: an even mixture."""
        left = self._turns.setdefault(options, [])
        if not left:
            left += self._rng.sample(options, len(options))
        found: Option = left.pop()
        return found


def _schooling_until(birth_date: date) -> date:
    """The last day of nine school years: who is six by the end of June begins in that summer
    (SchulG LSA §§ 37, 40)."""
    begins = birth_date.year + (6 if birth_date.month <= 6 else 7)
    return date(begins + 9, 7, 31)
