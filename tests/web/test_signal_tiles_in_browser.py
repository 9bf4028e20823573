"""Every signal of the shop at once on the wall: nothing lies over anything else, nothing is cut off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from shop_hour import CATALOGUE, MINUTE, hour
from views import VIEWS

if TYPE_CHECKING:
    from streams.web.board import Board

pytestmark = pytest.mark.browser

SIGNALS = [metric for metric in CATALOGUE.metrics if not metric.of_faults()]
CROWDED = (Path(__file__).parent / "support" / "crowded_tiles.js").read_text(encoding="utf-8")
LAPTOP = {"viewport": {"width": 1366, "height": 768}}


@pytest.fixture
def calm_board() -> Board:
    return hour(disturbed=False, full=True)


async def open_with_every_metric(
    open_page: Any, address: Any, silent_for: int = 0, unheard: int = 0, **view: Any
) -> Any:
    """Gauges have no whole, so the board shows none of them: others stand in, so that there is a tile for each.

    `silent_for` moves the board's time on (ms), so that all values are old; of the last `unheard` there was none.
    """
    page, _ = await open_page("about:blank", **view)

    async def filled(route: Any) -> None:
        response = await route.fetch()
        if response.status != 200:
            await route.fulfill(response=response)
            return
        body = await response.json()
        usual = [metric for metric in body["metrics"] if not metric["of_faults"]]
        missing = len(SIGNALS) - len(usual)
        more = [{**metric, "name": f"{metric['name']}_again"} for metric in usual[-missing:]]
        metrics = [*usual, *more]
        for metric in metrics[len(metrics) - unheard :]:
            metric["points"] = []
        titles = {metric["name"]: [metric["title"], metric["title_zh"]] for metric in more}
        await route.fulfill(
            response=response,
            json={
                **body,
                "time": body["time"] + silent_for,
                "metrics": metrics,
                "titles": {**body["titles"], **titles},
            },
        )

    await page.route("**/api/v1/board", filled)
    await page.goto(str(address))
    await page.locator("#signals .signal").first.wait_for()
    return page


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("unheard", [1, 5])
@pytest.mark.parametrize("state", ["full_board", "calm_board"])
async def test_the_list_of_signals_without_data_covers_no_tile(
    state: str, unheard: int, language: str, serve: Any, open_page: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = await serve(request.getfixturevalue(state))
    address = server.make_url(f"/?lang={language}")
    page = await open_with_every_metric(open_page, address, unheard=unheard, **VIEWS["wall-light"])
    await page.locator("#unheard li").nth(unheard - 1).wait_for()
    await page.screenshot(path=tmp_path / f"{state}-{unheard}-{language}.png")

    assert await page.locator("#signals .signal").count() == len(SIGNALS) - unheard
    assert await page.evaluate(CROWDED) == []
    assert await page.locator("#signals").evaluate("grid => grid.scrollHeight <= grid.clientHeight")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("silent_for", [0, 20 * MINUTE], ids=["speaking", "silent"])
@pytest.mark.parametrize("state", ["full_board", "calm_board"])
async def test_all_43_signals_are_legible_on_a_wall_without_scrolling(
    state: str,
    silent_for: int,
    language: str,
    serve: Any,
    open_page: Any,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    server = await serve(request.getfixturevalue(state))
    address = server.make_url(f"/?lang={language}")
    page = await open_with_every_metric(open_page, address, silent_for, **VIEWS["wall-light"])
    await page.screenshot(path=tmp_path / f"{state}-{silent_for}-{language}.png")

    assert await page.locator("#signals .signal").count() == len(SIGNALS) == 43
    assert await page.locator("#signals .empty").count() == (43 if silent_for else 0)
    assert await page.evaluate(CROWDED) == []
    assert await page.locator("#signals").evaluate("grid => grid.scrollHeight <= grid.clientHeight")
    assert await page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", [LAPTOP, VIEWS["phone-dark"], VIEWS["wall-dark"]], ids=["laptop", "phone", "wall"])
@pytest.mark.parametrize("state", ["full_board", "troubled_board", "quiet_board"])
async def test_no_tile_is_crowded_on_any_screen_however_many_there_are(
    state: str, view: dict[str, Any], language: str, serve: Any, open_page: Any, request: pytest.FixtureRequest
) -> None:
    server = await serve(request.getfixturevalue(state))
    page, _ = await open_page(server.make_url(f"/?lang={language}"), **view)
    await page.locator("#signals .signal").first.wait_for()

    assert await page.evaluate(CROWDED) == []


async def test_a_tile_that_is_too_low_for_its_texts_is_found(full_board: Board, serve: Any, open_page: Any) -> None:
    server = await serve(full_board)
    page, _ = await open_page(server.make_url("/"), **VIEWS["wall-light"])
    await page.locator("#signals .signal").first.wait_for()
    await page.locator("#signals .signal").first.evaluate("tile => { tile.style.height = '3rem' }")

    assert await page.evaluate(CROWDED) != []


async def test_a_band_without_width_and_a_single_point_are_drawn(calm_board: Board, serve: Any, open_page: Any) -> None:
    server = await serve(calm_board)
    page, _ = await open_page("about:blank", **VIEWS["wall-light"])

    async def steady(route: Any) -> None:
        response = await route.fetch()
        body = await response.json()
        for metric in body["metrics"]:
            metric["points"] = [[body["time"], 90, 90, 90, 90]]
        await route.fulfill(response=response, json=body)

    await page.route("**/api/v1/board", steady)
    await page.goto(str(server.make_url("/")))
    await page.locator("#signals .signal .value-line").first.wait_for(state="attached")

    drawn = "[...document.querySelectorAll('#signals [points]')].map(line => line.getAttribute('points'))"
    lines = await page.evaluate(drawn)
    assert lines
    assert not [line for line in lines if "NaN" in line]
