"""The page for card indexes: try, read, confirm; and what it refuses."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide

from card_files import CLIENTS, PROVIDERS
from rundum_app.wiring import PACKAGES
from rundum_core.actor import Actor, visitor
from rundum_core.db import Database
from rundum_core.i18n import Translator
from rundum_desk.card_index import pages
from rundum_identity.faces import show_centre
from rundum_identity.sessions import Found, SignedIn
from rundum_web.furniture import Furniture
from rundum_web.given import Db
from rundum_web.render import translator

PAGE = "/desk/card-index"


@pytest.fixture
async def browser(desk) -> AsyncIterator[httpx.AsyncClient]:
    """Who runs the centre; the header `x-test-role` makes her somebody else."""

    def give_db(state: State) -> Database:
        found: Database = state.db
        return found

    async def give_actor(request: Request, db: Db) -> Actor:
        role = request.headers.get("x-test-role", "administrator")
        if role == "visitor":
            return visitor()
        await show_centre(request, db, desk.centre.id)
        actor = Actor(
            kind="web", centre=desk.centre.id, person=desk.actor.person, roles=frozenset({role})
        )
        request.state.actor = actor
        proved = db.clock() - timedelta(minutes=int(request.headers.get("x-test-proved", 0)))
        request.state.signed_in = SignedIn(session=_session(actor, proved), roles=())
        return actor

    def give_translator(request: Request) -> Translator:
        return translator(request)

    app = Litestar(
        route_handlers=pages.routes,
        plugins=[
            Furniture(
                *PACKAGES, base_url="http://house.test", development=True, clock=desk.db.clock
            )
        ],
        dependencies={
            "db": Provide(give_db, sync_to_thread=False),
            "actor": Provide(give_actor),
            "t": Provide(give_translator, sync_to_thread=False),
        },
        state=State({"db": desk.db}),
        signature_types=[Actor, Database, Translator],
        openapi_config=None,
    )
    transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://house.test") as one:
        yield one


def _session(actor: Actor, proved_at: datetime) -> Found:
    return Found(
        id=1,
        public_id=uuid4(),
        person=actor.person or 0,
        centre=actor.centre,
        device="",
        proof="passkey",
        created_at=proved_at,
        proved_at=proved_at,
        seen_at=proved_at,
        expires_at=proved_at + timedelta(hours=12),
        locale="de",
    )


async def test_a_table_leaves_the_house_only_after_a_fresh_proof(browser) -> None:
    for path in ("/desk/card-index", "/desk/card-index/file?table=clients&format=csv"):
        assert (await browser.get(path)).status_code == 200
        late = await browser.get(path, headers={"x-test-proved": "11"})
        assert late.status_code == 303
        assert late.headers["location"] == f"/prove?{urlencode({'to': path})}"


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of the form that confirms."""
    form = html[html.index('action="/desk/card-index/imports"') :]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    return dict(found[:4])


@pytest.mark.parametrize("language", ["de", "en"])
async def test_a_list_is_tried_read_and_confirmed(desk, browser, language: str) -> None:
    shown = await browser.get(f"{PAGE}?lang={language}")
    assert shown.status_code == 200
    assert 'enctype="multipart/form-data"' in shown.text
    tried = await browser.post(
        f"{PAGE}/trials", data={"table": "clients"}, files={"file": ("x.csv", CLIENTS.encode())}
    )
    assert tried.status_code == 200
    assert "Eva Krause" in tried.text
    assert await desk.count("client") == 0
    confirmed = await browser.post(f"{PAGE}/imports", data=hidden(tried.text))
    assert confirmed.status_code == 303
    assert confirmed.headers["location"] == f"{PAGE}?table=clients&new=2&changed=0"
    assert (await browser.get(confirmed.headers["location"])).status_code == 200
    assert await desk.count("client") == 2


