"""Asking for care: what is kept of a request, and what follows."""

from __future__ import annotations


async def test_somebody_unknown_is_asked_to_confirm(house) -> None:
    taken = await house.ask()
    assert (taken.state, taken.next) == ("unconfirmed", "mail")
    told = await house.rows("SELECT template FROM message")
    assert [row["template"] for row in told] == ["request_received"]
