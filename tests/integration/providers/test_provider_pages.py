"""The pages of those who help, as a browser without JavaScript sees them."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from helpers_made import (
    House,
    a_booking,
    a_certificate,
    a_line,
    a_provider,
    a_pupil,
    an_application,
)
from rundum_core.db import Database
from rundum_providers.service import credentials, lifecycle, profile, registration

BERLIN = ZoneInfo("Europe/Berlin")
FORM = {
    "form_key": "AAAAAAAAAAAAAAAAAAAAAA",
    "given_name": "Petra",
    "family_name": "Müller",
    "birth_date": "1987-03-01",
    "email": "petra@example.org",
    "phone": "03904 555012",
    "street": "Am Markt 3",
    "place": "39340 Haldensleben",
    "transport": "car",
    "services": ["childcare", "household"],
    "bands": ["2-3"],
    "languages": ["de"],
    "radius_km": "",
    "hours_week": "",
    "lowest_rate": "14,50",
    "privacy": "yes",
}
NEW = "/centres/boerde/providers/new"
SEND = "/centres/boerde/providers"


async def count(db: Database, table: str) -> int:
    async with db.work() as tx:
        found: int = await tx.connection.fetchval(f"SELECT count(*) FROM {table}")
    return found


@pytest.mark.parametrize("language", ["de", "en"])
async def test_a_visitor_registers(house: House, browser, language: str) -> None:
    async with browser() as one:
        form = await one.get(f"{NEW}?lang={language}")
        assert form.status_code == 200
        assert 'name="guardians.0.given_name"' in form.text
        sent = await one.post(SEND, data=FORM)
        assert (sent.status_code, sent.headers["location"]) == (
            303,
            "/centres/boerde/providers/received",
        )
        thanks = await one.get(sent.headers["location"])
        assert thanks.status_code == 200
        again = await one.post(SEND, data=FORM)
        assert again.status_code == 303
    assert await count(house.db, "provider") == 1


async def test_all_mistakes_are_shown_at_their_fields_and_nothing_typed_is_lost(
    house: House, browser
) -> None:
    wrong = {
        **FORM,
        "birth_date": "2012-01-20",
        "email": "püppi@example.org",
        "phone": "12",
        "place": "Hintertupfing",
        "bands": [],
        "transport": "bus",
        "lowest_rate": "viel",
        "privacy": "",
        "about": "Ich mag Kinder.",
    }
    async with browser() as one:
        answer = await one.post(SEND, data=wrong)
    assert answer.status_code == 422
    for field in (
        "birth_date",
        "email",
        "phone",
        "place",
        "bands",
        "last_way_home",
        "lowest_rate",
        "privacy",
        "guardians",
    ):
        shown = f'href="#{field}"' in answer.text
        assert shown == (field != "birth_date"), field
    assert "Ich mag Kinder." in answer.text
    assert 'value="püppi@example.org"' in answer.text
    assert await count(house.db, "person") == 1


async def test_a_button_adds_a_row_for_the_second_guardian(house: House, browser) -> None:
    typed = {**FORM, "guardians.0.given_name": "Ines", "_rows": "guardians+"}
    async with browser() as one:
        answer = await one.post(SEND, data=typed)
    assert answer.status_code == 200
    assert 'name="guardians.1.given_name"' in answer.text
    assert 'value="Ines"' in answer.text


async def test_a_robot_is_thanked_and_forgotten(house: House, browser) -> None:
    async with browser() as one:
        answer = await one.post(SEND, data={**FORM, "website": "http://spam.example"})
    assert answer.status_code == 303
    assert await count(house.db, "provider") == 0


async def test_the_desk_takes_a_registration_and_sees_the_person(house: House, browser) -> None:
    async with browser("desk") as one:
        answer = await one.post(SEND, data={**FORM, "engagement": "staff", "locale": "en"})
        assert answer.status_code == 303
        shown = await one.get(answer.headers["location"])
    assert shown.status_code == 200
    assert "Petra Müller" in shown.text
    assert "+493904555012" in shown.text


async def test_her_own_times_are_saved_and_read_back_in_words(house: House, browser) -> None:
    new = await a_provider(house)
    plan = {
        "form_key": "AAAAAAAAAAAAAAAAAAAAAA",
        "lines.0.weekday": "friday",
        "lines.0.wall_from": "18:00",
        "lines.0.wall_to": "01:00",
        "lines.0.every_n_weeks": "2",
        "lines.0.first_week": "2027-06-14",
        "lines.1.weekday": "",
        "lines.1.wall_from": "",
        "lines.1.wall_to": "",
        "lines.1.every_n_weeks": "",
        "lines.1.first_week": "",
    }
    async with browser(new.person) as one:
        empty = await one.get("/my-times")
        assert "Noch keine Zeiten" in empty.text
        saved = await one.post("/my-times", data=plan)
        assert (saved.status_code, saved.headers["location"]) == (303, "/my-times?saved=1")
        shown = await one.get("/my-times?saved=1")
    assert "Freitag, 18–1 Uhr, alle 2 Wochen: als Nächstes Fr, 18. Juni" in shown.text
    assert "Fr, 18. Juni, 18 Uhr bis Sa, 19. Juni, 1 Uhr" in shown.text
    assert "11. Juni" not in shown.text
    assert 'value="2" selected' in shown.text


async def test_a_plan_with_mistakes_comes_back_with_all_of_them(house: House, browser) -> None:
    new = await a_provider(house, None, a_line("monday", 8, 12))
    plan = {
        "lines.0.weekday": "friday",
        "lines.0.wall_from": "18:00",
        "lines.0.wall_to": "17:00",
        "lines.1.weekday": "",
        "lines.1.wall_from": "8",
        "lines.1.wall_to": "abends",
    }
    async with browser(new.person) as one:
        answer = await one.post("/my-times", data=plan)
    assert answer.status_code == 422
    for anchor in ("lines-1-weekday", "lines-1-wall_to"):
        assert f'href="#{anchor}"' in answer.text
    assert 'value="17:00"' in answer.text


async def test_an_exception_is_added_shown_and_taken_back(house: House, browser) -> None:
    new = await a_provider(house, None, a_line("saturday", 8, 12))
    await a_booking(
        house,
        new.person,
        datetime(2027, 6, 12, 9, tzinfo=BERLIN),
        datetime(2027, 6, 12, 11, tzinfo=BERLIN),
    )
    async with browser(new.person) as one:
        before = await one.get("/my-times")
        assert "außerhalb dieser Zeiten" not in before.text
        wrong = await one.post(
            "/my-times/exceptions", data={"kind": "blocked", "first_day": "2027-06-31"}
        )
        assert wrong.status_code == 422
        saved = await one.post(
            "/my-times/exceptions",
            data={"kind": "blocked", "first_day": "2027-06-12", "last_day": "2027-06-20"},
        )
        assert saved.status_code == 303
        shown = await one.get("/my-times")
        assert "Sa, 12. Juni bis So, 20. Juni" in shown.text
        assert "außerhalb dieser Zeiten" in shown.text
        removal = shown.text.split("/my-times/exceptions/")[1].split('"')[0]
        assert (await one.post(f"/my-times/exceptions/{removal}")).status_code == 303
        assert (await one.post(f"/my-times/exceptions/{removal}")).status_code == 404


async def test_she_changes_her_details_and_takes_a_break(house: House, browser) -> None:
    new = await a_provider(house)
    change = {
        "street": "Ring 1",
        "place": "39179 Barleben",
        "transport": "bike",
        "services": ["household"],
        "radius_km": "7",
        "refuses": ["pets"],
    }
    async with browser(new.person) as one:
        shown = await one.get("/my-profile")
        assert 'value="39340 Haldensleben"' in shown.text
        wrong = await one.post("/my-profile", data={**change, "radius_km": "900", "street": ""})
        assert wrong.status_code == 422
        assert (await one.post("/my-profile", data=change)).status_code == 303
        shown = await one.get("/my-profile")
        assert 'value="39179 Barleben"' in shown.text
        assert (await one.post("/my-profile/pause")).status_code == 303
        assert "Pause beenden" in (await one.get("/my-profile")).text
        assert (await one.post("/my-profile/pause")).status_code == 409
        assert (await one.post("/my-profile/resumption")).status_code == 303


@pytest.mark.parametrize("path", ["/my-times", "/my-profile", "/desk/providers"])
async def test_nobody_sees_these_pages_without_signing_in(browser, path: str) -> None:
    async with browser() as one:
        assert (await one.get(path)).status_code == 401
        assert (await one.post(path, data={})).status_code in (401, 405)


async def test_providers_do_not_see_the_desk(house: House, browser) -> None:
    new = await a_provider(house)
    async with browser(new.person) as one:
        for path in (
            "/desk/providers",
            f"/desk/providers/{new.provider}",
            f"/desk/providers/{new.provider}/times",
            f"/desk/providers/{new.provider}/profile",
        ):
            assert (await one.get(path)).status_code == 403
        for step in ("activation", "credentials", "times", "profile", "suspension"):
            answer = await one.post(f"/desk/providers/{new.provider}/{step}", data={})
            assert answer.status_code == 403, step


async def test_who_helps_nobody_reads_so(house: House, browser) -> None:
    async with browser(house.desk.person) as one:
        answer = await one.get("/my-times")
    assert answer.status_code == 404
    assert "noch nicht als Betreuungsperson" in answer.text


async def test_the_desk_leads_an_applicant_to_active_on_one_page(house: House, browser) -> None:
    new = await registration.register(house.db, house.visitor, a_pupil())
    [mother] = (await profile.file_of(house.db, house.desk, new.provider)).guardians
    page = f"/desk/providers/{new.provider}"
    async with browser("desk") as one:
        assert (await one.post(f"{page}/check")).status_code == 303
        refused = await one.post(f"{page}/activation")
        assert refused.status_code == 422
        assert refused.text.count("Die schriftliche Einwilligung") == 2
        old = await one.post(
            f"{page}/credentials",
            data={"kind": "certificate", "issued_on": "2026-01-01", "seen_on": "2027-06-07"},
        )
        assert old.status_code == 422
        assert "älter als 3 Monate" in old.text
        assert "einschlägigen Eintrag" in old.text
        seen = await one.post(
            f"{page}/credentials",
            data={
                "kind": "certificate",
                "issued_on": "2027-05-20",
                "seen_on": "2027-06-07",
                "clean": "yes",
            },
        )
        assert seen.status_code == 303
        await one.post(f"{page}/guardians/{mother.public_id}/consent")
        assert (await one.post(f"{page}/activation")).status_code == 303
        shown = await one.get(page)
        assert "Alles liegt vor." in shown.text
        assert (await one.post(f"{page}/activation")).status_code == 409
        assert (await one.post(f"{page}/nonsense")).status_code == 404


async def test_the_desk_sees_what_has_to_be_decided_after_a_suspension(
    house: House, browser
) -> None:
    new = await a_provider(house)
    await a_booking(
        house,
        new.person,
        datetime(2027, 6, 12, 9, tzinfo=BERLIN),
        datetime(2027, 6, 12, 11, tzinfo=BERLIN),
    )
    await lifecycle.suspend(house.db, house.desk, new.provider)
    async with browser("desk") as one:
        shown = await one.get(f"/desk/providers/{new.provider}")
    assert "Über diese Einsätze muss entschieden werden" in shown.text
    assert "Sa, 12. Juni, 9–11 Uhr" in shown.text


async def test_the_desk_finds_and_pages_through_the_list(house: House, browser) -> None:
    for number in range(52):
        await registration.register(
            house.db, house.visitor, an_application(family_name=f"Vogt{number:02}")
        )
    async with browser("desk") as one:
        first = await one.get("/desk/providers")
        assert first.text.count("/desk/providers/") == 50
        following = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        second = await one.get(following)
        assert "Vogt50" in second.text
        assert "Vogt49" not in second.text
        found = await one.get("/desk/providers", params={"search": "Vogt07", "status": "applicant"})
        assert "Vogt07" in found.text
        nobody = await one.get("/desk/providers", params={"search": "Xaver", "status": "active"})
        assert "Niemand gefunden" in nobody.text


GARBAGE = ["", "\x00", "🦄" * 50, "' OR 1=1 --", "-1", "9" * 40, "<script>", "\u202e", "NaN"]


@pytest.mark.slow
@pytest.mark.parametrize("rubbish", GARBAGE)
async def test_garbage_gets_a_clear_answer_and_never_a_500(
    house: House, browser, rubbish: str
) -> None:
    new = await a_provider(house)
    every = dict.fromkeys(FORM, rubbish) | {
        f"lines.0.{name}": rubbish
        for name in ("weekday", "wall_from", "wall_to", "every_n_weeks", "first_week", "valid_from")
    }
    every |= dict.fromkeys(
        ("kind", "first_day", "last_day", "wall_from", "wall_to", "issued_on", "seen_on"), rubbish
    )
    every |= {"guardians.0.email": rubbish, "guardians.zero.email": rubbish, "_rows": rubbish}
    async with browser("desk") as one:
        for path in (
            SEND,
            f"/desk/providers/{new.provider}/times",
            f"/desk/providers/{new.provider}/times/exceptions",
            f"/desk/providers/{new.provider}/profile",
            f"/desk/providers/{new.provider}/credentials",
        ):
            for sent in (every, {name: value for name, value in every.items() if name != "_rows"}):
                answer = await one.post(path, data=sent)
                assert answer.status_code in (200, 303, 422), (path, answer.status_code)
        params = dict.fromkeys(("search", "status", "after"), rubbish)
        listed = await one.get("/desk/providers", params=params)
        assert listed.status_code == (400 if "\x00" in rubbish else 200)
        assert (await one.get(f"/desk/providers/{quote(rubbish) or 'x'}")).status_code in (404, 400)


async def test_a_paper_that_ran_out_stands_out(house: House, browser) -> None:
    new = await a_provider(house)
    async with house.db.work() as tx:
        await tx.connection.execute(
            "UPDATE credential SET seen_on = '2020-01-01', valid_until = '2025-01-01'"
        )
    async with browser(new.person) as one:
        assert "abgelaufen am" in (await one.get("/my-profile")).text
    async with browser("desk") as one:
        assert "abgelaufen am" in (await one.get(f"/desk/providers/{new.provider}")).text
    await credentials.note_credential(house.db, house.desk, new.provider, a_certificate())
