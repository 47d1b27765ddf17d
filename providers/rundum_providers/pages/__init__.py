"""Pages for those who help, and for the desk about them."""

from typing import Any

from rundum_providers.pages import desk, mine, registration

routes: list[Any] = [*registration.routes, *mine.routes, *desk.routes]
