"""A whole service in processes of its own, as a new user starts it, and the mail it sends."""

from __future__ import annotations

import asyncio
import email
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from urllib.request import urlopen

from ports import free_port

RUNDUM = str(Path(sys.executable).with_name("rundum"))
PATIENCE = 60  # seconds until something that has to come has come


class Service:
    """`rundum run` in a process of its own, with its own data and ports."""

    def __init__(self, data: Path, port: int, *, demo: bool = False) -> None:
        self.data = data
        self.base = f"http://localhost:{port}"
        self.environ = {
            **{name: value for name, value in os.environ.items() if name[:7] != "RUNDUM_"},
            "RUNDUM_DATA": str(data),
            "RUNDUM_PORT": str(port),
            "RUNDUM_DEMO": "on" if demo else "off",
        }

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`rundum …` beside the running service."""
        return subprocess.run(
            [RUNDUM, *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def mails(self) -> set[Path]:
        """All that was caught so far."""
        return set((self.data / "mail").glob("*.eml"))

    async def letter(
        self, recipient: str, subject: str, *, but: Collection[Path] = ()
    ) -> EmailMessage:
        """The newest mail to somebody whose subject begins so, `but` those; waits until it is
        there."""
        for _ in range(PATIENCE * 5):
            for path in sorted(self.mails().difference(but), reverse=True):
                mail = _caught(path)
                if recipient in mail["to"] and mail["subject"].startswith(subject):
                    return mail
            await asyncio.sleep(0.2)
        raise AssertionError(f"no letter {subject!r} to {recipient}")


@cache
def _caught(path: Path) -> EmailMessage:
    mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


@contextmanager
def running_service(*, demo: bool = False) -> Iterator[Service]:
    """`rundum run` until the block ends; as a new user would, with no setting but its places, and
    an empty database unless the `demo` centre is wanted."""
    # in a place that PostgreSQL's user can reach, too
    folder = Path(tempfile.mkdtemp(prefix="rundum-journey-", dir="/var/tmp"))
    folder.chmod(0o711)
    running = Service(folder / "data", free_port(), demo=demo)
    process = subprocess.Popen([RUNDUM, "run"], env=running.environ)
    try:
        _wait_until_ready(running.base, process)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)
        shutil.rmtree(folder, ignore_errors=True)


def link_in(mail: EmailMessage) -> str:
    """The one link of a letter's plain text."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"http://localhost:\d+/\S+", body.get_content())
    assert found, "a letter without a link"
    return found[0]


def _wait_until_ready(base: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(PATIENCE * 5):
        assert process.poll() is None, "the service ended"
        try:
            with urlopen(f"{base}/health/live") as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the service didn't come up")
