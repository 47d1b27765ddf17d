"""What may be asked for, and what is promised in return: pure, with `now` passed in.

A rule gets what could be read of an input, so that a page shows these mistakes together with
those of the form. Each answers with the wrong fields; the field names are the form's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from rundum_clients.models import ClientKind
from rundum_core.attempts import floor
from rundum_core.errors import FieldError
from rundum_requests.models import (
    MOST_CHILDREN,
    MOST_SEATS,
    NewChildren,
    Payer,
    Policy,
    Priority,
    SeatRole,
    Service,
)
from rundum_requests.ratios import Ratios, children_counted
from rundum_web.periods import Span

LONGEST = timedelta(hours=36)
WITH_CHILDREN: frozenset[Service] = frozenset({"childcare", "event"})
# Mindestlohn, cents an hour from a date on: Fünfte Mindestlohnanpassungsverordnung (2025).
MINIMUM_WAGE: tuple[tuple[date, int], ...] = (
    (date(2025, 1, 1), 1282),
    (date(2026, 1, 1), 1390),
    (date(2027, 1, 1), 1460),
)


def wrong_visits(
    visits: Sequence[Span | date | None], now: datetime, zone: ZoneInfo
) -> list[FieldError]:
    """Starts in the past, ends before starts, too long, too far ahead, or over one another.

    Of a line that could not be read its day may stand here, or None. Lengths are elapsed time,
    also over a change of the clock.
    """
    today = now.astimezone(zone).date()
    last_day = _a_year_on(today)
    wrong: list[FieldError] = []
    for index, visit in enumerate(visits):
        name = f"visits.{index}.during"
        if visit is None:
            continue
        day = visit.start.astimezone(zone).date() if isinstance(visit, Span) else visit
        if day < today or (isinstance(visit, Span) and visit.start <= now):
            part = "date" if day < today else "from"
            wrong.append(FieldError(f"{name}.{part}", "requests.rule.past"))
        elif day > last_day:
            wrong.append(FieldError(f"{name}.date", "requests.rule.far", {"day": last_day}))
        if isinstance(visit, Span):
            wrong += _wrong_span(visits, index, visit, name)
    return wrong


def wrong_children(
    service: Service,
    children: Sequence[NewChildren],
    ratios: Ratios,
    *,
    ill: bool,
    health_consent: bool,
) -> list[FieldError]:
    """No children where there must be some, a crowd in a home, illness without consent."""
    wrong: list[FieldError] = []
    count = children_counted(children)
    if service in WITH_CHILDREN and count == 0:
        wrong.append(FieldError("children", "requests.rule.children_missing"))
    if _is_crowd(service, children, ratios):
        most = ratios.household_children
        wrong.append(FieldError("children", "requests.rule.children_crowd", {"most": most}))
    elif count > MOST_CHILDREN:
        wrong.append(FieldError("children", "requests.rule.children_many", {"most": MOST_CHILDREN}))
    if ill and not health_consent:
        wrong.append(FieldError("health_consent", "requests.rule.health_consent"))
    return wrong


def wrong_people(
    service: Service,
    children: Sequence[NewChildren],
    ratios: Ratios,
    *,
    people: int,
    leads: int,
    on_top: int = 0,
    ratio_holds: bool = True,
) -> list[FieldError]:
    """Too few for an event or for so many children, nobody or too many to lead, too many at all.

    `on_top` are extra and reserve seats. `ratio_holds` is False for the desk, which may know
    better than the ratios: they are defaults, no law. That an event has an adult lead is law's
    concern and always holds.
    """
    wrong: list[FieldError] = []
    if service == "event" and people < ratios.event_people:
        least = ratios.event_people
        wrong.append(FieldError("people", "requests.rule.event_alone", {"least": least}))
    elif service in WITH_CHILDREN and ratio_holds and not _is_crowd(service, children, ratios):
        needed = ratios.people_needed(children)
        if people < needed:
            wrong.append(FieldError("people", "requests.rule.ratio", {"needed": needed}))
    if service == "event" and leads < 1:
        wrong.append(FieldError("leads", "requests.rule.lead_missing"))
    elif leads > people:
        wrong.append(FieldError("leads", "requests.rule.leads_many", {"people": people}))
    if people + on_top > MOST_SEATS:
        wrong.append(FieldError("people", "requests.rule.people_many", {"most": MOST_SEATS}))
    return wrong


def wrong_tasks(service: Service, tasks: Sequence[str]) -> list[FieldError]:
    """Household help without anything to do."""
    if service == "household" and not tasks:
        return [FieldError("tasks", "requests.rule.tasks_missing")]
    return []


def wrong_payer(payer: Payer, reference: str) -> list[FieldError]:
    """A health insurer approves before the start (§§ 24h, 38 SGB V): its reference is needed."""
    if payer == "health_insurer" and not reference:
        return [FieldError("payer_reference", "requests.rule.insurer_reference")]
    return []


def wrong_client(kind: ClientKind | None, name: str, service: Service | None) -> list[FieldError]:
    """An event of nobody knows whom, or an organisation without a name; a household has its
    contact's."""
    if kind is None and service == "event":
        return [FieldError("client_kind", "requests.rule.client_kind")]
    if kind not in (None, "household") and not name:
        return [FieldError("client_name", "requests.rule.client_name")]
    return []