async def test_what_moved_on_is_shown_anew_and_not_applied(desk, browser) -> None:
    files = {"file": ("x.csv", CLIENTS.encode())}
    tried = await browser.post(f"{PAGE}/trials", data={"table": "clients"}, files=files)
    await desk.apply("clients", "\n".join(CLIENTS.splitlines()[:2]))
    late = await browser.post(f"{PAGE}/imports", data=hidden(tried.text))
    assert late.status_code == 200
    assert await desk.count("client") == 1
    now = await browser.post(f"{PAGE}/imports", data=hidden(late.text))
    assert now.status_code == 303
    assert await desk.count("client") == 2


async def test_mistakes_are_told_and_cannot_be_confirmed(desk, browser) -> None:
    text = PROVIDERS.replace("Mo 8-12", "<b>abends</b>")
    told = await browser.post(
        f"{PAGE}/trials", data={"table": "providers"}, files={"file": ("x.xlsx", text.encode())}
    )
    assert told.status_code == 422
    assert "&lt;b&gt;abends" in told.text
    assert "/desk/card-index/imports" not in told.text
    body = {"table": "providers", "file": base64.b64encode(text.encode()).decode(), "shown": ""}
    forced = await browser.post(f"{PAGE}/imports", data=body)
    assert forced.status_code == 422
    assert await desk.count("provider") == 0


@pytest.mark.parametrize(
    ("data", "content", "status"),
    [
        ({"table": "clients"}, b"", 422),
        ({"table": "nonsense"}, CLIENTS.encode(), 422),
        ({}, CLIENTS.encode(), 422),
        ({"table": "clients"}, b"%PDF-1.7", 422),
        ({"table": "clients"}, CLIENTS.encode() + b"Familie;;A;B;;;;;;\n" * 500, 422),
        ({"table": "clients"}, b"x" * (3 << 20), 413),
    ],
)
async def test_what_cannot_be_read_is_refused(browser, data, content: bytes, status: int) -> None:
    files = {"file": ("list.csv", content)}
    answer = await browser.post(f"{PAGE}/trials", data=data, files=files)
    assert answer.status_code == status


async def test_other_bodies_are_refused(browser) -> None:
    plain = await browser.post(f"{PAGE}/trials", data={"table": "clients"})
    assert plain.status_code == 415
    no_boundary = {"content-type": "multipart/form-data"}
    broken = await browser.post(f"{PAGE}/trials", content=b"x", headers=no_boundary)
    assert broken.status_code == 400
    body = {"table": "clients", "file": "äöü", "shown": ""}
    assert (await browser.post(f"{PAGE}/imports", data=body)).status_code == 400
    body["file"] = "A" * (5 << 20)
    assert (await browser.post(f"{PAGE}/imports", data=body)).status_code == 413


@pytest.mark.parametrize(("role", "status"), [("visitor", 401), ("desk", 403), ("client", 403)])
async def test_it_is_for_administrators_only(browser, role: str, status: int) -> None:
    headers = {"x-test-role": role}
    files = {"file": ("x.csv", CLIENTS.encode())}
    for answer in (
        await browser.get(PAGE, headers=headers),
        await browser.get(f"{PAGE}/file?table=clients&format=csv", headers=headers),
        await browser.post(f"{PAGE}/trials", headers=headers, data={}, files=files),
        await browser.post(f"{PAGE}/imports", headers=headers, data={"table": "clients"}),
    ):
        assert answer.status_code == status


@pytest.mark.parametrize("format", ["csv", "xlsx"])
async def test_a_table_is_taken_along(desk, browser, format: str) -> None:
    await desk.apply("clients", CLIENTS)
    file = await browser.get(f"{PAGE}/file?table=clients&format={format}")
    assert file.status_code == 200
    assert file.headers["content-disposition"].endswith(f'filename="rundum-clients.{format}"')
    assert (await browser.get(f"{PAGE}/file?table=person&format=csv")).status_code == 404
