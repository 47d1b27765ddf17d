"""`rundum places import` and `rundum staff add`, as an administrator types them."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from rundum_identity.signin import send_link

pytestmark = pytest.mark.slow


@pytest.fixture
def rundum(house, database_url):
    async def run(*words: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from rundum_app.cli import main; main()",
            *words,
            env={**os.environ, "RUNDUM_DATABASE_URL": database_url},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    return run


async def test_the_first_administrator_comes_by_the_command_line(house, rundum) -> None:
    words = ("staff", "add", "--centre", "boerde", "--email", "Eva@Example.org", "--name", "Eva K")
    code, said = await rundum(*words)
    assert (code, "/sign-in" in said) == (0, True)
    assert "known before" in (await rundum(*words))[1]
    await send_link(house.db, "eva@example.org")
    assert await house.count("delivery") == 1
    assert await house.count("role_grant") == 1


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--centre", "nowhere", "no centre nowhere"),
        ("--email", "eva.example.org", "no mail address"),
        ("--email", "Jürgen@example.org", "no mail address"),
        ("--name", " ", "name is needed"),
        ("--role", "queen", "'queen' is not one of"),
    ],
)
async def test_a_mistake_is_said_in_one_line(rundum, option: str, value: str, said: str) -> None:
    given = {"--centre": "boerde", "--email": "eva@example.org", "--name": "Eva K", option: value}
    code, heard = await rundum("staff", "add", *(word for pair in given.items() for word in pair))
    assert (code, said in heard, "Traceback" in heard) == (2, True, False)


async def test_a_file_of_places_is_taken_with_a_report(house, rundum, tmp_path) -> None:
    file = tmp_path / "DE.txt"
    file.write_text(
        "DE\t10115\tBerlin\tBerlin\tBE\t\t00\tBerlin\t11000\t52.53\t13.38\t6\nnonsense\n", "utf-8"
    )
    code, said = await rundum("places", "import", str(file))
    assert code == 0
    assert "1 places read: 1 new" in said
    assert "line 2 has not 12 columns" in said
    assert "GeoNames" in said
    file.write_text("nothing at all", "utf-8")
    assert (await rundum("places", "import", str(file)))[0] == 1
