"""Somebody may no longer be placed, or no longer be helped: what is out and what is agreed then.

Filled into the hooks of providers and clients; each runs in the transaction that causes it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from rundum_core.db import Transaction
from rundum_matching import snapshot
from rundum_matching.bookings import release, wake
from rundum_matching.models import Booking, Offer
from rundum_matching.offers import withdraw
from rundum_matching.store import bookings as store
from rundum_matching.store import offers as offer_store
from rundum_notifications.tasks import open_task


async def paused(tx: Transaction, person: int) -> None:
    """Nothing new, as she wishes; what is agreed stands."""
    await _withdraw(tx, await offer_store.live_offers_of_person(tx, person=person))


async def stopped(tx: Transaction, person: int) -> None:
    """Suspended or gone: offers end at once, what is not firm yet comes to nothing, and the desk
    decides about what is firm."""
    await _withdraw(tx, await offer_store.live_offers_of_person(tx, person=person))
    await _end(tx, await store.coming_bookings_of_person(tx, person=person, now=tx.now))


async def proof_struck(tx: Transaction, person: int) -> None:
    """A document does not count any more: the same for all that needs it."""
    lacking = []
    for offer in await offer_store.live_offers_of_person(tx, person=person):
        seats = await offer_store.seats_of_offer(tx, offer=offer.id)
        if any([await _lacks_proof(tx, seat.seat, person) for seat in seats]):
            lacking.append(offer)
    await _withdraw(tx, lacking)
    coming = await store.coming_bookings_of_person(tx, person=person, now=tx.now)
    await _end(tx, [one for one in coming if await _lacks_proof(tx, one.seat, person)])


async def client_blocked(tx: Transaction, client: int) -> None:
    """Nobody is asked for this client any more; what is not firm comes to nothing, and the desk
    decides about what is firm."""
    requests = await store.lock_open_requests(tx, client=client)
    offers = [
        offer
        for request in requests
        for offer in await offer_store.live_offers_of_request(tx, request=request)
    ]
    bookings = await store.coming_bookings_of_requests(tx, requests=requests, now=tx.now)
    persons = sorted({one.person for one in offers} | {one.person for one in bookings})
    await offer_store.lock_persons(tx, persons=persons)
    for request in requests:
        await _withdraw(tx, await offer_store.live_offers_of_request(tx, request=request))
    await _end(tx, await store.coming_bookings_of_requests(tx, requests=requests, now=tx.now))


STOPPED_BY: dict[str, Callable[[Transaction, int], Awaitable[None]]] = {
    "provider.paused": paused,
    "provider.suspended": stopped,
    "provider.left": stopped,
    "credential.struck": proof_struck,
}


async def _withdraw(tx: Transaction, offers: list[Offer]) -> None:
    for offer in offers:
        await withdraw(tx, offer, reason="stopped")
    if offers:
        await wake(tx)


async def _end(tx: Transaction, bookings: list[Booking]) -> None:
    """The person is locked before the requests here, so a request that somebody else holds at
    this moment is not waited for: the desk decides."""
    ours = set(await store.lock_requests_of(tx, bookings=[one.id for one in bookings]))
    for booking in bookings:
        if booking.state == "provisional" and booking.id in ours:
            await release(tx, booking, reason="stopped")
        else:
            await open_task(
                tx,
                kind="decide",
                subject=booking.id,
                centre=booking.centre,
                due_at=tx.now,
                person=booking.person,
            )


async def _lacks_proof(tx: Transaction, seat: int, person: int) -> bool:
    found = await snapshot.refusals_now(tx, seat, person)
    return any(why.reason.startswith("needs") or why.reason == "not_active" for why in found)
