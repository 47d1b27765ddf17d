"""From applicant to active and on; documents, consents, and who may do what."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from helpers_made import (
    TODAY,
    House,
    a_certificate,
    a_provider,
    a_pupil,
    an_application,
)
from rundum_core.db import Transaction
from rundum_core.errors import Conflict, Forbidden, Invalid, NotFound
from rundum_notifications.tasks import open_tasks
from rundum_providers.models import NewCredential
from rundum_providers.service import credentials, lifecycle, profile, registration
from rundum_providers.service.lifecycle import STOPPED


def keys(refused: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {error.key for error in refused.value.errors}


async def test_an_applicant_becomes_active_step_by_step(house: House) -> None:
    new = await registration.register(house.db, house.visitor, an_application())
    assert (
        await lifecycle.take_into_check(house.db, house.desk, new.provider)
    ).status == "in_check"
    await credentials.note_credential(house.db, house.desk, new.provider, a_certificate())
    assert (await lifecycle.activate(house.db, house.desk, new.provider)).status == "active"
    async with house.db.transaction(house.desk) as tx:
        assert await open_tasks(tx, house.centre) == []
        letters = await tx.connection.fetch("SELECT template FROM message ORDER BY id")
    assert [row["template"] for row in letters] == ["provider_welcome", "provider_activated"]


async def test_nobody_is_with_children_before_her_certificate_was_seen(house: House) -> None:
    new = await registration.register(house.db, house.visitor, an_application())
    await lifecycle.take_into_check(house.db, house.desk, new.provider)
    with pytest.raises(Invalid) as refused:
        await lifecycle.activate(house.db, house.desk, new.provider)
    assert keys(refused) == {"providers.hindrance.certificate"}


async def test_who_only_helps_in_the_household_needs_no_certificate(house: House) -> None:
    helper = an_application(services=("household",), bands=())
    new = await registration.register(house.db, house.visitor, helper)
    await lifecycle.take_into_check(house.db, house.desk, new.provider)
    assert (await lifecycle.activate(house.db, house.desk, new.provider)).status == "active"


async def test_a_minor_waits_for_every_guardian(house: House) -> None:
    [mother] = a_pupil().guardians
    pupil = a_pupil(guardians=(mother, mother))
    new = await registration.register(house.db, house.visitor, pupil)
    await lifecycle.take_into_check(house.db, house.desk, new.provider)
    await credentials.note_credential(house.db, house.desk, new.provider, a_certificate())
    found = await profile.file_of(house.db, house.desk, new.provider)
    first, second = found.guardians
    await credentials.give_guardian_consent(house.db, house.desk, new.provider, first.public_id)
    with pytest.raises(Invalid) as refused:
        await lifecycle.activate(house.db, house.desk, new.provider)
    assert keys(refused) == {"providers.hindrance.guardian_consent"}
    await credentials.give_guardian_consent(house.db, house.desk, new.provider, second.public_id)
    await lifecycle.activate(house.db, house.desk, new.provider)


async def test_a_withdrawn_consent_suspends_a_minor_at_once(house: House) -> None:
    new = await a_provider(house, a_pupil())
    found = await profile.file_of(house.db, house.desk, new.provider)
    [mother] = found.guardians
    assert mother.consent_at is not None
    changed = await credentials.withdraw_guardian_consent(
        house.db, house.desk, new.provider, mother.public_id
    )
    assert changed.status == "suspended"
    with pytest.raises(Invalid) as refused:
        await lifecycle.reinstate(house.db, house.desk, new.provider)
    assert keys(refused) == {"providers.hindrance.guardian_consent"}


async def test_a_consent_is_on_file_once_however_often_it_is_noted(house: House) -> None:
    new = await registration.register(house.db, house.visitor, a_pupil())
    [mother] = (await profile.file_of(house.db, house.desk, new.provider)).guardians
    for _ in range(2):
        await credentials.give_guardian_consent(
            house.db, house.desk, new.provider, mother.public_id
        )
    async with house.db.work() as tx:
        count = await tx.connection.fetchval("SELECT count(*) FROM consent WHERE kind = 'guardian'")
    assert count == 1
    with pytest.raises(NotFound):
        await credentials.give_guardian_consent(house.db, house.desk, new.provider, uuid4())


async def test_she_pauses_and_resumes_by_herself(house: House) -> None:
    new = await a_provider(house)
    petra = house.provider(new.person)
    assert (await lifecycle.pause(house.db, petra, new.provider)).status == "paused"
    with pytest.raises(Conflict, match=r"already\.paused"):
        await lifecycle.pause(house.db, petra, new.provider)
    assert (await lifecycle.resume(house.db, petra, new.provider)).status == "active"


async def test_only_the_desk_decides_who_is_in(house: House) -> None:
    new = await a_provider(house)
    other = await registration.register(house.db, house.visitor, an_application())
    petra = house.provider(new.person)
    for verb in (
        lifecycle.take_into_check,
        lifecycle.activate,
        lifecycle.suspend,
        lifecycle.reinstate,
        lifecycle.reject,
    ):
        with pytest.raises(Forbidden):
            await verb(house.db, petra, new.provider)
    with pytest.raises(NotFound):
        await lifecycle.pause(house.db, petra, other.provider)
    with pytest.raises(Forbidden):
        await lifecycle.pause(house.db, house.visitor, new.provider)


async def test_no_step_is_skipped(house: House) -> None:
    new = await registration.register(house.db, house.visitor, an_application())
    with pytest.raises(Conflict, match=r"providers\.conflict\.now\.applicant"):
        await lifecycle.activate(house.db, house.desk, new.provider)
    with pytest.raises(Conflict, match=r"providers\.conflict\.now\.applicant"):
        await lifecycle.suspend(house.db, house.desk, new.provider)
    await lifecycle.reject(house.db, house.desk, new.provider)
    with pytest.raises(Conflict, match=r"providers\.conflict\.now\.rejected"):
        await lifecycle.take_into_check(house.db, house.desk, new.provider)


async def test_who_left_comes_back_through_the_check(house: House) -> None:
    new = await a_provider(house)
    await lifecycle.leave(house.db, house.provider(new.person), new.provider)
    assert (
        await lifecycle.take_into_check(house.db, house.desk, new.provider)
    ).status == "in_check"


async def test_a_stop_tells_whoever_has_to_act_in_the_same_transaction(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[int] = []

    async def note(tx: Transaction, person: int) -> None:
        stopped.append(person)

    monkeypatch.setattr(STOPPED, "_handlers", {"provider.suspended": note})
    new = await a_provider(house)
    await lifecycle.suspend(house.db, house.desk, new.provider)
    assert stopped == [new.person]


async def test_a_provider_of_another_house_is_as_if_she_were_not(house: House) -> None:
    from helpers_made import a_house

    other = await a_house(house.db, "harz")
    new = await a_provider(house)
    with pytest.raises(NotFound):
        await lifecycle.suspend(house.db, other.desk, new.provider)
    with pytest.raises(NotFound):
        await profile.file_of(house.db, other.desk, new.provider)
    assert (await profile.page_of_providers(house.db, other.desk)).lines == ()


async def test_a_certificate_holds_five_years_from_its_date(house: House) -> None:
    new = await registration.register(house.db, house.visitor, an_application())
    shown = await credentials.note_credential(
        house.db, house.desk, new.provider, a_certificate(date(2027, 4, 1))
    )
    assert shown.valid_until == date(2032, 4, 1)
    assert shown.seen_by == house.desk.person
    course = NewCredential(kind="first_aid", issued_on=date(2026, 2, 28), seen_on=TODAY)
    shown = await credentials.note_credential(house.db, house.desk, new.provider, course)
    assert shown.valid_until == date(2028, 2, 28)


@pytest.mark.parametrize(
    ("credential", "field", "key"),
    [
        (a_certificate(TODAY - timedelta(days=100)), "issued_on", "certificate_old"),
        (a_certificate(TODAY + timedelta(days=1)), "issued_on", "issued_later"),
        (
            NewCredential(kind="certificate", issued_on=TODAY, seen_on=TODAY, clean=False),
            "clean",
            "not_clean",
        ),
        (
            NewCredential(kind="course", issued_on=TODAY, seen_on=TODAY + timedelta(days=1)),
            "seen_on",
            "seen_later",
        ),
        (
            NewCredential(kind="first_aid", issued_on=date(2024, 1, 1), seen_on=TODAY),
            "issued_on",
            "no_longer_valid",
        ),
    ],
)
async def test_a_paper_that_proves_nothing_is_not_recorded(
    house: House, credential: NewCredential, field: str, key: str
) -> None:
    new = await registration.register(house.db, house.visitor, an_application())
    with pytest.raises(Invalid) as refused:
        await credentials.note_credential(house.db, house.desk, new.provider, credential)
    assert [(error.field, error.key) for error in refused.value.errors] == [
        (field, f"providers.rule.{key}")
    ]


async def test_a_centre_may_set_for_how_long_first_aid_holds(house: House) -> None:
    async with house.db.work() as tx:
        await tx.connection.execute(
            """INSERT INTO rule (centre, key, value, source, valid_from)
               VALUES ($1, 'first_aid_years', to_jsonb(3), 'Vorstand', '2027-01-01'),
                      ($1, 'no_such_rule', to_jsonb(3), '', '2027-01-01')""",
            house.centre,
        )
    new = await registration.register(house.db, house.visitor, an_application())
    course = NewCredential(kind="first_aid", issued_on=date(2025, 2, 1), seen_on=TODAY)
    shown = await credentials.note_credential(house.db, house.desk, new.provider, course)
    assert shown.valid_until == date(2028, 2, 1)


async def test_an_entry_made_by_mistake_is_taken_back(house: House) -> None:
    new = await registration.register(house.db, house.visitor, an_application())
    shown = await credentials.note_credential(house.db, house.desk, new.provider, a_certificate())
    await credentials.strike_credential(house.db, house.desk, new.provider, shown.public_id)
    with pytest.raises(NotFound):
        await credentials.strike_credential(house.db, house.desk, new.provider, shown.public_id)
    assert (await profile.file_of(house.db, house.desk, new.provider)).credentials == ()
