"""security.txt says whom to tell, where that was set; else there is no such page."""

from __future__ import annotations

import msgspec
import pytest

from helpers_http import House

PATH = "/.well-known/security.txt"


async def test_without_a_contact_there_is_none(standing: House) -> None:
    assert (await standing.ask("visitor", "GET", PATH)).status_code == 404


async def test_it_names_the_contact_and_does_not_expire_soon(
    standing: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = standing.app.state
    told = msgspec.structs.replace(state.settings, security_contact="mailto:safe@example.org")
    monkeypatch.setattr(state, "settings", told)
    answer = await standing.ask("visitor", "GET", PATH)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines()[:2] == [
        "Contact: mailto:safe@example.org",
        "Expires: 2027-05-22T00:00:00Z",
    ]
