"""Who works here, as an administrator sees and changes it on the pages."""

from __future__ import annotations

from helpers_bodies import FORMS
from helpers_http import House

INVITE = "/desk/staff/invitations"


async def test_an_administrator_invites_names_a_deputy_and_ends_the_work(house: House) -> None:
    desk = house.town.own.things["staff", "id"]
    invited = await house.ask("administrator", "POST", INVITE, form=FORMS[f"POST {INVITE}"])
    assert (invited.status_code, invited.headers["location"]) == (303, "/desk/staff")
    listed = await house.ask("administrator", "GET", "/desk/staff")
    assert "Kanarineue Kanarivogel" in listed.text
    (chief,) = await house.rows(
        "SELECT public_id::text AS id FROM person WHERE id = $1",
        house.town.own.people["administrator"],
    )
    path = f"/desk/staff/{desk}"
    sent = {"deputy": chief["id"], "until": "2026-12-24"}
    assert (
        await house.ask("administrator", "POST", f"{path}/deputy", form=sent)
    ).status_code == 303
    for wrong in ({"deputy": desk, "until": "2026-12-24"}, {"deputy": chief["id"]}, {}):
        refused = await house.ask("administrator", "POST", f"{path}/deputy", form=wrong)
        assert refused.status_code == 422
    ended = await house.ask("administrator", "POST", f"{path}/end", form={"successor": chief["id"]})
    assert (ended.status_code, ended.headers["location"]) == (303, "/desk/staff")
    assert (await house.ask("desk", "GET", "/desk")).status_code == 401, "out at once"
    last = await house.ask("administrator", "POST", f"/desk/staff/{chief['id']}/end", form={})
    assert last.status_code == 422
    assert "braucht" in last.text


async def test_rights_are_given_only_after_a_fresh_proof(house: House) -> None:
    house.db.clock.turn(minutes=11)  # type: ignore[attr-defined]
    sent = FORMS[f"POST {INVITE}"]
    referer = {"referer": "https://rundum.test/desk/staff"}
    asked = await house.ask("administrator", "POST", INVITE, form=sent, headers=referer)
    assert (asked.status_code, asked.headers["location"]) == (303, "/prove?to=%2Fdesk%2Fstaff")
    assert not await house.rows("SELECT FROM invitation")
