"""The whole service over the demo centre: start, memory, pages, a run, mails; beside the limits.

Other processes on the machine change the figures: take the ratios of one run with a grain of salt.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
import msgspec
import uvloop

from rundum_app.bench import processes
from rundum_app.bench.courier import sink_taking
from rundum_app.seeds.demo import PROVIDERS, REQUESTS, seed
from rundum_app.wiring import PACKAGES, fill_hooks
from rundum_core import links
from rundum_core.db import Database
from rundum_core.i18n import Catalogues
from rundum_core.migrate import migrate
from rundum_core.postgres import embedded
from rundum_core.settings import Settings, load
from rundum_matching import runs
from rundum_matching.solver import Solver
from rundum_notifications.courier import Courier
from rundum_notifications.relay import Relay

LIMITS = {"start": 3.0, "memory": 300.0, "page": 20.0, "run": 2.0, "mails": 50.0}
SINK_SECONDS = 0.02
QUIET = 90.0  # seconds for a solver that is alive to end
PATIENCE = 60.0


class Page(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    path: str


@click.command()
@click.option("--requests", default=200, show_default=True, help="How often each page is asked.")
@click.option("--providers", default=PROVIDERS, show_default=True, help="Who help.")
@click.option("--asked", default=REQUESTS, show_default=True, help="Requests of the district.")
def service(requests: int, providers: int, asked: int) -> None:
    """The service over the demo centre, each figure beside its limit."""
    fill_hooks()
    with (
        tempfile.TemporaryDirectory(prefix="rundum-bench-", dir="/var/tmp") as folder,
        sink_taking(SINK_SECONDS) as sink,
    ):
        data = Path(folder)
        data.chmod(0o711)  # as root, the database's user has to pass
        environ = _environ(data, sink)
        settings = load(environ)
        with embedded(data) as dsn:
            settings = msgspec.structs.replace(settings, database_url=dsn)
            pages = uvloop.run(_match_and_send(settings, providers, asked))
        _serve(data, environ, pages, requests)


async def _match_and_send(settings: Settings, providers: int, asked: int) -> list[Page]:
    """Fill the database, match once, send what that caused; the pages to ask for later."""
    await migrate(settings.database_url)
    db = await Database.connect(settings.database_url, key=settings.secret_key)
    solver = Solver()
    try:
        begin = time.perf_counter()
        await seed(db, now=db.clock(), providers=providers, requests=asked)
        _say("demo centre made", time.perf_counter() - begin, "s")
        begin = time.perf_counter()
        run = await runs.run(db, solver, trigger="demand")
        took = time.perf_counter() - begin
        assert run is not None
        assert run.state == "done"
        _say(f"run, {run.visits} visits, {run.offered} offers", took, "s", LIMITS["run"])
        _say("  of which the engine", (run.solve_ms or 0) / 1000, "s")
        _say("  memory at most, without the engine", processes.most_memory(os.getpid()), "MB")
        engine = max(map(processes.most_memory, processes.tree(os.getpid())[1:]))
        _say("  memory at most, the engine", engine, "MB")
        begin = time.perf_counter()
        again = await runs.run(db, solver, trigger="demand")
        assert again is not None
        _say(f"run again, {again.offered} offers", time.perf_counter() - begin, "s", LIMITS["run"])
        await _send(db, settings)
        return await _pages(db, settings)
    finally:
        solver.close()
        await db.close()


async def _send(db: Database, settings: Settings) -> None:
    relay = Relay(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender="post@rundum.example",
        tls="none",
    )
    courier = Courier(db, relay, settings.base_url, Catalogues.load(*PACKAGES))
    try:
        begin, sent = time.perf_counter(), 0
        while count := await courier.run_once():
            sent += count
        rate = sent / (time.perf_counter() - begin)
    finally:
        await courier.close()
    _say(f"courier, {sent} letters", rate, "mails/s", LIMITS["mails"], more_is_better=True)


async def _pages(db: Database, settings: Settings) -> list[Page]:
    """The request form, and the status page of the request to which most has happened."""
    async with db.work() as tx:
        row = await tx.connection.fetchrow(
            """SELECT r.id, r.asked_by, r.centre, c.slug
               FROM care_request r JOIN centre c ON c.id = r.centre
               JOIN visit v ON v.request = r.id JOIN seat s ON s.visit = v.id
               LEFT JOIN offer_seat o ON o.seat = s.id LEFT JOIN booking b ON b.seat = s.id
               WHERE r.state = 'open'
               GROUP BY r.id, c.id ORDER BY count(b.id) + count(o.offer) DESC, r.id LIMIT 1"""
        )
        token = await links.issue(
            tx,
            "status",
            subject=row["id"],
            person=row["asked_by"],
            centre=row["centre"],
            expires_at=tx.now + timedelta(days=1),
            standing=True,
        )
    return [
        Page(name="request form", path=f"/centres/{row['slug']}/requests/new?service=childcare"),
        Page(name="status page", path=f"/requests/{token}"),
    ]


def _serve(data: Path, environ: dict[str, str], pages: list[Page], requests: int) -> None:
    """Start the service on what is there, twice, and ask it."""
    for attempt in ("first start", "start"):
        begin = time.perf_counter()
        with _running(environ) as process:
            _wait_until_ready(environ)
            took = time.perf_counter() - begin
            _say(f"{attempt} on an existing database", took, "s", LIMITS["start"])
            if attempt == "start":
                for page in pages:
                    _ask(environ, process, page, requests)
                _memory(data, process)


def _ask(
    environ: dict[str, str], process: subprocess.Popen[bytes], page: Page, requests: int
) -> None:
    url = f"{environ['RUNDUM_BASE_URL']}{page.path}"
    for _ in range(20):
        _get(url)
    idle = processes.cpu_seconds(process.pid)
    begin = time.perf_counter()
    time.sleep(2)
    background = (processes.cpu_seconds(process.pid) - idle) / (time.perf_counter() - begin)
    before, begin = processes.cpu_seconds(process.pid), time.perf_counter()
    for _ in range(requests):
        _get(url)
    wall = time.perf_counter() - begin
    spent = processes.cpu_seconds(process.pid) - before - background * wall
    _say(f"{page.name}, CPU a request", spent / requests * 1000, "ms", LIMITS["page"])
    _say(f"{page.name}, time a request", wall / requests * 1000, "ms")


def _memory(data: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + QUIET
    while time.monotonic() < until:
        tree = processes.tree(process.pid)
        if len(tree) == 1:
            break
        time.sleep(2)
    ours = processes.memory(processes.tree(process.pid))
    database = processes.memory(processes.tree(processes.postmaster(data)))
    _say("memory at rest, all processes", ours + database, "MB", LIMITS["memory"])
    _say("  of which the database", database, "MB")


@contextmanager
def _running(environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    log = Path(environ["RUNDUM_DATA"]) / "said"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("rundum"), "run"], env=environ, stdout=said, stderr=said
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def _wait_until_ready(environ: dict[str, str]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(OSError, urllib.error.URLError):
            _get(f"{environ['RUNDUM_BASE_URL']}/health/live")
            return
        time.sleep(0.02)
    raise click.ClickException("the service did not come up")


def _get(url: str) -> None:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - our own address
        answer.read()


def _environ(data: Path, sink: int) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RUNDUM_")}
    return {
        **kept,
        "RUNDUM_DATA": str(data),
        "RUNDUM_HOST": "127.0.0.1",
        "RUNDUM_PORT": str(port),
        "RUNDUM_BASE_URL": f"http://127.0.0.1:{port}",
        "RUNDUM_SMTP_HOST": "127.0.0.1",
        "RUNDUM_SMTP_PORT": str(sink),
        "RUNDUM_SMTP_TLS": "none",
        "RUNDUM_MAIL_FROM": "post@rundum.example",
        "RUNDUM_LOG_LEVEL": "warning",
    }


def _say(
    what: str, value: float, unit: str, limit: float | None = None, *, more_is_better: bool = False
) -> None:
    line = f"{what:44} {value:9.2f} {unit:8}"
    if limit is not None:
        sign = "≥" if more_is_better else "≤"
        line += f" limit {sign} {limit:g}, ratio {value / limit:.2f}"
    click.echo(line)
