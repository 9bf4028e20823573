"""What is really drawn: every text on both pages has contrast enough, in every state, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.web.touchpoints import TouchpointCondition
from tests.web.support.views import VIEWS

if TYPE_CHECKING:
    from streams.web.board import Board

pytestmark = pytest.mark.browser

WEAK = (Path(__file__).parent / "support" / "weak_texts.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?search=p",
        "/anomalies/a1b2c3",
        "/anomalies/e5",
        "/anomalies/g7",
        "/anomalies/r0",
        "/anomalies/none",
        "/touchpoints/order",
        "/touchpoints/consultation",
        "/touchpoints/none",
    ],
)
async def test_every_text_is_legible(path: str, scheme: str, troubled_board: Board, serve: Any, open_page: Any) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url(path), **VIEWS[f"wall-{scheme}"])
    await page.locator(".signal, .panel, #unknown h1").locator("visible=true").first.wait_for()

    assert await page.evaluate(WEAK) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_state_of_touchpoint_and_mood_is_legible_and_told_in_words(
    scheme: str, troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/"), **VIEWS[f"wall-{scheme}"])
    tile = page.locator("[data-touchpoint='page']")
    await tile.wait_for()
    await page.clock.pause_at(await page.evaluate("Date.now() + 1000"))
    weak = {}
    for state in TouchpointCondition:
        await tile.evaluate("(tile, state) => { tile.className = `touchpoint state-${state}` }", state.value)
        weak[state.value] = await page.evaluate(WEAK)
    for mood in ("calm", "unsure", "blind", "mild", "warning", "critical"):
        await page.evaluate("mood => { document.body.dataset.mood = mood }", mood)
        weak[mood] = await page.evaluate(WEAK)
    words = await page.locator(".touchpoint-state").all_inner_texts()

    assert {state: found for state, found in weak.items() if found} == {}
    assert all(any(letter.isalpha() for letter in word) for word in words)
