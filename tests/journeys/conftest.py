"""A running service, its database, and a phone's browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Page

from browsing import PHONE, chromium
from journey import Service, running_service
from rundum_core.db import Database
from rundum_core.postgres import embedded
from rundum_core.settings import load


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
    async with chromium() as browser:
        yield await browser.new_page(
            viewport={"width": PHONE, "height": 844}, locale="de-DE", timezone_id="Europe/Berlin"
        )
