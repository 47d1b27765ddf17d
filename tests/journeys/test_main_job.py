"""The main job as its people live it: a browser, real mail, a service in processes of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from playwright.async_api import Page, expect

from factories import Clock, a_centre, a_sitter
from journey import Service, link_in
from rundum_core.clock import BERLIN
from rundum_core.db import Database

pytestmark = pytest.mark.slow


async def test_from_a_parents_request_to_the_firm_booking(
    service: Service, house: Database, browser_page: Page
) -> None:
    house.clock = Clock(datetime.now(UTC).replace(microsecond=0))
    centre = await a_centre(house)
    await a_sitter(house, centre, name="Petra Müller", shown=("first_aid",))
    page = browser_page
    day = (datetime.now(BERLIN) + timedelta(days=4)).date()

    # a parent asks, on a phone; the first try has mistakes and loses nothing
    await page.goto(f"{service.base}/centres/{centre.slug}")
    await page.get_by_role("link", name="Betreuung anfragen").click()
    await page.get_by_role("link", name="Kinder zu Hause betreuen").click()
    await page.locator("#street").fill("Gartenstraße 7")
    await page.locator("#place").fill("39340 Haldensleben")
    await page.locator("#children-4-6").fill("2")
    await page.locator("#given_name").fill("Jana")
    await page.locator("#family_name").fill("Beispiel")
    await page.locator("#email").fill("jana@example.org")
    await page.get_by_role("button", name="Anfrage abschicken").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.locator("#street")).to_have_value("Gartenstraße 7")
    await page.locator("#visits-0-during-date").fill(day.isoformat())
    await page.locator("#visits-0-during-from").fill("18:00")
    await page.locator("#visits-0-during-to").fill("21:00")
    await page.get_by_role("button", name="Anfrage abschicken").click()
    await expect(page.get_by_role("alert")).to_have_count(0)

    # she confirms by the link in the mail
    await page.goto(link_in(await service.letter("jana@example.org", "")))
    await page.get_by_role("button").last.click()

    # a run places it, Petra says yes by her link
    assert service.command("match").returncode == 0
    offer = await service.letter("petra.mueller", "Können Sie am")
    await page.goto(link_in(offer))
    assert "Gartenstraße" not in await page.content()
    await page.get_by_role("button", name="Ja, ich übernehme").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Danke, Sie haben zugesagt")

    # Jana agrees to the person
    await page.goto(link_in(await service.letter("jana@example.org", "Zugesagt")))
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Petra M.")
    await page.get_by_role("button", name="Einverstanden").click()
    await expect(page.get_by_text("Es ist fest vereinbart.")).to_be_visible()

    # both hear it, with a calendar entry and their own page
    for recipient in ("petra.mueller", "jana@example.org"):
        letter = await service.letter(recipient, "Fest vereinbart")
        entry = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
        found = icalendar.Calendar.from_ical(entry.get_content())
        assert found["METHOD"] == "REQUEST"
        start = found.walk("VEVENT")[0]["DTSTART"].dt.astimezone(BERLIN)
        assert (start.date(), start.hour) == (day, 18)
    await page.goto(link_in(await service.letter("petra.mueller", "Fest vereinbart")))
    await expect(page.get_by_text("Gartenstraße 7")).to_be_visible()
    await page.goto(link_in(await service.letter("jana@example.org", "Fest vereinbart")))
    await expect(page.get_by_text("Petra Müller", exact=True)).to_be_visible()

    checked = service.command("check")
    assert checked.returncode == 0, checked.stdout
