"""Family-service centres: who they are, when their desk is open, and what they have set."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rundum_core.db import Transaction
from rundum_core.errors import NotFound
from rundum_core.queries import many, one, run
from rundum_identity.hours import (
    OpeningHours,
    desk_deadline,
    is_open,
    next_opening,
    waking_deadline,
)

Hour = Annotated[int, Meta(ge=0, le=23)]


class AnswerTime(msgspec.Struct, frozen=True, kw_only=True):
    """How many minutes somebody has to answer when the visit is less than `lead_hours` away."""

    lead_hours: Annotated[int, Meta(ge=1)]
    minutes: Annotated[int, Meta(ge=5)]


class CentreSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a centre may set; only what differs from these defaults is stored.

    Answering offers and approvals:
    `answer_times` minutes to answer by how near the visit is, by rising lead; `later_minutes`
    for visits further away. They count waking hours, or the desk's hours for whom it has to call.
    `waking_from`, `waking_to` the hours of the Berlin clock between which people are awake.
    `urgent_within_hours` a visit that begins sooner than this is urgent.
    `parallel_lanes` how many people are asked at once for an urgent seat.
    `desk_releases_offers` whether offers wait for the desk before they go out.
    `desk_approves` whether a booking needs the desk's yes, too.
    `desk_decides_hours` how long the desk has to decide when an approval was not given in time.

    Matching:
    `match_from`, `match_to` the hours between which scheduled matching runs take place.
    `horizon_days` how far ahead a matching run looks.

    Families:
    `answer_hours` within how many hours a family hears from us, come what may (`answer_by`).
    `confirm_hours` how long an unknown person may confirm her request by the mail link.
    `confirm_call_minutes` after which an urgent unconfirmed request becomes a call.
    `late_cancel_hours` a cancellation nearer to the visit than this is late.
    `disclosure_days` how long after a visit its address and phone number stay open.
    `reminder_hour` the hour of the day before at which reminders go out.

    Staff:
    `staff_sign_in` strong: what staff may do counts only after a passkey, or a password with a
    one-time code; link: a link in a mail is enough, as for everybody else.

    Pages:
    `privacy_url`, `imprint_url`, `accessibility_url` the centre's own legal pages; empty means
    the built-in page. `insurance_de`, `insurance_en` one line on who is insured how; empty means
    the built-in sentence. `brand_hue` hue of the brand colour in degrees, None for the house's.
    """

    answer_times: tuple[AnswerTime, ...] = (
        AnswerTime(lead_hours=4, minutes=20),
        AnswerTime(lead_hours=24, minutes=60),
        AnswerTime(lead_hours=72, minutes=240),
    )
    later_minutes: Annotated[int, Meta(ge=5)] = 720
    waking_from: Hour = 7
    waking_to: Hour = 21
    urgent_within_hours: Annotated[int, Meta(ge=1, le=168)] = 24
    parallel_lanes: Annotated[int, Meta(ge=1, le=5)] = 2
    desk_releases_offers: bool = False
    desk_approves: bool = False
    desk_decides_hours: Annotated[int, Meta(ge=1, le=168)] = 12
    match_from: Hour = 6
    match_to: Hour = 22
    horizon_days: Annotated[int, Meta(ge=1, le=60)] = 14
    answer_hours: Annotated[int, Meta(ge=1, le=336)] = 24
    confirm_hours: Annotated[int, Meta(ge=1, le=168)] = 48
    confirm_call_minutes: Annotated[int, Meta(ge=1, le=1440)] = 10
    late_cancel_hours: Annotated[int, Meta(ge=0, le=336)] = 24
    disclosure_days: Annotated[int, Meta(ge=0, le=30)] = 3
    reminder_hour: Hour = 17
    staff_sign_in: Literal["strong", "link"] = "strong"
    privacy_url: str = ""
    imprint_url: str = ""
    accessibility_url: str = ""
    insurance_de: str = ""
    insurance_en: str = ""
    brand_hue: Annotated[int, Meta(ge=0, le=359)] | None = None

    def answer_minutes(self, lead: timedelta) -> int:
        """How many minutes to answer somebody has when the visit begins in `lead`."""
        for step in sorted(self.answer_times, key=lambda step: step.lead_hours):
            if lead < timedelta(hours=step.lead_hours):
                return step.minutes
        return self.later_minutes

    def is_urgent(self, lead: timedelta) -> bool:
        """Whether a visit that begins in `lead` is urgent by its nearness alone."""
        return lead < timedelta(hours=self.urgent_within_hours)


