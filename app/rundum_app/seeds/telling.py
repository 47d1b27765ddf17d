"""How a request of the demo district comes about: the days there are, and the words of the API."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from msgspec import Struct

from rundum_app.seeds.clients import Asker, Children, Households
from rundum_app.seeds.homes import Homes
from rundum_app.seeds.weeks import hours
from rundum_core.clock import BERLIN
from rundum_core.holidays_of import holidays_of
from rundum_requests.rules import minimum_wage

Option = TypeVar("Option")

DAY = timedelta(days=1)
FORTNIGHT = 14


class Story(Struct, kw_only=True):
    """A request as its asker sends it, in the words of the API; `favourite` and `unwanted` say
    that she names somebody with whom she was content, or not."""

    asker: Asker
    body: dict[str, Any]
    first_day: date
    urgent: bool = False
    favourite: bool = False
    unwanted: bool = False


class Telling:
    """Tells what is asked for in the fortnight behind `now`."""

    def __init__(
        self, rng: random.Random, now: datetime, households: Households, homes: Homes, state: str
    ) -> None:
        self.rng = rng
        self.homes = homes
        self.households = households
        self.now = now.astimezone(BERLIN)
        today = self.now.date()
        holidays = holidays_of(state, today.year, today.year + 1)
        self.days = [today + n * DAY for n in range(1, FORTNIGHT)]
        self.working = [
            day for day in self.days[1:] if day.weekday() < 5 and day not in holidays.public
        ] or self.days
        self.lessons = [day for day in self.working if holidays.lessons(day)] or self.working
        self._anna: Asker | None = None

    def the_parent(self) -> Asker:
        if self._anna is None:
            self._anna = self.households.cast()
        return self._anna

    def story(
        self,
        asker: Asker,
        visits: list[dict[str, Any]],
        *,
        children: Children | None = None,
        more_rate: int = 0,
        urgent: bool = False,
        favourite: bool = False,
        unwanted: bool = False,
        **fields: Any,
    ) -> Story:
        first_day = date.fromisoformat(visits[0]["during"]["start"][:10])
        service = fields.get("service", "childcare")
        if children is None:
            children = asker.children if service == "childcare" else ()
        body: dict[str, Any] = {
            "service": service,
            "place": asker.home.label,
            "street": asker.street,
            "rate": (self._rate(first_day) + more_rate) / 100,
            "home": list(asker.tags),
            "children": [{"band": band, "count": count} for band, count in children],
        }
        body |= {"visits": visits, **fields}
        return Story(
            asker=asker,
            body={name: value for name, value in body.items() if value not in ("", [])},
            first_day=first_day,
            urgent=urgent,
            favourite=favourite,
            unwanted=unwanted,
        )

    def _rate(self, day: date) -> int:
        """Cents an hour: the minimum wage, in steps of ten up to somewhat more."""
        return -(-minimum_wage(day) // 50) * 50 + self.one_of((0, 50, 100, 150))

    def free(self, asker: Asker, days: list[date], count: int = 1) -> list[date]:
        """So many of the days on which the asker has not asked for anything yet, in order."""
        free = [day for day in days if day not in asker.busy] or days
        chosen = sorted(self.rng.sample(free, min(count, len(free))))
        asker.busy |= set(chosen)
        return chosen

    def wishes(self, children: Children) -> list[str]:
        wishes = ["non_smoker", "first_aid", "course_17h"]
        if any(band == "0-1" for band, _ in children):
            wishes.append("infant_experience")
        return self.rng.sample(wishes, self.one_of((0, 1, 1, 2)))

    def one_of(self, options: Sequence[Option]) -> Option:
        return self.rng.choice(options)


def visit(day: date, words: str) -> dict[str, Any]:
    """One visit in the words of the API, wall times; an end before the start is the next day's."""
    begin, end = hours(words)
    last = day + DAY if end <= begin else day
    return {
        "during": {
            "start": datetime.combine(day, begin).isoformat(timespec="minutes"),
            "end": datetime.combine(last, end).isoformat(timespec="minutes"),
        }
    }


def going_out(children: Children, bands: set[str]) -> Children:
    """Those children of a family who go to kita or school; one at least."""
    return tuple(group for group in children if group[0] in bands) or (("4-6", 1),)
