"""Is it alive, is it ready, how much does it do, whom to tell of a weakness."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from rundum_core import jobs, migrate
from rundum_core.errors import Unavailable
from rundum_core.settings import is_loopback
from rundum_notifications.jobs import health as mail_health
from rundum_web.given import Db

STALE_TICK = timedelta(minutes=5)
OVERDUE_MAIL = timedelta(minutes=15)
KNOWN_FOR = timedelta(days=180)
PUBLIC = {"public": True}


@get("/health/live", opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@get("/health/ready", opt=PUBLIC, include_in_schema=False)
async def ready(db: Db) -> Response[dict[str, Any]]:
    """Whether the service can do its work: database, migrations, last tick, oldest waiting mail."""
    try:
        async with db.work() as tx:
            ticks = await jobs.last_ticks(tx)
            mail = await mail_health(tx)
            pending = await migrate.pending(tx.connection)
            now = tx.now
    except Unavailable:
        return Response({"status": "no database"}, status_code=503, headers={"retry-after": "5"})
    last = max((tick.claimed_at for tick in ticks), default=None)
    waiting = mail.oldest_waiting
    parts = {
        "database": True,
        "migrations": not pending,
        "ticking": last is not None and now - last < STALE_TICK,
        "mail": waiting is None or now - waiting < OVERDUE_MAIL,
    }
    body = {
        "status": "ready" if all(parts.values()) else "impaired",
        **parts,
        "last_tick": last.isoformat() if last else None,
        "oldest_waiting_mail": waiting.isoformat() if waiting else None,
    }
    return Response(body, status_code=200 if parts["migrations"] else 503)


@get("/metrics", opt=PUBLIC, include_in_schema=False)
async def metrics(request: Request[Any, Any, Any], db: Db, state: State) -> Response[bytes]:
    """Figures for Prometheus, from this machine only; they hold counts, nothing of anybody."""
    if request.client is None or not is_loopback(request.client.host):
        raise NotFoundException
    async with db.work() as tx:
        mail = await mail_health(tx)
        ticks = await jobs.last_ticks(tx)
        now = tx.now
    registry = CollectorRegistry()
    deliveries = Gauge("rundum_mails", "Mails by state", ["state"], registry=registry)
    for name, count in mail.mails.items():
        deliveries.labels(name).set(count)
    Gauge("rundum_calls_waiting", "Calls on the call list", registry=registry).set(mail.calls)
    oldest = Gauge(
        "rundum_oldest_mail_seconds", "Age of the oldest waiting mail", registry=registry
    )
    oldest.set((now - mail.oldest_waiting).total_seconds() if mail.oldest_waiting else 0)
    ages = Gauge("rundum_job_age_seconds", "Since a job last began", ["job"], registry=registry)
    for tick in ticks:
        ages.labels(tick.job).set((now - tick.claimed_at).total_seconds())
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@get("/.well-known/security.txt", opt=PUBLIC, include_in_schema=False)
async def security(db: Db, state: State) -> Response[str]:
    """Whom to tell of a weakness (RFC 9116), where the operator has said so."""
    contact = state.settings.security_contact
    if not contact:
        raise NotFoundException
    until = (db.clock() + KNOWN_FOR).strftime("%Y-%m-%dT00:00:00Z")
    lines = (f"Contact: {contact}", f"Expires: {until}", "Preferred-Languages: de, en", "")
    return Response("\n".join(lines), media_type="text/plain")


routes = [live, ready, metrics, security]
