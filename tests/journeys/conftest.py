"""A running service, its database, and a phone's browser."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Page, async_playwright

from journey import Service, running_service
from rundum_core.db import Database
from rundum_core.postgres import embedded
from rundum_core.settings import load

BROWSER = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running_service() as service:
        yield service


@pytest.fixture
async def house(service: Service) -> AsyncIterator[Database]:
    """The running service's own database."""
    settings = load(service.environ)
    with embedded(settings.data) as dsn:
        db = await Database.connect(dsn, key=settings.secret_key)
        yield db
        await db.close()


@pytest.fixture
async def browser_page() -> AsyncIterator[Page]:
    """A phone's browser, in German."""
    found = next((path for name in BROWSER if (path := shutil.which(name))), None)
    assert found, "Chromium is missing: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=QUIET)
        page = await browser.new_page(
            viewport={"width": 390, "height": 844}, locale="de-DE", timezone_id="Europe/Berlin"
        )
        yield page
        await browser.close()
