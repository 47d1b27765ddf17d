"""Mail addresses as a relay takes them: ASCII, one mailbox, no quoting."""

from __future__ import annotations

import re
import unicodedata

_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.I)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.I)


def mailbox(written: str) -> tuple[str, str] | None:
    """Local part and domain of an address, the domain in its ASCII form; None if no relay can be
    expected to take it (an umlaut before the @, quoted or missing parts, more than one address).

    `petra@förde.example` → `("petra", "xn--frde-5qa.example")`.
    """
    local, at, domain = written.strip().rpartition("@")
    labels = [_ascii(label) for label in domain.split(".")]
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local):
        return None
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    domain = ".".join(labels)
    return (local, domain) if len(local) + len(domain) < 254 else None


def _ascii(label: str) -> str:
    """A label as IDNA 2008 writes it; ß stays itself, unlike in Python's own codec."""
    if label.isascii():
        return label.lower()
    try:
        return "xn--" + unicodedata.normalize("NFC", label.lower()).encode("punycode").decode()
    except UnicodeError:
        return ""
