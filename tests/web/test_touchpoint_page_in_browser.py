"""The page of one touchpoint in headless Chromium: every signal of it, search, filters, and what it says of nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.web.data_scope import read_data_scope
from streams.web.security import Role, Security, Token
from tests.web.support.many_signals import alter_board, grow
from tests.web.support.pictures import take_picture
from tests.web.support.shop_hour import CATALOGUE, tell
from tests.web.support.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly
    from streams.web.board import Board

pytestmark = pytest.mark.browser

CROWDED = (Path(__file__).parent / "support" / "crowded_tiles.js").read_text(encoding="utf-8")
CONSULTATION = {metric.name for metric in CATALOGUE.metrics if metric.touchpoint == "consultation"}


async def metrics_in(page: Any, place: str) -> set[str]:
    return set(await page.locator(f"{place} [data-metric]").evaluate_all("all => all.map((one) => one.dataset.metric)"))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", VIEWS)
async def test_the_page_fits_wall_and_phone_in_both_languages_also_with_a_hundred_signals(
    view: str, language: str, troubled_board: Board, serve: Any, open_page: Any, tmp_path: Path
) -> None:
    server = await serve(troubled_board)
    page, complaints = await open_page("about:blank", **VIEWS[view])
    await alter_board(page, lambda body: grow(body, 100))
    await page.goto(str(server.make_url(f"/touchpoints/order?lang={language}")))
    await page.locator("#signals .signal").first.wait_for()
    await take_picture(page, tmp_path / f"touchpoint-{language}-{view}.png", full_page=True)

    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert await page.evaluate(CROWDED) == []
    assert complaints == []


async def test_every_signal_of_the_touchpoint_is_there_with_a_line_or_with_why_it_has_none(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, complaints = await open_page(server.make_url("/touchpoints/consultation"))
    await page.locator("#signals .signal").first.wait_for()
    drawn, missing, parts = [await metrics_in(page, place) for place in ("#signals", "#missing", "#parts")]

    assert drawn | missing | parts == CONSULTATION
    assert len(drawn) + len(missing) + len(parts) == len(CONSULTATION)
    assert await page.locator("#missing-title").inner_text() == f"{len(missing)} signals without data in the last hour"
    assert parts == {"queue_waiting", "queue_oldest_wait", "staffing_gap", "occupancy"}
    assert "Contacts in queue, by queue" in await page.locator("#parts").inner_text()
    assert complaints == []


async def test_where_no_fault_was_counted_that_is_no_signal_without_data(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/touchpoints/pipeline"))
    await page.locator("#missing").wait_for()

    assert await metrics_in(page, "#missing") == {"events_received"}
    assert await page.locator("#headline").inner_text() == "Pipeline, Stale"
    assert await page.locator("#open").inner_text() == "No anomaly is open here."


async def test_it_lists_its_own_anomalies_and_leads_to_theirs_and_to_the_other_touchpoints(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, complaints = await open_page(server.make_url("/touchpoints/order?lang=zh"))
    rows = page.locator("#open [data-fingerprint]")
    await rows.first.wait_for()
    fingerprints = await rows.evaluate_all("all => all.map((one) => one.dataset.fingerprint)")
    state = await page.locator("#state").inner_text()
    current = await page.locator("#touchpoints [aria-current]").inner_text()
    ways = await page.locator("#touchpoints .way").all_inner_texts()
    await page.locator("#touchpoints a", has_text="物流").click()
    await page.locator("#open [data-fingerprint='e5'] a").click()
    await page.locator("#anomaly h1").wait_for()

    assert fingerprints == ["a1b2c3", "g7"]
    assert [word for word in ("订单", "严重", "2 个未恢复异常") if word not in state] == []
    assert current == "订单"
    assert len(ways) == 8
    assert all(len(way.split()) > 1 for way in ways)
    assert page.url.endswith("/anomalies/e5?lang=zh")
    assert complaints == []


async def test_filters_narrow_its_lists_by_keyboard_and_the_address_keeps_them(
    quiet_board: Board, anomaly: Callable[..., Anomaly], serve: Any, open_page: Any
) -> None:
    for number, channel in enumerate(["app", "app", "livestream"]):
        tell(quiet_board, anomaly(fingerprint=f"c{number}", scope={"channel": channel, "region": f"r{number}"}))
    tell(quiet_board, anomaly(fingerprint="far", touchpoint="logistics", scope={"channel": "web"}))
    server = await serve(quiet_board)
    page, _ = await open_page(server.make_url("/touchpoints/order"))
    rows = page.locator("#open [data-fingerprint]")
    await rows.nth(2).wait_for()
    offered = await page.locator("#filter-channel option").all_inner_texts()
    await page.locator("#filter-channel").focus()
    await page.keyboard.type("app")
    await page.locator("#filter-hides", has_text="1 open anomaly is filtered out").wait_for()
    await page.reload()
    await rows.nth(1).wait_for()
    narrowed, address = await rows.count(), page.url
    await page.locator("#filter-clear").click()
    await rows.nth(2).wait_for()

    assert offered == ["channel: all", "app", "livestream"]
    assert narrowed == 2
    assert address.endswith("/touchpoints/order?channel=app")
    assert page.url.endswith("/touchpoints/order")
    assert await page.evaluate("document.activeElement.id") == "filter-region"


@pytest.mark.parametrize("path", ["nothing", "%3Cb%3Ex"])
async def test_a_touchpoint_that_there_is_not_is_told_with_a_way_back(
    path: str, quiet_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(quiet_board)
    page, complaints = await open_page(server.make_url(f"/touchpoints/{path}"))
    await page.get_by_role("heading", name="No such touchpoint").wait_for()
    words = await page.locator("#unknown").inner_text()
    await page.locator("#to-board").click()
    await page.get_by_text("All is well").wait_for()

    assert ("nothing" if path == "nothing" else "<b>x") in words
    assert complaints == []


async def test_who_sees_a_store_finds_its_anomalies_and_why_there_are_no_signals(
    full_board: Board, anomaly: Callable[..., Anomaly], serve: Any, open_page: Any
) -> None:
    seller = Token(Role.VIEWER, "seller-secret-of-these-tests", "Seller", read_data_scope("store:own-store"))
    tell(full_board, anomaly(fingerprint="own", scope={"store": "own-store"}))
    tell(full_board, anomaly(fingerprint="other", scope={"store": "other-store"}))
    server = await serve(full_board, Security(tokens=(seller,)))
    page, _ = await open_page(server.make_url("/touchpoints/order?search=orders"))
    await page.locator("#token").fill(seller.secret)
    await page.keyboard.press("Enter")
    await page.locator("#open [data-fingerprint]").first.wait_for()
    why, text = await page.locator("#no-signals").inner_text(), await page.locator("body").inner_text()

    assert await page.locator("#open [data-fingerprint]").count() == 1
    assert not await page.locator("#search").is_visible()
    assert why.startswith("Signals show the whole shop; your token sees a part of it")
    assert await page.locator(".signal").count() == 0
    assert "other-store" not in text
