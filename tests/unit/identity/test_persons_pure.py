"""Names, devices, networks, cookies: the pure parts of who is acting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from rundum_identity.authentication import device_name, network_of, session_cookie
from rundum_identity.centres import CentreSettings
from rundum_identity.names import display_name, short_name, split_name
from rundum_identity.persons import NewPerson
from rundum_identity.sessions import (
    STAFF_LIFE,
    USUAL_LIFE,
    HeldRole,
    Session,
    is_alive,
    life_of,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def session(created: timedelta, seen: timedelta, expires: timedelta) -> Session:
    return Session(
        id=1,
        public_id=uuid4(),
        person=1,
        centre=1,
        device="",
        proof="link",
        created_at=NOW - created,
        proved_at=NOW - created,
        seen_at=NOW - seen,
        expires_at=NOW + expires,
    )


def test_a_name_is_shown_in_full_or_short() -> None:
    petra = NewPerson(given_name="Petra", family_name="Müller-Lüdenscheid")
    assert display_name(petra) == "Petra Müller-Lüdenscheid"
    assert short_name(petra) == "Petra M."


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Eva Krause", ("Eva", "Krause")),
        ("  Eva  Maria Krause ", ("Eva Maria", "Krause")),
        ("Krause", ("Krause", "Krause")),
    ],
)
def test_a_written_name_is_split_at_its_last_word(written: str, parts: tuple[str, str]) -> None:
    assert split_name(written) == parts


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:141.0) Gecko/20100101 Firefox/141.0",
            "Firefox, Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit Chrome/142 Mobile Safari", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19) AppleWebKit Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/142 Safari/537 Edg/142", "Edge, Windows"),
        ("python-httpx/0.28", "python-httpx"),
        ("<script>alert(1)</script>", "scriptalert1"),
        ("", ""),
    ],
)
def test_a_device_is_named_by_what_its_browser_says(agent: str, name: str) -> None:
    assert device_name(agent) == name


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "unknown"),
    ],
)
def test_attempts_are_counted_by_network(host: str, network: str) -> None:
    connection = cast(Any, SimpleNamespace(client=SimpleNamespace(host=host)))
    assert network_of(connection) == network
    assert network_of(cast(Any, SimpleNamespace(client=None))) == "unknown"


@pytest.mark.parametrize(
    ("base_url", "host", "name", "secure"),
    [
        ("https://rundum.example", "rundum.example", "__Host-rundum", True),
        ("https://rundum.example", "evil.example", "__Host-rundum", True),
        ("http://localhost:8080", "localhost:8080", "__Host-rundum", True),
        ("http://localhost:8080", "[::1]:8080", "__Host-rundum", True),
        ("http://localhost:8080", "192.168.1.5:8080", "rundum", False),
        ("http://house.test", "house.test", "rundum", False),
    ],
)
def test_the_cookie_is_as_strict_as_browsers_allow(
    base_url: str, host: str, name: str, secure: bool
) -> None:
    cookie = session_cookie(base_url, host)
    assert (cookie.name, cookie.secure) == (name, secure)


def test_staff_of_any_centre_is_signed_in_for_a_day_only() -> None:
    assert (
        life_of(
            [
                HeldRole(centre=1, role="client", guarded=False),
                HeldRole(centre=2, role="desk", guarded=True),
            ]
        )
        is STAFF_LIFE
    )
    assert life_of([HeldRole(centre=1, role="provider", guarded=False)]) is USUAL_LIFE
    assert life_of([]) is USUAL_LIFE


def test_a_session_ends_when_idle_when_old_and_when_its_person_becomes_staff() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    fresh = session(created=hour, seen=hour, expires=day)
    assert is_alive(fresh, STAFF_LIFE, NOW)
    assert not is_alive(session(created=5 * hour, seen=4 * hour, expires=day), STAFF_LIFE, NOW)
    assert not is_alive(session(created=hour, seen=hour, expires=timedelta(0)), USUAL_LIFE, NOW)
    old = session(created=2 * day, seen=hour, expires=20 * day)
    assert is_alive(old, USUAL_LIFE, NOW)
    assert not is_alive(old, STAFF_LIFE, NOW)


@pytest.mark.parametrize(
    ("hours", "minutes"), [(0, 20), (3.9, 20), (4, 60), (23, 60), (24, 240), (71, 240), (72, 720)]
)
def test_the_nearer_the_visit_the_shorter_the_time_to_answer(hours: float, minutes: int) -> None:
    assert CentreSettings().answer_minutes(timedelta(hours=hours)) == minutes


def test_a_visit_within_a_day_is_urgent() -> None:
    assert CentreSettings().is_urgent(timedelta(hours=23))
    assert not CentreSettings().is_urgent(timedelta(hours=24))
