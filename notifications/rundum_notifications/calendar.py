"""Calendar entries: invitations and their withdrawal for a letter, and a person's private feed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from rundum_core.clock import BERLIN

# a quarter of a second that no start has to wait for: imported with the first entry
if TYPE_CHECKING:
    import icalendar

PRODUCT = "-//Rundum//Rundum//DE"
REFRESH = timedelta(hours=1)

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a calendar entry: a name and a mail address."""

    name: str
    email: str


class CalendarEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment in one state.

    `uid` stays for the appointment's life and `sequence` rises with every change of it, or
    calendars won't update. `location` is given only after the firm booking. In a letter the
    organizer is the centre and the attendee the recipient unless they are named; `stamped_at` is
    when this state came about (a letter's own time unless given).
    """

    uid: str
    sequence: int
    method: Literal["REQUEST", "CANCEL"]
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str | None = None
    description: str = ""
    organizer: Party | None = None
    attendee: Party | None = None
    url: str | None = None
    stamped_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("a calendar entry has aware times")
        if self.starts_at >= self.ends_at:
            raise ValueError("a calendar entry ends after it starts")


def invitation(entry: CalendarEntry, now: datetime) -> bytes:
    """One entry as a mail carries it, with its method."""
    return bytes(_calendar(entry.method, [_event(entry, now, people=True)]).to_ical())


def feed(entries: Iterable[CalendarEntry], now: datetime, *, name: str) -> bytes:
    """All entries under one name for calendar programs that fetch them (METHOD:PUBLISH)."""
    import icalendar

    events = [_event(entry, now, people=False) for entry in entries]
    calendar = _calendar("PUBLISH", events)
    calendar.add("X-WR-CALNAME", _clean(name))
    calendar.add("REFRESH-INTERVAL", icalendar.vDuration(REFRESH), {"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", icalendar.vDuration(REFRESH))
    if not events:  # a calendar without any component is no valid one
        calendar.add_component(icalendar.Timezone.from_tzid(BERLIN.key))
    return bytes(calendar.to_ical())


def _calendar(method: str, events: list[icalendar.Event]) -> icalendar.Calendar:
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCT)
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    for event in events:
        calendar.add_component(event)
    return calendar


def _event(entry: CalendarEntry, now: datetime, *, people: bool) -> icalendar.Event:
    import icalendar

    event = icalendar.Event()
    event.add("UID", entry.uid)
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTAMP", (entry.stamped_at or now).astimezone(UTC))
    event.add("DTSTART", entry.starts_at.astimezone(UTC))
    event.add("DTEND", entry.ends_at.astimezone(UTC))
    event.add("SUMMARY", _clean(entry.summary))
    event.add("STATUS", "CANCELLED" if entry.method == "CANCEL" else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT" if entry.method == "CANCEL" else "OPAQUE")
    event.add("CLASS", "PRIVATE")
    if entry.location:
        event.add("LOCATION", _clean(entry.location))
    if entry.description:
        event.add("DESCRIPTION", _clean(entry.description))
    if entry.url:
        event.add("URL", entry.url)
    if entry.organizer:
        event.add("ORGANIZER", _address(entry.organizer))
    if entry.attendee and people:
        attendee = _address(entry.attendee)
        attendee.params["ROLE"] = icalendar.vText("REQ-PARTICIPANT")
        attendee.params["PARTSTAT"] = icalendar.vText("ACCEPTED")
        attendee.params["RSVP"] = icalendar.vText("FALSE")
        event.add("ATTENDEE", attendee)
    return event


def _address(party: Party) -> icalendar.vCalAddress:
    """A mailto with the name as parameter, where a double quote can't be written."""
    import icalendar

    address = icalendar.vCalAddress(f"mailto:{party.email}")
    address.params["CN"] = icalendar.vText(_clean(party.name).replace("\n", " ").replace('"', "'"))
    return address


def _clean(text: str) -> str:
    """Without the control characters that make an entry unreadable."""
    return _CONTROLS.sub(" ", text)
