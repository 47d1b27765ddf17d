"""Who may open what: every address with every method, as the application itself lists them."""

from __future__ import annotations

import re

import httpx
import pytest

from helpers_bodies import BODIES
from helpers_http import Endpoint, House

# a visitor is told to sign in, is sent there, or finds nothing
REFUSED = {401, 404}
# whoever is somebody else is told no, or finds nothing
NOT_FOR_YOU = {403, 404}
TO_SIGN_IN = {"GET /home": "/sign-in"}


async def test_each_address_is_public_or_refuses_a_visitor(
    standing: House, routes: list[Endpoint]
) -> None:
    wrong = []
    for endpoint in routes:
        answer = await standing.send("visitor", endpoint, missing=opens_by_link(endpoint))
        if endpoint.public:
            fine = answer.status_code < 500
        elif where := TO_SIGN_IN.get(str(endpoint)):
            fine = answer.status_code == 303 and answer.headers["location"] == where
        else:
            fine = answer.status_code in REFUSED
        if not fine:
            wrong.append(f"{endpoint}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def opens_by_link(endpoint: Endpoint) -> bool:
    """Whether what the town knows of this address is a link's secret, which opens it to anybody."""
    return any(
        known in {("approvals", "reference"), ("calendars", "name")}
        for known in ((before, name) for before, name, _ in endpoint.parameters)
    )


@pytest.mark.parametrize("who", ["client", "provider", "guardian", "foreign_client"])
async def test_what_is_for_staff_is_for_nobody_else(
    standing: House, routes: list[Endpoint], who: str
) -> None:
    wrong = []
    for endpoint in routes:
        if endpoint.is_staff:
            answer = await standing.send(who, endpoint)
            if answer.status_code not in NOT_FOR_YOU:
                wrong.append(f"{endpoint}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ["desk", "client", "provider", "guardian", "visitor"])
async def test_what_belongs_to_another_centre_answers_like_what_is_not_there(
    standing: House, routes: list[Endpoint], who: str
) -> None:
    wrong = []
    for endpoint in routes:
        if not endpoint.parameters or opens_by_link(endpoint) or has_own(endpoint):
            continue
        foreign = await standing.send(who, endpoint, standing.town.foreign)
        missing = await standing.send(who, endpoint, missing=True)
        if told(foreign) != told(missing):
            wrong.append(f"{endpoint}: {told(foreign)[:2]} is not {told(missing)[:2]}")
    assert not wrong, "\n".join(wrong)


def has_own(endpoint: Endpoint) -> bool:
    """Addresses of what is no centre's: their links, runs over all centres, caught mail."""
    return endpoint.path.startswith(
        (
            "/centres",
            "/api/v1/centres",
            "/sign-in",
            "/invitations",
            "/mails",
            "/static",
            "/requests/confirm",
        )
    ) or endpoint.path in {"/api/v1/runs/{id}", "/desk/runs/{id}"}


@pytest.mark.parametrize("who", ["other_client", "other_provider", "guardian"])
async def test_what_is_somebody_elses_answers_like_what_is_not_there(
    standing: House, routes: list[Endpoint], who: str
) -> None:
    wrong = []
    for endpoint in routes:
        if not endpoint.parameters or opens_by_link(endpoint) or has_own(endpoint):
            continue
        somebodys = await standing.send(who, endpoint)
        missing = await standing.send(who, endpoint, missing=True)
        if told(somebodys) != told(missing):
            wrong.append(f"{endpoint}: {told(somebodys)[:2]} is not {told(missing)[:2]}")
    assert not wrong, "\n".join(wrong)


async def test_nobody_learns_from_a_refusal_that_a_booking_is_over(house: House) -> None:
    """What is somebody else's stays unknown in whatever state it is."""
    (over,) = await house.rows(
        "SELECT b.public_id FROM booking b WHERE b.state = 'completed' AND b.centre = $1",
        house.town.own.centre.id,
    )
    for who in ("other_client", "other_provider", "guardian"):
        path = f"/api/v1/bookings/{over['public_id']}/cancellation"
        answer = await house.ask(who, "POST", path, json={"reason": "no_time"})
        assert (answer.status_code, answer.json()["key"]) == (404, "error.not_found")


def told(answer: httpx.Response) -> tuple[int, str, str]:
    """What an answer says, without what differs from one address to the next."""
    path = re.escape(answer.request.url.path)
    body = re.sub(rf'{path}[^"]*|form_key" value="[^"]+', "", answer.text)
    sentence = re.search(r'"key":"([^"]+)"|<h1>[^<]*</h1>\s*<p>([^<]*)', body)
    return answer.status_code, sentence[0] if sentence else "", body


async def test_every_address_that_takes_a_body_has_a_sound_one_here(
    routes: list[Endpoint],
) -> None:
    known = {str(endpoint) for endpoint in routes}
    assert set(BODIES) <= known
