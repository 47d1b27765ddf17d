"""Everything written can be read: contrasts counted from tokens.css, in both schemes."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from rundum_web.colours import TEXT_CONTRAST, brand_css, contrast, oklch

STYLE = (files("rundum_web") / "static" / "tokens.css").read_text("utf-8")
# (ink, ground): text on every ground it is put on in house.css
TEXTS = [
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in ("paper", "card", "brand-soft")),
    ("ink", "good-soft"),
    ("ink", "wait-soft"),
    ("ink", "stop-soft"),
    ("brand", "paper"),
    ("brand", "card"),
    ("brand", "brand-soft"),
    ("on-brand", "brand"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    *((mood, ground) for mood in ("good", "wait", "stop") for ground in ("paper", "card")),
    *((mood, f"{mood}-soft") for mood in ("good", "wait", "stop")),
]
CONTROLS = [("edge", "card"), ("edge", "paper"), ("focus", "paper"), ("focus", "card")]


def schemes(style: str) -> tuple[dict[str, str], dict[str, str]]:
    light, _, dark = style.partition("@media (prefers-color-scheme: dark)")
    tokens = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
    day = dict(tokens.findall(light))
    return day, day | dict(tokens.findall(dark))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_text_can_be_read(scheme: int, ink: str, ground: str) -> None:
    colours = schemes(STYLE)[scheme]
    assert contrast(colours[ink], colours[ground]) >= TEXT_CONTRAST


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), CONTROLS)
def test_controls_and_the_focus_ring_can_be_seen(scheme: int, line: str, ground: str) -> None:
    colours = schemes(STYLE)[scheme]
    assert contrast(colours[line], colours[ground]) >= 3


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_hue_a_centre_may_choose_can_be_read(scheme: int) -> None:
    ours = schemes(STYLE)[scheme]
    unreadable = []
    for hue in range(360):
        brand = ours | schemes(brand_css(hue))[scheme]
        pairs = [pair for pair in TEXTS if any("brand" in name for name in pair)]
        if any(contrast(brand[ink], brand[ground]) < TEXT_CONTRAST for ink, ground in pairs):
            unreadable.append(hue)
        assert contrast(brand["focus"], brand["paper"]) >= 3
    assert unreadable == []


def test_contrast_is_counted_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_oklch_gives_the_colours_it_should() -> None:
    assert oklch(1, 0, 0) == "#ffffff"
    assert oklch(0.62796, 0.25768, 29.234) == "#ff0000"
