"""`rundum import` and `rundum export`, as an administrator types them."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from card_files import CLIENTS


@pytest.fixture
def rundum(desk, database_url, tmp_path):
    async def run(*words: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from rundum_app.cli import main; main()",
            *words,
            cwd=tmp_path,
            env={**os.environ, "RUNDUM_DATABASE_URL": database_url},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    return run


async def test_a_list_is_tried_taken_in_and_taken_along(desk, rundum, tmp_path) -> None:
    (tmp_path / "kartei.csv").write_bytes(CLIENTS.encode("cp1252"))
    words = ("import", "clients", "kartei.csv", "--centre", "boerde")
    code, said = await rundum(*words, "--dry-run")
    assert (code, "neu: 2" in said, "Eva Krause" in said) == (0, True, True)
    assert await desk.count("client") == 0
    code, said = await rundum(*words, "--language", "en")
    assert (code, "2 new" in said) == (0, True)
    assert await desk.count("client") == 2
    code, said = await rundum("export", "clients", "out.xlsx", "--centre", "boerde")
    assert (code, said.strip()) == (0, "Written: out.xlsx")
    code, said = await rundum("import", "clients", "out.xlsx", "--centre", "boerde")
    assert (code, "unverändert: 2" in said) == (0, True)


async def test_what_is_to_be_settled_ends_with_one_and_no_traceback(desk, rundum, tmp_path) -> None:
    (tmp_path / "kartei.csv").write_text(CLIENTS.replace("39179;Barleben", "99999;Nirgends"))
    words = ("import", "clients", "kartei.csv", "--centre", "boerde")
    code, said = await rundum(*words)
    assert code == 1
    assert "Ort" in said
    assert await desk.count("client") == 0
    (tmp_path / "kartei.csv").write_bytes(b"%PDF-1.7")
    code, said = await rundum(*words)
    assert (code, "Traceback" in said) == (1, False)
    for wrong in (("--centre", "nowhere"), ("--centre", "boerde", "--by", "nobody@example.org")):
        code, said = await rundum(*words[:3], *wrong)
        assert (code, "Traceback" in said) == (2, False)
