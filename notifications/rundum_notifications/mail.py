"""A letter as the bytes of a mail."""

from __future__ import annotations

from base64 import encodebytes
from binascii import b2a_qp
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime
from functools import lru_cache

import msgspec

from rundum_core.i18n import Translator
from rundum_notifications.addresses import mailbox
from rundum_notifications.blocks import clean
from rundum_notifications.calendar import CalendarEntry, Party, invitation
from rundum_notifications.layout import as_html, as_text
from rundum_notifications.letters import Draft, Office

_FOLD = "\r\n "


class UnusableAddress(ValueError):
    """No relay can be expected to take this address."""


def envelope(address: str) -> str:
    """The address as it goes into the envelope; raises UnusableAddress."""
    found = mailbox(address)
    if found is None:
        raise UnusableAddress
    return "@".join(found)


def assemble(
    draft: Draft,
    *,
    office: Office,
    t: Translator,
    recipient: Party,
    sender: str,
    message_id: str,
    now: datetime,
) -> bytes:
    """The mail to one recipient: mixed (alternative (plain, HTML, calendar), .ics).

    `message_id` is the part before the @. Pure ASCII with CRLF, ready for DATA; raises
    UnusableAddress.
    """
    faces = [
        _text("plain", as_text(draft, office, t).encode()),
        _text("html", as_html(draft, office, t).encode()),
    ]
    if draft.calendar:
        entry = _between(draft.calendar, office, recipient)
        written = invitation(entry, now)
        faces.append(_text(f"calendar; method={entry.method}", written))
        file = _file("application/ics", t("mail.calendar_file"), written)
        body = _multipart(
            "mixed", f"{message_id}.m", [_multipart("alternative", f"{message_id}.a", faces), file]
        )
    else:
        body = _multipart("alternative", f"{message_id}.a", faces)
    head = (
        _centre_line("From", office.name, sender)
        + _address_line("To", recipient.name, recipient.email)
        + _centre_line("Reply-To", office.name, office.email)
        + _subject_line(draft.subject)
        + f"Date: {format_datetime(now)}\r\n"
        f"Message-ID: <{message_id}@{envelope(sender).rpartition('@')[2]}>\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "X-Auto-Response-Suppress: All\r\n"
        f"Content-Language: {t.locale}\r\n"
        "MIME-Version: 1.0\r\n"
    )
    return head.encode("ascii") + body


def _multipart(kind: str, name: str, parts: list[bytes]) -> bytes:
    """Parts between boundaries that no part can hold: `=_` occurs in neither of the encodings.

    By hand, since the headers are constants and email.message takes ten times as long for them.
    """
    boundary = f"=_{name}"
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'
    between = f"--{boundary}\r\n"
    return (
        head.encode()
        + b"".join(between.encode() + part + b"\r\n" for part in parts)
        + f"--{boundary}--\r\n".encode()
    )


def _text(subtype: str, text: bytes) -> bytes:
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    lines = text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return head.encode() + b2a_qp(lines)


def _file(content_type: str, name: str, content: bytes) -> bytes:
    head = (
        f"Content-Type: {content_type}\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + encodebytes(content).replace(b"\n", b"\r\n")


def _address_line(field: str, name: str, address: str) -> str:
    """One mailbox, whatever the name holds; raises UnusableAddress."""
    found = mailbox(address)
    if found is None:
        raise UnusableAddress
    one = Address(clean(name).strip(), *found)
    if _is_plain(one.display_name):
        return _folded(f"{field}:", str(one))
    words = Header(one.display_name, "utf-8", header_name=field).encode(linesep="\r\n")
    return _folded(f"{field}: {words}", f"<{one.addr_spec}>")


# The centre's lines are those of every letter; what is kept of recipients isn't kept here.
_centre_line = lru_cache(maxsize=100)(_address_line)


def _subject_line(subject: str) -> str:
    charset = "us-ascii" if _is_plain(subject) else "utf-8"
    words = Header(clean(subject), charset, header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {words}\r\n"


def _is_plain(text: str) -> bool:
    """Fit for a header as it is: short, ASCII, and nothing that reads as an encoded word."""
    return len(text) < 60 and text.isascii() and "=?" not in text


def _folded(begin: str, rest: str) -> str:
    fits = len(begin.rpartition("\r\n")[2]) + len(rest) < 78
    return f"{begin}{' ' if fits else _FOLD}{rest}\r\n"


def _between(entry: CalendarEntry, office: Office, recipient: Party) -> CalendarEntry:
    """The entry with the centre as organizer and the recipient as attendee, unless it has its
    own; with addresses as the mail has them."""
    organizer = entry.organizer or Party(name=office.name, email=office.email)
    attendee = entry.attendee or recipient
    return msgspec.structs.replace(
        entry,
        organizer=msgspec.structs.replace(organizer, email=envelope(organizer.email)),
        attendee=msgspec.structs.replace(attendee, email=envelope(attendee.email)),
    )
