"""What providers have shown to the desk."""

from __future__ import annotations

from rundum_core.queries import many, one
from rundum_providers.models import Credential

insert_credential = one("providers/credential", "insert_credential", Credential)
credentials_of = many("providers/credential", "credentials_of", Credential)
delete_credential = one("providers/credential", "delete_credential", str)
