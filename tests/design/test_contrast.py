"""The stylesheet keeps WCAG 2.2 AA contrast in both themes."""

import re
from pathlib import Path

import pytest

from ideas.models import Status

STATUS_COLOURS = Status.Colour.values
STYLESHEET = Path(__file__).parents[2] / "static" / "css" / "chorus.css"
THEMES = ("light", "dark")
TEXT, GRAPHICS = 4.5, 3.0

TEXT_PAIRS = [
    *((text, ground) for text in ("text", "text-2", "text-3") for ground in ("bg", "surface", "sunken", "hover")),
    *(("accent", ground) for ground in ("bg", "surface", "sunken", "hover", "accent-soft")),
    *(("text", ground) for ground in ("accent-soft", "info-soft", "warning-soft", "danger-soft", "mark")),
    *(("accent", ground) for ground in ("info-soft", "warning-soft", "danger-soft")),
    *((kind, f"{kind}-soft") for kind in ("info", "warning", "danger")),
    *((kind, ground) for kind in ("danger", "info", "warning") for ground in ("bg", "surface")),
    *((f"status-{colour}", f"status-{colour}-soft") for colour in STATUS_COLOURS),
    ("text-2", "info-soft"),
    ("text-2", "danger-soft"),
    ("accent-strong", "bg"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-danger", "danger"),
    ("on-danger", "danger-strong"),
]
GRAPHIC_PAIRS = [
    *((f"status-{colour}", ground) for colour in STATUS_COLOURS for ground in ("bg", "surface", "sunken", "hover")),
    *(("line-strong", ground) for ground in ("bg", "surface")),
    *(("focus", ground) for ground in ("bg", "surface", "sunken", "accent-soft", "danger-soft")),
]


def _tokens() -> dict[str, tuple[str, str]]:
    pairs = re.findall(r"--([\w-]+):\s*light-dark\((#\w{6}), (#\w{6})\)", STYLESHEET.read_text())
    return {name: (light, dark) for name, light, dark in pairs if not name.startswith("tone-")}


def _tones() -> list[tuple[tuple[str, str], tuple[str, str]]]:
    css = STYLESHEET.read_text()
    grounds = re.findall(r"--tone-bg:\s*light-dark\((#\w{6}), (#\w{6})\)", css)
    letters = re.findall(r"--tone-text:\s*light-dark\((#\w{6}), (#\w{6})\)", css)
    return list(zip(grounds, letters, strict=True))


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_formula_gives_known_values() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [*((*pair, TEXT) for pair in TEXT_PAIRS), *((*pair, GRAPHICS) for pair in GRAPHIC_PAIRS)],
)
def test_colours_stand_out_from_their_ground(front: str, ground: str, least: float, theme: str) -> None:
    tokens, index = _tokens(), THEMES.index(theme)

    assert _contrast(tokens[front][index], tokens[ground][index]) >= least


@pytest.mark.parametrize("theme", THEMES)
def test_initials_stand_out_from_every_tone_of_avatar(theme: str) -> None:
    index = THEMES.index(theme)
    tones = _tones()

    assert len(tones) == 8
    assert min(_contrast(letters[index], ground[index]) for ground, letters in tones) >= TEXT


@pytest.mark.parametrize("colour", STATUS_COLOURS)
def test_every_colour_of_a_status_is_drawn_here_and_in_the_admin(colour: str) -> None:
    admin = STYLESHEET.with_name("admin.css").read_text()

    assert f".c-status-badge.is-{colour}," in STYLESHEET.read_text()
    assert f".c-status-dot.is-{colour} {{" in STYLESHEET.read_text()
    assert f".c-swatch.is-{colour} {{" in admin
