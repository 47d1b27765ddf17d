"""A sound body for every address that takes one, as a page or a program sends it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from helpers_asking import body, typed
from helpers_town import NO_TOKEN, NOBODY

FORM_KEY = "ABCDEFGHIJKLMNOPQRSTUV"
PROFILE: dict[str, Any] = {
    "place": "39340 Haldensleben",
    "street": "Kanariweg 3",
    "services": ["childcare"],
    "bands": ["2-3", "4-6"],
    "languages": ["de"],
    "qualifications": [],
    "transport": "car",
    "refuses": [],
    "about": "Kanaritext",
}
REGISTRATION = PROFILE | {
    "given_name": "Kanarineue",
    "family_name": "Kanarivogel",
    "birth_date": "1987-03-01",
    "email": "kanari.neue@nirgends.example",
    "engagement": "minijob",
    "claims": [],
}
EXCEPTION = {"kind": "blocked", "first_day": "2026-12-24"}
CREDENTIAL = {"kind": "first_aid", "issued_on": "2026-11-01", "seen_on": "2026-11-20"}
PROVIDER_CANCELS = {"reason": "no_time"}
CLIENT_CANCELS = {"reason": "not_needed"}
LINE = {"weekday": "monday", "wall_from": "14:00", "wall_to": "18:00"}
WEEK = {f"lines.0.{name}": value for name, value in LINE.items()}
REQUEST = typed(given_name="Kanarineu", family_name="Kanarivogel", email="kanari.x@y.example")
HOUSE = {"form_key": FORM_KEY, "email": "kanari@y.example"}

JSON: dict[str, Any] = {
    "POST /api/v1/bookings/{id}/cancellation": PROVIDER_CANCELS,
    "POST /api/v1/centres/{slug}/providers": REGISTRATION | {"privacy": True},
    "POST /api/v1/centres/{slug}/requests": body(
        given_name="Kanarineu", family_name="Kanarivogel", email="kanari.x@y.example"
    ),
    "POST /api/v1/offers/{id}/acceptance": {"visits": []},
    "PUT /api/v1/providers/{id}": PROFILE,
    "PUT /api/v1/providers/{id}/availability": {"lines": [LINE]},
    "POST /api/v1/providers/{id}/credentials": CREDENTIAL,
    "POST /api/v1/providers/{id}/exceptions": EXCEPTION,
    "POST /api/v1/requests/{id}/cancellation": CLIENT_CANCELS,
    "POST /api/v1/requests/{id}/visits/{visit}/cancellation": CLIENT_CANCELS,
    "POST /api/v1/sessions": {"token": NO_TOKEN},
    "POST /api/v1/sign-in-links": {"email": "kanari.niemand@nirgends.example"},
    "POST /api/v1/tasks/{id}/outcome": {"reached": True},
}
FORMS: dict[str, Any] = {
    "POST /account/passkeys": {"answer": "{}"},
    "POST /account/password": {
        "password": "kanari kanari vogel",
        "secret": "A" * 32,
        "code": "123456",
    },
    "POST /bookings/{reference}/cancellation": PROVIDER_CANCELS,
    "POST /centres/{slug}/providers": REGISTRATION | {"privacy": "yes", "form_key": FORM_KEY},
    "POST /centres/{slug}/requests": REQUEST,
    "POST /desk/card-index/imports": {
        "table": "providers",
        "file": b64encode(b"Vorname;Nachname\nKanarifrau;Kanarivogel\n").decode(),
        "shown": "",
    },
    "POST /desk/keys": {
        "name": "Kanariwebsite",
        "scopes": ["request.list", "request.submit"],
        "until": "2027-06-30",
    },
    "POST /desk/providers/{provider}/credentials": CREDENTIAL,
    "POST /desk/providers/{provider}/profile": PROFILE,
    "POST /desk/providers/{provider}/times": WEEK,
    "POST /desk/providers/{provider}/times/exceptions": EXCEPTION,
    "POST /desk/requests/{public_id}/cancellation": CLIENT_CANCELS,
    "POST /desk/staff/invitations": {
        "name": "Kanarineue Kanarivogel",
        "email": "kanari.neue@nirgends.example",
        "role": "desk",
    },
    "POST /desk/staff/{id}/deputy": {"deputy": NOBODY, "until": "2026-12-24"},
    "POST /desk/staff/{id}/end": {"successor": NOBODY},
    "POST /desk/tasks/{public_id}/outcome": {"reached": "yes"},
    "POST /house": HOUSE,
    "POST /house/desk": HOUSE,
    "POST /my-profile": PROFILE,
    "POST /my-times": WEEK,
    "POST /my-times/exceptions": EXCEPTION,
    "POST /offers/{reference}/acceptance": {"form_key": FORM_KEY},
    "POST /requests/{reference}/cancellation": CLIENT_CANCELS,
    "POST /requests/{reference}/visits/{visit}/cancellation": CLIENT_CANCELS,
    "POST /session/centre": {"centre": "boerde"},
    "POST /sign-in": {"email": "kanari.niemand@nirgends.example"},
    "POST /sign-in/code": {"code": "12345678"},
    "POST /sign-in/passkey": {"answer": "{}"},
    "POST /sign-in/password": {
        "email": "kanari.niemand@nirgends.example",
        "password": "kanari kanari vogel",
        "code": "123456",
    },
    "POST /sign-in/{token}/session": {"form_key": FORM_KEY},
}
BODIES: dict[str, Any] = JSON | FORMS
