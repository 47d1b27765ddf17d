"""One page for what is known of somebody, for herself and for the desk on her behalf."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response

from rundum_core.actor import Actor
from rundum_core.clock import BERLIN
from rundum_core.db import Database
from rundum_core.errors import Invalid
from rundum_providers.form import PROFILE, in_order
from rundum_providers.models import Provider, ProviderChange
from rundum_providers.service import profile, registration
from rundum_web.bodies import form_body
from rundum_web.forms import Filled
from rundum_web.render import page, see_other

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]


async def profile_page(
    request: AnyRequest, db: Database, actor: Actor, provider: UUID, base: str
) -> AnyResponse:
    """What is known, how it stands, and a form to change it; `base` is this page's address."""
    return await _page(request, db, actor, provider, base)


async def save_profile(
    request: AnyRequest, db: Database, actor: Actor, provider: UUID, base: str
) -> AnyResponse:
    """Change it, or show the form again with what is wrong."""
    sent = await form_body(request)
    try:
        reading = PROFILE.read(sent)
        wrong = await profile.mistakes(db, actor, reading.values)
        await profile.change(db, actor, provider, reading.value(lambda _: wrong))
    except Invalid as invalid:
        form = PROFILE.filled(sent, in_order(PROFILE, invalid))
        return await _page(request, db, actor, provider, base, form=form, status=422)
    return see_other(f"{base}?saved=1")


async def _page(
    request: AnyRequest,
    db: Database,
    actor: Actor,
    provider: UUID,
    base: str,
    *,
    form: Filled | None = None,
    status: int = 200,
) -> AnyResponse:
    found = await profile.file_of(db, actor, provider)
    known = await registration.known_to(db, actor)
    return page(
        request,
        "providers/profile.html",
        status=status,
        base=base,
        mine=base == "/my-profile",
        file=found,
        provider=found.provider,
        today=db.clock().astimezone(BERLIN).date(),
        nearby=known.nearby,
        form=form or PROFILE.of(as_change(found.provider)),
        saved="saved" in request.query_params,
    )


def as_change(found: Provider) -> ProviderChange:
    """What may be changed about a provider, as it stands."""
    return ProviderChange(
        place=f"{found.postal_code} {found.place_name}",
        street=found.street,
        services=found.services,  # type: ignore[arg-type]
        bands=found.bands,  # type: ignore[arg-type]
        languages=found.languages,
        qualifications=found.qualifications,
        transport=found.transport,
        last_way_home=found.last_way_home,
        radius_km=found.radius_km,
        hours_week=found.hours_week,
        lowest_rate=found.lowest_rate,
        schooling_until=found.schooling_until,
        attends_school=found.attends_school,
        refuses=found.refuses,  # type: ignore[arg-type]
        about=found.about,
    )
