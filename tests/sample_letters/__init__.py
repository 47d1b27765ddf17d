"""Letters of a domain that exists in tests only; `LOADERS` fills the hook."""

from __future__ import annotations

from datetime import UTC, datetime

from rundum_core.db import Transaction
from rundum_notifications.calendar import CalendarEntry
from rundum_notifications.letters import Letter, Loader, Message

START = datetime(2027, 6, 14, 12, tzinfo=UTC)
END = datetime(2027, 6, 14, 16, tzinfo=UTC)

# subjects (ids) about which there is nothing to say any more, or nothing that can be said
OBSOLETE: set[int] = set()
BROKEN: set[int] = set()


async def offer(tx: Transaction, message: Message) -> Letter | None:
    """A question with a button."""
    if message.subject in OBSOLETE:
        return None
    if message.subject in BROKEN:
        await tx.connection.execute("SELECT 1 / 0")
    return offer_letter(place="Barleben")


async def booking(tx: Transaction, message: Message) -> Letter | None:
    """A confirmation with a calendar entry."""
    return booking_letter(f"booking-{message.subject}@rundum.example", message)


def offer_letter(place: str) -> Letter:
    return Letter(
        context={
            "place": place,
            "starts_at": START,
            "ends_at": END,
            "rate": 1450,
            "children": ["2–3 Jahre", "4–6 Jahre"],
        },
        button=("sample.answer", "/offers/AbC-_123"),
    )


def booking_letter(uid: str, message: Message) -> Letter:
    return Letter(
        context={"starts_at": START, "ends_at": END, "helper": "Petra M."},
        button=("sample.look", "/bookings/AbC-_123"),
        calendar=CalendarEntry(
            uid=uid,
            sequence=0,
            method="REQUEST",
            starts_at=START,
            ends_at=END,
            summary=f"Betreuung: {message.t.times(START, END)}",
            location="Breite Straße 1, 39179 Barleben",
            url="https://rundum.example/bookings/AbC-_123",
        ),
    )


LOADERS: dict[str, Loader] = {"sample_offer": offer, "sample_booking": booking}
