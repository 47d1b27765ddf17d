"""Offers, the seats they name, and the time they hold."""

from __future__ import annotations

from rundum_core.db import Transaction
from rundum_core.queries import many, one, run
from rundum_matching.models import (
    Behalf,
    Due,
    LockedRequest,
    Offer,
    OfferDetails,
    OfferSeat,
    Rival,
    SeatCount,
    SeatToFill,
)

lock_request = one("matching/offer", "lock_request", LockedRequest)
lock_persons = many("matching/offer", "lock_persons", int)
has_email = one("matching/offer", "has_email", bool)
seats_to_fill = many("matching/offer", "seats_to_fill", SeatToFill)
move_visit = many("matching/offer", "move_visit", int)
insert_slot = one("matching/offer", "insert_slot", int)
insert_offer = one("matching/offer", "insert_offer", int)
insert_offer_seat = run("matching/offer", "insert_offer_seat")
offer_by_id = one("matching/offer", "offer_by_id", Offer)
offer_by_public_id = one("matching/offer", "offer_by_public_id", Offer)
change_offer = one("matching/offer", "change_offer", int)
seats_of_offers = many("matching/offer", "seats_of_offers", OfferSeat)
end_offer_seats = many("matching/offer", "end_offer_seats", int)
rivals = many("matching/offer", "rivals", Rival)
expired_offers = many("matching/offer", "expired_offers", Due)
live_offers_of_request = many("matching/offer", "live_offers_of_request", Offer)
live_offers_of_person = many("matching/offer", "live_offers_of_person", Offer)
offers_of_person = many("matching/offer", "offers_of_person", Offer)
note_choice = run("matching/offer", "note_choice")
details_of_offers = many("matching/offer", "details_of_offers", OfferDetails)
behalf_of_offer = one("matching/offer", "behalf_of_offer", Behalf)
seat_count = one("matching/offer", "seat_count", SeatCount)


async def seats_of_offer(tx: Transaction, *, offer: int) -> list[OfferSeat]:
    """What one offer names."""
    return await seats_of_offers(tx, offers=[offer])


async def offer_details(tx: Transaction, *, id: int) -> OfferDetails | None:
    """What one offer's page and letter may show before the firm booking."""
    return next(iter(await details_of_offers(tx, ids=[id])), None)
