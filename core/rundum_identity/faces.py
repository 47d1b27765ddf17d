"""What a page shows of its centre: name, phone, hours, legal links."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import Request

from rundum_core.db import Database
from rundum_core.i18n import Translator
from rundum_identity.centres import Centre, centre_by_id, centres
from rundum_identity.hours import OpeningHours
from rundum_notifications import opening
from rundum_web.render import CentreFace, translator

FRESH = timedelta(minutes=1)


async def show_centre(request: Request[Any, Any, Any], db: Database, centre: int) -> Centre:
    """Let the page of this request show a centre; returns it. Raises NotFound."""
    async with db.work() as tx:
        found = await centre_by_id(tx, centre)
    request.state.centre = face_of(found, translator(request))
    return found


class Doorplate:
    """Shows the only centre of an installation on pages that are no centre's in particular, such
    as signing in or a link that nobody knows; looked up once a minute."""

    def __init__(self) -> None:
        self._only: Centre | None = None
        self._fresh_until: datetime | None = None

    async def show(self, request: Request[Any, Any, Any], db: Database) -> None:
        now = db.clock()
        if self._fresh_until is None or not now < self._fresh_until:
            async with db.work() as tx:
                found = await centres(tx)
            self._only = found[0] if len(found) == 1 else None
            self._fresh_until = now + FRESH
        if self._only is not None:
            request.state.centre = face_of(self._only, translator(request))


def face_of(centre: Centre, t: Translator) -> CentreFace:
    """A centre as pages show it, its hours in words."""
    settings = centre.settings
    return CentreFace(
        name=centre.name,
        home=f"/centres/{centre.slug}",
        phone=centre.phone,
        hours=hours_in_words(t, centre.hours),
        email=centre.email,
        brand_hue=settings.brand_hue,
        imprint=settings.imprint_url or None,
        privacy=settings.privacy_url or None,
        accessibility=settings.accessibility_url or None,
    )


def hours_in_words(t: Translator, hours: OpeningHours) -> str:
    """`Mo–Do 8–12 und 13–16 Uhr, Fr 8–12 Uhr`; empty for a desk that never opens."""
    return opening.hours_in_words(msgspec.to_builtins(hours), t)
