"""The API's face of signing in: a link to an address, a session for its token, who am I."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.background_tasks import BackgroundTask

from rundum_identity import sessions, signin
from rundum_identity.account import Account, account_of
from rundum_identity.authentication import (
    device_name,
    network_of,
    presented_token,
    session_of,
    take_cookie,
)
from rundum_identity.forms import ADDRESS, NEW_SESSION
from rundum_identity.names import display_name
from rundum_web.bodies import json_body
from rundum_web.given import Db, Who

AnyRequest = Request[Any, Any, Any]
PUBLIC = {"public": True}


class OpenedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A bearer token, told this once."""

    token: str
    expires_at: str


class Somewhere(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is at one centre."""

    centre: str
    name: str
    roles: tuple[str, ...]
    here: bool


class WhoAmI(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    id: UUID
    name: str
    locale: str
    centres: tuple[Somewhere, ...]


@post("/api/v1/sign-in-links", opt=PUBLIC | {"body": ADDRESS}, status_code=202)
async def ask_for_link(request: AnyRequest, db: Db) -> Response[None]:
    """Send a sign-in link to a mail address, if somebody is reached there; never says whether."""
    wish = ADDRESS.parse_json(await json_body(request))
    await signin.count_request(db, wish.email, network_of(request))
    later = BackgroundTask(signin.send_link_later, db, wish.email)
    return Response(None, status_code=202, background=later)


@post("/api/v1/sessions", opt=PUBLIC | {"body": NEW_SESSION}, status_code=201)
async def open_session(request: AnyRequest, db: Db) -> OpenedSession:
    """Use a sign-in link once; the answer's token goes into `Authorization: Bearer`."""
    await signin.count_use(db, network_of(request))
    wish = NEW_SESSION.parse_json(await json_body(request))
    device = device_name(request.headers.get("user-agent", ""))
    opened = await signin.sign_in(db, wish.token, wish.person, device)
    return OpenedSession(token=opened.token, expires_at=opened.expires_at.isoformat())


@get("/api/v1/session")
async def show_session(request: AnyRequest, db: Db, actor: Who) -> WhoAmI:
    """Who the bearer is, and what she is at which centre."""
    return _who(await account_of(db, session_of(request, actor)))


@delete("/api/v1/session", opt=PUBLIC, status_code=204)
async def end_session(request: AnyRequest, db: Db) -> Response[None]:
    """Sign out; without a session it does nothing."""
    await sessions.drop_presented(db, presented_token(request))
    answer: Response[None] = Response(None, status_code=204)
    take_cookie(request, answer)
    return answer


def _who(account: Account) -> WhoAmI:
    return WhoAmI(
        id=account.person.public_id,
        name=display_name(account.person),
        locale=account.person.locale,
        centres=tuple(
            Somewhere(
                centre=capacity.centre.slug,
                name=capacity.centre.name,
                roles=capacity.roles,
                here=capacity.here,
            )
            for capacity in account.capacities
        ),
    )


routes: list[Any] = [ask_for_link, open_session, show_session, end_session]
