"""Where the engine runs: one process of its own, which ends after an idle minute."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

import rundum_engine
from rundum_core.errors import Unavailable
from rundum_engine.plan import Plan, Prices
from rundum_engine.snapshot import Snapshot


class Solved(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that the independent verifier has passed; `milliseconds` inside the process."""

    plan: Plan
    milliseconds: int


class Solver:
    """Plans in another process, so that neither the loop nor the memory of a web process pays.

    `seconds` is the deadline of one plan: then the best verified plan so far is taken. Compiled
    kernels go to the folder `kernels` where they can't lie beside their source.
    """

    def __init__(
        self, *, kernels: Path | None = None, seconds: float = 20.0, idle: float = 60.0
    ) -> None:
        self._kernels = kernels
        self._seconds = seconds
        self._idle = idle
        self._pool: ProcessPoolExecutor | None = None
        self._process: int | None = None
        self._ending: asyncio.TimerHandle | None = None

    async def make_ready(self) -> None:
        """Have the engine compiled, which takes minutes the first time on a machine: before a run
        begins, whose time counts. Raises Unavailable."""
        await self._done(_make_ready)

    async def plan(self, snapshot: Snapshot, prices: Prices = ()) -> Solved:
        """The best plan found, begun with an earlier one's prices. Raises Unavailable, and
        `planner.Faulty` when the plan did not pass its verifier (it is never used)."""
        raw = msgspec.msgpack.encode((snapshot, prices))
        return msgspec.msgpack.decode(await self._done(_solve, raw, self._seconds), type=Solved)

    async def _done(self, work: Callable[..., bytes], *given: Any) -> bytes:
        """By a second process if the first one is killed; Unavailable when that one dies too."""
        if self._ending is not None:
            self._ending.cancel()
        found = await self._tried(work, *given)
        if found is None:
            found = await self._tried(work, *given)
        if found is None:
            raise Unavailable("error.solver_away")
        self._ending = asyncio.get_running_loop().call_later(self._idle, self.close)
        return found

    async def _tried(self, work: Callable[..., bytes], *given: Any) -> bytes | None:
        """None where the process was killed; Unavailable where it was we who ended it."""
        loop = asyncio.get_running_loop()
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(self._kernels,),
            )
        pool = self._pool
        try:
            self._process = await loop.run_in_executor(pool, os.getpid)
            return await loop.run_in_executor(pool, work, *given)
        except BrokenProcessPool as broken:
            if self._pool is not pool:
                raise Unavailable("error.solver_away") from broken
            self.close()
            return None

    def close(self) -> None:
        """End the process, whatever it is doing: a plan may take longer than the service has to
        end. The next plan starts a new one."""
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        if self._pool is not None:
            if self._process is not None:
                with suppress(ProcessLookupError):
                    os.kill(self._process, signal.SIGKILL)
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = self._process = None


def _make_ready() -> bytes:
    from rundum_engine.solver.kernels import make_ready

    make_ready()
    return b"ready"


def _solve(raw: bytes, seconds: float) -> bytes:
    from rundum_engine import plan

    begin = time.monotonic()
    snapshot, prices = msgspec.msgpack.decode(raw, type=tuple[Snapshot, Prices])
    found = plan(snapshot, lambda: time.monotonic() - begin > seconds, prices)  # and verified
    took = int((time.monotonic() - begin) * 1000)
    return msgspec.msgpack.encode(Solved(plan=found, milliseconds=took))


def _begin(kernels: Path | None) -> None:
    """Know where kernels lie; and end with the service, even if that one is killed."""
    beside = Path(rundum_engine.__file__).parent / "solver"
    if kernels is not None and not os.access(beside, os.W_OK):
        os.environ.setdefault("NUMBA_CACHE_DIR", str(kernels))
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()
