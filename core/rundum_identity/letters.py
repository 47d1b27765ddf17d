"""The letters of this room: the link to sign in, and the invitation to work for a centre."""

from __future__ import annotations

from rundum_core import links
from rundum_core.db import Transaction
from rundum_core.errors import NotFound
from rundum_identity import codes
from rundum_identity.invitations import invitation_by_id
from rundum_notifications.letters import Letter, Loader, Message


async def sign_in_letter(tx: Transaction, message: Message) -> Letter | None:
    """The link as it was issued (`message.subject` is its id); None when it no longer acts."""
    token = links.token(tx.key, "sign_in", message.subject)
    try:
        link = await links.find(tx, "sign_in", token)
    except NotFound:
        return None
    if links.state(link, tx.now) != "live":
        return None
    return Letter(
        context={"expires_at": link.expires_at, "code": await codes.code_for(tx, link.id)},
        button=("identity.letter.sign_in.button", f"/sign-in/{token}"),
    )


async def invitation_letter(tx: Transaction, message: Message) -> Letter | None:
    """The invitation (`message.subject` is its id) with its link; None when it no longer acts."""
    token = await links.living(tx, "invitation", subject=message.subject, person=message.person)
    invitation = await invitation_by_id(tx, id=message.subject)
    if token is None or invitation is None:
        return None
    role = message.t(f"identity.role.{invitation.role}")
    return Letter(
        context={"expires_at": invitation.expires_at, "role": role},
        button=("identity.letter.invitation.button", f"/invitations/{token}"),
    )


# what rundum_app fills the hook with
LOADERS: dict[str, Loader] = {"sign_in": sign_in_letter, "invitation": invitation_letter}
