"""Kernels are compiled once a machine and version, before the first plan and by one process.

They lie where numba keeps them: NUMBA_CACHE_DIR, else beside their source. Ahead of everything
else, as `bin/test` does it: python -m rundum_engine.solver.kernels
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
from pathlib import Path

import numba

HERE = Path(__file__).parent


def make_ready() -> None:
    """Compile what isn't yet. Who comes while another process is at it waits until it is done."""
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or HERE / "__pycache__")
    folder.mkdir(parents=True, exist_ok=True)
    compiled = folder / f"kernels-{_version()}"
    if compiled.exists():
        return
    with (folder / "kernels.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not compiled.exists():
            exercise()
            compiled.touch()


def exercise() -> None:
    """Call every kernel, with all that a world can have."""
    from rundum_engine.index import Index
    from rundum_engine.invented import instance
    from rundum_engine.solver.solve import solve

    solve(Index(instance("village")))


def _version() -> str:
    sources = [(one.name, one.stat().st_mtime_ns) for one in sorted(HERE.glob("*.py"))]
    return hashlib.sha256(f"{sys.version}{numba.__version__}{sources}".encode()).hexdigest()[:16]


if __name__ == "__main__":
    make_ready()
