"""The wall's tiles, one a touchpoint: what they show of many signals, and that nothing is cut off or covered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.catalogue.metric import TOUCHPOINTS
from tests.web.support.many_signals import alter_board, grow
from tests.web.support.pictures import take_picture
from tests.web.support.shop_hour import MINUTE, hour, tell
from tests.web.support.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly
    from streams.web.board import Board

pytestmark = pytest.mark.browser

CROWDED = (Path(__file__).parent / "support" / "crowded_tiles.js").read_text(encoding="utf-8")
LAPTOP = {"viewport": {"width": 1366, "height": 768}}
MANY = 100


@pytest.fixture
def busy_board(anomaly: Callable[..., Anomaly]) -> Board:
    """Five signals of the consultation deviate, one of them in two places, and one each of three other touchpoints."""
    board = hour(disturbed=True, full=True)
    for number, (metric, touchpoint, severity, scope) in enumerate(
        [
            ("asa", "consultation", "critical", {}),
            ("asa", "consultation", "warning", {"queue": "presale"}),
            ("service_level", "consultation", "warning", {"queue": "aftersale"}),
            ("abandonment", "consultation", "warning", {}),
            ("first_response", "consultation", "warning", {"handled_by": "human"}),
            ("inquiries", "consultation", "info", {}),
            ("payment_success", "order", "critical", {"payment_method": "alipay"}),
            ("delivery_time", "logistics", "warning", {"carrier": "yto", "region": "guangdong"}),
            ("refund_requests", "aftersale", "warning", {"sku": "HT-2203"}),
        ]
    ):
        names = {"fingerprint": f"b{number}", "metric": metric, "touchpoint": touchpoint}
        tell(board, anomaly(**names, severity=severity, scope=scope))
    return board


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("silent_for", [0, 20 * MINUTE], ids=["speaking", "silent"])
@pytest.mark.parametrize("state", ["busy_board", "full_board", "quiet_board"])
async def test_a_hundred_signals_are_eight_legible_tiles_on_a_wall_without_scrolling(
    state: str,
    silent_for: int,
    language: str,
    serve: Any,
    open_page: Any,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    def many(body: dict[str, Any]) -> None:
        grow(body, MANY)
        body["time"] += silent_for

    server = await serve(request.getfixturevalue(state))
    page, _ = await open_page("about:blank", **VIEWS["wall-light"])
    await alter_board(page, many)
    await page.goto(str(server.make_url(f"/?lang={language}")))
    await page.locator(".touchpoint").first.wait_for()
    await take_picture(page, tmp_path / f"{state}-{silent_for}-{language}.png")
    counts = await page.locator(".leading").evaluate_all("all => all.map((one) => one.children.length)")

    assert await page.locator(".touchpoint").count() == len(TOUCHPOINTS)
    assert set(counts) <= {1, 2}
    assert await page.evaluate(CROWDED) == []
    assert await page.locator("#touchpoints").evaluate("grid => grid.scrollHeight <= grid.clientHeight")
    assert await page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", [LAPTOP, VIEWS["phone-dark"], VIEWS["wall-dark"]], ids=["laptop", "phone", "wall"])
@pytest.mark.parametrize("state", ["busy_board", "troubled_board", "quiet_board"])
async def test_no_tile_is_crowded_on_any_screen(
    state: str, view: dict[str, Any], language: str, serve: Any, open_page: Any, request: pytest.FixtureRequest
) -> None:
    server = await serve(request.getfixturevalue(state))
    page, _ = await open_page(server.make_url(f"/?lang={language}"), **view)
    await page.locator(".touchpoint .signal").first.wait_for()

    assert await page.evaluate(CROWDED) == []


async def test_a_tile_that_is_too_low_for_its_texts_is_found(full_board: Board, serve: Any, open_page: Any) -> None:
    server = await serve(full_board)
    page, _ = await open_page(server.make_url("/"), **VIEWS["wall-light"])
    await page.locator(".touchpoint .signal").first.wait_for()
    await page.locator(".touchpoint").first.evaluate("tile => { tile.style.height = '6rem' }")

    assert await page.evaluate(CROWDED) != []


async def test_a_tile_shows_its_leading_signals_then_what_deviates_gravest_first_and_counts_the_rest(
    busy_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(busy_board)
    page, complaints = await open_page(server.make_url("/"))
    tile = page.locator("[data-touchpoint='consultation']")
    await tile.wait_for()
    leading = await tile.locator(".leading [data-metric]").evaluate_all("all => all.map((one) => one.dataset.metric)")
    rows = await tile.locator(".deviating li").all_inner_texts()
    foot = await tile.locator(".touchpoint-foot").inner_text()
    pipeline = await page.locator("[data-touchpoint='pipeline'] .touchpoint-foot").inner_text()

    assert leading == ["pick_up", "service_level"]
    assert [row.split("\n")[-2] for row in rows[:3]] == [
        "Average speed of answer in 2 places",
        "Service level (20 s, chat 30 s) queue aftersale",
        "Abandonment rate Whole shop",
    ]
    assert rows[0].startswith("◆")
    assert rows[3:] == ["and 2 more signals that deviate"]
    assert foot == "6 open anomalies, 34 signals"
    assert pipeline == "late: feedback, 4 signals"
    assert complaints == []


async def test_a_touchpoint_without_signals_is_as_high_as_its_name_and_counts_none(
    full_board: Board, serve: Any, open_page: Any, tmp_path: Path
) -> None:
    def unwatched(body: dict[str, Any]) -> None:
        body["metrics"] = [metric for metric in body["metrics"] if metric["touchpoint"] in {"order", "consultation"}]
        body["touchpoints"][0] |= {"state": "unwatched", "heard": None}

    server = await serve(full_board)
    page, _ = await open_page("about:blank", **VIEWS["wall-light"])
    await alter_board(page, unwatched)
    await page.goto(str(server.make_url("/")))
    tile = page.locator("[data-touchpoint='page']")
    await tile.wait_for()
    await take_picture(page, tmp_path / "unwatched.png")
    high, low = [
        (await page.locator(f"[data-touchpoint='{name}']").bounding_box())["height"] for name in ("order", "page")
    ]

    assert await tile.inner_text() == "Page\n–\nNot watched"  # noqa: RUF001
    assert low < high / 4
    assert await page.evaluate(CROWDED) == []


async def test_a_click_anywhere_on_a_tile_leads_to_its_page_and_one_on_what_deviates_to_the_anomaly(
    busy_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(busy_board)
    page, _ = await open_page(server.make_url("/?lang=zh"), **VIEWS["wall-light"])
    await page.locator("[data-touchpoint='order'] .signal-note").first.click(force=True)
    await page.locator("#state h1", has_text="订单").wait_for()
    touchpoint = page.url
    await page.locator("#back").click()
    await page.locator("[data-touchpoint='order'] .deviating a").click()
    await page.locator("#anomaly h1").wait_for()

    assert touchpoint.endswith("/touchpoints/order?lang=zh")
    assert page.url.endswith("/anomalies/b6?lang=zh")


async def test_a_band_without_width_and_a_single_point_are_drawn(
    quiet_board: Board, serve: Any, open_page: Any
) -> None:
    def steady(body: dict[str, Any]) -> None:
        for metric in body["metrics"]:
            metric["points"] = [[body["time"], 90, 90, 90, 90]]

    server = await serve(quiet_board)
    page, _ = await open_page("about:blank", **VIEWS["wall-light"])
    await alter_board(page, steady)
    await page.goto(str(server.make_url("/")))
    await page.locator(".leading .value-line").first.wait_for(state="attached")

    drawn = "[...document.querySelectorAll('.leading [points]')].map(line => line.getAttribute('points'))"
    lines = await page.evaluate(drawn)
    assert lines
    assert not [line for line in lines if "NaN" in line]
