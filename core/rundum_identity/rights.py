"""Rights: one table of role × verb. Services ask `allow`; nobody else decides.

`any` means the whole centre (which row-level security bounds once more), `own` only what belongs
to the person who acts. A verb that is not in the table is a mistake of the caller and raises
KeyError; a test looks every used verb up.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, get_args

from rundum_core.actor import Actor, Role
from rundum_core.errors import Forbidden, NotFound, RundumError

Reach = Literal["any", "own"]
# A visitor is anybody, signed in or not; a holder came by a mail link that was made for her; a
# program has a key, whose scopes are verbs that this table lets a program have.
Who = Role | Literal["visitor", "holder", "program"]

Row = dict[Who, Reach]

_STAFF: Row = {"desk": "any", "administrator": "any"}
_ADMINISTRATOR: Row = {"administrator": "any"}
_ANYBODY: Row = {"visitor": "any", **_STAFF}
_CLIENT: Row = {"client": "own", **_STAFF}
_PROVIDER: Row = {"provider": "own", **_STAFF}
_PROVIDER_SIDE: Row = {"guardian": "own", **_PROVIDER}
_GUARDIAN: Row = {"guardian": "own", **_STAFF}
_EVERY_SIDE: Row = {**_CLIENT, **_PROVIDER, **_GUARDIAN}
# what a mail link opens to its holder, and nothing else
_LINK: Row = {"holder": "own"}
_PROGRAM: Row = {"program": "any"}

RIGHTS: dict[str, Row] = {
    # centres and staff
    "centre.configure": _ADMINISTRATOR,
    "staff.manage": _ADMINISTRATOR,
    "staff.work": _STAFF,
    "key.manage": _ADMINISTRATOR,
    # persons
    "person.search": _STAFF,
    "person.view": _EVERY_SIDE,
    "person.change": _EVERY_SIDE,
    "consent.give": _EVERY_SIDE | _LINK,
    "consent.withdraw": _EVERY_SIDE | _LINK,
    # clients
    "client.register": _STAFF,
    "client.view": _CLIENT,
    "client.change": _CLIENT,
    "client.admit": _STAFF,
    "client.block": _STAFF,
    # requests
    "request.submit": _ANYBODY | _PROGRAM,
    "request.confirm": _CLIENT | _LINK,
    "request.view": _CLIENT | _LINK | _PROGRAM,
    "request.list": _CLIENT | _PROGRAM,
    "request.change": _CLIENT,
    "request.cancel": _CLIENT | _LINK,
    # providers
    "provider.register": _ANYBODY,
    "provider.view": _PROVIDER_SIDE | _PROGRAM,
    "provider.list": _STAFF | _PROGRAM,
    "provider.change": _PROVIDER,
    "provider.pause": _PROVIDER,
    "provider.leave": _PROVIDER,
    "provider.admit": _STAFF,
    "provider.suspend": _STAFF,
    "credential.record": _STAFF,
    "availability.view": _PROVIDER_SIDE | _PROGRAM,
    "availability.change": _PROVIDER,
    # matching
    "matching.run": _STAFF | _PROGRAM,
    "matching.view": _STAFF | _PROGRAM,
    "matching.explain": _STAFF | _PROGRAM,
    "offer.make": _STAFF,
    "offer.release": _STAFF,
    "offer.withdraw": _STAFF,
    "offer.view": _PROVIDER_SIDE | _LINK,
    "offer.accept": _PROVIDER | _LINK,
    "offer.decline": _PROVIDER | _LINK,
    "booking.view": _EVERY_SIDE | _LINK | _PROGRAM,
    "booking.make": _STAFF,
    "booking.cancel": _EVERY_SIDE | _LINK,
    "approval.client": _CLIENT | _LINK,
    "approval.guardian": _GUARDIAN | _LINK,
    "approval.desk": _STAFF,
    "approval.group": _STAFF,
    "calendar.view": _PROVIDER | _LINK,
    # the desk
    "task.list": _STAFF | _PROGRAM,
    "task.claim": _STAFF,
    "task.finish": _STAFF,
    "message.list": _STAFF | _PROGRAM,
    "event.list": _ADMINISTRATOR,
    "card_index.import": _ADMINISTRATOR,
    "card_index.export": _ADMINISTRATOR,
}
SCOPES = tuple(verb for verb, row in RIGHTS.items() if "program" in row)
"""What a key may be given."""


def allow(actor: Actor, verb: str, *, owner: int | Collection[int] | None = None) -> None:
    """Let `actor` do `verb`, or raise.

    `owner` are the persons to whom the thing belongs (a client's contacts, an offer's provider);
    None where the verb is about no single thing. Raises Forbidden for who may not do this with
    her own things either, and NotFound for what is somebody else's: foreign and missing answer
    alike. The house itself (`WORKER`) may do everything.
    """
    if actor.kind == "worker":
        return
    row = RIGHTS[verb]
    if actor.key is not None:
        if verb in actor.scopes and "program" in row:
            return
        raise Forbidden("error.scope", scope=verb)
    reaches = {row[who] for who in _capacities(actor) if who in row}
    if "any" in reaches:
        return
    if not reaches and actor.person is None:
        raise Forbidden("error.sign_in")
    owners = {owner} if isinstance(owner, int) else set(owner or ())
    hers = actor.person is not None and actor.person in owners
    if not reaches and (owner is None or hers):
        raise Forbidden()
    if not hers:
        raise NotFound()


def missing(actor: Actor, key: str) -> RundumError:
    """What to raise for a thing that isn't there: staff read which, others the same as for what
    is somebody else's, and who is nobody we know is asked to sign in."""
    if actor.is_staff or actor.kind == "worker":
        return NotFound(key)
    unknown = actor.person is None and actor.link is None
    return Forbidden("error.sign_in") if unknown else NotFound()


def may(actor: Actor, verb: str, *, owner: int | Collection[int] | None = None) -> bool:
    """Whether `allow` would let it pass; for pages that show a button or not."""
    try:
        allow(actor, verb, owner=owner)
    except (Forbidden, NotFound):
        return False
    return True


def require(actor: Actor, *roles: Role) -> None:
    """The second line, on routes: raises Forbidden unless `actor` has one of `roles` here.

    Without roles it is enough to be signed in.
    """
    if actor.person is None:
        raise Forbidden("error.sign_in")
    if roles and not actor.roles & set(roles):
        raise Forbidden()


def as_markdown() -> str:
    """The whole table for people: a line for each verb, a column for each capacity."""
    capacities = (*get_args(Role), "visitor", "holder", "program")
    lines = [
        f"| verb | {' | '.join(capacities)} |",
        f"|---|{'---|' * len(capacities)}",
        *(
            f"| `{verb}` | {' | '.join(row.get(who, '') for who in capacities)} |"
            for verb, row in RIGHTS.items()
        ),
    ]
    return "\n".join([_WORDS, *lines, ""])


_WORDS = """\
# Who may do what

Printed by `rundum rights` from `core/rundum_identity/rights.py`, where services look it up; a
test keeps this page to it. *any*: everything of the centre in which she acts. *own*: only what
belongs to her (a client's contacts, the helper's own offers, a guardian's wards). Empty: never. A
*visitor* is anybody, signed in or not; a *holder* came by a mail link that was made for her, which
opens that one thing; a *program* has a key, to which an administrator has given some of the verbs
of that column. What is foreign and what is missing answer alike.
"""


def _capacities(actor: Actor) -> set[Who]:
    capacities: set[Who] = {"visitor", *actor.roles}
    if actor.link is not None:
        capacities.add("holder")
    return capacities
