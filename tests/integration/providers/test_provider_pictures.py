"""What matching reads of everybody at once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

import rundum_providers.pictures as drawing
from helpers_made import (
    NOW,
    House,
    a_booking,
    a_house,
    a_line,
    a_provider,
    a_pupil,
    an_application,
)
from rundum_core.localtime import to_minute
from rundum_providers.models import NewException
from rundum_providers.pictures import Picture, pictures
from rundum_providers.service import availability, lifecycle, registration

BERLIN = ZoneInfo("Europe/Berlin")
BEFORE = NOW + timedelta(days=14)


async def drawn(house: House, persons: list[int] | None = None) -> list[Picture]:
    async with house.db.work() as tx:
        return await pictures(tx, since=NOW, before=BEFORE, persons=persons)


async def test_everybody_active_is_there_and_nobody_else(house: House) -> None:
    petra = await a_provider(house, None, a_line("saturday", 14, 18))
    lena = await a_provider(house, a_pupil())
    paused = await a_provider(house, an_application(given_name="Paula"))
    await lifecycle.pause(house.db, house.desk, paused.provider)
    await registration.register(house.db, house.visitor, an_application())
    assert [one.person for one in await drawn(house)] == [petra.person, lena.person]
    assert [one.person for one in await drawn(house, [lena.person, paused.person])] == [lena.person]
    assert await drawn(house, []) == []


async def test_free_time_is_plan_and_deviations_within_the_time_asked_for(house: House) -> None:
    new = await a_provider(house, None, a_line("saturday", 14, 18))
    for kind, day in (("blocked", date(2027, 6, 12)), ("free", date(2027, 6, 9))):
        await availability.add_exception(
            house.db, house.desk, new.provider, NewException(kind=kind, first_day=day)
        )
    [picture] = await drawn(house)
    assert picture.free == (
        (datetime(2027, 6, 9, tzinfo=BERLIN), datetime(2027, 6, 10, tzinfo=BERLIN)),
        (datetime(2027, 6, 19, 14, tzinfo=BERLIN), datetime(2027, 6, 19, 18, tzinfo=BERLIN)),
    )


async def test_what_she_has_shown_holds_until_its_last_day_is_over(house: House) -> None:
    await a_provider(house, an_application(claims=("first_aid",), qualifications=("non_smoker",)))
    [picture] = await drawn(house)
    skills = {skill.key: skill for skill in picture.limits.skills if skill.since is not None}
    ends = skills["certificate"].until
    assert ends == to_minute(datetime(2032, 5, 19, tzinfo=BERLIN))
    plain = {skill.key for skill in picture.limits.skills}
    assert {"service:childcare", "band:2-3", "lang:de", "non_smoker", "adult"} <= plain
    assert "first_aid" not in plain
    assert not any(key.startswith("says:") for key in plain)


async def test_a_minor_comes_with_the_limits_of_the_law(house: House) -> None:
    lena = await a_provider(house, a_pupil())
    [picture] = await drawn(house)
    reasons = {limit.reason for limit in (*picture.limits.windows, *picture.limits.caps)}
    assert {"jarbschg_5_day", "jarbschg_5_time", "jarbschg_17_sunday"} <= reasons
    assert picture.person == lena.person
    async with house.db.work() as tx:
        await tx.connection.execute("UPDATE consent SET withdrawn_at = given_at + '1 s'::interval")
    [picture] = await drawn(house)
    consent = [one for one in picture.limits.windows if one.reason == "guardian_consent"]
    assert [window.spans for window in consent] == [()]


async def test_the_saturdays_a_youth_has_worked_count(house: House) -> None:
    youth = a_pupil(birth_date=date(2010, 1, 20), schooling_until=date(2026, 7, 31))
    lena = await a_provider(house, youth)
    for day in (5, 26):
        begin = datetime(2027, 6, day, 10, tzinfo=BERLIN)
        await a_booking(house, lena.person, begin, begin + timedelta(hours=2))
    [picture] = await drawn(house)
    [window] = [one for one in picture.limits.windows if one.reason == "jarbschg_16_two_free"]
    saturday = to_minute(datetime(2027, 6, 12, 12, tzinfo=BERLIN))
    assert not any(span.start <= saturday < span.end for span in window.spans)


async def test_a_web_actor_sees_her_own_centre_only(house: House) -> None:
    other = await a_house(house.db, "harz")
    await a_provider(house)
    elsewhere = await a_provider(other, an_application(given_name="Hanna"))
    async with house.db.transaction(other.desk) as tx:
        assert [one.person for one in await pictures(tx, since=NOW, before=BEFORE)] == [
            elsewhere.person
        ]
    assert len(await drawn(house)) == 2


@pytest.mark.parametrize("count", [1, 5])
async def test_the_number_of_queries_does_not_grow_with_the_pool(house: House, count: int) -> None:
    for number in range(count):
        await a_provider(house, an_application(given_name=f"Anna{number}"))
    asked: list[str] = []
    async with house.db.work() as tx:
        with tx.connection.query_logger(lambda record: asked.append(record.query)):
            await pictures(tx, since=NOW, before=BEFORE)
    assert len(asked) == 5


async def test_what_adults_have_in_common_is_computed_once_and_right(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, other in enumerate(
        (
            {"transport": "bus", "last_way_home": time(22, 10), "refuses": ("night", "pets")},
            {"refuses": ("pets",), "hours_week": 12, "attends_school": True},
            {"engagement": "self_employed"},
            {"birth_date": date(1955, 6, 8), "engagement": "minijob"},
            {"birth_date": date(2009, 6, 10)},  # grows up in the days that are looked at
        )
    ):
        given = an_application(given_name=f"Anna{number}", **other)
        pupil = a_pupil(given_name=f"Anna{number}", **other)
        await a_provider(house, pupil if number == 4 else given)
    shared = await drawn(house)
    monkeypatch.setattr(drawing, "is_minor", lambda birth_date, day: True)
    assert shared == await drawn(house)
    assert len({len(one.limits.windows) for one in shared}) > 1
