"""The way of those who help: application, check, papers, active, and what came after."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import UUID

from rundum_app.seeds.centre import Staff
from rundum_app.seeds.past import Deed, Diary, Past
from rundum_app.seeds.providers import Helper
from rundum_core.actor import Actor, visitor
from rundum_core.localtime import widest
from rundum_providers.models import NewCredential, NewException, NewWeek
from rundum_providers.service import availability, credentials, lifecycle, registration
from rundum_providers.store import providers as store

DAY = timedelta(days=1)


def note_helper(diary: Diary, staff: Staff, helper: Helper, today: date) -> None:
    """Everything that happened to one of them, to be told in its time."""
    way = _Way(staff, helper)
    diary.note(widest(helper.applied_on, time(19, 20)), way.apply)
    diary.note(widest(helper.applied_on, time(19, 40)), way.tell_times)
    if helper.special == "applicant":
        return
    diary.note(widest(helper.applied_on + 3 * DAY, time(9)), way.be_checked)
    for paper in helper.papers:
        diary.note(widest(paper.seen_on, time(10, 30)), _shown(way, paper))
    if helper.special == "in_check":
        return
    diary.note(widest(helper.applied_on + 8 * DAY, time(11)), way.guardians_agree)
    diary.note(widest(helper.applied_on + 9 * DAY, time(14)), way.be_active)
    for exception in helper.exceptions:
        diary.note(widest(today - DAY, time(18, 15)), _deviating(way, exception))
    if helper.special == "paused":
        diary.note(widest(today - 4 * DAY, time(20)), way.pause)
    if helper.special == "suspended":
        diary.note(widest(today - 6 * DAY, time(12)), way.be_suspended)


class _Way:
    """One helper's way, step by step."""

    def __init__(self, staff: Staff, helper: Helper) -> None:
        self.staff = staff
        self.helper = helper

    @property
    def id(self) -> UUID:
        assert self.helper.id is not None, "she has applied before anything else"
        return self.helper.id

    @property
    def herself(self) -> Actor:
        """Signed in, or on the phone with the desk."""
        if self.helper.by_desk:
            return self.staff.desk
        return Actor(
            kind="web",
            centre=self.staff.centre.id,
            person=self.helper.person,
            roles=frozenset({"provider"}),
        )

    async def apply(self, past: Past) -> None:
        actor = self.staff.desk if self.helper.by_desk else visitor(self.staff.centre.id)
        registered = await registration.register(past, actor, self.helper.application)
        self.helper.id, self.helper.person = registered.provider, registered.person

    async def tell_times(self, past: Past) -> None:
        week = NewWeek(lines=self.helper.lines)
        await availability.set_week(past, self.herself, self.id, week)

    async def be_checked(self, past: Past) -> None:
        await lifecycle.take_into_check(past, self.staff.desk, self.id)

    async def show(self, past: Past, paper: NewCredential) -> None:
        await credentials.note_credential(past, self.staff.desk, self.id, paper)

    async def guardians_agree(self, past: Past) -> None:
        if not self.helper.application.guardians:
            return
        async with past.transaction(self.staff.desk) as tx:
            guardians = await store.guardians(tx, person=self.helper.person)
        for guardian in guardians:
            await credentials.give_guardian_consent(
                past, self.staff.desk, self.id, guardian.public_id
            )

    async def be_active(self, past: Past) -> None:
        await lifecycle.activate(past, self.staff.desk, self.id)

    async def deviate(self, past: Past, exception: NewException) -> None:
        await availability.add_exception(past, self.herself, self.id, exception)

    async def pause(self, past: Past) -> None:
        await lifecycle.pause(past, self.herself, self.id)

    async def be_suspended(self, past: Past) -> None:
        await lifecycle.suspend(past, self.staff.administrator, self.id)


def _shown(way: _Way, paper: NewCredential) -> Deed:
    return lambda past: way.show(past, paper)


def _deviating(way: _Way, exception: NewException) -> Deed:
    return lambda past: way.deviate(past, exception)
