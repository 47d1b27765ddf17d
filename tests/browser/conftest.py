"""The demo centre in a running service, and browsers to read it in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser

from browsing import PHONE, Reader, Reading, chromium
from journey import Service, running_service


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running_service(demo=True) as service:
        assert service.command("match").returncode == 0
        yield service


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def reading(service: Service, browser: Browser) -> AsyncIterator[Reading]:
    """Opens somebody's browser: how wide it is, its language, whether it runs JavaScript."""
    contexts = []

    async def opened(
        *, width: int = PHONE, language: str = "de-DE", scripts: bool = True
    ) -> Reader:
        context = await browser.new_context(
            viewport={"width": width, "height": 844},
            locale=language,
            timezone_id="Europe/Berlin",
            java_script_enabled=scripts,
            reduced_motion="reduce",  # or colours are measured on their way to the other scheme
        )
        contexts.append(context)
        return Reader(await context.new_page(), service.base)

    yield opened
    for context in contexts:
        await context.close()
