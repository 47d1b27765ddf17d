"""Installed from a wheel, everything is found that a checkout has."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from rundum_core import sqlfiles
from rundum_core.migrate import known

CHECKOUT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow

LOOK = """
import json
from rundum_core import sqlfiles
from rundum_core.migrate import known
from rundum_core.settings import read
settings, _ = read({"XDG_DATA_HOME": "/home/anna/.data"})
print(json.dumps([str(sqlfiles.root()), len(known()), str(settings.data)]))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel puts beside other packages."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = next(
        str(found)
        for found in (CHECKOUT / ".tools/bin/uv", shutil.which("uv"))
        if found and Path(found).exists()
    )
    subprocess.run([uv, "build", "--wheel", "-q", "-o", folder, CHECKOUT], check=True)
    (wheel,) = folder.glob("rundum-*.whl")
    site = folder / "site"
    zipfile.ZipFile(wheel).extractall(site)
    return site


def test_the_sql_lies_in_the_wheel_and_the_data_at_home(installed: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", LOOK],
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=installed,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert str(installed / "rundum_core/_sql") in answer
    assert f", {len(known())}, " in answer
    assert "/home/anna/.data/rundum" in answer


def test_here_the_sql_lies_beside_the_code() -> None:
    assert sqlfiles.root() == CHECKOUT / "sql"
    assert sqlfiles.checkout() == CHECKOUT


def test_no_file_of_a_package_is_forgotten(installed: Path) -> None:
    missing = [
        path.relative_to(package.parent)
        for package in CHECKOUT.glob("*/rundum_*")
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
        if not (installed / path.relative_to(package.parent)).exists()
    ]
    assert missing == []
