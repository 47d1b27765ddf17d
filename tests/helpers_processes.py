"""Processes found by their parents, stopped, looked at and killed together."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def family(pid: int) -> list[int]:
    """The process and all that descend from it, itself first; without a database server that one
    of them has started, since that is everybody's and outlives them."""
    found = [pid]
    for one in found:
        with suppress(OSError):
            for thread in (_PROC / str(one) / "task").iterdir():
                with suppress(OSError):
                    children = map(int, (thread / "children").read_text().split())
                    found += (child for child in children if is_server(one) or not is_server(child))
    return found


def is_server(pid: int) -> bool:
    """Whether it belongs to PostgreSQL."""
    return title(pid).split(b"\0")[0].endswith(b"/bin/postgres") or title(pid)[:9] == b"postgres:"


def title(pid: int) -> bytes:
    """The command line; empty for one that is gone."""
    with suppress(OSError):
        return (_PROC / str(pid) / "cmdline").read_bytes()
    return b""


def solvers(pid: int) -> list[int]:
    """The processes among its children that plan."""
    return [one for one in family(pid) if b"spawn_main" in title(one)]


def server_of(folder: Path) -> list[int]:
    """The PostgreSQL of a data directory, with the processes of its connections."""
    status = folder / "postgres" / "data" / "postmaster.pid"
    return family(int(status.read_text().split()[0]))


def freeze(pids: Iterable[int]) -> None:
    """They do nothing more from now on, and can be looked at."""
    _signal(pids, signal.SIGSTOP)


def thaw(pids: Iterable[int]) -> None:
    _signal(pids, signal.SIGCONT)


def kill(pids: Iterable[int]) -> None:
    """`kill -9`, and wait until none of them does anything any more."""
    pids = list(pids)
    _signal(pids, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while any(title(pid) for pid in pids):
        assert time.monotonic() < deadline, "kill -9 in vain"
        time.sleep(0.005)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
