"""The processes of one PostgreSQL server, found by what they call themselves.

A number in postmaster.pid proves nothing: after `kill -9` it may belong to a zombie, or to another
program. Command lines can be read by everybody, also in containers that hide the rest.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from rundum_core.refusal import StartRefused

_PROC = Path("/proc")


def alive(data: Path, name: str) -> list[int]:
    """The processes of the server on directory `data` with `cluster_name` `name`: none if off."""
    titled = f"postgres: {name}: ".encode()
    directory = os.fsencode(data) + b" "

    def belongs(command: bytes) -> bool:
        program, _, rest = command.partition(b" -D ")
        return command.startswith(titled) or (
            program.endswith(b"/postgres") and rest.startswith(directory)
        )

    return [pid for pid, command in _commands() if belongs(command)]


def is_up(data: Path) -> bool:
    """Whether the postmaster that the directory names is there: a quick look at one process."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        if not _PROC.is_dir():
            os.kill(pid, 0)
            return True
        return os.fsencode(data) in (_PROC / str(pid) / "cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return False


def end(data: Path, name: str) -> None:
    """Wait until none of the server's processes are left, and kill those that stay.

    For a server whose postmaster is gone: its other processes notice and leave by themselves, but
    one in the middle of something would write into the database that is started next. Raises
    StartRefused when one can't be ended.
    """
    begun = time.monotonic()
    while left := alive(data, name):
        waited = time.monotonic() - begun
        if waited > 3:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if waited > 15:
            raise StartRefused(f"PostgreSQL's processes {left} on {data} can't be ended.")
        time.sleep(0.05)


def _commands() -> Iterator[tuple[int, bytes]]:
    """Every process that isn't a zombie, with its arguments joined by spaces."""
    if not (_PROC / "self" / "cmdline").exists():
        yield from _commands_by_ps()
        return
    for entry in os.listdir(_PROC):
        if entry.isdigit():
            with suppress(OSError):
                line = (_PROC / entry / "cmdline").read_bytes()
                if line:
                    yield int(entry), line.replace(b"\0", b" ")


def _commands_by_ps() -> Iterator[tuple[int, bytes]]:
    listing = subprocess.run(
        ["/bin/ps", "-axww", "-o", "pid=,stat=,command="], check=True, capture_output=True
    ).stdout
    for line in listing.splitlines():
        pid, state, command = (*line.split(None, 2), b"", b"")[:3]
        if not state.startswith(b"Z"):
            yield int(pid), command + b" "
