"""Where the SQL files lie: beside the code in a checkout, inside the package in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def root() -> Path:
    """The folder that holds `migrations/` and `queries/`."""
    found = checkout()
    return _PACKAGE / "_sql" if found is None else found / "sql"


@cache
def checkout() -> Path | None:
    """The source tree this code runs from, or None where it was installed from a wheel."""
    if (_PACKAGE / "_sql").is_dir():
        return None
    return _PACKAGE.parents[1]
