"""Every text can be read on every surface, light and dark (WCAG 2.2 AA), computed from variables.css."""

from __future__ import annotations

import math
import re
from itertools import product

import pytest
from django.conf import settings

CSS = (settings.BASE_DIR / "static/css/variables.css").read_text()
PAIR = re.compile(r"(--[\w-]+):\s*light-dark\(oklch\(([^)]*)\),\s*oklch\(([^)]*)\)\)")
COLOURS = {name: {"light": light, "dark": dark} for name, light, dark in PAIR.findall(CSS)}

SURFACES = ("--surface-1", "--surface-2", "--surface-3", "--surface-float")
WORDS = ("--text", "--text-muted", "--text-faint", "--accent", "--accent-strong")
STATES = ("--good", "--warn", "--bad", "--info")
CODE = ("--code-comment", "--code-keyword", "--code-string", "--code-number", "--code-name", "--code-type")
ON = (
    ("--on-accent", "--accent"),
    ("--on-accent", "--accent-strong"),
    ("--on-bad", "--bad"),
    ("--on-bad", "--bad-strong"),
)
SOFT = tuple((word, f"{state}-soft") for state in STATES for word in (state, "--text"))
CHOSEN = (("--text", "--accent-soft"), ("--accent", "--accent-soft"))


def linear_rgb(oklch: str) -> tuple[float, float, float]:
    """`L% C H` in linear sRGB, cut to what a screen can show (Björn Ottosson's matrices)."""
    lightness, chroma, hue = (float(part.rstrip("%")) for part in oklch.split("/")[0].split())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    base = lightness / 100
    long = (base + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (base - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (base - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return tuple(min(1.0, max(0.0, part)) for part in (red, green, blue))  # type: ignore[return-value]


def luminance(oklch: str) -> float:
    red, green, blue = linear_rgb(oklch)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, theme: str) -> float:
    high, low = sorted((luminance(COLOURS[one][theme]), luminance(COLOURS[other][theme])), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("word", "surface"), [*product((*WORDS, *STATES), SURFACES), *ON, *SOFT, *CHOSEN])
def test_words_can_be_read(word: str, surface: str, theme: str) -> None:
    assert contrast(word, surface, theme) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("word", "surface"), list(product(CODE, ("--surface-1", "--surface-2"))))
def test_code_can_be_read(word: str, surface: str, theme: str) -> None:
    assert contrast(word, surface, theme) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("edge", ["--line-control", "--accent", *(f"{state}-mark" for state in STATES)])
@pytest.mark.parametrize("surface", ["--surface-1", "--surface-2", "--surface-float"])
def test_edges_of_controls_can_be_seen(edge: str, surface: str, theme: str) -> None:
    assert contrast(edge, surface, theme) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_mathematics(theme: str) -> None:
    assert luminance("100% 0 0") == pytest.approx(1, abs=1e-3)
    assert luminance("0% 0 0") == pytest.approx(0, abs=1e-6)
    assert luminance("62.8% 0.2577 29.23") == pytest.approx(0.2126, abs=2e-3)  # sRGB red
    assert contrast("--text", "--text", theme) == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("number", range(1, 9))
def test_series_stand_out_from_the_page(number: int, theme: str) -> None:
    assert contrast(f"--series-{number}", "--surface-1", theme) >= 2.2
