"""Signing in by a link that comes by mail: asked for, shown, and used once."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Literal
from uuid import UUID

import msgspec
import structlog

from rundum_core import attempts, links
from rundum_core.actor import WORKER
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, FieldError, Invalid, NotFound, RundumError
from rundum_core.events import must_record
from rundum_identity import codes, sessions
from rundum_identity.contacts import contact_key
from rundum_identity.persons import (
    ContactPoint,
    Person,
    contact_by_id,
    email_contacts,
    persons_by_contact,
    verify_contact,
)
from rundum_identity.sessions import Opened, open_session
from rundum_notifications.messages import tell

log = structlog.get_logger()

LINK_LASTS = timedelta(minutes=60)
# Asked again before, the same link is sent again; later there is a new one.
LINK_FRESH = timedelta(minutes=30)

PER = timedelta(hours=1)
# Mails to one address: whoever wants to annoy somebody can do so five times an hour, and she can
# still sign in with any of the five.
MOST_FOR_ADDRESS = 5
# Links asked for from one network: schools and mobile networks have many people behind one.
MOST_FROM_NETWORK = 60
# Links used from one network; they can't be guessed, but nobody needs to try so often.
MOST_USES = 60


class SignInLink(msgspec.Struct, frozen=True, kw_only=True):
    """What a sign-in link opens: whether it still acts, and who may be meant by it."""

    state: Literal["live", "used", "expired"]
    persons: tuple[Person, ...]


async def count_request(db: Database, email: str, network: str) -> None:
    """Count one wish for a link; raises Unavailable `error.too_often` beyond the limits.

    Counted before anything is looked up: known and unknown addresses are refused alike.
    """
    await attempts.limit(db, f"sign_in:network:{network}", most=MOST_FROM_NETWORK, per=PER)
    address = hashlib.sha256(contact_key(email).encode()).hexdigest()
    await attempts.limit(db, f"sign_in:address:{address}", most=MOST_FOR_ADDRESS, per=PER)


async def send_link(db: Database, email: str, browser: str | None = None) -> None:
    """Send a sign-in link to an address, if somebody is reached there.

    People who share the address get one mail between them. It takes longer for a known address:
    see `send_link_later`. For the `browser` of `codes.remember_browser` it is always a new link,
    whose code can be typed only there.
    """
    async with db.work() as tx:
        reached = await email_contacts(tx, key=contact_key(email))
        if reached:
            await _send(tx, reached[0], browser)


async def send_link_later(db: Database, email: str, browser: str | None = None) -> None:
    """`send_link` when the answer is out: what goes wrong then can only be noted."""
    try:
        await send_link(db, email, browser)
    except RundumError as refusal:
        log.error("sign-in link not sent", error=refusal.key)


async def look_at_link(db: Database, token: str) -> SignInLink:
    """What to show for a link; changes nothing. Raises NotFound `link.unknown`."""
    async with db.work() as tx:
        link, contact = await _found(tx, token)
        persons = await persons_by_contact(tx, "email", contact.value)
        return SignInLink(state=links.state(link, tx.now), persons=tuple(persons))


async def count_use(db: Database, network: str) -> None:
    """Count one use of a link, good or bad; raises Unavailable `error.too_often`."""
    await attempts.limit(db, f"sign_in:use:{network}", most=MOST_USES, per=PER)


async def sign_in(
    db: Database, token: str, person: UUID | None, device: str, *, instead_of: str | None = None
) -> Opened:
    """Use a link once and open a session for the person it is for.

    Where several share the address, `person` says who it is; Invalid `identity.choose_person`
    at field `person` if that is missing or none of them, and the link stays good. Raises NotFound
    for an unknown link, Conflict `link.used` or `link.expired`. `instead_of` is the token that
    the browser had until now: its session ends.
    """
    async with db.work() as tx:
        link, contact = await _found(tx, token)
        if (state := links.state(link, tx.now)) != "live":
            raise Conflict(f"link.{state}")
        chosen = _chosen(await persons_by_contact(tx, "email", contact.value), person)
    async with db.transaction(msgspec.structs.replace(WORKER, person=chosen.id)) as tx:
        await links.use(tx, link)
        await links.revoke_links(tx, purpose="sign_in", subject=link.subject, now=tx.now)
        await verify_contact(tx, chosen.id, "email", contact.value)
        if instead_of is not None:
            await sessions.drop(tx, instead_of)
        return await open_session(tx, chosen.id, device)


async def _send(tx: Transaction, contact: ContactPoint, browser: str | None) -> None:
    centre = await sessions.home_centre(tx, contact.person)
    token = await links.issue(
        tx,
        "sign_in",
        subject=contact.id,
        person=contact.person,
        centre=centre,
        expires_at=tx.now + LINK_LASTS,
        lasting=LINK_FRESH if browser is None else 2 * LINK_LASTS,
    )
    link = await links.find(tx, "sign_in", token)
    if browser is not None:
        await codes.bind(tx, browser, link.id)
    event = await must_record(tx, "link.issued", link.id, centre=centre)
    await tell(
        tx,
        event=event,
        person=contact.person,
        template="sign_in",
        subject=link.id,
        centre=centre,
        contact=contact.id,
    )


async def _found(tx: Transaction, token: str) -> tuple[links.Link, ContactPoint]:
    link = await links.find(tx, "sign_in", token)
    contact = await contact_by_id(tx, id=link.subject)
    if contact is None:
        raise NotFound("link.unknown")
    return link, contact


def _chosen(persons: list[Person], wanted: UUID | None) -> Person:
    if not persons:
        raise NotFound("link.unknown")
    if wanted is None and len(persons) == 1:
        return persons[0]
    for person in persons:
        if person.public_id == wanted:
            return person
    raise Invalid((FieldError("person", "identity.choose_person"),))
