"""When providers can, and when they can't after all."""

from __future__ import annotations

from rundum_core.queries import many, one, run
from rundum_providers.models import AvailabilityRow, ExceptionRow

week_of = many("providers/availability", "week_of", AvailabilityRow)
delete_week = run("providers/availability", "delete_week")
insert_week = run("providers/availability", "insert_week")
exceptions_of = many("providers/availability", "exceptions_of", ExceptionRow)
count_exceptions = one("providers/availability", "count_exceptions", int)
insert_exceptions = run("providers/availability", "insert_exceptions")
delete_exception = one("providers/availability", "delete_exception", ExceptionRow)
