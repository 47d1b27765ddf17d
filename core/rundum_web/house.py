"""All furniture on two pages, to be looked at in development: /house and /house/desk."""

from datetime import timedelta
from enum import Enum
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from rundum_core.errors import Invalid
from rundum_web.bodies import form_body
from rundum_web.fields import Checkbox, Choice, Choices, Email, Integer, Money, Phone, Place, Text
from rundum_web.forms import Form, Rows, changes_rows
from rundum_web.periods import Period, Span
from rundum_web.render import CentreFace, furniture_of, page


class Service(Enum):
    CHILDCARE = "childcare"
    EVENT = "event"
    HOUSEHOLD = "household"


class Band(Enum):
    BABY = "0-1"
    SMALL = "2-3"
    KITA = "4-6"


class Wish(Enum):
    COOKING = "cooking"
    SHOPPING = "shopping"


class Child(msgspec.Struct, frozen=True, kw_only=True):
    band: Band
    count: int


class Example(msgspec.Struct, frozen=True, kw_only=True):
    service: Service
    during: Span
    children: tuple[Child, ...]
    place: str
    email: str
    phone: str | None
    rate: int
    wishes: tuple[Wish, ...]
    note: str
    agreed: bool


CHILD = Form(
    Child,
    texts="house.child",
    band=Choice(Band, words="word.band", few=False),
    count=Integer(ge=1, le=12),
)
EXAMPLE = Form(
    Example,
    texts="house.example",
    service=Choice(Service, words="word.service"),
    during=Period(),
    children=Rows(CHILD),
    place=Place(max=80),
    email=Email(),
    phone=Phone(required=False),
    rate=Money(),
    wishes=Choices(Wish, words="word.task"),
    note=Text(max=2000, required=False, lines=True),
    agreed=Checkbox(must=True),
)
PEOPLE = [("Petra M.", "6 km"), ("Jana L.", "9 km"), ("Ruth S.", "14 km")]
CENTRE = CentreFace(
    name="Familienservice Börde",
    home="/house",
    phone="+493904555012",
    hours="Mo–Fr 8–16 Uhr",
    imprint="/house",
    privacy="/house",
    accessibility="/house",
)


@get(["/house", "/house/desk"], include_in_schema=False, opt={"public": True})
async def show_house(request: Request[Any, Any, Any]) -> Response[Any]:
    return _shown(request, form=EXAMPLE.blank(service=Service.CHILDCARE))


@post(["/house", "/house/desk"], include_in_schema=False, opt={"public": True})
async def try_house(request: Request[Any, Any, Any]) -> Response[Any]:
    sent = await form_body(request)
    if changes_rows(sent):
        return _shown(request, form=EXAMPLE.filled(sent))
    try:
        value = EXAMPLE.parse(sent)
    except Invalid as invalid:
        return _shown(request, status=422, form=EXAMPLE.filled(sent, invalid))
    return _shown(request, form=EXAMPLE.of(value))


def _shown(request: Request[Any, Any, Any], **context: Any) -> Response[Any]:
    now = furniture_of(request).clock().replace(minute=0, second=0, microsecond=0)
    start = now + timedelta(days=5)
    hue = request.query_params.get("hue", "")
    request.state.centre = msgspec.structs.replace(
        CENTRE, brand_hue=int(hue) % 360 if hue.isdigit() else None
    )
    asked = request.query_params.get("q", "")
    steps = [
        {"text": "Angefragt", "at": now, "note": None, "mood": "done"},
        {"text": "Vorschlag an 2 Personen geschickt", "at": now, "note": None, "mood": "done"},
        {"text": "Zugesagt: Petra kann kommen", "at": None, "note": "Ihr Ja fehlt", "mood": "now"},
        {"text": "Fest vereinbart", "at": None, "note": None, "mood": "next"},
    ]
    rows = [
        ("Sa, 14. Juni, 14–18 Uhr", "Petra M.", "Fest vereinbart", "good", "14,50 €"),
        ("So, 15. Juni, 9–12 Uhr", "–", "Wir suchen", "busy", "14,50 €"),
        ("Sa, 21. Juni, 18–24 Uhr", "Jana L.", "Zugesagt", "wait", "16,00 €"),
    ]
    return page(
        request,
        "house.html",
        mood="desk" if request.scope["path"].endswith("/desk") else "family",
        start=start,
        end=start + timedelta(hours=4),
        steps=steps,
        rows=rows,
        asked=asked,
        people=[one for one in PEOPLE if one[0].lower().startswith(asked.lower())],
        partial="results",
        **context,
    )