def wrong_contact(given: Mapping[str, Any]) -> list[FieldError]:
    """No name, or no way to reach a person; what could not be read is not missing."""
    wrong: list[FieldError] = []
    if given.get("given_name") == "":
        wrong.append(FieldError("given_name", "requests.rule.given_name"))
    if given.get("family_name") == "":
        wrong.append(FieldError("family_name", "requests.rule.family_name"))
    if given.get("email", "?") is None and given.get("phone", "?") is None:
        wrong.append(FieldError("email", "requests.rule.contact_missing"))
    return wrong


def wrong_end(place: str, street: str) -> list[FieldError]:
    """Half an address where a visit ends elsewhere than it began."""
    if street and not place:
        return [FieldError("end_place", "requests.rule.end_place")]
    if place and not street:
        return [FieldError("end_street", "requests.rule.end_street")]
    return []


def wrong_choices(preferred: Sequence[UUID], excluded: Sequence[UUID]) -> list[FieldError]:
    """Somebody who is wished for and not wanted."""
    if set(preferred) & set(excluded):
        return [FieldError("excluded", "requests.rule.chosen_twice")]
    return []


def wrong_priority(priority: Priority, *, staff: bool) -> list[FieldError]:
    """How urgent something is says its date, or the desk."""
    if priority != "normal" and not staff:
        return [FieldError("priority", "requests.rule.staff_only")]
    return []


def rate_warnings(rate: int | None, day: date) -> list[FieldError]:
    """A rate below the minimum wage, which holds for Minijobs in a household (§ 1 MiLoG)."""
    wage = minimum_wage(day)
    if rate is None or rate >= wage:
        return []
    params = {"euros": wage // 100, "cents": f"{wage % 100:02d}"}
    return [FieldError("rate", "requests.rule.below_minimum", params)]


def minimum_wage(day: date) -> int:
    """Cents an hour on a day; the last known one for days beyond the table."""
    return next(
        (cents for since, cents in reversed(MINIMUM_WAGE) if since <= day), MINIMUM_WAGE[0][1]
    )


def leads_of(service: Service, asked: int | None) -> int:
    """How many lead: as many as were asked for; else one at an event, nobody elsewhere."""
    if asked is not None:
        return asked
    return 1 if service == "event" else 0


def seat_roles(people: int, leads: int, extra: int, reserve: int) -> tuple[SeatRole, ...]:
    """The seats of one visit in their order: leads first, those on top last."""
    roles: list[SeatRole] = ["lead"] * leads
    roles += ["normal"] * (people - leads)
    roles += ["extra"] * extra
    roles += ["reserve"] * reserve
    return tuple(roles)


def required_seats(roles: Sequence[SeatRole], policy: Policy, core: int) -> tuple[bool, ...]:
    """Which seats belong to the core, without which a visit doesn't take place.

    All leads and normal seats with `all`; with `core` the leads, and as many normal seats as make
    `core` people. Extra and reserve seats never.
    """
    required: list[bool] = []
    for role in roles:
        if role == "lead":
            required.append(True)
        else:
            required.append(role == "normal" and (policy == "all" or sum(required) < core))
    return tuple(required)


def priority_of(
    asked: Priority, first_start: datetime, now: datetime, urgent_within: timedelta
) -> Priority:
    """Urgent is what begins soon, or what the desk says is."""
    return "urgent" if first_start - now < urgent_within else asked


def answer_by(now: datetime, first_start: datetime, answer_within: timedelta) -> datetime:
    """By when the client hears from us, come what may: within the centre's promise, and in the
    first half of the time that is left, so that she can look elsewhere. In UTC: full minutes when
    it is soon, else a quarter of an hour, as one says it."""
    promised = min(now + answer_within, now + (first_start - now) / 2)
    if promised - now > timedelta(hours=1):
        return floor(promised.astimezone(UTC), timedelta(minutes=15))
    minute = promised.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    return min(minute, first_start)


def _is_crowd(service: Service, children: Sequence[NewChildren], ratios: Ratios) -> bool:
    return service == "childcare" and children_counted(children) > ratios.household_children


def _wrong_span(
    visits: Sequence[Span | date | None], index: int, visit: Span, name: str
) -> list[FieldError]:
    if visit.end <= visit.start:
        return [FieldError(f"{name}.to", "requests.rule.end_before_start")]
    if visit.end - visit.start > LONGEST:
        return [FieldError(f"{name}.to", "requests.rule.long", {"hours": 36})]
    for other, before in enumerate(visits[:index]):
        if isinstance(before, Span) and before.start < visit.end and visit.start < before.end:
            return [FieldError(f"{name}.from", "requests.rule.overlap", {"other": other + 1})]
    return []


def _a_year_on(day: date) -> date:
    """The same day a year later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
