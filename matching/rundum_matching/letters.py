"""What the letters of matching say: loaders that read the world at the moment of sending."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from rundum_core import links
from rundum_core.db import Transaction
from rundum_identity.centres import Centre, centre_by_id
from rundum_matching import disclosure, ways
from rundum_matching.disclosure import HelperForClient
from rundum_matching.models import BookingDetails, VisitSummary
from rundum_matching.store import bookings as store
from rundum_matching.store import offers as offer_store
from rundum_notifications.calendar import CalendarEntry
from rundum_notifications.letters import Letter, Loader, Message

AFTER = timedelta(days=30)  # how long a booking's or request's page can be opened after its end


async def offer(tx: Transaction, message: Message) -> Letter | None:
    """Can you? With a link that shows and answers."""
    details = await offer_store.offer_details(tx, id=message.subject)
    if details is None or details.state != "pending" or details.expires_at <= tx.now:
        return None
    seats = await offer_store.seats_of_offer(tx, offer=details.id)
    counts = await offer_store.seat_count(tx, seat=seats[0].seat, offer=details.id)
    token = await links.issue(
        tx,
        "offer",
        subject=details.id,
        person=message.person,
        centre=details.centre,
        expires_at=details.expires_at,
    )
    return Letter(
        context={
            "offer": details,
            "seats": seats,
            "people": counts.people if counts else 1,
            "others": counts.others_asked if counts else 0,
        },
        button=("letters.see_offer", f"/offers/{token}"),
    )


async def offer_withdrawn(tx: Transaction, message: Message) -> Letter | None:
    details = await offer_store.offer_details(tx, id=message.subject)
    if details is None:
        return None
    seats = await offer_store.seats_of_offer(tx, offer=details.id)
    return Letter(context={"offer": details, "seats": seats, "reason": message.data.get("reason")})


async def approval(tx: Transaction, message: Message) -> Letter | None:
    """Your yes is needed: to the family, or to a minor's guardian."""
    found = await store.approval_by_id(tx, id=message.subject)
    details = None if found is None else await store.booking_details(tx, id=found.booking)
    if found is None or details is None or details.state != "provisional" or found.given_at:
        return None
    token = await links.issue(
        tx,
        "approval",
        subject=found.id,
        person=message.person,
        centre=found.centre,
        expires_at=details.starts_at,
    )
    return Letter(
        context=await _context(tx, details) | {"approval": found},
        button=("letters.see_approval", f"/approvals/{token}"),
    )


async def booking_provider(tx: Transaction, message: Message) -> Letter | None:
    """Firm: with address and calendar entry."""
    details = await store.booking_details(tx, id=message.subject)
    if details is None or details.state != "confirmed":
        return None
    return Letter(
        context=await _context(tx, details),
        button=("letters.see_booking", await _booking_page(tx, details, message.person)),
        calendar=_entry(details, message, "REQUEST"),
    )


async def booking_guardian(tx: Transaction, message: Message) -> Letter | None:
    """The guardian hears what became firm, without the family's address."""
    details = await store.booking_details(tx, id=message.subject)
    if details is None or details.state != "confirmed":
        return None
    return Letter(context=await _context(tx, details))


async def booking_client(tx: Transaction, message: Message) -> Letter | None:
    """Firm: who comes, and a calendar entry for the visit."""
    visit = await store.visit_summary(tx, visit=message.subject)
    helpers = [] if visit is None else await _helpers(tx, visit)
    if visit is None or not helpers:
        return None
    centre = await centre_by_id(tx, visit.centre)
    return Letter(
        context={
            "visit": visit,
            "helpers": helpers,
            "missing": max(0, visit.people - len(helpers)),
            "insurance": _insurance(centre, message.t.locale),
        },
        button=("letters.see_request", await request_page(tx, visit.request, message.person)),
        calendar=_visit_entry(visit, message, "REQUEST"),
    )


async def booking_cancelled(tx: Transaction, message: Message) -> Letter | None:
    """To the provider: her calendar entry goes."""
    details = await store.booking_details(tx, id=message.subject)
    if details is None or details.state not in ("cancelled", "released"):
        return None
    return Letter(
        context=await _context(tx, details),
        calendar=_entry(details, message, "CANCEL") if _was_firm(details) else None,
    )


async def booking_cancelled_guardian(tx: Transaction, message: Message) -> Letter | None:
    """The guardian hears that a minor's visit does not take place."""
    details = await store.booking_details(tx, id=message.subject)
    if details is None or details.state not in ("cancelled", "released"):
        return None
    return Letter(context=await _context(tx, details))


async def booking_cancelled_client(tx: Transaction, message: Message) -> Letter | None:
    """To the family: she can't, or not everybody said yes in time; we search anew."""
    details = await store.booking_details(tx, id=message.subject)
    visit = None if details is None else await store.visit_summary(tx, visit=details.visit)
    if (
        details is None
        or visit is None
        or details.state
        not in (
            "cancelled",
            "released",
        )
    ):
        return None
    left = await store.firm_bookings_of_visit(tx, visit=visit.id)
    return Letter(
        context=await _context(tx, details) | {"visit": visit, "left": len(left)},
        button=("letters.see_request", await request_page(tx, visit.request, message.person)),
        calendar=_visit_entry(visit, message, "CANCEL")
        if _was_firm(details) and not left
        else None,
    )


async def visit_cancelled(tx: Transaction, message: Message) -> Letter | None:
    """To the family: the visit she cancelled is cancelled."""
    visit = await store.visit_summary(tx, visit=message.subject)
    if visit is None:
        return None
    return Letter(context={"visit": visit}, calendar=_visit_entry(visit, message, "CANCEL"))


