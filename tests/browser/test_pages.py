"""Each page as it is met: by eyes of any age, by a screen reader, by keyboard, on a small phone."""

from __future__ import annotations

import email
import re
from email import policy
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from browsing import PHONE, SCREEN, Reading, shape
from journey import Service, link_in

pytestmark = pytest.mark.slow

CENTRE = "/centres/boerde"
SERVICES = ("childcare", "event", "household", "companionship")
FORMS = [
    *(f"{CENTRE}/requests/new?service={service}" for service in SERVICES),
    f"{CENTRE}/providers/new",
    "/sign-in",
]


def letters(service: Service) -> list[EmailMessage]:
    """All mails that were sent, the newest first."""
    found = []
    for path in sorted((service.data / "mail").glob("*.eml"), reverse=True):
        mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        found.append(mail)
    return found


async def test_pages_for_everybody(reading: Reading) -> None:
    visitor = await reading()
    kinds, wrong = await visitor.walk("/", "/mails")
    assert not wrong
    assert len(kinds) >= 8, kinds
    for nothing in ("/nowhere", "/offers/unknown", "/sign-in/unknown", f"{CENTRE}x"):
        await visitor.page.goto(f"{visitor.base}{nothing}")
        assert not await visitor.examine(status=404)
        await expect(visitor.page.locator("h1")).to_have_count(1)


@pytest.mark.parametrize("form", FORMS)
async def test_a_form_with_mistakes_says_them_first_and_leads_to_each(
    reading: Reading, form: str
) -> None:
    visitor = await reading(language="en-GB")
    await visitor.page.goto(f"{visitor.base}{form}")
    await visitor.page.locator("main button.accent").click()
    summary = visitor.page.locator("#errors")
    await expect(summary).to_be_focused()
    assert not await visitor.examine(status=422)
    first = summary.locator("a").first
    await visitor.page.keyboard.press("Tab")
    await expect(first).to_be_focused()
    target = (await first.get_attribute("href") or "").removeprefix("#")
    await visitor.page.keyboard.press("Enter")
    field = visitor.page.locator(f"[id='{target}']")
    await expect(field).to_be_in_viewport()


async def test_the_first_key_leads_past_the_head_of_a_page(reading: Reading) -> None:
    visitor = await reading()
    await visitor.page.goto(f"{visitor.base}{CENTRE}")
    await visitor.page.keyboard.press("Tab")
    skip = visitor.page.locator("a.skip")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.page.locator("#main")).to_be_focused()


@pytest.mark.parametrize(
    ("address", "width", "least"),
    [
        ("anna.lindner@example.org", PHONE, 3),
        ("petra.neumann@example.org", PHONE, 6),
        ("silke.vogt@example.org", PHONE, 2),
        ("dirk.hartung@example.org", SCREEN, 20),
    ],
)
async def test_pages_of_who_is_signed_in(
    service: Service, reading: Reading, address: str, width: int, least: int
) -> None:
    reader = await reading(width=width)
    await reader.sign_in(service, address)
    kinds, wrong = await reader.walk("/home", "/account", besides=rf"{CENTRE}\b(?!.*\?client=)")
    assert not wrong
    assert len(kinds) >= least, kinds


async def test_pages_of_who_administers(service: Service, reading: Reading) -> None:
    reader = await reading(width=SCREEN)
    await reader.sign_in(service, "ute.sommer@example.org")
    desks = r"/desk(?!/card-index)"  # seen at the desk
    kinds, wrong = await reader.walk("/desk", "/desk/card-index", besides=rf"{desks}|{CENTRE}")
    assert not wrong
    assert len(kinds) >= 3, kinds


async def test_pages_behind_the_links_in_letters(service: Service, reading: Reading) -> None:
    reader = await reading(language="en-GB")
    seen: set[str] = set()
    for mail in letters(service):
        if "http://localhost" not in str(mail.get_body(("plain",))):
            continue
        link = link_in(mail)
        if (kind := shape(urlsplit(link).path)) in seen or "sign-in" in kind:
            continue
        seen.add(kind)
        await reader.page.goto(link)
        assert not await reader.examine(), kind
        if re.match(r"/offers/…", kind):  # the answer has a page, too, and leads to more letters
            await reader.page.locator("main button.accent").click()
            await expect(reader.page.locator("main button")).to_have_count(0)
            assert not await reader.examine(), "an offer that was answered"
    assert "/offers/…" in seen, seen
