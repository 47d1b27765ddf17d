"""Addresses and numbers as they are kept: one spelling for each."""

from __future__ import annotations

from typing import Literal

Channel = Literal["email", "phone"]


def contact_key(value: str) -> str:
    """What an address or number is looked up by: the schema's `contact_point.key`."""
    return value.strip().lower()
