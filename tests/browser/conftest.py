"""The demo centre in a running service, and browsers to read it in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from browsing import PHONE, Reader, Reading, chromium
from journey import Service, running_service


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One of pytest-xdist's workers reads all pages: the service and its demo are made once."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    with running_service(demo=True) as service:
        assert service.command("match").returncode == 0
        yield service


@pytest.fixture(scope="session")
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