async def reminder(tx: Transaction, message: Message) -> Letter | None:
    """The day before, to whoever comes."""
    details = await store.booking_details(tx, id=message.subject)
    if details is None or details.state != "confirmed" or details.starts_at <= tx.now:
        return None
    return Letter(
        context=await _context(tx, details),
        button=("letters.see_booking", await _booking_page(tx, details, message.person)),
    )


async def reminder_client(tx: Transaction, message: Message) -> Letter | None:
    """The day before, to the family: everybody who comes."""
    visit = await store.visit_summary(tx, visit=message.subject)
    if visit is None or visit.starts_at <= tx.now:
        return None
    helpers = await _helpers(tx, visit)
    if not helpers:
        return None
    return Letter(
        context={"visit": visit, "helpers": helpers},
        button=("letters.see_request", await request_page(tx, visit.request, message.person)),
    )


async def about_request(tx: Transaction, message: Message) -> Letter | None:
    """Still searching, nobody found, cancelled: where a request stands."""
    summary = await store.request_summary(tx, request=message.subject)
    if summary is None or (message.template != "request_cancelled" and summary.state != "open"):
        return None
    context: dict[str, Any] = {
        "request": summary,
        "found": await store.found_so_far(tx, request=summary.id, now=tx.now),
        "others": [],
    }
    if message.template == "request_cancelled":
        return Letter(context=context)
    if (sent := message.data.get("outlook")) is not None:
        outlook = msgspec.convert(sent, ways.Outlook)
        context["others"] = ways.family_words(message.t, outlook)[1]
    page = await request_page(tx, summary.id, message.person)
    return Letter(context=context, button=("letters.see_request", page))


LOADERS: dict[str, Loader] = {
    "offer": offer,
    "offer_withdrawn": offer_withdrawn,
    "approval_client": approval,
    "approval_guardian": approval,
    "booking_provider": booking_provider,
    "booking_guardian": booking_guardian,
    "booking_client": booking_client,
    "booking_cancelled_provider": booking_cancelled,
    "booking_released": booking_cancelled,
    "booking_cancelled_guardian": booking_cancelled_guardian,
    "booking_cancelled_client": booking_cancelled_client,
    "visit_cancelled": visit_cancelled,
    "request_cancelled": about_request,
    "reminder": reminder,
    "reminder_client": reminder_client,
    "still_searching": about_request,
    "nobody_found": about_request,
}


async def request_page(tx: Transaction, request: int, person: int) -> str:
    """The path of a request's status page for one person, as a standing link."""
    summary = await store.request_summary(tx, request=request)
    assert summary is not None
    token = await links.issue(
        tx,
        "status",
        subject=request,
        person=person,
        centre=summary.centre,
        standing=True,
        expires_at=max(summary.ends_at, tx.now) + AFTER * 13,
    )
    return f"/requests/{token}"


async def _booking_page(tx: Transaction, booking: BookingDetails, person: int) -> str:
    token = await links.issue(
        tx,
        "booking",
        subject=booking.id,
        person=person,
        centre=booking.centre,
        standing=True,
        expires_at=booking.ends_at + AFTER,
    )
    return f"/bookings/{token}"


async def _helpers(tx: Transaction, visit: VisitSummary) -> list[HelperForClient]:
    """Who comes for certain, as the family sees them."""
    days = (await centre_by_id(tx, visit.centre)).settings.disclosure_days
    helpers = []
    for booking in await store.firm_bookings_of_visit(tx, visit=visit.id):
        details = await store.booking_details(tx, id=booking)
        assert details is not None
        helpers.append(disclosure.for_client(details, tx.now, days))
    return helpers


def _was_firm(details: BookingDetails) -> bool:
    """Only then calendars know of it: the sequence rises when something firm is cancelled."""
    return details.ical_sequence > 0


async def _context(tx: Transaction, details: BookingDetails) -> dict[str, Any]:
    """A booking as each side may see it now."""
    centre = await centre_by_id(tx, details.centre)
    days = centre.settings.disclosure_days
    return {
        "booking": disclosure.for_provider(details, tx.now, days),
        "helper": disclosure.for_client(details, tx.now, days),
        "cancelled_by": details.cancelled_by,
        "reason": details.reason,
        "insurance_de": _insurance(centre, "de"),
        "insurance_en": _insurance(centre, "en"),
    }


def _insurance(centre: Centre, locale: str) -> str:
    """The centre's own line on who is insured how; empty: the built-in sentence of the letter."""
    return centre.settings.insurance_en if locale == "en" else centre.settings.insurance_de


def _entry(details: BookingDetails, message: Message, method: Any) -> CalendarEntry:
    return CalendarEntry(
        uid=details.ical_uid,
        sequence=details.ical_sequence,
        method=method,
        starts_at=details.starts_at,
        ends_at=details.ends_at,
        summary=message.t("letters.calendar.provider", place=details.start_place),
        location=f"{details.start_street}, {details.start_postal_code} {details.start_place}"
        if method == "REQUEST"
        else None,
    )


def _visit_entry(visit: VisitSummary, message: Message, method: Any) -> CalendarEntry:
    return CalendarEntry(
        uid=f"visit-{visit.public_id}@rundum",
        sequence=visit.ical_sequence,
        method=method,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        summary=message.t(
            "letters.calendar.client", service=message.t(f"word.service.{visit.service}")
        ),
    )
