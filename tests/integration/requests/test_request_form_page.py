"""The request form in a browser that knows no JavaScript."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from helpers_asking import typed
from rundum_web.bodies import BODY_BYTES

NEW = "/centres/boerde/requests/new"
POST = "/centres/boerde/requests"


class Inputs(HTMLParser):
    """What a browser would send back from a page: name → values."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._area: str | None = None
        self._select: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag == "input" and name:
            if given.get("type") in ("radio", "checkbox") and "checked" not in given:
                return
            self.sent.setdefault(name, []).append(given.get("value") or "")
        elif tag == "textarea":
            self._area = name
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.sent.setdefault(self._select, []).append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self._area = self._select = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent.setdefault(self._area, []).append(data.removeprefix("\n"))


def errors_at(text: str) -> dict[str, str]:
    """The first error at each field, by the id of its input."""
    found = re.findall(r'id="([\w-]+)-error">.*?</span>(.*?)</p>', text, re.DOTALL)
    return {id: html.unescape(said) for id, said in found}


async def test_first_one_says_what_it_is_about(browser) -> None:
    async with browser() as one:
        text = (await one.get(NEW)).text
        for service in ("childcare", "event", "household", "companionship"):
            assert f'href="{NEW}?service={service}"' in text
        assert "<form" not in text


@pytest.mark.parametrize(
    ("service", "there", "absent"),
    [
        ("childcare", "children.4-6", "tasks"),
        ("event", "leads", "tasks"),
        ("household", "tasks", "children.4-6"),
        ("companionship", "note", "children.4-6"),
    ],
)
async def test_each_service_asks_for_what_it_needs(browser, service, there, absent) -> None:
    async with browser() as one:
        shown = await one.get(NEW, params={"service": service})
        assert shown.status_code == 200
        assert f'name="{there}"' in shown.text
        assert f'name="{absent}"' not in shown.text


async def test_a_request_is_sent_and_answered_with_what_happens_next(house, browser) -> None:
    async with browser() as one:
        done = await one.post(POST, data=typed())
        assert done.status_code == 303
        shown = await one.get(done.headers["location"])
        assert "Bitte schauen Sie in Ihr Postfach" in shown.text
        assert "eva@example.org" not in shown.text
    assert await house.value("SELECT channel FROM care_request") == "web"


async def test_a_form_sent_twice_is_one_request_and_leads_to_the_same_page(house, browser) -> None:
    async with browser() as one:
        first, second = [await one.post(POST, data=typed()) for _ in range(2)]
        assert first.headers["location"] == second.headers["location"]
        changed = await one.post(POST, data=typed(street="Breiteweg 6"))
        assert changed.status_code == 409
    assert await house.value("SELECT count(*) FROM care_request") == 1


async def test_several_mistakes_are_all_at_their_fields_and_nothing_typed_is_lost(browser) -> None:
    wrongly = typed(
        visits__0__during__date="2026-11-20",
        visits__1__during__date="2027-03-28",
        visits__1__during__from="02:30",
        visits__1__during__to="05:00",
        place="Hintertupfingen",
        street="",
        **{"children.4-6": "40", "children.0-1": "zwei"},
        payer="health_insurer",
        rate="elf Euro",
        note="Zwei Zeilen,\nund <b>kein</b> HTML.",
        family_name="",
        email="jörg@müller.de",
        phone="0391/ abc",
        needs=["first_aid", "lang:uk"],
        approval="book",
    )
    async with browser() as one:
        answer = await one.post(POST, data=wrongly)
    assert answer.status_code == 422
    said = errors_at(answer.text)
    assert said["visits-0-during"] == (
        "Dieser Termin hat schon begonnen. Bitte wählen Sie einen, der noch kommt."
    )
    assert "diese Uhrzeit gibt es dann nicht" in said["visits-1-during"]
    assert said.keys() == {
        "visits-0-during",
        "visits-1-during",
        "place",
        "street",
        "children",
        "payer_reference",
        "rate",
        "family_name",
        "email",
        "phone",
    }
    kept = Inputs(answer.text).sent
    for name, value in wrongly.items():
        values = value if isinstance(value, list) else [value]
        if name != "service":
            assert [one.replace("\r", "") for one in kept.get(name, [])] == values, name
    assert "10 Angaben fehlen noch oder passen nicht" in answer.text
    assert "<b>kein</b>" not in answer.text


async def test_mistakes_are_told_in_the_language_of_who_reads(browser) -> None:
    async with browser() as one:
        answer = await one.post(
            POST, data=typed(street=""), headers={"accept-language": "en-GB,en;q=0.9"}
        )
    assert errors_at(answer.text) == {"street": "Please give street and number."}


async def test_what_a_mistake_leaves_can_be_mended_and_sent(house, browser) -> None:
    async with browser() as one:
        answer = await one.post(POST, data=typed(place="Hintertupfingen"))
        again = Inputs(answer.text).sent | {"place": ["Barleben"]}
        done = await one.post(POST, data=again)
        assert done.status_code == 303
    assert await house.value("SELECT count(*) FROM care_request") == 1


