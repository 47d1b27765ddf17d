"""Who hears from whom: every hook of the lower rooms is filled here, and only here."""

from __future__ import annotations

import rundum_identity.letters as identity_letters
import rundum_matching.letters as matching_letters
import rundum_providers.letters as provider_letters
import rundum_requests.letters as request_letters
from rundum_clients.service import BLOCKED
from rundum_matching import stops, ways
from rundum_notifications.letters import LETTERS
from rundum_providers.service.lifecycle import STOPPED
from rundum_requests.forecast import FORECAST

# lowest first: catalogues, templates and static files are read from these
PACKAGES = (
    "rundum_core",
    "rundum_web",
    "rundum_notifications",
    "rundum_identity",
    "rundum_clients",
    "rundum_requests",
    "rundum_providers",
    "rundum_matching",
    "rundum_portal",
    "rundum_desk",
    "rundum_app",
)


def fill_hooks() -> None:
    """Register every letter and consequence of the house; doing it twice changes nothing."""
    for room in (identity_letters, request_letters, provider_letters, matching_letters):
        LETTERS.fill(room.LOADERS)
    FORECAST.fill({"request": ways.forecast})
    STOPPED.fill(stops.STOPPED_BY)
    BLOCKED.fill({"client.blocked": stops.client_blocked})
