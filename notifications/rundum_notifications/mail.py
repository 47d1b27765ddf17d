"""A letter as the bytes of a mail."""

from __future__ import annotations

from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import msgspec

from rundum_core.i18n import Translator
from rundum_notifications.addresses import mailbox
from rundum_notifications.blocks import clean
from rundum_notifications.calendar import CalendarEntry, Party, invitation
from rundum_notifications.layout import as_html, as_text
from rundum_notifications.letters import Draft, Office


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
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = _address(office.name, sender)
    mail["To"] = _address(recipient.name, recipient.email)
    mail["Reply-To"] = _address(office.name, office.email)
    mail["Subject"] = draft.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id}@{envelope(sender).rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(as_text(draft, office, t), cte="quoted-printable")
    mail.add_alternative(as_html(draft, office, t), subtype="html", cte="quoted-printable")
    if draft.calendar:
        _attach(mail, _between(draft.calendar, office, recipient), t, now)
    # last, since whoever adds parts takes the Content headers along
    mail["Content-Language"] = t.locale
    return mail.as_bytes()


def _attach(mail: EmailMessage, entry: CalendarEntry, t: Translator, now: datetime) -> None:
    """As alternative for programs that show it inside, as file for those that don't."""
    written = invitation(entry, now)
    mail.add_alternative(
        written.decode(),
        subtype="calendar",
        cte="quoted-printable",
        params={"method": entry.method},
    )
    name = t("mail.calendar_file")
    mail.add_attachment(written, maintype="application", subtype="ics", filename=name)


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


def _address(name: str, address: str) -> Address:
    found = mailbox(address)
    if found is None:
        raise UnusableAddress
    return Address(clean(name), *found)
