"""`rundum run` as its operator meets it: started, told to end, killed, refused."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from ports import free_port
from rundum_core.postgres import embedded

pytestmark = pytest.mark.slow

RUNDUM = Path(sys.executable).with_name("rundum")
PATIENCE = 60.0


class Service:
    """One `rundum run` and what it said."""

    def __init__(self, data: Path, *arguments: str, **settings: str) -> None:
        self.port = free_port()
        self.data = data
        self.url = f"http://localhost:{self.port}"
        self._log = data / f"said.{self.port}"
        environ = {
            **os.environ,
            "RUNDUM_DATA": str(data),
            "RUNDUM_PORT": str(self.port),
            "RUNDUM_DEMO": "off",
            **{f"RUNDUM_{name}": value for name, value in settings.items()},
        }
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [RUNDUM, "run", *arguments], env=environ, stdout=log, stderr=log
            )

    @property
    def said(self) -> str:
        return self._log.read_text()

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/live", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def up(self) -> Service:
        wait_for(lambda: self.answers() and "Rundum is running." in self.said)
        return self

    def workers(self) -> list[int]:
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    command = (entry / "cmdline").read_bytes()
                    environ = (entry / "environ").read_bytes()
                except OSError:
                    continue
                if b"rundum_app.worker" in command and str(self.data).encode() in environ:
                    found.append(int(entry.name))
        return found

    def has_no_workers(self) -> bool:
        return not self.workers()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def database_runs(self) -> bool:
        return (self.data / "postgres/data/postmaster.pid").exists()


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="rundum-test-", dir="/var/tmp"))
    folder.chmod(0o711)
    yield folder
    if (folder / "postgres/data/postmaster.pid").exists():
        with embedded(folder):
            pass  # whoever is the last to leave stops it
    shutil.rmtree(folder)


@pytest.fixture
def serve(data: Path) -> Iterator[Callable[..., Service]]:
    started: list[Service] = []

    def start(*arguments: str, **settings: str) -> Service:
        started.append(Service(data, *arguments, **settings))
        return started[-1]

    yield start
    for service in started:
        if service.process.poll() is None:
            service.end(signal.SIGKILL)
        wait_for(service.has_no_workers)


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_it_says_where_to_click_answers_and_ends_in_order(serve: Callable[..., Service]) -> None:
    service = serve().up()
    assert f"Pages        {service.url}" in service.said
    assert service.database_runs()
    assert service.end() == 0
    assert not service.database_runs()
    assert "rror" not in service.said


def test_ctrl_c_ends_it_in_order_too(serve: Callable[..., Service]) -> None:
    service = serve().up()
    assert service.end(signal.SIGINT) == 0
    assert not service.database_runs()


def test_a_request_that_is_under_way_is_answered_before_the_end(
    serve: Callable[..., Service],
) -> None:
    service = serve().up()
    body = b"email=somebody%40example.org"
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: localhost:{service.port}\r\n"
        f"Origin: {service.url}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("localhost", service.port), PATIENCE) as connection:
        connection.sendall(head.encode() + body[:10])
        time.sleep(0.5)  # until it is being read
        service.process.send_signal(signal.SIGTERM)
        wait_for(lambda: not service.answers())
        connection.sendall(body[10:])
        assert connection.recv(12).startswith(b"HTTP/1.1 ")
    assert service.process.wait(PATIENCE) == 0


def test_after_kill_9_it_starts_again_on_what_was_there(serve: Callable[..., Service]) -> None:
    first = serve().up()
    key = (first.data / "secret.key").read_bytes()
    first.end(signal.SIGKILL)
    second = serve().up()
    assert "Migrating" not in second.said
    assert (second.data / "secret.key").read_bytes() == key
    assert second.end() == 0
    assert not second.database_runs()


def test_a_worker_that_is_killed_is_started_again_while_the_other_answers(
    serve: Callable[..., Service],
) -> None:
    service = serve("--workers", "2").up()
    wait_for(lambda: len(service.workers()) == 2)
    victim, other = service.workers()
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: len(set(service.workers()) - {victim, other}) == 1)
    assert service.answers()
    assert service.end() == 0
    assert service.workers() == []
    assert not service.database_runs()


def test_workers_end_when_their_supervisor_is_killed(serve: Callable[..., Service]) -> None:
    service = serve("--workers", "2").up()
    service.end(signal.SIGKILL)
    wait_for(service.has_no_workers)
    wait_for(lambda: not service.database_runs())


def test_two_on_different_ports_share_the_database_and_outlive_each_other(
    serve: Callable[..., Service],
) -> None:
    first, second = serve(), serve()
    first.up()
    second.up()
    first.end(signal.SIGKILL)
    assert second.answers()
    assert second.end() == 0
    assert not second.database_runs()


def test_a_port_that_is_taken_is_said_in_one_line(serve: Callable[..., Service]) -> None:
    first = serve().up()
    second = serve("--port", str(first.port))
    assert second.process.wait(PATIENCE) == 1
    assert second.said == (
        f"rundum: Port {first.port} on localhost is taken: set RUNDUM_PORT to another one.\n"
    )


def test_wrong_settings_are_said_in_lines_and_nothing_is_started(
    serve: Callable[..., Service],
) -> None:
    service = serve(SMTP_TLS="maybe", PROT="1")
    assert service.process.wait(PATIENCE) == 1
    assert service.said.splitlines() == [
        "rundum: RUNDUM_PROT is no setting. Did you mean RUNDUM_PORT?",
        "rundum: RUNDUM_SMTP_TLS has to be one of starttls, implicit, none and not 'maybe'.",
    ]
    assert not service.database_runs()
