"""The bytes of a mail, read again."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import icalendar
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sample_letters
from rundum_core.i18n import Catalogues
from rundum_notifications.calendar import Party
from rundum_notifications.letters import Letter, Message, Office, write
from rundum_notifications.mail import UnusableAddress, assemble

CATALOGUES = Catalogues.load("rundum_core", "rundum_notifications", "sample_letters")
NOW = datetime(2027, 6, 10, 9, tzinfo=UTC)
T = CATALOGUES.translator("de", NOW)
OFFICE = Office(
    id=1,
    slug="boerde",
    name="Familienservice Börde, Haldensleben",
    phone="03904 555012",
    email="info@förde.example",
    hours="Mo–Fr 8–16 Uhr",
)
MESSAGE = Message(
    id=1,
    event=2,
    event_kind="booking.confirmed",
    data={},
    centre=1,
    person=3,
    template="sample_booking",
    subject=4,
    created_at=NOW,
    given_name="Käthe",
    name="Käthe Müller",
    office=OFFICE,
    channel="email",
    t=T,
)


def a_mail(
    letter: Letter | None = None, *, name="Käthe Müller", email="kaethe@example.org", template=None
) -> bytes:
    if letter is None:
        letter = sample_letters.booking_letter("4@rundum.example", MESSAGE)
    message = msgspec.structs.replace(MESSAGE, template=template or MESSAGE.template)
    return assemble(
        write(message, letter, "sample_letters", "https://rundum.example"),
        office=OFFICE,
        t=T,
        recipient=Party(name=name, email=email),
        sender="post@rundum.example",
        message_id="5b2c",
        now=NOW,
    )


def read(raw: bytes):
    return message_from_bytes(raw, policy=policy.default)


def test_a_mail_is_pure_ascii_with_crlf_and_short_lines():
    raw = a_mail()
    raw.decode("ascii")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_headers_say_who_writes_to_whom_and_that_a_machine_did():
    mail = read(a_mail())
    assert mail["From"].addresses[0].addr_spec == "post@rundum.example"
    assert mail["From"].addresses[0].display_name == "Familienservice Börde, Haldensleben"
    assert [a.addr_spec for a in mail["To"].addresses] == ["kaethe@example.org"]
    assert mail["To"].addresses[0].display_name == "Käthe Müller"
    assert mail["Reply-To"].addresses[0].addr_spec == "info@xn--frde-5qa.example"
    assert mail["Subject"] == "Fest vereinbart: Mo, 14. Juni"
    assert mail["Message-ID"] == "<5b2c@rundum.example>"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "de"
    assert not any(header.lower().startswith("list-") for header in mail)


def test_a_confirmation_has_the_structure_that_mail_programs_show():
    mail = read(a_mail())
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    *_, calendar, attachment = mail.walk()
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    assert calendar["Content-Type"].params["charset"] == "utf-8"
    assert attachment.get_filename() == "termin.ics"
    entry = icalendar.Calendar.from_ical(calendar.get_content())
    assert entry == icalendar.Calendar.from_ical(attachment.get_content())
    event = entry.walk("VEVENT")[0]
    assert event["ORGANIZER"] == "mailto:info@xn--frde-5qa.example"
    assert event["ATTENDEE"] == "mailto:kaethe@example.org"
    assert event["ATTENDEE"].params["CN"] == "Käthe Müller"


def test_a_letter_without_an_entry_has_only_its_two_faces():
    mail = read(a_mail(sample_letters.offer_letter("Barleben"), template="sample_offer"))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    plain, html = list(mail.walk())[1:]
    for face in (plain.get_content(), html.get_content()):
        assert "14,50 €" in face
        assert "https://rundum.example/offers/AbC-_123" in face
        assert "03904 555012" in face


@pytest.mark.parametrize("email", ["käthe@example.org", "b@e.example, evil@e.example", ""])
def test_an_unusable_address_is_refused(email):
    with pytest.raises(UnusableAddress):
        a_mail(email=email)


@pytest.mark.parametrize(
    "name",
    [
        "Petra",
        "Müller, Käthe (Oma)",
        'Petra "Pit" O\'Hara',
        "Ä" * 160,
        "Petra " * 26,
        "=?utf-8?q?Chef?=",
        "a@b.example, evil@e.example",
        "Петра 🦊 ペトラ",
    ],
)
def test_a_name_reads_back_as_it_was(name):
    raw = a_mail(name=name)
    # not by the modern parser: before 3.12 it keeps the blanks between encoded words
    (shown, address) = parseaddr(str(message_from_bytes(raw)["To"]))
    assert str(make_header(decode_header(shown))) == name.strip()
    assert address == "kaethe@example.org"
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        assert not line.endswith(b":")


def test_a_long_subject_reads_back_as_it_was():
    letter = msgspec.structs.replace(
        sample_letters.offer_letter("x"), context={"subject": "Straße der Größe " * 12}
    )
    mail = read(a_mail(letter, template="sample_subject"))
    assert mail["Subject"] == ("Straße der Größe " * 12).strip()


@given(name=st.text(min_size=1, max_size=160))
def test_no_name_changes_who_gets_the_mail(name):
    mail = read(a_mail(sample_letters.offer_letter(name), name=name, template="sample_offer"))
    assert [a.addr_spec for a in mail["To"].addresses] == ["kaethe@example.org"]
    assert mail["Bcc"] is None
    assert sorted(mail.keys()) == sorted(
        [
            *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
            *("X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type"),
        ]
    )
