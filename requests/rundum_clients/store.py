"""How clients and who speaks for them are kept."""

from __future__ import annotations

from msgspec import Struct

from rundum_clients.models import Client
from rundum_core.queries import many, one, run


class Contact(Struct, frozen=True, kw_only=True):
    """A person who speaks for a client."""

    client: int
    person: int


insert_client = one("clients/client", "insert_client", Client)
client_by_id = one("clients/client", "client_by_id", Client)
client_by_public_id = one("clients/client", "client_by_public_id", Client)
clients_of_person = many("clients/client", "clients_of_person", Client)
insert_contact = run("clients/client", "insert_contact")
contacts_of_clients = many("clients/client", "contacts_of_clients", Contact)
change_status = one("clients/client", "change_status", Client)
change_tags = run("clients/client", "change_tags")
