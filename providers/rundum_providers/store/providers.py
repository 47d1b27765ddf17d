"""Providers, their guardians and what they have agreed to do."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from rundum_core.queries import many, one, run
from rundum_providers.models import (
    BlockedClient,
    ComingBooking,
    Guardian,
    Provider,
    ProviderLine,
    Status,
)


class StatusCount(Struct, frozen=True):
    status: Status
    count: int


insert_provider = one("providers/provider", "insert_provider", UUID)
insert_skills = run("providers/provider", "insert_skills")
delete_skills = run("providers/provider", "delete_skills")
provider_by_person = one("providers/provider", "provider_by_person", Provider)
provider_by_public_id = one("providers/provider", "provider_by_public_id", Provider)
providers_page = many("providers/provider", "providers_page", ProviderLine)
providers_by_status = many("providers/provider", "providers_by_status", StatusCount)
lock_provider = one("providers/provider", "lock_provider", int)
change_status = one("providers/provider", "change_status", int)
update_provider = run("providers/provider", "update_provider")
set_birth_date = run("providers/provider", "set_birth_date")
guardians = many("providers/provider", "guardians", Guardian)
places_of_centre = many("providers/provider", "places_of_centre", str)
coming_bookings = many("providers/provider", "coming_bookings", ComingBooking)

block_client = one("providers/pair", "block_client", int)
unblock_client = one("providers/pair", "unblock_client", int)
blocked_clients = many("providers/pair", "blocked_clients", BlockedClient)
has_met = one("providers/pair", "has_met", bool)
