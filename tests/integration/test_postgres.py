"""The embedded server: shared, killed, started again."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from rundum_core import pgbinaries, pgcluster, pgprocesses
from rundum_core.pgcluster import data_directory, open_cluster
from rundum_core.postgres import embedded
from rundum_core.refusal import StartRefused

pytestmark = pytest.mark.slow

FAST = ("fsync=off",)
USER = """
import sys, time
from pathlib import Path
from rundum_core.postgres import embedded
with embedded(Path(sys.argv[1]), options=("fsync=off",)):
    print("in", flush=True)
    sys.stdin.read()
"""


def fresh_folder() -> Path:
    """A directory that every user may pass through: pytest's own are root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="rundum-test-", dir="/var/tmp"))
    folder.chmod(0o711)
    return folder


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data directory with a database in it that nobody has used."""
    folder = fresh_folder()
    open_cluster(data_directory(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def data(made: Path) -> Iterator[Path]:
    folder = fresh_folder()
    subprocess.run(["cp", "-a", made / "postgres", folder], check=True)
    yield folder
    end_server(folder)
    shutil.rmtree(folder)


@pytest.fixture
def empty() -> Iterator[Path]:
    folder = fresh_folder()
    yield folder
    end_server(folder)
    shutil.rmtree(folder)


def processes(data: Path) -> list[int]:
    cluster = open_cluster(data_directory(data))
    return pgprocesses.alive(cluster.data, cluster.name)


def end_server(data: Path) -> None:
    if (data / "postgres").is_dir():
        for pid in processes(data):
            os.kill(pid, signal.SIGKILL)


def postmaster(data: Path) -> int:
    return int((data / "postgres/data/postmaster.pid").read_text().split()[0])


def ask(dsn: str, sql: str) -> object:
    async def go() -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(go())


def another_user_of(data: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", USER, data],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    return process


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate()
    assert process.returncode == 0


def test_what_was_written_is_there_at_the_next_start(data: Path) -> None:
    with embedded(data, options=FAST) as dsn:
        ask(dsn, "CREATE TABLE note AS SELECT 7 AS seven")
    assert processes(data) == []
    with embedded(data, options=FAST) as dsn:
        assert ask(dsn, "SELECT seven FROM note") == 7


def test_the_server_is_reached_through_a_socket_of_ours_and_by_no_superuser(data: Path) -> None:
    with embedded(data, options=FAST) as dsn:
        assert ask(dsn, "SHOW listen_addresses") == ""
        assert ask(dsn, "SELECT lower('ÄÖÜ')") == "äöü"
        assert not ask(dsn, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert (data / "postgres/socket").stat().st_mode & 0o777 == 0o700


def test_the_last_process_that_leaves_stops_the_server(data: Path) -> None:
    with embedded(data, options=FAST):
        second = another_user_of(data)
        server = postmaster(data)
    assert server in processes(data)
    leave(second)
    assert processes(data) == []


def test_a_killed_process_leaves_the_server_to_the_next_one(data: Path) -> None:
    first = another_user_of(data)
    server = postmaster(data)
    first.kill()
    first.wait()
    with embedded(data, options=FAST) as dsn:
        assert postmaster(data) == server
        assert ask(dsn, "SELECT 1") == 1
    assert processes(data) == []


def test_many_that_start_at_once_share_one_server(data: Path) -> None:
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", USER, data],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in starting:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
    masters = [
        pid
        for pid in processes(data)
        if b" -D " in Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    ]
    assert masters == [postmaster(data)]
    for process in starting:
        leave(process)
    assert processes(data) == []


def test_a_killed_server_comes_back_with_everything_that_was_committed(data: Path) -> None:
    user = another_user_of(data)
    with embedded(data) as dsn:
        ask(dsn, "CREATE TABLE note AS SELECT 7 AS seven")
        for pid in processes(data):
            os.kill(pid, signal.SIGKILL)
    user.kill()
    user.wait()
    with embedded(data, options=FAST) as dsn:
        assert ask(dsn, "SELECT seven FROM note") == 7


def test_a_server_that_is_killed_under_its_users_is_started_again(data: Path) -> None:
    others = another_user_of(data)
    with embedded(data, options=FAST) as dsn:
        killed = postmaster(data)
        os.kill(killed, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while True:
            try:
                assert ask(dsn, "SELECT 1") == 1
            except (OSError, asyncpg.PostgresError):
                assert time.monotonic() < deadline
                time.sleep(0.1)
            else:
                break
        assert postmaster(data) != killed
    leave(others)
    assert processes(data) == []


def test_the_server_s_orphans_are_waited_for_when_its_postmaster_was_killed(data: Path) -> None:
    user = another_user_of(data)
    user.kill()
    user.wait()
    os.kill(postmaster(data), signal.SIGKILL)
    with embedded(data, options=FAST) as dsn:
        assert ask(dsn, "SELECT 1") == 1


def test_a_stale_postmaster_pid_whose_number_another_program_has_now_is_no_obstacle(
    data: Path,
) -> None:
    with embedded(data, options=FAST):
        stale = (data / "postgres/data/postmaster.pid").read_text()
    sleeper = subprocess.Popen(["sleep", "60"])
    lines = stale.splitlines()
    lines[0] = str(sleeper.pid)
    (data / "postgres/data/postmaster.pid").write_text("\n".join(lines))
    (data / "postgres/socket/.s.PGSQL.5432.lock").write_text("\n".join(lines))
    with embedded(data, options=FAST) as dsn:
        assert ask(dsn, "SELECT 1") == 1
    sleeper.kill()
    sleeper.wait()


def test_a_database_that_was_half_made_is_made_anew(empty: Path) -> None:
    cluster = open_cluster(data_directory(empty))
    cluster.data.rename(cluster.home / "data.new")
    (cluster.home / "data.new/PG_VERSION").unlink()
    with embedded(empty, options=FAST) as dsn:
        assert ask(dsn, "SELECT 1") == 1


def test_a_long_path_gets_its_socket_elsewhere(empty: Path) -> None:
    with embedded(empty / ("long" * 25), options=FAST) as dsn:
        assert ask(dsn, "SELECT 1") == 1
        socket = Path(dsn.partition("host=")[2].partition("&")[0])
        assert socket.parent == Path("/tmp")
    socket.rmdir()


def test_a_place_where_the_server_s_user_cannot_go_gets_its_database_elsewhere(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pgcluster, "ROOTS_PLACE", empty)
    closed = empty / "closed"
    closed.mkdir(mode=0o700)
    with embedded(closed, options=FAST) as dsn:
        assert ask(dsn, "SELECT 1") == 1
        assert (closed / "postgres").is_symlink() == (os.geteuid() == 0)
    with embedded(closed, options=FAST) as dsn:
        assert ask(dsn, "SELECT 1") == 1


def test_ctrl_c_does_not_reach_the_server(data: Path) -> None:
    with embedded(data, options=FAST):
        assert os.getsid(postmaster(data)) != os.getsid(0)


def test_a_data_directory_that_cannot_be_is_refused_in_one_line(empty: Path) -> None:
    (empty / "file").touch()
    with pytest.raises(StartRefused, match=r"RUNDUM_DATA: .*/file/data can't be made"):
        data_directory(empty / "file/data")


def test_a_version_that_is_not_here_is_named() -> None:
    with pytest.raises(StartRefused, match="PostgreSQL 9, which made this database, is not here"):
        pgbinaries.programs_for(pgbinaries.server_user(), 9)


def test_copied_programs_run_in_their_new_place(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = pgbinaries.server_user()
    programs = next(pgbinaries.installations())
    monkeypatch.setattr(pgbinaries, "ROOTS_PLACE", empty)
    copy = pgbinaries.copied(programs, user)
    assert copy.folder.is_relative_to(empty)
    assert user.run([copy.folder / "initdb", "--version"]).stdout.strip().endswith(copy.version)
    begun = time.time()
    assert pgbinaries.copied(programs, user) == copy
    assert copy.folder.stat().st_ctime < begun