class NewCentre(msgspec.Struct, frozen=True, kw_only=True):
    """A centre to be set up; `place` is a place's id, `state` a federal state (`ST`)."""

    slug: str
    name: str
    street: str = ""
    place: int
    phone: str
    on_call: str | None = None
    email: str
    state: str = "ST"
    hours: OpeningHours
    closing_days: tuple[date, ...] = ()
    settings: CentreSettings = CentreSettings()


class Centre(msgspec.Struct, frozen=True, kw_only=True):
    """A centre as it is known everywhere; nothing in it is personal."""

    id: int
    slug: str
    name: str
    street: str
    place: int
    postal_code: str
    place_name: str
    phone: str
    on_call: str | None
    email: str
    state: str
    hours: OpeningHours
    closing_days: tuple[date, ...]
    settings: CentreSettings

    def waking_deadline(self, now: datetime, minutes: int) -> datetime:
        """`minutes` of this centre's waking hours after `now`."""
        return waking_deadline(now, minutes, (self.settings.waking_from, self.settings.waking_to))

    def desk_deadline(self, now: datetime, minutes: int) -> datetime:
        """`minutes` of the desk's opening hours after `now`."""
        return desk_deadline(
            now, minutes, self.hours, self.closing_days, public_holidays(self.state)
        )

    def is_open(self, now: datetime) -> bool:
        """Whether somebody is at the desk."""
        return is_open(now, self.hours, self.closing_days, public_holidays(self.state))

    def next_opening(self, now: datetime) -> datetime | None:
        """When the desk is open next; `now` if it is, None if it never is."""
        return next_opening(now, self.hours, self.closing_days, public_holidays(self.state))


select_centre = one("identity/centre", "centre_by_slug", Centre)
select_centre_by_id = one("identity/centre", "centre_by_id", Centre)
select_centres = many("identity/centre", "centres", Centre)
insert_centre = one("identity/centre", "insert_centre", int)
insert_area = run("identity/centre", "insert_area")
update_settings = run("identity/centre", "update_settings")


async def centre_by_slug(tx: Transaction, slug: str) -> Centre:
    """The centre of that name in URLs; raises NotFound."""
    centre = await select_centre(tx, slug=slug)
    if centre is None:
        raise NotFound("centre.unknown")
    return centre


async def centre_by_id(tx: Transaction, id: int) -> Centre:
    """The centre with that id; raises NotFound."""
    centre = await select_centre_by_id(tx, id=id)
    if centre is None:
        raise NotFound("centre.unknown")
    return centre


async def centres(tx: Transaction) -> list[Centre]:
    """All centres of this installation, by name."""
    return await select_centres(tx)


async def create_centre(tx: Transaction, new: NewCentre, area: list[int] | None = None) -> int:
    """Set up a centre which serves the places in `area`; returns its id.

    Raises Conflict `conflict.centre_slug_key` when the slug is taken.
    """
    id = await insert_centre(
        tx,
        slug=new.slug,
        name=new.name,
        street=new.street,
        place=new.place,
        phone=new.phone,
        on_call=new.on_call,
        email=new.email,
        state=new.state,
        hours=new.hours,
        closing_days=list(new.closing_days),
        settings=new.settings,
    )
    assert id is not None
    await insert_area(tx, centre=id, places=area or [])
    return id


async def change_settings(tx: Transaction, centre: int, settings: CentreSettings) -> None:
    """Replace what a centre has set."""
    await update_settings(tx, id=centre, settings=settings)


@cache
def public_holidays(state: str) -> Container[date]:
    """The public holidays of a federal state (`ST` is Saxony-Anhalt), for any year."""
    import holidays  # a third of a second that no start has to wait for

    return holidays.country_holidays("DE", subdiv=state)
