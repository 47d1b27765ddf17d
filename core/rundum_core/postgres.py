"""The embedded PostgreSQL: one server per data directory, shared by all processes that use it.

Each user of the server holds a shared lock on a file. Whoever comes first starts it, whoever
leaves last stops it; a process that is killed just loses its lock, and the next one finds the
server running, or clears up after it. The server listens on a Unix socket only.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import stat
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import structlog

from rundum_core.pgcluster import LOGIN, Cluster, data_directory, last_lines, open_cluster
from rundum_core.pgprocesses import alive, end, is_up
from rundum_core.refusal import StartRefused

log = structlog.get_logger()

SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET = 100  # bytes; Linux takes 107, macOS 103
WATCH = 1.0  # seconds between two looks whether the server is there
RETRY = 10.0
PATIENCE = 90  # seconds for a recovery, or for another process that starts or stops

# Small and quiet: one service on one machine. A larger one has a server of its own.
_SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "port=5432",
    "max_connections=60",
    "shared_buffers=32MB",
    "work_mem=4MB",
    "maintenance_work_mem=32MB",
    "max_wal_size=256MB",
    "min_wal_size=48MB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_worker_processes=1",
    "max_parallel_workers=0",
    "max_parallel_workers_per_gather=0",
    "max_logical_replication_workers=0",
    "autovacuum_max_workers=1",
    "jit=off",
    "huge_pages=off",
    "timezone=UTC",
    "log_timezone=UTC",
    # a failed statement may hold names and addresses: the service logs its own errors, by id
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_checkpoints=off",
    "logging_collector=off",
)


@contextmanager
def embedded(data: Path, *, options: Sequence[str] = ()) -> Iterator[str]:
    """Use the data directory's server while the block runs; gives the DSN of its database.

    Starts it where nobody did (making the database the first time), starts it again should it be
    killed meanwhile, stops it where nobody else uses it afterwards. `options` are PostgreSQL
    settings (`fsync=off`) for a server we start. Blocks: not to be called inside an event loop.
    Raises StartRefused.
    """
    data = data_directory(data)
    users = os.open(data / "postgres.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with _gate(data):
            fcntl.flock(users, fcntl.LOCK_SH)
            cluster = open_cluster(data)
            socket = _running(cluster, users) or _start(cluster, options)
        ended = threading.Event()
        keeper = threading.Thread(
            target=_keep, args=(data, cluster, users, options, ended), name="postgres", daemon=True
        )
        keeper.start()
        try:
            yield f"postgresql://{LOGIN}@/{LOGIN}?host={quote(str(socket), safe='/')}&port=5432"
        finally:
            ended.set()
            keeper.join()
            with _gate(data):
                if _is_last(users):
                    _stop(cluster, "fast")
    finally:
        os.close(users)


@contextmanager
def _gate(data: Path) -> Iterator[None]:
    """Only one process at a time starts or stops the server."""
    handle = os.open(data / "postgres.gate", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StartRefused(
                        f"Another process has been starting or stopping the database in {data} "
                        f"for {PATIENCE} seconds. Look for it (fuser {data}/postgres.gate)."
                    ) from None
                time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _keep(
    data: Path, cluster: Cluster, users: int, options: Sequence[str], ended: threading.Event
) -> None:
    """Start the server again when it is gone; all its users watch, one of them gets the gate."""
    while not ended.wait(WATCH):
        if is_up(cluster.data):
            continue
        try:
            with _gate(data):
                if not ended.is_set() and _running(cluster, users) is None:
                    log.warning("database gone, starting it again")
                    _start(cluster, options)
        except (StartRefused, OSError) as failure:
            log.error("database doesn't start", error=type(failure).__name__)
            ended.wait(RETRY)


def _is_last(users: int) -> bool:
    """Whether no other process uses the server; to be asked behind the gate."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _running(cluster: Cluster, users: int) -> Path | None:
    """The folder of the socket where the server answers, or None where it has to be started."""
    if not alive(cluster.data, cluster.name):
        return None
    socket = _socket_of_running(cluster)
    if socket is not None and _wait_until_ready(cluster, socket, 20):
        return socket
    if not _is_last(users):
        raise StartRefused(
            f"PostgreSQL runs for other processes, but doesn't answer us in {socket}: end those "
            "first."
        )
    fcntl.flock(users, fcntl.LOCK_SH)
    _stop(cluster, "immediate")
    return None


def _start(cluster: Cluster, options: Sequence[str]) -> Path:
    end(cluster.data, cluster.name)
    socket = _socket_folder(cluster)
    # the processes named there are gone; another one may have got the number meanwhile, or a
    # zombie still has it, and PostgreSQL would take either for a running server
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    (socket / f"{SOCKET}.lock").unlink(missing_ok=True)
    if cluster.log.exists() and cluster.log.stat().st_size > 1_000_000:
        cluster.log.replace(cluster.log.with_suffix(".log.old"))
    settings = [
        *_SETTINGS,
        *(("io_method=sync",) if cluster.programs.major >= 18 else ()),
        f"cluster_name={cluster.name}",
        f"unix_socket_directories={socket}",
        *options,
    ]
    code, said = cluster.program(
        "pg_ctl", "start", "-D", cluster.data, "-l", cluster.log, "-w", "-t", f"{PATIENCE}",
        "-o", " ".join(f"-c {shlex.quote(setting)}" for setting in settings),
    )  # fmt: skip
    if code:
        log = cluster.log.read_text(errors="replace") if cluster.log.exists() else said
        raise StartRefused(f"PostgreSQL didn't start in {cluster.data}:", *last_lines(log))
    return socket


def _stop(cluster: Cluster, mode: str) -> None:
    """Stop the server, the harder way if it doesn't listen; a stopped one is fine."""
    for attempt in dict.fromkeys((mode, "immediate")):
        stop = ("stop", "-D", cluster.data, "-m", attempt, "-w", "-t", "30")
        if cluster.program("pg_ctl", *stop)[0] == 0 or not alive(cluster.data, cluster.name):
            return
    end(cluster.data, cluster.name)


def _socket_folder(cluster: Cluster) -> Path:
    """A folder that only the server's user (and root) enters, with a path short enough."""
    folder = cluster.home / "socket"
    if len(os.fsencode(folder / SOCKET)) > LONGEST_SOCKET:
        folder = Path("/tmp") / cluster.name  # noqa: S108  (whose it is gets checked)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {cluster.user.uid, os.geteuid()}:
        raise StartRefused(f"{folder} isn't a folder of ours: remove it.")
    folder.chmod(0o700)
    os.chown(folder, cluster.user.uid, cluster.user.gid)
    return folder


def _socket_of_running(cluster: Cluster) -> Path | None:
    """Where the running server says it listens: the fifth line of postmaster.pid."""
    for _ in range(50):
        try:
            lines = (cluster.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            lines = []
        if len(lines) > 4 and lines[4]:
            return Path(lines[4])
        time.sleep(0.1)
    return None


def _wait_until_ready(cluster: Cluster, socket: Path, seconds: float) -> bool:
    """False where nothing answers for `seconds`; a server in recovery is waited for longer."""
    silent_until = time.monotonic() + seconds
    recovered_until = time.monotonic() + PATIENCE
    while True:
        probe = ("-h", socket, "-p", "5432", "-d", "postgres", "-t", "3")
        code, _said = cluster.program("pg_isready", *probe)
        if code == 0:
            return True
        now = time.monotonic()
        if now > (recovered_until if code == 1 else silent_until):
            return False
        time.sleep(0.1)
