"""Invitations, and the end of somebody's work: who hands over to whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rundum_core import links
from rundum_core.actor import Actor
from rundum_core.errors import Conflict, Forbidden, NotFound
from rundum_identity import invitations, proofs, sessions, staff
from rundum_identity.invitations import NewInvitation

UTE = NewInvitation(name="Ute Lang", email="ute@example.org", role="desk")


async def chief(house) -> Actor:
    added = await staff.add_staff(house.db, "boerde", "eva@example.org", "Eva Krause")
    return Actor(
        kind="web",
        centre=house.centre.id,
        person=added.person,
        roles=frozenset({"administrator"}),
    )


async def token(house) -> str:
    """The link of the newest invitation."""
    async with house.db.work() as tx:
        row = await tx.connection.fetchrow("SELECT id, person FROM invitation ORDER BY id DESC")
        found = await links.living(tx, "invitation", subject=row["id"], person=row["person"])
        assert found is not None
        return found


async def member(house, actor: Actor, name: str) -> staff.Member:
    return next(one for one in await staff.members(house.db, actor) if one.name == name)


async def works(house, name: str, role="desk") -> int:
    address = f"{name.lower()}@example.org"
    return (await staff.add_staff(house.db, "boerde", address, f"{name} Lang", role)).person


async def test_who_is_invited_says_yes_once_and_sets_up_how_she_signs_in(house, browser) -> None:
    eva = await chief(house)
    await invitations.invite(house.db, eva, UTE)
    link = await token(house)
    async with browser() as one, browser() as two:
        shown = await one.get(f"/invitations/{link}")
        assert "Familienservice Boerde lädt Sie ein (Vermittlung)" in shown.text
        assert (await member(house, eva, "Eva Krause")).roles == ("administrator",)
        assert len(await staff.members(house.db, eva)) == 1, "looking changes nothing"
        done = await one.post(f"/invitations/{link}/acceptance", data={"form_key": "x"})
        assert (done.status_code, done.headers["location"]) == (303, "/account/sign-in")
        again = await two.post(f"/invitations/{link}/acceptance", data={"form_key": "x"})
        assert again.status_code == 410
        assert not two.cookies
    assert (await member(house, eva, "Ute Lang")).roles == ("desk",)


async def test_an_invitation_ends_after_a_week_when_taken_back_and_when_sent_again(
    house, browser
) -> None:
    eva = await chief(house)
    async with browser() as one:
        await invitations.invite(house.db, eva, UTE)
        first = await token(house)
        await invitations.invite(house.db, eva, UTE)
        second = await token(house)
        assert (await one.get(f"/invitations/{first}")).status_code == 404
        async with house.db.transaction(eva) as tx:
            (open_one,) = await invitations.open_invitations(tx, centre=house.centre.id, now=tx.now)
        await invitations.withdraw(house.db, eva, open_one.public_id)
        gone = await one.post(f"/invitations/{second}/acceptance", data={"form_key": "x"})
        assert gone.status_code == 404
        with pytest.raises(NotFound):
            await invitations.withdraw(house.db, eva, open_one.public_id)
        await invitations.invite(house.db, eva, UTE)
        third = await token(house)
        house.clock.turn(days=7)
        late = await one.post(f"/invitations/{third}/acceptance", data={"form_key": "x"})
        assert late.status_code == 410
    assert await house.count("person") == 2
    assert len(await staff.members(house.db, eva)) == 1


async def test_only_administrators_invite(house) -> None:
    eva = await chief(house)
    desk = Actor(kind="web", centre=house.centre.id, person=eva.person, roles=frozenset({"desk"}))
    for refused in (invitations.invite(house.db, desk, UTE), staff.members(house.db, desk)):
        with pytest.raises(Forbidden):
            await refused


async def test_who_leaves_is_out_at_once_and_her_tasks_go_to_somebody(house) -> None:
    eva, uwe, ina = await chief(house), await works(house, "Uwe"), await works(house, "Ina")
    async with house.db.work() as tx:
        opened = await sessions.open_session(tx, uwe, "Firefox", "passkey")
        await tx.connection.execute(
            "INSERT INTO task (centre, kind, subject, due_at, claimed_by, created_at)"
            " SELECT $1, 'check', n, now(), $2, now() FROM generate_series(1, 3) n",
            house.centre.id,
            uwe,
        )
    leaves, takes = await member(house, eva, "Uwe Lang"), await member(house, eva, "Ina Lang")
    assert leaves.open_tasks == 3
    with pytest.raises(Conflict):
        await staff.end_work(house.db, eva, leaves, leaves)
    assert await staff.end_work(house.db, eva, leaves, takes) == 3
    assert await sessions.signed_in(house.db, opened.token) is None
    assert (await member(house, eva, "Ina Lang")).open_tasks == 3
    with pytest.raises(NotFound):
        await staff.member(house.db, eva, leaves.public_id)
    today = date(2026, 11, 23)
    stands_in = await member(house, eva, "Eva Krause")
    assert await staff.set_deputy(house.db, eva, takes, stands_in, today + timedelta(days=14)) == 3
    away = await member(house, eva, "Ina Lang")
    assert (away.deputy, away.open_tasks) == ("Eva Krause", 0)
    assert away.person == ina
    house.clock.turn(days=15)
    assert (await member(house, eva, "Ina Lang")).deputy is None


async def test_the_last_administrator_can_not_leave(house) -> None:
    eva = await chief(house)
    await works(house, "Uwe")
    herself = await member(house, eva, "Eva Krause")
    with pytest.raises(Conflict) as refused:
        await staff.end_work(house.db, eva, herself, None)
    assert refused.value.key == "staff.last_administrator"
    await works(house, "Ute", "administrator")
    assert await staff.end_work(house.db, eva, herself, None) == 0


async def test_who_lost_everything_is_signed_out_and_invited_anew(house, browser) -> None:
    eva, uwe = await chief(house), await works(house, "Uwe")
    async with house.db.work() as tx:
        opened = await sessions.open_session(tx, uwe, "Firefox", "passkey")
        await tx.connection.execute(
            "INSERT INTO passkey (person, credential, public_key, sign_count, name, created_at)"
            " VALUES ($1, 'x', 'y', 0, '', now())",
            uwe,
        )
    await invitations.invite_anew(house.db, eva, uwe, "desk")
    async with house.db.work() as tx:
        assert (await proofs.means_of(tx, uwe)).count == 0
    assert await sessions.signed_in(house.db, opened.token) is None
    async with browser() as one:
        done = await one.post(
            f"/invitations/{await token(house)}/acceptance", data={"form_key": "x"}
        )
    assert done.status_code == 303
