"""The audit log's page: whole in both languages, and found by who, what and when."""

from __future__ import annotations

import re

import pytest

from helpers_http import House
from rundum_core.i18n import Catalogues

PATH = "/desk/events"
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)


async def rows(house: House, query: str = "") -> list[str]:
    answer = await house.ask("administrator", "GET", f"{PATH}?{query}")
    assert answer.status_code == 200
    found = [re.sub(r"<[^>]*>", " ", row) for row in ROW.findall(answer.text)]
    return [row for row in found if "Wann" not in row]


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_whatever_happened_has_words(house: House, lang: str) -> None:
    catalogues: Catalogues = house.app.state["furniture"].catalogues
    t = catalogues.translator(lang, house.db.clock())
    for kind, reason in await house.rows(
        "SELECT DISTINCT kind, data ->> 'reason' FROM event WHERE centre IS NOT NULL"
    ):
        thing, _, did = kind.partition(".")
        assert t(f"desk.thing.{thing}")
        assert t(f"desk.did.{did}")
        if reason:
            assert t(f"desk.why.{reason}")


async def test_it_is_read_page_by_page_without_a_gap(house: House) -> None:
    centre = house.town.own.centre.id
    (count,) = (await house.rows("SELECT count(*) FROM event WHERE centre = $1", centre))[0]
    seen, path = 0, PATH
    while path:
        answer = await house.ask("administrator", "GET", path)
        seen += len(ROW.findall(answer.text)) - 1
        more = re.search(r'href="(/desk/events\?[^"]*before=\d+)"', answer.text)
        path = more[1].replace("&amp;", "&") if more else ""
    assert seen == count > 50


async def test_it_is_found_by_who_did_it_and_by_what_it_was_about(house: House) -> None:
    assert await rows(house, "thing=offer")
    assert all("Einsatzvorschlag" in row for row in await rows(house, "thing=offer"))
    assert await rows(house, "name=nobody+of+that+name") == []
    assert await rows(house, "since=2030-01-01") == []
    await house.ask(
        "desk", "GET", f"/desk/requests/{house.town.own.things['requests', 'public_id']}"
    )
    looks = await rows(house, "looks=on")
    assert looks
    assert all("angesehen" in row for row in looks)


async def test_a_day_that_never_was_is_told_at_its_field(house: House) -> None:
    answer = await house.ask("administrator", "GET", f"{PATH}?since=2027-02-30&name=Ute")
    assert answer.status_code == 422
    assert 'href="#since"' in answer.text
    assert 'value="Ute"' in answer.text
