"""What the letters about a request say, and what they never say."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rundum_core.i18n import Catalogues
from rundum_notifications import store
from rundum_notifications.layout import as_script
from rundum_notifications.letters import Draft, draft
from rundum_requests import service


async def letter(house, locale: str = "de") -> Draft | None:
    """The newest letter as its delivery would be written now."""
    t = Catalogues.load(
        "rundum_core", "rundum_web", "rundum_notifications", "rundum_requests"
    ).translator(locale, house.clock.now)
    delivery = await house.value("SELECT max(id) FROM delivery")
    async with house.db.work() as tx:
        found = await store.letters(tx, [delivery])
        return await draft(tx, found[0].message(t, channel="email"), "")


def text(draft: Draft) -> str:
    return " ".join([draft.subject, *(line for block in draft.blocks for line in block.lines)])


PRIVATE: dict[str, Any] = {
    "ill_children": True,
    "health_consent": True,
    "note": "Der Schlüssel liegt unter dem Stein.",
}


@pytest.mark.parametrize("locale", ["de", "en"])
async def test_somebody_unknown_gets_a_link_to_confirm(house, locale) -> None:
    await house.ask(**PRIVATE)
    found = await letter(house, locale)
    assert found is not None
    said = text(found)
    day = {"de": "Sa, 5. Dezember, 14–18 Uhr", "en": "Sat, 5 December, 14:00–18:00"}[locale]
    assert day in said
    assert "Barleben" in said
    assert "Krause" in said
    assert found.button is not None
    assert re.fullmatch(r"/requests/confirmations/[\w-]{43}", found.button[1])
    again = await letter(house, locale)
    assert again is not None
    assert again.button == found.button


@pytest.mark.parametrize("proven", [False, True])
async def test_no_letter_says_street_child_or_health(house, proven) -> None:
    actor = house.acting(await house.person("Petra", email="petra@example.org")) if proven else None
    await house.ask(actor, **PRIVATE)
    for locale in ("de", "en"):
        found = await letter(house, locale)
        assert found is not None
        said = text(found)
        for secret in ("Breiteweg", "Schlüssel", "krank", " ill ", "4–6", "2–3"):
            assert secret not in said


async def test_a_confirmed_request_leads_to_its_status_page(house) -> None:
    await house.ask()
    async with house.db.work() as tx:
        token_id = await tx.connection.fetchval("SELECT count(*) FROM link")
    assert token_id == 0
    first = await letter(house)
    assert first is not None
    assert first.button is not None
    status = await service.confirm(house.db, first.button[1].rpartition("/")[2])
    taken = await letter(house)
    assert taken is not None
    assert taken.button is not None
    assert taken.button[1] == f"/requests/{status}"
    assert "Sie hören bis Di, 24. November" in text(taken)


async def test_many_dates_are_counted_and_not_all_told(house) -> None:
    lines = [
        {"during": {"start": f"2027-04-{day:02d}T14:00", "end": f"2027-04-{day:02d}T18:00"}}
        for day in range(1, 16)
    ]
    await house.ask(visits=lines)
    found = await letter(house)
    assert found is not None
    assert "und 3 weitere Termine" in text(found)


async def test_what_was_confirmed_or_ended_needs_no_letter(house) -> None:
    await house.ask()
    house.clock.turn(days=3)
    assert await letter(house) is None
    await service.expire_unconfirmed(house.db)
    assert await letter(house) is None


async def test_on_the_phone_the_same_is_said_without_a_link(house) -> None:
    petra = house.acting(await house.person("Petra", phone="+493904555013"))
    await house.ask(petra)
    assert await house.value("SELECT channel FROM delivery") == "phone"
    found = await letter(house)
    assert found is not None
    assert "/requests/" not in as_script(found)
