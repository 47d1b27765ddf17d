"""A link of each purpose, in each state that a link can have, and the page that it opens."""

from __future__ import annotations

from typing import Any

from helpers_http import House
from helpers_town import a_link
from rundum_core import links

PURPOSES = ("confirm", "status", "offer", "approval", "booking", "feed", "sign_in")
STANDING = ("status", "booking", "feed")
PAGES = {
    "confirm": "/requests/confirmations/{}",
    "status": "/requests/{}",
    "offer": "/offers/{}",
    "approval": "/approvals/{}",
    "booking": "/bookings/{}",
    "feed": "/calendars/{}.ics",
    "sign_in": "/sign-in/{}",
}
# the one button on each page, and what it sends
ACTS: dict[str, tuple[str, dict[str, str]]] = {
    "confirm": ("", {}),
    "status": ("/cancellation", {"reason": "not_needed"}),
    "offer": ("/acceptance", {}),
    "approval": ("/consent", {}),
    "booking": ("/cancellation", {"reason": "no_time"}),
    "sign_in": ("/session", {}),
}
# whose link it is, and what it opens
SUBJECTS = {
    "confirm": "SELECT r.id, r.asked_by FROM care_request r"
    " JOIN contact_point c ON c.person = r.asked_by AND c.channel = 'email'"
    " WHERE r.state = 'unconfirmed' AND r.centre = $1",
    "status": "SELECT id, asked_by FROM care_request"
    " WHERE state = 'open' AND service = 'household' AND centre = $1",
    "offer": "SELECT min(id), person FROM offer WHERE state = 'pending' AND centre = $1"
    " GROUP BY person ORDER BY 1",
    "approval": "SELECT a.id, r.asked_by FROM approval a JOIN booking b ON b.id = a.booking"
    " JOIN seat s ON s.id = b.seat JOIN visit v ON v.id = s.visit"
    " JOIN care_request r ON r.id = v.request"
    " WHERE a.by = 'client' AND b.state = 'provisional' AND a.centre = $1 ORDER BY a.id",
    "booking": "SELECT id, person FROM booking WHERE state = 'confirmed' AND centre = $1",
    "feed": "SELECT person, person FROM provider WHERE status = 'active' AND centre = $1"
    " ORDER BY 1",
    "sign_in": "SELECT id, person FROM contact_point WHERE channel = 'email'"
    " AND value LIKE 'kanari.client@%' AND EXISTS (SELECT FROM person p WHERE p.id = person"
    " AND $1 = ANY (p.centres))",
}


async def a_token(house: House, purpose: Any, state: str = "live") -> str:
    """A link's token: live, used, expired, revoked or unknown."""
    centre = house.town.own.centre
    if state == "unknown":
        return links.token(b"a key that is not ours, at all ...", purpose, 1)
    subject, person = (await house.rows(SUBJECTS[purpose], centre.id))[0]
    async with house.db.work() as tx:
        token = await a_link(tx, centre, purpose, subject, person, standing=purpose in STANDING)
        link = await links.find(tx, purpose, token)
        changes = {
            "used": "used_at = created_at",
            "expired": "expires_at = created_at + interval '1 minute'",
            "revoked": "revoked_at = created_at",
        }
        if state in changes:
            await tx.connection.execute(f"UPDATE link SET {changes[state]} WHERE id = $1", link.id)
    if state == "expired":
        house.db.clock.turn(minutes=2)  # type: ignore[attr-defined]
    return token


async def a_page(house: House, purpose: str, state: str = "live") -> str:
    """Where the link leads."""
    return PAGES[purpose].format(await a_token(house, purpose, state))


__all__ = ["ACTS", "PAGES", "PURPOSES", "STANDING", "a_page", "a_token"]
