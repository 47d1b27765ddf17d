"""The application: every room's routes, and what they are given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.params import FromPath

import rundum_desk.api
import rundum_desk.card_index.pages
import rundum_desk.pages
import rundum_identity.api
import rundum_identity.pages
import rundum_matching.api
import rundum_matching.pages
import rundum_notifications.catcher_pages
import rundum_portal.api
import rundum_portal.pages
import rundum_providers.api
import rundum_providers.pages
import rundum_requests.api
import rundum_requests.pages
from rundum_app import health, openapi
from rundum_app.background import working
from rundum_app.caught import mail_directory
from rundum_app.wiring import PACKAGES, fill_hooks
from rundum_core import log
from rundum_core.actor import Actor, visitor
from rundum_core.clock import Clock, system_clock
from rundum_core.db import Database
from rundum_core.i18n import Translator
from rundum_core.settings import Settings, load
from rundum_identity.authentication import authenticate
from rundum_identity.centres import Centre, centre_by_slug
from rundum_identity.faces import Doorplate, face_of, show_centre
from rundum_web.furniture import Furniture
from rundum_web.given import Db, Who
from rundum_web.render import translator

ROOMS = (
    rundum_identity.pages,
    rundum_identity.api,
    rundum_requests.pages,
    rundum_requests.api,
    rundum_providers.pages,
    rundum_providers.api,
    rundum_matching.pages,
    rundum_matching.api,
    rundum_portal.pages,
    rundum_portal.api,
    rundum_desk.pages,
    rundum_desk.api,
    rundum_desk.card_index.pages,
)


def create_app(
    settings: Settings | None = None, *, clock: Clock = system_clock, background: bool = True
) -> Litestar:
    """The whole service for one process. Tests fake the clock and may leave out the background."""
    settings = settings or load()
    log.set_up(settings)
    fill_hooks()
    furniture = Furniture(
        *PACKAGES, base_url=settings.base_url, development=settings.development, clock=clock
    )

    @asynccontextmanager
    async def life(app: Litestar) -> AsyncIterator[None]:
        db = await Database.connect(
            settings.database_url, key=settings.secret_key, clock=clock, patience=20
        )
        app.state.db = db
        app.state.settings = settings
        app.state.doorplate = Doorplate()
        try:
            if background:
                async with working(db, settings, furniture.catalogues) as solver:
                    app.state.solver = solver
                    yield
            else:
                yield
        finally:
            await db.close()

    routes: list[Any] = [handler for room in ROOMS for handler in room.routes]
    if settings.development:
        routes += rundum_notifications.catcher_pages.routes
    return Litestar(
        route_handlers=[*routes, *health.routes, *openapi.routes(settings)],
        plugins=[furniture],
        before_request=_doorplate,
        lifespan=[life],
        dependencies={
            "db": Provide(_db, sync_to_thread=False),
            "actor": Provide(_actor),
            "t": Provide(_translator, sync_to_thread=False),
            "centre": Provide(_centre),
            "mail_directory": Provide(lambda: mail_directory(settings), sync_to_thread=False),
        },
        openapi_config=openapi.config(),
        debug=False,
        logging_config=None,  # rundum_core.log has the last word
        signature_types=[Actor, Centre, Database, Translator],
    )


async def _doorplate(request: Request[Any, Any, Any]) -> None:
    """A page that turns out to be no centre's in particular shows the only one."""
    if not request.scope["path"].startswith(("/static", "/health", "/api")):
        await request.app.state.doorplate.show(request, request.app.state.db)


def _db(state: State) -> Database:
    found: Database = state.db
    return found


async def _actor(request: Request[Any, Any, Any], db: Db) -> Actor:
    """Who asks; her centre's name and phone stand on the page."""
    actor = await authenticate(db, request)
    if actor.centre is not None:
        await show_centre(request, db, actor.centre)
    return actor


async def _centre(
    request: Request[Any, Any, Any], db: Db, actor: Who, slug: FromPath[str]
) -> Centre:
    """The centre whose page this is, by its name in the address.

    After `actor`, whose own centre would else stand on the page, or not, as it happens.
    """
    async with db.transaction(visitor()) as tx:
        centre = await centre_by_slug(tx, slug)
    request.state.centre = face_of(centre, translator(request))
    return centre


def _translator(request: Request[Any, Any, Any], actor: Who) -> Translator:
    """In the language of who asks: after `actor`, whose account may name one."""
    return translator(request)
