"""Mail scanners and previews follow every link: looking at a page leaves the database as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpers_http import Endpoint, House
from helpers_links import PURPOSES, a_page
from helpers_town import Side

# what looking is allowed to write: when a device was last seen, and who of the staff looked at what
WRITTEN = (
    "session.seen_at",
    "event:request.viewed",
    "event:provider.viewed",
    "event:booking.viewed",
)


@pytest.mark.parametrize(
    "who", ["visitor", "client", "provider", "guardian", "desk", "administrator"]
)
async def test_nothing_is_changed_by_looking_at_every_page(
    standing: House, routes: list[Endpoint], who: str
) -> None:
    before = await standing.everything(*WRITTEN)
    for endpoint in routes:
        if endpoint.method == "GET":
            for method in ("GET", "HEAD"):
                path = endpoint.address(standing.town.own) + endpoint.query
                await standing.ask(who, method, path)
    assert changed(before, await standing.everything(*WRITTEN)) == []


@pytest.mark.parametrize("who", ["client", "guardian"])
async def test_nothing_is_changed_by_looking_at_a_request_in_any_state(
    standing: House, who: str
) -> None:
    before = await standing.everything(*WRITTEN)
    for row in await standing.rows("SELECT public_id FROM care_request"):
        for path in ("/requests/{}", "/api/v1/requests/{}/status", "/api/v1/requests/{}"):
            await standing.ask(who, "GET", path.format(row["public_id"]))
    await standing.ask(who, "GET", "/home")
    assert changed(before, await standing.everything(*WRITTEN)) == []


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_link_that_is_only_looked_at_does_nothing(
    standing: House, purpose: str, method: str
) -> None:
    path = await a_page(standing, purpose)
    before = await standing.everything()
    for _ in range(3):
        answer = await standing.ask("visitor", method, path)
        assert answer.status_code == 200
    assert changed(before, await standing.everything()) == []


@pytest.mark.slow
@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_thousand_looks_at_a_link_do_nothing(standing: House, purpose: str) -> None:
    path = await a_page(standing, purpose)
    before = await standing.everything()
    for _ in range(500):
        assert (await standing.ask("visitor", "GET", path)).status_code == 200
        assert (await standing.ask("visitor", "HEAD", path)).status_code == 200
    assert changed(before, await standing.everything()) == []


async def test_a_page_can_be_looked_at_for_a_month_and_writes_only_when_it_was_seen(
    house: House,
) -> None:
    before = await house.everything("session.seen_at")
    house.db.clock.turn(minutes=10)  # type: ignore[attr-defined]
    assert (await house.ask("client", "GET", "/home")).status_code == 200
    assert changed(before, await house.everything("session.seen_at")) == []
    (seen,) = await house.rows("SELECT max(seen_at) - min(seen_at) AS later FROM session")
    assert seen["later"] == timedelta(minutes=10)


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [table for table, sum in after.items() if before[table] != sum]


def test_the_other_side_is_another_centre(standing: House) -> None:
    own: Side = standing.town.own
    assert own.centre.id != standing.town.foreign.centre.id
