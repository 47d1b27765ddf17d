"""What the letters to those who help say, in both languages."""

from __future__ import annotations

import pytest

from helpers_made import House, a_house, a_pupil, an_application
from rundum_core.db import Database
from rundum_core.i18n import Catalogues
from rundum_notifications import store
from rundum_notifications.letters import LETTERS, Draft, draft
from rundum_providers import letters
from rundum_providers.service import lifecycle, registration
from rundum_providers.service.registration import Registered

CATALOGUES = Catalogues.load(
    "rundum_core", "rundum_web", "rundum_notifications", "rundum_providers"
)


@pytest.fixture
async def house(db: Database) -> House:
    LETTERS.fill(letters.LOADERS)
    return await a_house(db)


async def written(house: House, template: str, locale: str = "de") -> Draft | None:
    """The letter of that template that is waiting to be sent."""
    t = CATALOGUES.translator(locale, house.db.clock())
    async with house.db.work() as tx:
        delivery = await tx.connection.fetchval(
            """SELECT d.id FROM delivery d JOIN message m ON m.id = d.message
               WHERE m.template = $1 ORDER BY d.id LIMIT 1""",
            template,
        )
        [addressed] = await store.letters(tx, [delivery])
        return await draft(tx, addressed.message(t, channel="email"), "https://rundum.example")


async def register(house: House, **other: object) -> Registered:
    return await registration.register(house.db, house.visitor, an_application(**other))


async def test_a_welcome_says_what_to_bring(house: House) -> None:
    await register(house)
    letter = await written(house, "provider_welcome")
    assert letter is not None
    text = _plain(letter)
    assert letter.subject == "Schön, dass Sie helfen möchten – so geht es weiter"
    assert "erweitertes Führungszeugnis" in text
    assert "Eltern" not in text
    assert letter.button == ("Meine Zeiten öffnen", "https://rundum.example/my-times")


async def test_who_helps_in_the_household_needs_to_bring_nothing(house: House) -> None:
    await register(house, services=("household",), bands=())
    letter = await written(house, "provider_welcome", "en")
    assert letter is not None
    assert "bring" not in _plain(letter)
    assert "received your registration" in _plain(letter)


@pytest.mark.parametrize("locale", ["de", "en"])
async def test_guardians_read_who_it_is_about_but_no_full_name(house: House, locale: str) -> None:
    await registration.register(house.db, house.visitor, a_pupil())
    letter = await written(house, "guardian_informed", locale)
    assert letter is not None
    assert "Lena V." in letter.subject
    assert "Vogel hat" not in _plain(letter)
    assert letter.button is None


async def test_a_welcome_is_obsolete_when_somebody_left(house: House) -> None:
    new = await register(house)
    await lifecycle.leave(house.db, house.desk, new.provider)
    assert await written(house, "provider_welcome") is None


@pytest.mark.parametrize(("locale", "subject"), [("de", "Es kann losgehen"), ("en", "You are")])
async def test_who_is_active_reads_that_it_begins(house: House, locale: str, subject: str) -> None:
    new = await register(house, services=("household",), bands=())
    await lifecycle.take_into_check(house.db, house.desk, new.provider)
    await lifecycle.activate(house.db, house.desk, new.provider)
    letter = await written(house, "provider_activated", locale)
    assert letter is not None
    assert letter.subject.startswith(subject)


def _plain(letter: Draft) -> str:
    return "\n".join(line for block in letter.blocks for line in block.lines)
