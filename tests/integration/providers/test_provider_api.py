"""The API of those who help: the same rules and verbs as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from helpers_made import House, a_booking, a_line, a_provider, a_pupil
from rundum_providers.service import profile, registration

BERLIN = ZoneInfo("Europe/Berlin")
HERE = "/api/v1/centres/boerde/providers"
BODY: dict[str, Any] = {
    "given_name": "Petra",
    "family_name": "Müller",
    "birth_date": "1987-03-01",
    "email": "petra@example.org",
    "place": "39340 Haldensleben",
    "street": "Am Markt 3",
    "services": ["childcare"],
    "bands": ["2-3"],
    "transport": "bus",
    "last_way_home": "22:10",
    "lowest_rate": "14.50",
    "privacy": True,
}


async def test_a_program_registers_somebody_once(house: House, browser) -> None:
    async with browser() as one:
        key = {"idempotency-key": "a-key-of-this-program"}
        first = await one.post(HERE, json=BODY, headers=key)
        assert first.status_code == 201
        assert first.headers["location"] == f"/api/v1/providers/{first.json()['id']}"
        again = await one.post(HERE, json=BODY, headers=key)
        assert again.json() == first.json()
        other = await one.post(HERE, json={**BODY, "street": "Ring 1"}, headers=key)
        assert other.status_code == 409
        short = await one.post(HERE, json=BODY, headers={"idempotency-key": "x"})
        assert short.status_code == 422


async def test_all_mistakes_come_at_once_in_the_language_asked_for(browser) -> None:
    wrong = {
        **BODY,
        "birth_date": "2020-01-01",
        "email": "petra@",
        "services": ["flying"],
        "place": "Hintertupfing",
        "lowest_rate": "viel",
        "privacy": False,
        "guardians": [{"given_name": "Ines"}],
        "shoe_size": 38,
    }
    async with browser() as one:
        answer = await one.post(HERE, json=wrong, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    errors = {error["field"]: error for error in answer.json()["errors"]}
    assert set(errors) == {
        "birth_date",
        "email",
        "services",
        "place",
        "lowest_rate",
        "privacy",
        "guardians.0.family_name",
        "shoe_size",
    }
    assert errors["birth_date"]["detail"].startswith("You can take part from the age of 13.")


@pytest.mark.parametrize("body", ["null", "[]", "7", '"x"', "{", "{}", '{"birth_date": {}}'])
async def test_what_is_no_application_is_refused(browser, body: str) -> None:
    headers = {"content-type": "application/json"}
    async with browser() as one:
        answer = await one.post(HERE, content=body, headers=headers)
        assert answer.status_code == 422
        answer = await one.post(HERE, content=body, headers={"content-type": "text/plain"})
        assert answer.status_code == 415


async def test_the_desk_lists_reads_and_admits(house: House, browser) -> None:
    new = await registration.register(house.db, house.visitor, a_pupil())
    path = f"/api/v1/providers/{new.provider}"
    async with browser("desk") as one:
        listed = (await one.get(HERE, params={"search": "vogel"})).json()
        assert [line["id"] for line in listed["providers"]] == [str(new.provider)]
        assert (listed["counts"], listed["after"]) == ({"applicant": 1}, None)
        assert (await one.get(HERE, params={"status": "active"})).json()["providers"] == []
        assert (await one.get(HERE, params={"status": "flying"})).status_code == 400
        shown = (await one.get(path)).json()
        assert shown["hindrances"] == ["guardian_consent", "certificate"]
        [mother] = shown["guardians"]
        assert (await one.post(f"{path}/check")).json()["status"] == "in_check"
        refused = await one.post(f"{path}/activation")
        assert refused.status_code == 422
        assert len(refused.json()["errors"]) == 2
        consent = f"{path}/guardians/{mother['id']}/consent"
        assert (await one.put(consent)).status_code == 204
        paper = {
            "kind": "certificate",
            "issued_on": "2027-05-20",
            "seen_on": "2027-06-07",
            "clean": True,
        }
        noted = await one.post(f"{path}/credentials", json=paper)
        assert noted.status_code == 201
        assert noted.json()["valid_until"] == "2032-05-20"
        assert (await one.post(f"{path}/activation")).json()["status"] == "active"
        assert (await one.post(f"{path}/activation")).status_code == 409
        assert (await one.delete(consent)).json()["status"] == "suspended"
        credential = f"{path}/credentials/{noted.json()['id']}"
        assert (await one.delete(credential)).status_code == 204
        assert (await one.delete(credential)).status_code == 404


async def test_she_keeps_her_times_over_the_api(house: House, browser) -> None:
    new = await a_provider(house, None, a_line("saturday", 8, 12))
    await a_booking(
        house,
        new.person,
        datetime(2027, 6, 12, 9, tzinfo=BERLIN),
        datetime(2027, 6, 12, 11, tzinfo=BERLIN),
    )
    path = f"/api/v1/providers/{new.provider}"
    line = {
        "weekday": "friday",
        "wall_from": "18:00",
        "wall_to": "22:00",
        "every_n_weeks": 2,
        "first_week": "2027-06-14",
    }
    async with browser(new.person) as one:
        mine = (await one.get("/api/v1/my-provider")).json()
        assert (mine["id"], mine["lowest_rate"]) == (str(new.provider), None)
        changed = await one.put(f"{path}/availability", json={"lines": [line]})
        assert len(changed.json()["affected"]) == 1
        noted = await one.post(
            f"{path}/exceptions",
            json={"kind": "free", "first_day": "2027-06-09", "wall_from": "9", "wall_to": "11"},
        )
        assert noted.status_code == 201
        [exception] = noted.json()["exceptions"]
        assert exception["during"] == {
            "start": "2027-06-09T07:00:00Z",
            "end": "2027-06-09T09:00:00Z",
        }
        shown = (await one.get(f"{path}/availability")).json()
        assert [row["start"] for row in shown["free"]] == [
            "2027-06-09T07:00:00Z",
            "2027-06-18T16:00:00Z",
            "2027-07-02T16:00:00Z",
        ]
        # what was answered may be sent back as it is
        again = await one.put(f"{path}/availability", json={"lines": shown["lines"]})
        assert again.status_code == 200
        assert (await one.get(f"{path}/availability")).json()["lines"] == shown["lines"]
        assert (await one.delete(f"{path}/exceptions/{exception['id']}")).status_code == 200
        missing = await one.put(f"{path}/availability", json={})
        assert missing.status_code == 422
        emptied = await one.put(f"{path}/availability", json={"lines": []})
        assert emptied.status_code == 200


async def test_she_replaces_her_details(house: House, browser) -> None:
    new = await a_provider(house)
    path = f"/api/v1/providers/{new.provider}"
    body = {
        "place": "39179 Barleben",
        "street": "Ring 1",
        "services": ["household"],
        "transport": "bike",
        "radius_km": 7,
        "hours_week": 4,
    }
    async with browser(new.person) as one:
        changed = await one.put(path, json=body)
        assert changed.status_code == 200
        assert (changed.json()["place"], changed.json()["services"]) == (
            "39179 Barleben",
            ["household"],
        )
        wrong = await one.put(path, json={**body, "place": "Nirgends", "radius_km": 0})
        assert {error["field"] for error in wrong.json()["errors"]} == {"place", "radius_km"}
        assert (await one.post(f"{path}/pause")).json()["status"] == "paused"


async def test_strangers_learn_nothing_not_even_that_she_exists(house: House, browser) -> None:
    new = await a_provider(house)
    other = await a_provider(house, a_pupil())
    path = f"/api/v1/providers/{new.provider}"
    asked = [
        ("GET", path),
        ("PUT", path),
        ("GET", f"{path}/availability"),
        ("PUT", f"{path}/availability"),
        ("POST", f"{path}/exceptions"),
        ("POST", f"{path}/pause"),
        ("POST", f"{path}/departure"),
    ]
    bodies: dict[str, dict[str, Any]] = {
        "PUT": {"lines": []},
        "POST": {"kind": "free", "first_day": "2027-07-01"},
    }
    async with browser(other.person) as one:
        for method, where in asked:
            answer = await one.request(method, where, json=bodies.get(method))
            assert answer.status_code in (404, 422), (method, where)
        assert (await one.get(HERE)).status_code == 403
        assert (await one.post(f"{path}/suspension")).status_code == 403
    async with browser() as one:
        for method, where in asked:
            answer = await one.request(method, where, json=bodies.get(method))
            assert answer.status_code == 401, (method, where)
    found = await profile.file_of(house.db, house.desk, new.provider)
    assert found.provider.status == "active"
