"""Kernels are compiled once a machine and version, before the first plan and by one process.

Each version has a folder of its own, in NUMBA_CACHE_DIR or beside the source: numba itself sees
only whether a kernel's own file has changed, not what that one calls.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numba

HERE = Path(__file__).parent


def folder() -> Path:
    """Where the kernels of this version lie."""
    sources = [(one.name, one.stat().st_mtime_ns) for one in sorted(HERE.glob("*.py"))]
    version = hashlib.sha256(f"{sys.version}{numba.__version__}{sources}".encode()).hexdigest()
    place = Path(os.environ.get("NUMBA_CACHE_DIR") or HERE / "__pycache__")
    return place / f"kernels-{version[:16]}"


def make_ready(say: Callable[[str], object] | None = None) -> None:
    """Compile what isn't yet. Who comes while another process is at it waits until it is done."""
    kernels = folder()
    complete = kernels / "complete"
    if complete.exists():
        return
    kernels.mkdir(parents=True, exist_ok=True)
    with (kernels / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if complete.exists():
            return
        if say is not None:
            say("Compiling the matching engine, once on this machine: a minute or two …")
        exercise()
        complete.touch()
        for before in kernels.parent.glob("kernels-*"):
            if before != kernels:
                shutil.rmtree(before, ignore_errors=True)


def exercise() -> None:
    """Call every kernel, with all that a world can have."""
    from rundum_engine.index import Index
    from rundum_engine.invented import instance
    from rundum_engine.solver.solve import solve

    solve(Index(instance("village")))
