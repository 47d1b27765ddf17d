"""One-time codes: those of an authenticator (RFC 6238), and those kept for the day it is lost."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP = 30
SECRET_BYTES = 20
RECOVERY_CODES = 10
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another
_NONCE = 12


def new_secret() -> str:
    """A secret for an authenticator, as people type it: 32 characters of base32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def secret_of(written: str) -> bytes | None:
    """The bytes of a secret that a form carried; None for anything else."""
    try:
        found = base64.b32decode(written)
    except (binascii.Error, ValueError):
        return None
    return found if len(found) == SECRET_BYTES else None


def address(secret: str, account: str, issuer: str) -> str:
    """The `otpauth://` address that an authenticator on the same device opens."""
    return _totp(base64.b32decode(secret)).get_provisioning_uri(account, issuer)


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The step of time to which a code belongs: this one, the last or the next; else None."""
    current = int(now.timestamp()) // STEP
    totp = _totp(secret)
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(totp.generate(step * STEP), code.encode()):
            return step
    return None


def seal(key: bytes, person: int, secret: bytes) -> bytes:
    """A secret as it is kept: AES-GCM under a key that the server's key gives, bound to her."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_derived(key)).encrypt(nonce, secret, str(person).encode())


def unseal(key: bytes, person: int, sealed: bytes) -> bytes | None:
    """The secret again; None where it was sealed under another key or for somebody else."""
    try:
        return AESGCM(_derived(key)).decrypt(sealed[:_NONCE], sealed[_NONCE:], str(person).encode())
    except InvalidTag:
        return None


def recovery_codes() -> list[str]:
    """Ten codes of fifty bits each, to be printed: `ABCDE-FGHJK`."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(code: str) -> bytes:
    """What is kept of a recovery code; case, spaces and hyphens don't matter."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).upper().encode()).digest()


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, 6, SHA1(), STEP)  # noqa: S303 - what authenticators know


def _derived(key: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"rundum totp").derive(key)
