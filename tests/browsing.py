"""A real browser over a running service: signing in, walking pages, and what is wrong with one."""

from __future__ import annotations

import re
import shutil
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from journey import Service, link_in

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
AXE = (Path(__file__).parent / "browser" / "vendor" / "axe.min.js").read_text()
PHONE, SCREEN = 390, 1280
SIGN_IN = {"de": "Ihr Link zum Anmelden", "en": "Your link to sign in"}
# what is no page of ours to look at: files, feeds, the catcher's copies, sent mail as it is
ASIDE = re.compile(r"\.ics$|/file$|^/static/|^/api/|^/mails/.+")
_SHORTEN = """for (const list of document.querySelectorAll("tbody, ul, ol"))
    while (list.children.length > 12) list.lastElementChild.remove()"""
_ONE = re.compile(r"^([0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_-]{43}|\d+)$")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium, driven from here."""
    found = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    assert found, "Chromium is missing: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        await browser.close()


class Reader:
    """One person's browser: `complaints` gathers what its console says."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    async def sign_in(self, service: Service, address: str, language: str = "de") -> None:
        """By the link in the mail."""
        before = service.mails()
        await self.page.goto(f"{self.base}/sign-in")
        await self.page.locator("#email").fill(address)
        await self.page.locator("main button.accent").click()
        letter = await service.letter(address, SIGN_IN[language], but=before)
        await self.page.goto(link_in(letter))
        if await self.page.locator("#person").count():
            await self.page.locator("#person").select_option(index=2)
        await self.page.locator("main button.accent").click()
        await self.page.wait_for_url(re.compile(r"/(home|desk)"))

    async def walk(
        self, *starts: str, besides: str = "$."
    ) -> tuple[list[str], dict[str, list[str]]]:
        """Every kind of page that links lead to from here, each once: the kinds, and what is wrong
        with them. Addresses that differ only in an id are of one kind; those that match `besides`
        are left to somebody else."""
        waiting = deque(starts)
        seen: dict[str, list[str]] = {}
        while waiting:
            address = waiting.popleft()
            if (kind := shape(address)) in seen:
                continue
            await self.page.goto(f"{self.base}{address}")
            found: list[str] = await self.page.eval_on_selector_all(
                "a[href]", "all => all.map(one => one.href)"
            )
            waiting.extend(
                path for one in found if (path := self._own(one)) and not re.match(besides, path)
            )
            seen[kind] = await self.examine()
        return list(seen), {kind: wrong for kind, wrong in seen.items() if wrong}

    async def examine(self, *, status: int = 200) -> list[str]:
        """What is wrong with the page that is open: for assistive technology, in both schemes, in
        either width, and by its console, where a page that isn't sent with 200 is told by `status`.
        It is open no longer as it was: long lists have lost their ends, which look like their
        beginnings and take axe most of its time."""
        wrong = [
            line
            for line in self.complaints
            if status == 200 or f"the server responded with a status of {status}" not in line
        ]
        self.complaints.clear()
        size = self.page.viewport_size
        assert size is not None
        for width in (PHONE + SCREEN - size["width"], size["width"]):
            await self.page.set_viewport_size({"width": width, "height": size["height"]})
            wide = await self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wide > 0:
                wrong.append(f"scrolls sideways by {wide} px of {width} px")
        await self.page.evaluate(_SHORTEN)
        await self.page.evaluate(AXE)
        wrong += await self._axe({})
        await self.page.emulate_media(color_scheme="dark")
        contrast = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
        wrong += [f"dark: {line}" for line in await self._axe(contrast)]
        await self.page.emulate_media(color_scheme="light")
        return wrong

    async def _axe(self, options: dict[str, Any]) -> list[str]:
        found = await self.page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{rule['id']}: {node['html'][:160]}"
            for rule in found["violations"]
            for node in rule["nodes"][:3]
        ]

    def _own(self, href: str) -> str | None:
        """The path of one of our pages; None for what isn't one."""
        if not href.startswith(f"{self.base}/"):
            return None
        split = urlsplit(href)
        path = split.path + (f"?{split.query}" if split.query else "")
        return None if ASIDE.search(split.path) or "lang=" in split.query else path


def shape(address: str) -> str:
    """An address without what tells two things of one kind apart."""
    split = urlsplit(address)
    parts = ["…" if _ONE.match(part) else part for part in split.path.split("/")]
    asked = sorted(
        name if _ONE.match(value) else f"{name}={value}" for name, value in parse_qsl(split.query)
    )
    return "/".join(parts) + (f"?{'&'.join(asked)}" if asked else "")


Reading = Callable[..., Awaitable[Reader]]
