"""Static files under names that change with their content."""

from __future__ import annotations

import gzip
import hashlib
import re
from importlib.resources import files

import pytest

from rundum_web.assets import Assets

STATIC = files("rundum_web") / "static"


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets.load("rundum_core", "rundum_web")


def test_a_file_is_found_under_its_hash_only(assets: Assets) -> None:
    path = assets("house.css")
    assert re.fullmatch(r"/static/house\.[0-9a-f]{12}\.css", path)
    found = assets.find(path.removeprefix("/static/"))
    assert found is not None
    assert found.media_type == "text/css"
    assert found.packed is not None
    assert gzip.decompress(found.packed) == found.content
    assert assets.find("house.css") is None
    assert assets.find("../rundum_web/forms.py") is None


def test_a_style_sheet_names_its_fonts_by_their_hash(assets: Assets) -> None:
    style = assets.find(assets("tokens.css").removeprefix("/static/"))
    assert style is not None
    assert assets("fonts/atkinson.woff2").encode() in style.content
    assert b'url("fonts/' not in style.content


def test_a_centres_hue_has_a_style_sheet(assets: Assets) -> None:
    found = assets.find("brand/30.css")
    assert found is not None
    assert b"--brand:" in found.content
    assert assets.find("brand/360.css") is None
    assert assets.find("brand/x.css") is None


def test_an_unknown_name_is_a_mistake(assets: Assets) -> None:
    with pytest.raises(KeyError):
        assets("nothing.css")
    with pytest.raises(KeyError):
        assets.icon("nothing")


def test_an_icon_is_drawn_inline_without_styles(assets: Assets) -> None:
    drawn = assets.icon("phone")
    assert drawn.startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in drawn
    assert "style=" not in drawn


def test_what_is_not_ours_is_what_we_say_it_is() -> None:
    listed = (STATIC / "VENDORED.md").read_text("utf-8")
    rows = re.findall(r"\| (\S+) \|[^|]*\|[^|]*\| ([0-9a-f]{64}) \|", listed)
    assert len(rows) == 3
    for name, digest in rows:
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest
    for licence in ("fonts/OFL.txt", "vendor/htmx-LICENSE.txt", "../icons/LICENSE"):
        assert (STATIC / licence).is_file()
