"""Where the embedded database lies, whose it is, and how it is made."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import msgspec

from rundum_core.pgbinaries import ROOTS_PLACE, Programs, ServerUser, programs_for, server_user
from rundum_core.refusal import StartRefused

LOGIN = "rundum"  # may create roles and owns its database, but is no superuser
SUPERUSER = "postgres"
_FIRST_STATEMENTS = f"""\
CREATE ROLE {LOGIN} LOGIN CREATEROLE;
CREATE DATABASE {LOGIN} OWNER {LOGIN};
"""


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """One database directory with what is needed to run it. `home` belongs to the server's user:
    the cluster in `data`, the socket in `socket` (when the path is short), the log beside."""

    home: Path
    user: ServerUser
    programs: Programs

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def name(self) -> str:
        """Stands in the title of each of the server's processes."""
        return f"rundum-{digest(self.home)}"

    def program(
        self, name: str, *arguments: str | Path, text: str | None = None
    ) -> tuple[int, str]:
        """Run one of the server's programs as its user: exit code, and what it said."""
        command = [self.programs.folder / name, *arguments]
        try:
            done = self.user.run(command, text=text, seconds=300)
        except subprocess.TimeoutExpired:
            raise StartRefused(f"PostgreSQL's {name} for {self.data} didn't end.") from None
        return done.returncode, done.stdout + done.stderr


def data_directory(data: Path) -> Path:
    """The data directory, made if need be; raises StartRefused where it can't be ours."""
    data = data.expanduser().resolve()
    try:
        # root hands the server to another user, who has to pass through here (but not to look)
        data.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as failure:
        raise StartRefused(
            f"RUNDUM_DATA: {data} can't be made ({failure.strerror}). Set it to a directory of "
            "yours."
        ) from failure
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        raise StartRefused(f"RUNDUM_DATA: {data} isn't yours to write. Start as its owner.")
    return data


def open_cluster(data: Path) -> Cluster:
    """The database of a data directory, made where there is none yet; raises StartRefused."""
    home = data / "postgres"
    existing = home / "data" / "PG_VERSION"
    try:
        owner, major = existing.stat().st_uid, int(existing.read_text())
    except FileNotFoundError:
        owner, major = None, None
    except PermissionError:
        raise StartRefused(
            f"The database in {home} belongs to another user: start as root, or as that user."
        ) from None
    user = server_user(owner)
    if not home.is_dir():
        _make_home(home, data, user)
    elif not user.enters(home.resolve()):
        raise StartRefused(
            f"User {user.name}, who runs the database, can't enter {home.resolve()}: move the data "
            "directory, and set RUNDUM_DATA."
        )
    cluster = Cluster(home=home.resolve(), user=user, programs=programs_for(user, major))
    if major is None:
        _initialise(cluster)
    return cluster


def _make_home(home: Path, data: Path, user: ServerUser) -> None:
    """The server's own folder; for root elsewhere, with a link to it, when `data` lies where the
    server's user can't go (in /root, say)."""
    if user.enters(data):
        home.unlink(missing_ok=True)
        home.mkdir(mode=0o700)
        os.chown(home, user.uid, user.gid)
        return
    place = ROOTS_PLACE / digest(data)
    try:
        place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        place.mkdir(mode=0o700, exist_ok=True)
        os.chown(place, user.uid, user.gid)
    except OSError as failure:
        raise StartRefused(
            f"User {user.name}, who runs the database, can't enter {data}, and {place} can't be "
            f"made ({failure.strerror}): set RUNDUM_DATA to a directory outside of /root."
        ) from failure
    home.unlink(missing_ok=True)
    home.symlink_to(place)


def _initialise(cluster: Cluster) -> None:
    """Make the database beside and rename it: what is there is whole, whenever we are killed."""
    fresh = cluster.home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    if cluster.programs.major >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    else:
        locale = ["--locale=C.UTF-8"]
    who = ("-U", SUPERUSER, "--auth=trust")  # whoever can enter the socket's folder
    how = ("--encoding=UTF8", "--no-instructions")
    code, said = cluster.program("initdb", "-D", fresh, *who, *how, *locale)
    if code:  # a system without C.UTF-8
        shutil.rmtree(fresh, ignore_errors=True)
        code, said = cluster.program("initdb", "-D", fresh, *who, *how, *locale, "--locale=C")
    if code == 0:
        single = ("--single", "-D", fresh, "-c", "log_min_messages=warning", "postgres")
        code, said = cluster.program("postgres", *single, text=_FIRST_STATEMENTS)
        code = code or int("ERROR" in said)
    if code:
        raise StartRefused(f"The database could not be made in {cluster.data}:", *last_lines(said))
    fresh.rename(cluster.data)


def last_lines(text: str, lines: int = 5) -> list[str]:
    """What a program said last, for a message."""
    return [line for line in text.splitlines() if line.strip()][-lines:]


def digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
