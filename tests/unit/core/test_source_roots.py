"""The layout that docs/adr/0001-source-roots.md describes, and what would quietly break it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
ROOTS = PROJECT["tool"]["hatch"]["build"]["dev-mode-dirs"]
PACKAGES = {
    path.parent.relative_to(CHECKOUT).as_posix()
    for root in ROOTS
    for path in (CHECKOUT / root).glob("*/__init__.py")
}
# names that one system or another can't have
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$')


def test_the_roots_are_the_six_folders() -> None:
    assert sorted(ROOTS) == ["app", "core", "matching", "notifications", "providers", "requests"]


def test_no_root_is_a_package_itself() -> None:
    assert [root for root in ROOTS if (CHECKOUT / root / "__init__.py").exists()] == []


def test_every_package_has_a_name_of_its_own_that_no_library_has() -> None:
    assert [package for package in PACKAGES if "/rundum_" not in package] == []


def test_every_package_is_in_the_wheel_and_under_the_import_rules() -> None:
    listed = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(listed) == PACKAGES
    ruled = PROJECT["tool"]["importlinter"]["root_packages"]
    assert set(ruled) == {package.partition("/")[2] for package in PACKAGES}


def test_the_lock_file_names_no_host_but_the_public_index() -> None:
    lock = (CHECKOUT / "uv.lock").read_text("utf-8")
    assert set(re.findall(r"https?://[^/\"]+", lock)) == {
        "https://pypi.org",
        "https://files.pythonhosted.org",
    }


def test_every_path_can_exist_on_every_system() -> None:
    paths = [
        path.relative_to(CHECKOUT)
        for folder in (*ROOTS, "bin", "docs", "sql", "tests")
        for path in (CHECKOUT / folder).rglob("*")
        if "__pycache__" not in path.parts
    ]
    assert len(paths) > 100
    wrong = [
        path
        for path in paths
        if any(DEVICES.fullmatch(part) or FORBIDDEN.search(part) for part in path.parts)
    ]
    assert wrong == []
    assert len({str(path).lower() for path in paths}) == len(paths)