async def test_another_date_is_added_and_taken_away_without_javascript(house, browser) -> None:
    async with browser() as one:
        longer = await one.post(POST, data=typed(_rows="visits+", email="noch nicht"))
        assert longer.status_code == 200
        assert 'name="visits.1.during.date"' in longer.text
        sent = Inputs(longer.text).sent
        assert sent["email"] == ["noch nicht"]
        assert errors_at(longer.text) == {}
        sent |= {
            "visits.1.during.date": ["2026-12-06"],
            "visits.1.during.from": ["10"],
            "visits.1.during.to": ["12"],
        }
        shorter = await one.post(POST, data=sent | {"_rows": ["visits-0"]})
        assert Inputs(shorter.text).sent["visits.0.during.date"] == ["2026-12-06"]
        assert 'name="visits.1.during.date"' not in shorter.text
        assert (await one.post(POST, data=sent | {"email": ["eva@example.org"]})).status_code == 303
    assert await house.value("SELECT count(*) FROM visit") == 2


async def test_the_doubled_hour_is_asked_about_and_answered(house, browser) -> None:
    night = typed(
        visits__0__during__date="2027-10-31",
        visits__0__during__from="02:30",
        visits__0__during__to="06:00",
    )
    async with browser() as one:
        asked = await one.post(POST, data=night)
        assert asked.status_code == 422
        assert "Welche meinen Sie?" in errors_at(asked.text)["visits-0-during"]
        assert 'name="visits.0.during.from_fold" value="winter"' in asked.text
        done = await one.post(POST, data=night | {"visits.0.during.from_fold": "winter"})
        assert done.status_code == 303
    start = await house.value("SELECT lower(during) FROM visit")
    assert start.isoformat() == "2027-10-31T01:30:00+00:00"


async def test_who_is_signed_in_types_neither_name_nor_address(house, browser) -> None:
    petra = await house.person("Petra", email="petra@example.org", phone="+493904555013")
    first = typed(given_name="", family_name="", email="")
    async with browser(petra) as one:
        form = await one.get(NEW, params={"service": "childcare"})
        assert "petra@example.org" in form.text
        assert 'name="email"' not in form.text
        done = await one.post(POST, data=first)
        assert "Wir suchen" in (await one.get(done.headers["location"])).text
        known = Inputs((await one.get(NEW, params={"service": "childcare"})).text).sent
        assert known["place"] == ["39179 Barleben"]
        assert known["street"] == ["Breiteweg 5"]
        assert known["client"] == [str(await house.value("SELECT public_id FROM client"))]


async def test_the_desk_sees_whose_request_it_enters(house, browser) -> None:
    await house.ask(house.desk)
    client = str(await house.value("SELECT public_id FROM client"))
    async with browser("desk") as one:
        form = await one.get(NEW, params={"service": "household", "client": client})
        assert "Eva Krause" in form.text
        assert 'name="priority"' in form.text
    async with browser() as one:
        form = await one.get(NEW, params={"service": "household", "client": client})
        assert "Eva Krause" not in form.text
        assert 'name="priority"' not in form.text


async def test_a_machine_that_fills_everything_in_gets_nothing(house, browser) -> None:
    async with browser() as one:
        done = await one.post(POST, data=typed(website="https://example.org"))
        assert done.status_code == 303
        assert "Postfach" in (await one.get(done.headers["location"])).text
    assert await house.value("SELECT count(*) FROM care_request") == 0


async def test_a_blocked_client_reads_a_polite_page(house, browser) -> None:
    petra = await house.person("Petra", email="petra@example.org")
    await house.ask(house.acting(petra))
    await house.rows("UPDATE client SET status = 'blocked' RETURNING id")
    async with browser(petra) as one:
        refused = await one.post(POST, data=typed())
    assert refused.status_code == 409
    assert "Bitte rufen Sie uns an" in refused.text
    assert "tel:+493904555012" in refused.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"note=%ff%fe", 400),
        (b"note=\xff\xfe", 400),
        (b"note=" + b"x" * (BODY_BYTES + 1), 413),
        (b"&".join(b"a%d=1" % n for n in range(600)), 422),
        (b"note=%00%07", 422),
        (b"", 422),
    ],
)
async def test_broken_bodies_have_a_clear_answer(house, browser, body, status) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    async with browser() as one:
        answer = await one.post(POST, content=body, headers=kind)
    assert answer.status_code == status
    assert await house.value("SELECT count(*) FROM care_request") == 0


async def test_control_characters_are_named_at_their_field(browser) -> None:
    async with browser() as one:
        answer = await one.post(POST, data=typed(street="Breite\x00weg\x1b 5", note="a\u202eb"))
    assert errors_at(answer.text).keys() == {"street", "note"}


async def test_only_a_form_is_taken_for_a_form(browser) -> None:
    async with browser() as one:
        plain = await one.post(
            POST, content=urlencode(typed()), headers={"content-type": "text/plain"}
        )
        foreign = await one.post(POST, data=typed(), headers={"sec-fetch-site": "cross-site"})
    assert (plain.status_code, foreign.status_code) == (415, 403)


@pytest.mark.parametrize(
    "where",
    [
        "/centres/nowhere/requests/new?service=childcare",
        "/centres/boerde/requests/received?id=nonsense",
        "/centres/boerde/requests/received?id=00000000-0000-0000-0000-000000000000",
    ],
)
async def test_what_is_not_there_is_404(browser, where) -> None:
    async with browser() as one:
        assert (await one.get(where)).status_code == 404


async def test_another_centre_shows_nothing_of_a_request(house, browser) -> None:
    taken = await house.ask()
    async with browser() as one:
        foreign = await one.get(f"/centres/nachbar/requests/received?id={taken.id}")
    assert foreign.status_code == 404
