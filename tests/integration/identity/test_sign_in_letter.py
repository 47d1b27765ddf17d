"""The letter with the link: in her language, and silent once the link no longer acts."""

from __future__ import annotations

import pytest

from rundum_core.i18n import Catalogues
from rundum_identity import letters, signin
from rundum_notifications import store
from rundum_notifications.letters import LETTERS, draft

CATALOGUES = ("rundum_core", "rundum_web", "rundum_notifications", "rundum_identity")


async def written(house, locale: str):
    LETTERS.fill(letters.LOADERS)
    t = Catalogues.load(*CATALOGUES).translator(locale, house.clock.now)
    async with house.db.work() as tx:
        id = await tx.connection.fetchval("SELECT id FROM delivery")
        [found] = await store.letters(tx, [id])
        return await draft(tx, found.message(t, channel="email"), "http://house.test")


@pytest.mark.parametrize(
    ("locale", "subject"), [("de", "Ihr Link zum Anmelden"), ("en", "Your link to sign in")]
)
async def test_the_letter_holds_the_link_that_signs_in(house, browser, locale, subject) -> None:
    await house.person("Petra", "petra@example.org", locale=locale)
    await signin.send_link(house.db, "petra@example.org")
    letter = await written(house, locale)
    assert letter is not None
    assert letter.subject == subject
    assert letter.button is not None
    async with browser() as one:
        path = letter.button[1].removeprefix("http://house.test")
        assert (await one.get(path)).status_code == 200
        assert (await one.post(f"{path}/session", data={"form_key": "x"})).status_code == 303
    assert await written(house, locale) is None, "a used link is not sent"


async def test_an_expired_link_is_not_sent(house) -> None:
    await house.person("Petra", "petra@example.org")
    await signin.send_link(house.db, "petra@example.org")
    house.clock.turn(hours=2)
    assert await written(house, "de") is None
