"""Colours by number: contrast as WCAG counts it, and a centre's brand in both schemes."""

from __future__ import annotations

from math import cos, radians, sin

RGB = tuple[float, float, float]

TEXT_CONTRAST = 4.5


def contrast(one: str, other: str) -> float:
    """The contrast of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    first, second = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """An OKLCH colour as `#rrggbb`, its chroma lowered until sRGB can show it (Ottosson 2020)."""
    while chroma > 0:
        colour = _linear(lightness, chroma, hue)
        if all(-1e-4 <= channel <= 1 + 1e-4 for channel in colour):
            break
        chroma -= 0.002
    return "#" + "".join(f"{round(_gamma(c) * 255):02x}" for c in _linear(lightness, chroma, hue))


def brand_css(hue: int) -> str:
    """A style sheet that gives the brand's colours another hue; on paper, card and their own soft
    ground they stay readable (4.5:1 and more) whatever the hue."""
    light = {
        "brand": oklch(0.42, 0.075, hue),
        "brand-soft": oklch(0.945, 0.022, hue),
        "focus": oklch(0.42, 0.1, hue),
    }
    dark = {
        "brand": oklch(0.8, 0.075, hue),
        "brand-soft": oklch(0.3, 0.04, hue),
        "focus": oklch(0.86, 0.08, hue),
    }
    return f"{_block(light)}\n@media (prefers-color-scheme: dark) {{ {_block(dark)} }}\n"


def _block(tokens: dict[str, str]) -> str:
    return ":root { " + " ".join(f"--{name}: {value};" for name, value in tokens.items()) + " }"


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.2126 * _degamma(red) + 0.7152 * _degamma(green) + 0.0722 * _degamma(blue)


def _degamma(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _gamma(channel: float) -> float:
    inside = min(max(channel, 0.0), 1.0)
    return inside * 12.92 if inside <= 0.0031308 else float(1.055 * inside ** (1 / 2.4) - 0.055)


def _linear(lightness: float, chroma: float, hue: float) -> RGB:
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
