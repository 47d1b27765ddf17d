"""How often somebody tried: counted in the database, exact over any number of processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rundum_core.db import Database
from rundum_core.errors import Unavailable
from rundum_core.queries import one, run

count_attempt = one("core/attempt", "count_attempt", int)
forget_attempts = run("core/attempt", "forget_attempts")


async def limit(db: Database, key: str, *, most: int, per: timedelta) -> None:
    """Count one attempt under `key`; raises Unavailable `error.too_often` beyond `most` in this
    window. The count is committed on its own, so that a refused attempt counts too."""
    async with db.work() as tx:
        begin = floor(tx.now, per)
        count = await count_attempt(tx, key=key, window_start=begin)
    if count is not None and count > most:
        wait = begin + per - tx.now
        raise Unavailable("error.too_often", retry_after=max(1, int(wait.total_seconds())))


def floor(at: datetime, step: timedelta) -> datetime:
    """The last multiple of `step` since the epoch at or before `at`."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (at - epoch) // step * step
