"""What a link in a letter says once it is unknown, used, expired or taken back."""

from __future__ import annotations

import re

import httpx
import pytest

from helpers_http import House, calm
from helpers_links import ACTS, PAGES, PURPOSES, STANDING, a_page, a_token
from helpers_town import leaks

WORDS = {
    "unknown": {
        "de": "Diesen Link kennen wir nicht. .* öffnen Sie ihn noch einmal aus unserer letzten",
        "en": "We don't know this link. .* open it once more from our latest message",
    },
    "over": {
        "de": "abgelaufen|gilt nicht mehr|Frist ist vorbei|hat sich erledigt",
        "en": "has expired|no longer (good|works)|is over|is settled",
    },
    "what to do": {
        "de": "rufen Sie uns|gern einen neuen|fragen Sie gern neu an",
        "en": "give us a call|new (one|link)|ask again",
    },
}
EACH_LANGUAGE = pytest.mark.parametrize("lang", ["de", "en"])


@EACH_LANGUAGE
@pytest.mark.parametrize("state", ["unknown", "revoked"])
@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_link_that_is_not_there_says_so_and_what_to_do(
    standing: House, purpose: str, state: str, lang: str
) -> None:
    path = await a_page(standing, purpose, state)
    for answer in await looked_and_pressed(standing, purpose, path, lang):
        assert answer.status_code == 404
        says(answer, "unknown", lang)
    await bring_back(standing)


@EACH_LANGUAGE
@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_link_that_has_expired_says_so_and_what_to_do(
    standing: House, purpose: str, lang: str
) -> None:
    path = await a_page(standing, purpose, "expired")
    before = await standing.everything("attempt")
    for answer in await looked_and_pressed(standing, purpose, path, lang):
        assert answer.status_code == 410
        says(answer, "over", lang)
        says(answer, "what to do", lang)
        assert not re.search(
            r'<form method="post" action="/(offers|approvals|bookings)', answer.text
        )
    assert await standing.everything("attempt") == before
    await bring_back(standing)


@EACH_LANGUAGE
@pytest.mark.parametrize("purpose", [one for one in PURPOSES if one not in STANDING])
async def test_a_link_that_was_used_shows_what_came_of_it(
    house: House, purpose: str, lang: str
) -> None:
    path = await a_page(house, purpose)
    address, form = ACTS[purpose]
    used = await house.ask("visitor", "POST", path + address, form=form)
    assert used.status_code == 303
    shown = await house.ask("visitor", "GET", path, lang=lang)
    assert shown.status_code == (410 if purpose == "sign_in" else 200)
    assert f'<html lang="{lang}">' in shown.text
    assert "acceptance" not in shown.text
    assert "consent" not in shown.text
    assert re.search(r"<h1>[^<]{8,}", shown.text)


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_link_opens_nothing_of_another_purpose(standing: House, purpose: str) -> None:
    token = await a_token(standing, purpose)
    for other in PURPOSES:
        if other != purpose:
            answer = await standing.ask("visitor", "GET", PAGES[other].format(token))
            assert answer.status_code == 404, other


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_link_is_exact(standing: House, purpose: str) -> None:
    token = await a_token(standing, purpose)
    other = "B" if token[0] == "A" else "A"
    for near in (
        other + token[1:], token[:-1], token + "A", token.swapcase(), f"%20{token}", f"{token}=",
        token[:20] + "%00" + token[20:],
    ):  # fmt: skip
        answer = await standing.ask("visitor", "GET", PAGES[purpose].format(near))
        calm(answer)
        assert answer.status_code in (400, 404), near


@pytest.mark.parametrize("purpose", ["offer", "approval"])
async def test_before_the_firm_booking_a_link_tells_nothing_of_the_family(
    standing: House, purpose: str
) -> None:
    """Who helps reads no name, street, phone or note; the family reads a first name."""
    answer = await standing.ask("visitor", "GET", await a_page(standing, purpose))
    assert answer.status_code == 200
    words = re.sub(r"<[^>]*>", " ", answer.text)
    assert set(leaks(words)) <= {"offer": set(), "approval": {"KanariPetra"}}[purpose]


async def looked_and_pressed(
    house: House, purpose: str, path: str, lang: str
) -> list[httpx.Response]:
    """The page, and the page behind its button."""
    shown = await house.ask("visitor", "GET", path, lang=lang)
    if purpose not in ACTS:
        return [shown]
    address, form = ACTS[purpose]
    pressed = await house.ask("visitor", "POST", path + address, form=form, lang=lang)
    if pressed.status_code == 303:
        pressed = await house.ask("visitor", "GET", pressed.headers["location"], lang=lang)
    return [shown, pressed]


def says(answer: httpx.Response, what: str, lang: str) -> None:
    calm(answer)
    assert f'<html lang="{lang}">' in answer.text
    main = answer.text.partition("<main")[2].replace("&#39;", "'")
    assert re.search(WORDS[what][lang], main, re.DOTALL | re.IGNORECASE), main


async def bring_back(house: House) -> None:
    """The next test makes its links anew."""
    async with house.db.work() as tx:
        await tx.connection.execute("DELETE FROM link")
