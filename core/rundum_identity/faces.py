"""A centre as every page shows it: name, phone, hours, its own legal pages."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request

from rundum_core.actor import visitor
from rundum_core.db import Database
from rundum_core.i18n import Translator
from rundum_identity.centres import Centre, centre_by_id
from rundum_notifications.opening import hours_in_words
from rundum_web.render import CentreFace, translator


def face_of(centre: Centre, t: Translator) -> CentreFace:
    """What a page shows of this centre, in the language of who reads it."""
    settings = centre.settings
    return CentreFace(
        name=centre.name,
        home=f"/centres/{centre.slug}",
        phone=centre.phone,
        hours=hours_in_words(msgspec.to_builtins(centre.hours), t),
        email=centre.email,
        brand_hue=settings.brand_hue,
        imprint=settings.imprint_url or None,
        privacy=settings.privacy_url or None,
        accessibility=settings.accessibility_url or None,
    )


async def show_centre(request: Request[Any, Any, Any], db: Database, id: int) -> None:
    """Let the page of this request be one of that centre (a mail link's, say)."""
    async with db.transaction(visitor()) as tx:
        centre = await centre_by_id(tx, id)
    request.state.centre = face_of(centre, translator(request))
