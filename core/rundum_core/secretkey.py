"""The server's key, where no setting gives it: made once, kept in the data directory."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from rundum_core.refusal import StartRefused

SHORTEST = 32


def kept_key(path: Path) -> bytes:
    """The key in a file, made by whoever comes first, for the owner's eyes only.

    Raises StartRefused where the file can't be read, written or believed.
    """
    try:
        path.parent.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        key = path.read_bytes().strip()
    except OSError as failure:
        raise StartRefused(f"The key in {path} can't be used: {failure.strerror}.") from failure
    if len(key) < SHORTEST:
        raise StartRefused(f"The key in {path} is shorter than {SHORTEST} characters.")
    return key


def _make(path: Path) -> None:
    """Written beside and linked: the file is whole or isn't there, and the first one wins."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(SHORTEST))
        file.flush()
        os.fsync(handle)
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
