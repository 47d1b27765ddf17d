"""A letter as the bytes of a mail."""

from __future__ import annotations

from datetime import datetime
from email import policy, quoprimime
from email.headerregistry import Address
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.utils import format_datetime
from functools import lru_cache

import msgspec

from rundum_core.i18n import Translator
from rundum_notifications.addresses import mailbox
from rundum_notifications.blocks import clean
from rundum_notifications.calendar import CalendarEntry, Party, invitation
from rundum_notifications.layout import as_html, as_text
from rundum_notifications.letters import Draft, Office

# The parts' headers are constants: for them the older policy, which takes a tenth of the time.
_BODY = policy.compat32.clone(linesep="\r\n", mangle_from_=False)


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
    parts: list[Message] = [_alternative(draft, office, t)]
    if draft.calendar:
        entry = _between(draft.calendar, office, recipient)
        written = invitation(entry, now)
        parts[0].attach(_text(written.decode(), f"calendar; method={entry.method}"))
        parts.append(_file(written, t))
    body = MIMEMultipart("mixed", _subparts=parts) if len(parts) > 1 else parts[0]
    head = (
        _centre_line("From", office.name, sender),
        _address_line("To", recipient.name, recipient.email),
        _centre_line("Reply-To", office.name, office.email),
        _line("Subject", draft.subject),
        _line("Date", format_datetime(now)),
        _line("Message-ID", f"<{message_id}@{envelope(sender).rpartition('@')[2]}>"),
        _line("Auto-Submitted", "auto-generated"),
        _line("X-Auto-Response-Suppress", "All"),
        _line("Content-Language", t.locale),
    )
    return "".join(head).encode("ascii") + body.as_bytes(policy=_BODY)


def _alternative(draft: Draft, office: Office, t: Translator) -> MIMEMultipart:
    parts = [
        _text(as_text(draft, office, t), "plain"),
        _text(as_html(draft, office, t), "html"),
    ]
    return MIMEMultipart("alternative", _subparts=parts)


def _text(text: str, subtype: str) -> Message:
    """A part that is ASCII on the way."""
    part = Message()
    part["Content-Type"] = f"text/{subtype}; charset=utf-8"
    part["Content-Transfer-Encoding"] = "quoted-printable"
    lines = text.replace("\r\n", "\n").encode().decode("latin-1")
    part.set_payload(quoprimime.body_encode(lines))
    return part


def _address_line(field: str, name: str, address: str) -> str:
    found = mailbox(address)
    if found is None:
        raise UnusableAddress
    return _line(field, Address(clean(name), *found))


# The centre's lines are those of every letter; what is kept of recipients isn't kept here.
_centre_line = lru_cache(maxsize=100)(_address_line)


def _line(field: str, value: str | Address) -> str:
    """A header as the modern email policy writes and folds it; it refuses line breaks."""
    header = policy.SMTP.header_store_parse(field, value)[1]
    return str(policy.SMTP.fold(field, header))


def _file(entry: bytes, t: Translator) -> MIMEApplication:
    """The entry for programs that don't show it inside the mail."""
    part = MIMEApplication(entry, "ics")
    part.add_header("Content-Disposition", "attachment", filename=t("mail.calendar_file"))
    return part


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
