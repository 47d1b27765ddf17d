"""Calendar entries, read again by a strict parser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import icalendar
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundum_core.clock import BERLIN
from rundum_notifications.calendar import CalendarEntry, Party, feed, invitation

NOW = datetime(2027, 3, 20, 9, tzinfo=UTC)
ENTRY = CalendarEntry(
    uid="8c2f@rundum.example",
    sequence=0,
    method="REQUEST",
    starts_at=datetime(2027, 3, 28, 1, 30, tzinfo=BERLIN),
    ends_at=datetime(2027, 3, 28, 6, 0, tzinfo=BERLIN),
    summary="Betreuung, zwei Kinder; bitte klingeln",
    location="Breite Straße 1\n39179 Barleben",
    description="Zeile eins\nZeile zwei, mit Komma \\ und Strich",
    organizer=Party(name='Familienservice "Börde", Haldensleben', email="info@boerde.example"),
    attendee=Party(name="Petra Müller", email="petra@example.org"),
    url="https://rundum.example/bookings/AbC-_123",
)


def parse(raw: bytes) -> icalendar.Calendar:
    """The one calendar in `raw`; a line that isn't sound raises."""
    (calendar,) = icalendar.Calendar.from_ical(raw, multiple=True)
    for part in calendar.walk():
        assert part.errors == []
    return calendar


def only_event(raw: bytes) -> icalendar.Event:
    (event,) = parse(raw).walk("VEVENT")
    return event


def test_an_invitation_reads_back_as_it_was():
    raw = invitation(ENTRY, NOW)
    calendar, event = parse(raw), only_event(raw)
    assert calendar["METHOD"] == "REQUEST"
    assert calendar["VERSION"] == "2.0"
    assert event["UID"] == "8c2f@rundum.example"
    assert event["SEQUENCE"] == 0
    assert event["STATUS"] == "CONFIRMED"
    assert event.decoded("DTSTAMP") == NOW
    assert str(event["SUMMARY"]) == ENTRY.summary
    assert str(event["LOCATION"]) == ENTRY.location
    assert str(event["DESCRIPTION"]) == ENTRY.description
    assert str(event["ATTENDEE"]) == "mailto:petra@example.org"
    assert event["ATTENDEE"].params["CN"] == "Petra Müller"
    assert event["ORGANIZER"].params["CN"] == "Familienservice 'Börde', Haldensleben"


def test_times_are_in_utc_so_that_the_clock_change_moves_nothing():
    event = only_event(invitation(ENTRY, NOW))
    assert event.decoded("DTSTART") == datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    assert event.decoded("DTEND") == datetime(2027, 3, 28, 4, 0, tzinfo=UTC)
    assert b"DTSTART:20270328T003000Z" in invitation(ENTRY, NOW)


def test_lines_end_with_crlf_and_stay_within_75_octets():
    lines = invitation(ENTRY, NOW).split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)


def test_a_withdrawal_has_the_same_uid_and_a_higher_sequence():
    cancelled = msgspec.structs.replace(ENTRY, method="CANCEL", sequence=1)
    first, last = only_event(invitation(ENTRY, NOW)), only_event(invitation(cancelled, NOW))
    assert parse(invitation(cancelled, NOW))["METHOD"] == "CANCEL"
    assert last["UID"] == first["UID"]
    assert last["SEQUENCE"] > first["SEQUENCE"]
    assert last["STATUS"] == "CANCELLED"


def test_without_a_firm_booking_no_place_is_written():
    event = only_event(invitation(msgspec.structs.replace(ENTRY, location=None), NOW))
    assert "LOCATION" not in event


def test_a_feed_publishes_all_entries_and_names_no_attendee():
    entries = [msgspec.structs.replace(ENTRY, uid=f"{n}@rundum.example") for n in range(3)]
    raw = feed(entries, NOW, name="Rundum: Petra, Börde")
    calendar = parse(raw)
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["X-WR-CALNAME"] == "Rundum: Petra, Börde"
    assert [str(event["UID"]) for event in calendar.walk("VEVENT")] == [e.uid for e in entries]
    assert b"ATTENDEE" not in raw
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in raw


def test_an_empty_feed_is_a_sound_calendar():
    calendar = parse(feed([], NOW, name="Rundum"))
    assert calendar.walk("VEVENT") == []
    assert len(calendar.subcomponents) == 1  # RFC 5545, 3.6: at least one component


def test_an_entry_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="ends after"):
        msgspec.structs.replace(ENTRY, ends_at=ENTRY.starts_at - timedelta(hours=1))


@given(text=st.text(max_size=200), name=st.text(max_size=60))
def test_whatever_somebody_typed_makes_a_sound_entry_and_nothing_else(text, name):
    entry = msgspec.structs.replace(
        ENTRY,
        summary=text,
        description=text,
        location=text,
        attendee=Party(name=name, email="a@example.org"),
    )
    raw = invitation(entry, NOW)
    event = only_event(raw)
    assert event["UID"] == ENTRY.uid
    assert len(parse(raw).subcomponents) == 1
    assert sorted(event) == sorted(only_event(raw).keys())
    assert set(event) <= {
        *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP"),
        *("CLASS", "LOCATION", "DESCRIPTION", "URL", "ORGANIZER", "ATTENDEE"),
    }
