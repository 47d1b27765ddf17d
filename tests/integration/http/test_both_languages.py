"""Every page that can be reached is there in both languages, whole."""

from __future__ import annotations

import re
from html import unescape

import pytest

from helpers_http import Endpoint, House
from helpers_links import PURPOSES, a_page
from rundum_core.i18n import Catalogues
from rundum_notifications import messages

# one page is as good as another of its kind
MOST = 220
GERMAN = re.compile(r"\b(und|oder|nicht|Sie|Ihre[nrms]?|für|wird|können|bitte|noch|keine?)\b")
ENGLISH = re.compile(r"\b(and|not|you|your|for|please|with|this|there|nothing)\b", re.IGNORECASE)
# whose words are their own: the furniture's examples, caught mail, what is for machines
THEIR_OWN = ("/house", "/mails", "/api/", "/static/", "/calendars/", "/metrics", "/health")
KEY = re.compile(r"\b[a-z_]+\.[a-z_]+\.[a-z_.]*[a-z_]\b")


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("who", ["visitor", "client", "provider", "guardian", "administrator"])
async def test_whoever_follows_every_link_finds_every_text(
    standing: House, routes: list[Endpoint], who: str, lang: str
) -> None:
    waiting = [
        endpoint.address(standing.town.own) + endpoint.query
        for endpoint in routes
        if endpoint.method == "GET"
    ]
    seen: set[str] = set()
    wrong = []
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        if path in seen or path.startswith(THEIR_OWN):
            continue
        seen.add(path)
        answer = await standing.ask(who, "GET", path, lang=lang)
        if answer.status_code >= 500:
            wrong.append(f"{path}: {answer.status_code}")
        if answer.headers.get("content-type", "").startswith("text/html"):
            wrong += [f"{path}: {one}" for one in strange(answer.text, lang)]
            waiting += links_in(answer.text)
        if found := answer.headers.get("location"):
            waiting.append(found)
    assert not wrong, "\n".join(wrong)
    assert len(seen) > 20


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("purpose", [one for one in PURPOSES if one != "feed"])
async def test_every_page_behind_a_letter_is_whole(
    standing: House, purpose: str, lang: str
) -> None:
    for state, status in (("unknown", 404), ("live", 200)):
        path = await a_page(standing, purpose, state)
        answer = await standing.ask("visitor", "GET", path, lang=lang)
        assert answer.status_code == status
        assert strange(answer.text, lang) == []


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_every_letter_that_is_owed_can_be_written(house: House, lang: str) -> None:
    """In the town every kind of thing has happened, and everybody was told."""
    catalogues: Catalogues = house.app.state["furniture"].catalogues
    t = catalogues.translator(lang, house.db.clock())
    rows = await house.rows(
        "SELECT d.id, m.template FROM delivery d JOIN message m ON m.id = d.message ORDER BY d.id"
    )
    written = set()
    async with house.db.work() as tx:
        for row in rows:
            if await messages.preview(tx, row["id"], t) is not None:
                written.add(row["template"])
    assert written >= {
        "offer",
        "approval_client",
        "approval_guardian",
        "booking_client",
        "booking_provider",
        "request_received",
        "request_cancelled",
        "offer_withdrawn",
        "sign_in",
    }


async def test_the_accounts_language_is_the_pages(house: House) -> None:
    """Until somebody chooses another one, whatever the browser asks for."""
    async with house.db.work() as tx:
        person = house.town.own.people["client"]
        await tx.connection.execute("UPDATE person SET locale = 'en' WHERE id = $1", person)
    for path in ("/home", "/centres/boerde/requests/new?service=childcare"):
        answer = await house.ask("client", "GET", path, lang="de")
        assert strange(answer.text, "en") == [], path
        chosen = await house.ask("client", "GET", f"{path}{'&' if '?' in path else '?'}lang=de")
        assert '<html lang="de">' in chosen.text, path


async def test_the_centre_on_the_page_is_the_one_in_the_address(house: House) -> None:
    """Whoever looks, wherever she is at home."""
    for who in ("visitor", "client", "provider", "desk"):
        for slug, other in (("nachbar", "Boerde"), ("boerde", "Nachbar")):
            answer = await house.ask(who, "GET", f"/centres/{slug}/requests/new")
            assert f"Familienservice {slug.title()}" in answer.text
            assert f"Familienservice {other}" not in answer.text


def strange(text: str, lang: str) -> list[str]:
    """What shows that a text is missing, or is in the other language."""
    found = [] if f'<html lang="{lang}">' in text else ["another language"]
    body = text.partition("<body")[2]
    # another language's name is written in that language
    body = re.sub(r'<a[^>]*hreflang="[^"]*"[^>]*>.*?</a>', " ", body, flags=re.DOTALL)
    body = re.sub(r"<(script|svg|code|option|datalist).*?</\1>", " ", body, flags=re.DOTALL)
    words = unescape(re.sub(r"<[^>]*>", " ", body))
    said = r"\S*kanari\S*[^<\n]*|\S+@\S+|https?://\S+|\S+\.(json|example)"
    words = re.sub(said, " ", words, flags=re.IGNORECASE)
    if key := KEY.search(words):
        found.append(f"a key: {key[0]}")
    if word := (GERMAN if lang == "en" else ENGLISH).search(words):
        found.append(f"{word[0]!r} in {words[max(0, word.start() - 40) : word.end() + 40].split()}")
    return found


def links_in(text: str) -> list[str]:
    """Where a page leads, as far as it is ours; without what changes the language."""
    found = [unescape(one) for one in re.findall(r'href="(/[^"#]*)', text)]
    return [one for one in found if "lang=" not in one]
