"""The colours of the pages: text is legible on every ground it stands on, in light and in dark (WCAG AA)."""

from __future__ import annotations

import re

import pytest

from dashboards.wallboard import pages

STYLES = {path: body.decode() for path, (kind, body) in pages().items() if kind.startswith("text/css")}
TEXT = 4.5
GRAPHICS = 3.0

TONES = ("critical", "warning", "info", "recovering", "normal")
GROUNDS = ("ground", "card", *(f"{tone}-wash" for tone in TONES))
ON_ALL = [(ink, ground) for ink in ("ink", "quiet") for ground in GROUNDS]
ON_OWN = [(tone, ground) for tone in TONES for ground in ("ground", "card", f"{tone}-wash")]
ON_SIGNS = [("on-alarm", "alarm"), ("on-caution", "caution"), ("ground", "ink")]
SHAPES = [("value", "card"), ("value", "band"), ("expectation", "card"), ("info", "ground"), ("info", "card")]


def tokens() -> dict[str, dict[str, str]]:
    """The colours of :root by scheme; dark ones replace light ones."""
    light, dark = re.findall(r":root \{(.*?)\}", STYLES["/frame.css"], re.DOTALL)
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Of two colours, 1 to 21.

    >>> round(contrast("#ffffff", "#000000"))
    21
    """
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("least", "pairs"), [(TEXT, ON_ALL + ON_OWN + ON_SIGNS), (GRAPHICS, SHAPES)], ids=["text", "shapes"]
)
def test_every_pair_of_colours_that_meet_has_contrast_enough(
    scheme: str, least: float, pairs: list[tuple[str, str]]
) -> None:
    colours = tokens()[scheme]
    weak = {pair: round(contrast(*(colours[name] for name in pair)), 2) for pair in pairs}

    assert {pair: found for pair, found in weak.items() if found < least} == {}


@pytest.mark.parametrize("path", STYLES)
def test_faint_is_for_borders_and_underlines_and_never_for_text(path: str) -> None:
    uses = re.findall(r"([\w-]+):[^;{}]*var\(--faint\)", STYLES[path])

    assert set(uses) <= {"border", "border-color", "text-decoration-color"}


@pytest.mark.parametrize("path", STYLES)
def test_nothing_moves_for_who_asked_for_less_motion(path: str) -> None:
    without = re.sub(r"@media \(prefers-reduced-motion: no-preference\) \{[^}]*\}\s*\}", "", STYLES[path])

    assert re.findall(r"\b(?:transition|animation)\b", without) == []


@pytest.mark.parametrize("path", STYLES)
def test_the_focus_is_never_taken_away(path: str) -> None:
    assert re.findall(r"outline:\s*(?:0|none)", STYLES[path]) == []
