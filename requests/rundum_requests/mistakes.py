"""What is wrong with a request as a whole, and what the names in it stand for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from rundum_clients import service as clients
from rundum_clients.models import Client
from rundum_core.actor import Actor
from rundum_core.clock import BERLIN
from rundum_core.db import Transaction
from rundum_core.errors import FieldError, Forbidden, NotFound
from rundum_core.places import look_up
from rundum_identity.centres import Centre
from rundum_requests import rules, store
from rundum_requests.form import Asked
from rundum_requests.models import NewChildren
from rundum_requests.ratios import KEYS, Ratios, ratios_on


class Found(Struct, frozen=True, kw_only=True):
    """What the names in a request stand for, as far as they stand for anything, and the centre's
    ratios."""

    ratios: Ratios
    start: int | None = None
    end: int | None = None
    client: Client | None = None
    preferred: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()


async def judge(
    tx: Transaction, actor: Actor, centre: Centre, asked: Asked
) -> tuple[list[FieldError], Found]:
    """Every mistake beyond the form's own, and what the names in it stand for."""
    day = tx.now.astimezone(BERLIN).date()
    ratios = ratios_on(day, await store.centre_ratios(tx, centre=centre.id, keys=list(KEYS)))
    known, staff = actor.person is not None, actor.is_staff
    wrong = _broken_rules(asked, tx.now, ratios, known=known, staff=staff)
    found, unknown = await _look_up(tx, actor, centre, asked.values, ratios)
    return [*wrong, *unknown], found


def _broken_rules(
    asked: Asked, now: datetime, ratios: Ratios, *, known: bool, staff: bool
) -> list[FieldError]:
    """The rules over those values that could be read."""
    given = asked.values
    wrong = rules.wrong_visits(asked.visits, now, BERLIN)
    service = given.get("service")
    children: tuple[NewChildren, ...] | None = given.get("children")
    if service is not None and children is not None:
        wrong += rules.wrong_children(
            service,
            children,
            ratios,
            ill=given.get("ill_children", False),
            health_consent=given.get("health_consent", True),
        )
    if service is not None and {"people", "leads", "extra", "reserve"} <= given.keys():
        wrong += rules.wrong_people(
            service,
            children or (),
            ratios,
            people=given["people"],
            leads=rules.leads_of(service, given["leads"]),
            on_top=given["extra"] + given["reserve"],
            ratio_holds=not staff,
        )
    if service is not None and "tasks" in given:
        wrong += rules.wrong_tasks(service, given["tasks"])
    if {"end_place", "end_street"} <= given.keys():
        wrong += rules.wrong_end(given["end_place"], given["end_street"])
    if {"payer", "payer_reference"} <= given.keys():
        wrong += rules.wrong_payer(given["payer"], given["payer_reference"])
    if {"preferred", "excluded"} <= given.keys():
        wrong += rules.wrong_choices(given["preferred"], given["excluded"])
    if "priority" in given:
        wrong += rules.wrong_priority(given["priority"], staff=staff)
    named = "client" in given and given["client"] is not None
    if not named and {"client_kind", "client_name"} <= given.keys():
        wrong += rules.wrong_client(given["client_kind"], given["client_name"], service)
    if not (known and not staff) and not (staff and named):
        wrong += rules.wrong_contact(given)
    return wrong


async def _look_up(
    tx: Transaction, actor: Actor, centre: Centre, given: Mapping[str, Any], ratios: Ratios
) -> tuple[Found, list[FieldError]]:
    wrong: list[FieldError] = []
    places: dict[str, int] = {}
    for field in ("place", "end_place"):
        if text := given.get(field):
            place = await look_up(tx, "", text, field=field)
            if isinstance(place, FieldError):
                wrong.append(place)
            else:
                places[field] = place.id
    client = None
    if (wanted := given.get("client")) is not None:
        try:
            client = await clients.client_for(tx, actor, centre.id, wanted)
        except (NotFound, Forbidden):
            wrong.append(FieldError("client", "requests.rule.client_unknown"))
    chosen: dict[str, tuple[int, ...]] = {}
    for field in ("preferred", "excluded"):
        ids = given.get(field) or ()
        there = await store.providers_chosen(tx, public_ids=list(ids)) if ids else []
        if len(there) < len(ids):
            wrong.append(FieldError(field, "requests.rule.provider_unknown"))
        chosen[field] = tuple(one.person for one in there)
    found = Found(
        start=places.get("place"),
        end=places.get("end_place"),
        client=client,
        ratios=ratios,
        **chosen,
    )
    return found, wrong
