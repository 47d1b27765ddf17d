"""How the demo district's requests came in: over the last day, online or through the desk."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from rundum_app.seeds.centre import Staff
from rundum_app.seeds.past import Deed, Diary, Past
from rundum_app.seeds.providers import Helper
from rundum_app.seeds.telling import Story
from rundum_core.clock import BERLIN
from rundum_requests.form import read_json
from rundum_requests.models import Channel
from rundum_requests.service import submit

# Nobody waits longer than the centre promises (a day), so that the demo begins without a backlog.
LAST = timedelta(hours=20)
JUST_NOW = timedelta(minutes=90)
AWAKE = range(7, 22)


class Intake:
    """Notes in the diary when and how each request came in."""

    def __init__(self, rng: random.Random, staff: Staff, helpers: list[Helper], now: datetime):
        self._rng = rng
        self._staff = staff
        self._helpers = helpers
        self._now = now

    def note(self, diary: Diary, story: Story) -> None:
        """Submit it: by the one who asks, or by the desk with her on the phone."""
        diary.note(self._asked_at(story), self._submitting(story))

    def _submitting(self, story: Story) -> Deed:
        asker, staff = story.asker, self._staff
        liked, disliked = self._rng.sample(self._active(), 2)

        async def deed(past: Past) -> None:
            body = story.body | self._who(story)
            if story.favourite:
                body["preferred"] = [_id(liked)]
            if story.unwanted:
                body["excluded"] = [_id(disliked)]
            via: Channel = "web" if asker.by in ("web", "unconfirmed") else "phone"
            await submit(past, asker.actor(staff), staff.centre, read_json(body), via=via)

        return deed

    def _who(self, story: Story) -> dict[str, Any]:
        """What the form asks about the asker beside her own account."""
        asker = story.asker
        kind = {"client_kind": asker.kind} | ({"client_name": asker.title} if asker.title else {})
        if asker.by == "web":
            return kind
        if asker.is_known:
            return {"client": str(asker.client), "channel": asker.by}
        contact = {"email": asker.email, "phone": asker.phone}
        names = {"given_name": asker.name.given, "family_name": asker.name.family}
        return kind | names | {way: value for way, value in contact.items() if value}

    def _asked_at(self, story: Story) -> datetime:
        """Just now what is urgent; else in the last twenty hours, by day, and with the desk's help
        while it was open. At a weekend people call all the same: somebody is on call."""
        if story.urgent:
            return self._before(JUST_NOW)
        by_desk = story.asker.by in ("phone", "email", "first call")
        times = [self._before(LAST) for _ in range(40)]
        awake = [at for at in times if at.astimezone(BERLIN).hour in AWAKE] or times
        in_hours = [at for at in awake if self._staff.centre.is_open(at)]
        return (in_hours if by_desk and in_hours else awake)[0]

    def _before(self, span: timedelta) -> datetime:
        minutes = self._rng.randint(2, int(span.total_seconds()) // 60)
        return self._now - timedelta(minutes=minutes)

    def _active(self) -> list[Helper]:
        return [helper for helper in self._helpers if not helper.special and helper.papers]


def _id(helper: Helper) -> str:
    assert isinstance(helper.id, UUID)
    return str(helper.id)
