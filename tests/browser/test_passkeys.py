"""A passkey from beginning to end: a virtual authenticator in a real browser makes and uses it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import CDPSession, expect

from browsing import Reader, Reading
from journey import Service

pytestmark = pytest.mark.slow

ADMINISTRATOR = "ute.sommer@example.org"


async def authenticator(reader: Reader) -> CDPSession:
    """A device with a fingerprint reader that always says yes."""
    devtools = await reader.page.context.new_cdp_session(reader.page)
    await devtools.send("WebAuthn.enable")
    made = await devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    assert made["authenticatorId"]
    return devtools


async def test_a_passkey_is_made_and_signs_in(service: Service, reading: Reading) -> None:
    eva = await reading()
    await authenticator(eva)
    await eva.sign_in(service, ADMINISTRATOR)
    await eva.page.goto(f"{eva.base}/account/sign-in")
    assert not await eva.examine()
    await eva.page.locator("form[data-passkey=create] button").click()
    listed = eva.page.locator("ul.devices li")
    await expect(listed).to_have_count(1)
    await expect(listed).to_contain_text("Chrome, Linux")
    await eva.page.goto(f"{eva.base}/account")
    await expect(eva.page.locator("ul.devices")).to_contain_text("Mit einem Passkey angemeldet")
    await eva.page.locator("form[action='/sign-out'] button").click()

    await eva.page.goto(f"{eva.base}/sign-in")
    await eva.page.locator("main a[href='/sign-in/staff']").click()
    assert not await eva.examine()
    await eva.page.locator("form[data-passkey=get] button").click()
    await eva.page.wait_for_url(re.compile("/desk$"))

    await eva.page.goto(f"{eva.base}/prove?to=/account")
    assert not await eva.examine()
    await eva.page.locator("form[data-passkey=get] button").click()
    await eva.page.wait_for_url(re.compile("/account$"))


async def test_who_stops_is_told_and_may_try_again(reading: Reading) -> None:
    """As a browser tells it: the question was closed, or no device has a passkey of ours."""
    nobody = await reading(language="en-GB")
    await nobody.page.goto(f"{nobody.base}/sign-in/staff")
    await nobody.page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new Error('no')) }"
    )
    await nobody.page.locator("form[data-passkey=get] button").click()
    await expect(nobody.page.locator("[data-failed]")).to_be_visible()
    await expect(nobody.page).to_have_url(re.compile("/sign-in/staff$"))


async def test_without_a_script_the_other_ways_are_there(reading: Reading) -> None:
    plain = await reading(scripts=False)
    await plain.page.goto(f"{plain.base}/sign-in/staff")
    await expect(plain.page.locator("form[data-passkey]")).to_be_hidden()
    await expect(plain.page.locator("#password")).to_be_visible()
    await plain.page.goto(f"{plain.base}/sign-in/sent")
    await expect(plain.page.locator("#code")).to_be_visible()
