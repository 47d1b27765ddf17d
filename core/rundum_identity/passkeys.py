"""Passkeys (WebAuthn): what a page asks an authenticator for, and what it answers.

The challenge needs no memory: it says until when it is good and for whom, under the server's key;
only one that was used is noted, so that it is never used again.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from rundum_core.actor import WORKER
from rundum_core.attempts import count_attempt
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, FieldError, Invalid
from rundum_core.events import record
from rundum_core.queries import one, run
from rundum_identity import sessions
from rundum_identity.names import display_name
from rundum_identity.persons import Person
from rundum_identity.proofs import Passkey, passkeys_of, reopen
from rundum_identity.sessions import Opened, SignedIn

LASTS = timedelta(minutes=10)
_NONCE = 16
_MAC = 16
Purpose = Literal["register", "sign_in"]

insert_passkey = one("identity/proof", "insert_passkey", int)
passkey_by_credential = one("identity/proof", "passkey_by_credential", Passkey)
use_passkey = run("identity/proof", "use_passkey")


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a passkey is good: an origin, its name in addresses, and how it calls itself."""

    origin: str
    name: str

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or ""


def new_challenge(key: bytes, purpose: Purpose, person: int | None, now: datetime) -> bytes:
    """What an authenticator has to sign within ten minutes."""
    begin = int((now + LASTS).timestamp()).to_bytes(8) + secrets.token_bytes(_NONCE)
    return begin + _mac(key, purpose, person, begin)


def registration_options(
    site: Site, person: Person, known: tuple[Passkey, ...], challenge: bytes
) -> str:
    """What a page hands to `navigator.credentials.create`, as JSON."""
    import webauthn
    from webauthn.helpers import structs

    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=site.host,
            rp_name=site.name,
            user_id=person.public_id.bytes,
            user_name=display_name(person),
            challenge=challenge,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                structs.PublicKeyCredentialDescriptor(id=passkey.credential) for passkey in known
            ],
        )
    )


def sign_in_options(site: Site, challenge: bytes) -> str:
    """What a page hands to `navigator.credentials.get`, as JSON; whoever has one may answer."""
    import webauthn
    from webauthn.helpers import structs

    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=site.host,
            challenge=challenge,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
    )


async def register(db: Database, signed: SignedIn, site: Site, answer: str, device: str) -> Opened:
    """Keep the passkey that an authenticator made for the one who is signed in; returns a new
    session by it (the old one ends). Invalid `identity.passkey.refused` for anything else."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    me = signed.session.person
    async with db.transaction(msgspec.structs.replace(WORKER, person=me)) as tx:
        challenge = await _used_challenge(tx, "register", me, answer)
        try:
            made = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError):
            raise _refused() from None
        if await passkey_by_credential(tx, credential=made.credential_id) is not None:
            raise Conflict("identity.passkey.known")
        id = await insert_passkey(
            tx,
            person=me,
            credential=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=device,
            now=tx.now,
        )
        assert id is not None
        await record(tx, "passkey.added", id, centre=signed.session.centre)
        await sessions.end_sessions(tx, me)
        return await sessions.open_session(tx, me, device, "passkey", signed.session.centre)


async def sign_in_by_passkey(
    db: Database, site: Site, answer: str, device: str, before: SignedIn | None = None
) -> Opened:
    """Open a session for whose passkey answers; the session `before` ends. Invalid
    `identity.passkey.refused` for any other answer."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    async with db.work() as tx:
        challenge = await _used_challenge(tx, "sign_in", None, answer)
    async with db.work() as tx:
        try:
            credential = base64url_to_bytes(str(msgspec.json.decode(answer)["id"]))
        except (ValueError, KeyError, TypeError):
            raise _refused() from None
        passkey = await passkey_by_credential(tx, credential=credential)
    if passkey is None:
        raise _refused()
    try:
        shown = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise _refused() from None
    async with db.transaction(msgspec.structs.replace(WORKER, person=passkey.person)) as tx:
        await use_passkey(tx, id=passkey.id, sign_count=shown.new_sign_count, now=tx.now)
        return await reopen(tx, passkey.person, device, "passkey", before)


async def _used_challenge(
    tx: Transaction, purpose: Purpose, person: int | None, answer: str
) -> bytes:
    """The challenge that an answer names, if it is ours, for this, in time, and for the first
    time."""
    challenge = _challenge_in(answer)
    begin, mac = challenge[:-_MAC], challenge[-_MAC:]
    if len(begin) != 8 + _NONCE or not hmac.compare_digest(
        mac, _mac(tx.key, purpose, person, begin)
    ):
        raise _refused()
    until = datetime.fromtimestamp(int.from_bytes(begin[:8]), UTC)
    if until < tx.now:
        raise Invalid((FieldError("", "identity.passkey.late"),))
    if await count_attempt(tx, key=f"passkey:{begin[8:].hex()}", window_start=until) != 1:
        raise _refused()
    return challenge


def _challenge_in(answer: str) -> bytes:
    from webauthn.helpers import base64url_to_bytes

    try:
        told: Any = msgspec.json.decode(answer)
        said = msgspec.json.decode(base64url_to_bytes(told["response"]["clientDataJSON"]))
        return base64url_to_bytes(said["challenge"])
    except (ValueError, KeyError, TypeError):
        raise _refused() from None


def _mac(key: bytes, purpose: Purpose, person: int | None, begin: bytes) -> bytes:
    said = f"passkey:{purpose}:{person or 0}:".encode() + begin
    return hmac.digest(key, said, "sha256")[:_MAC]


def _refused() -> Invalid:
    return Invalid((FieldError("", "identity.passkey.refused"),))


__all__ = [
    "Site",
    "new_challenge",
    "passkeys_of",
    "register",
    "registration_options",
    "sign_in_by_passkey",
    "sign_in_options",
]
