"""The working time of employees of full age (ArbZG): warnings, since employers add up."""

from __future__ import annotations

from typing import Literal

from rundum_providers.youth import Standing

EMPLOYEE: frozenset[Standing] = frozenset({"employee"})

CAPS: tuple[tuple[str, frozenset[Standing], Literal["day", "week"]], ...] = (
    ("arbzg_3_day", EMPLOYEE, "day"),
)
RESTS: tuple[tuple[str, frozenset[Standing]], ...] = (("arbzg_5_rest", EMPLOYEE),)
