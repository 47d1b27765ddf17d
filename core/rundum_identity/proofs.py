"""What staff can show beside a link: a password with a one-time code, recovery codes, passkeys."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from rundum_core import attempts
from rundum_core.actor import WORKER
from rundum_core.db import Database, Transaction
from rundum_core.errors import Conflict, FieldError, Invalid, NotFound
from rundum_core.events import record
from rundum_core.queries import many, one, run
from rundum_identity import onetime, passwords, sessions
from rundum_identity.contacts import contact_key
from rundum_identity.persons import contacts_of, person
from rundum_identity.sessions import Opened, Proof, SignedIn

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
# Guessed at from one network, at one address from one network, and at one address from anywhere:
# the last is wide enough that nobody is kept out by strangers for long.
MOST_FROM_NETWORK = 60
MOST_AT_ADDRESS = 10
MOST_AT_ADDRESS_AT_ALL = 60


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey: what its authenticator made, and how its person calls it."""

    id: int
    public_id: UUID
    person: int
    credential: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None


class PasswordState(msgspec.Struct, frozen=True, kw_only=True):
    set_at: datetime
    codes: int


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """All with which somebody can prove more than a link does."""

    passkeys: tuple[Passkey, ...]
    password: PasswordState | None

    @property
    def count(self) -> int:
        return len(self.passkeys) + (self.password is not None)


class KeptPassword(msgspec.Struct, frozen=True, kw_only=True):
    person: int
    hash: str
    totp: bytes
    totp_step: int


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody types: `code` is her authenticator's, or a recovery code."""

    email: str
    password: str
    code: str


class NewPassword(msgspec.Struct, frozen=True, kw_only=True):
    """A password with the authenticator's secret and the code that it shows for it."""

    password: str
    secret: str
    code: str


passwords_by_email = many("identity/proof", "passwords_by_email", KeptPassword)
insert_password = run("identity/proof", "insert_password")
use_step = one("identity/proof", "use_step", int)
delete_password = run("identity/proof", "delete_password")
insert_codes = run("identity/proof", "insert_codes")
use_code = one("identity/proof", "use_code", int)
delete_codes = run("identity/proof", "delete_codes")
password_state = one("identity/proof", "password_state", PasswordState)
passkeys_of = many("identity/proof", "passkeys_of", Passkey)
delete_passkey = one("identity/proof", "delete_passkey", int)
delete_passkeys = run("identity/proof", "delete_passkeys")


async def means_of(tx: Transaction, person: int) -> Means:
    """With what somebody can sign in beside the link."""
    return Means(
        passkeys=tuple(await passkeys_of(tx, person=person)),
        password=await password_state(tx, person=person),
    )


async def count_try(db: Database, email: str, network: str) -> None:
    """Count one try with a password; raises Unavailable `error.too_often` beyond the limits,
    before anything is looked up."""
    key = hashlib.sha256(contact_key(email).encode()).hexdigest()
    await attempts.limit(db, f"password:network:{network}", most=MOST_FROM_NETWORK, per=HOUR)
    await attempts.limit(db, f"password:{network}:{key}", most=MOST_AT_ADDRESS, per=QUARTER)
    await attempts.limit(db, f"password:address:{key}", most=MOST_AT_ADDRESS_AT_ALL, per=HOUR)


async def sign_in_by_password(
    db: Database, shown: Credentials, device: str, before: SignedIn | None = None
) -> Opened:
    """Open a session for who shows her password and a code; a code works once.

    Invalid `identity.password.wrong` whatever was wrong, after the same time whether somebody has
    the address or not. The session `before` ends.
    """
    async with db.work() as tx:
        kept = await passwords_by_email(tx, key=contact_key(shown.email))
    hers: KeptPassword | None = None
    for one_of in kept:
        if await passwords.verify(one_of.hash, shown.password):
            hers = one_of
    if not kept:
        await passwords.verify(passwords.NOBODYS, shown.password)
    if hers is not None:
        async with db.transaction(msgspec.structs.replace(WORKER, person=hers.person)) as tx:
            if await _is_good(tx, hers, shown.code):
                return await reopen(tx, hers.person, device, "password", before)
    raise Invalid((FieldError("", "identity.password.wrong"),))


async def reopen(
    tx: Transaction, person: int, device: str, proof: Proof, before: SignedIn | None
) -> Opened:
    """A new session by a proof, in place of the one `before`; it stays at that one's centre if
    it was hers."""
    centre = None
    if before is not None:
        await sessions.delete_session(
            tx, public_id=before.session.public_id, person=before.session.person
        )
        centre = before.session.centre if before.session.person == person else None
    return await sessions.open_session(tx, person, device, proof, centre)


async def set_password(
    db: Database, signed: SignedIn, new: NewPassword, device: str
) -> tuple[Opened, list[str]]:
    """Give the one who is signed in a password and an authenticator, in place of those she had.

    Returns a new session (the old one ends) and her recovery codes, which only she knows from now
    on. Invalid at the field that won't do: `password` (too short, too common), `code`.
    """
    me = signed.session.person
    async with db.work() as tx:
        known = await person(tx, me)
        own = [known.given_name, known.family_name, f"{known.given_name}{known.family_name}"]
        for contact in await contacts_of(tx, person=me):
            own += [contact.value, contact.value.partition("@")[0]]
        errors = []
        if weak := passwords.weakness(new.password, *own):
            errors.append(FieldError("password", weak, {"least": passwords.LEAST}))
        secret = onetime.secret_of(new.secret)
        step = onetime.step_of(secret, _digits(new.code), tx.now) if secret else None
        if secret is None or step is None:
            errors.append(FieldError("code", "identity.code.wrong"))
    if errors or secret is None or step is None:
        raise Invalid(tuple(errors))
    kept = await passwords.keep(new.password)
    async with db.transaction(msgspec.structs.replace(WORKER, person=me)) as tx:
        await insert_password(
            tx, person=me, hash=kept, totp=onetime.seal(tx.key, me, secret), step=step, now=tx.now
        )
        codes = await _give_codes(tx, me)
        await record(tx, "password.set", me, centre=signed.session.centre)
        await sessions.end_sessions(tx, me)
        opened = await sessions.open_session(tx, me, device, "password", signed.session.centre)
        return opened, codes


async def new_codes(db: Database, signed: SignedIn) -> list[str]:
    """Recovery codes in place of those that somebody had; Conflict `identity.password.none`
    without a password."""
    me = signed.session.person
    async with db.transaction(msgspec.structs.replace(WORKER, person=me)) as tx:
        if await password_state(tx, person=me) is None:
            raise Conflict("identity.password.none")
        await record(tx, "recovery_code.given", me, centre=signed.session.centre)
        return await _give_codes(tx, me)


async def remove_passkey(db: Database, signed: SignedIn, public_id: UUID) -> None:
    """Do without one of one's passkeys; raises NotFound for any other's, Conflict
    `identity.passkey.last` where it is all that she has."""
    me = signed.session.person
    async with db.transaction(msgspec.structs.replace(WORKER, person=me)) as tx:
        means = await means_of(tx, me)
        id = await delete_passkey(tx, public_id=public_id, person=me)
        if id is None:
            raise NotFound()
        if means.count == 1:
            raise Conflict("identity.passkey.last")
        await record(tx, "passkey.removed", id, centre=signed.session.centre)


async def forget_means(tx: Transaction, person: int) -> None:
    """Take away whatever somebody signs in with beside the link: it is lost, or she is gone."""
    await delete_password(tx, person=person)
    await delete_passkeys(tx, person=person)


async def _give_codes(tx: Transaction, person: int) -> list[str]:
    codes = onetime.recovery_codes()
    await delete_codes(tx, person=person)
    hashes = [onetime.recovery_hash(code) for code in codes]
    await insert_codes(tx, person=person, hashes=hashes)
    return codes


async def _is_good(tx: Transaction, kept: KeptPassword, code: str) -> bool:
    """Use a code up: the authenticator's, or a recovery code."""
    digits = _digits(code)
    if len(digits) == 6 and digits.isascii() and digits.isdigit():
        secret = onetime.unseal(tx.key, kept.person, kept.totp)
        step = onetime.step_of(secret, digits, tx.now) if secret else None
        if step is None:
            return False
        return await use_step(tx, person=kept.person, step=step) is not None
    hash = onetime.recovery_hash(code)
    if await use_code(tx, person=kept.person, hash=hash) is None:
        return False
    await record(tx, "recovery_code.used", kept.person, centre=None)
    return True


def _digits(code: str) -> str:
    return "".join(code.split())
