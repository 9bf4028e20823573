"""The wallboard's filter, in headless Chromium: by keyboard, kept in the address, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly, Transition
    from streams.web.board import Board

pytestmark = pytest.mark.browser


async def shown(page: Any) -> set[str]:
    found = await page.locator("#open [data-fingerprint], #recent [data-fingerprint]").evaluate_all(
        "nodes => nodes.map((node) => node.dataset.fingerprint)"
    )
    return set(found)


async def test_by_keyboard_one_narrows_the_lists_and_the_address_keeps_it(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, complaints = await open_page(server.make_url("/?lang=en"))
    await page.locator(".card").first.wait_for()
    everything = await shown(page)
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.id") == "filter-touchpoint":
            break
    reached = await page.evaluate("document.activeElement.id")
    await page.keyboard.type("Logistics")
    await page.keyboard.press("Enter")
    await page.locator("#filter-hides", has_text="3 open anomalies are filtered out").wait_for()
    narrowed, address = await shown(page), page.url
    headline = await page.locator("#headline").inner_text()
    await page.reload()
    await page.locator("#filter-hides", has_text="3 open").wait_for()
    again = await shown(page)
    await page.locator("#filter-clear").click()
    await page.locator(".card[data-fingerprint='a1b2c3']").wait_for()

    assert reached == "filter-touchpoint"
    assert everything >= {"a1b2c3", "d4", "e5", "r0"}
    assert narrowed == again == {"e5"}
    assert "touchpoint=logistics" in address
    assert "lang=en" in address
    assert "1 critical" in headline
    assert await shown(page) == everything
    assert "touchpoint" not in page.url
    assert await page.evaluate("document.activeElement.id") == "filter-touchpoint"
    assert complaints == []


async def test_region_and_carrier_join_and_what_fits_nothing_says_so_in_chinese(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/?region=guangdong&carrier=sf&lang=zh"))
    await page.locator("#open .calm", has_text="没有符合筛选条件的异常。").wait_for()
    nothing = await page.locator("#open [data-fingerprint]").count()
    await page.locator("#filter-carrier").select_option("yto")
    await page.locator(".card[data-fingerprint='e5']").wait_for()

    assert nothing == 0
    assert {name for name in await shown(page) if not name.startswith("r")} == {"e5"}
    assert await page.locator("label[for='filter-region']").inner_text() == "地区"
    assert page.url.endswith("/?region=guangdong&carrier=yto&lang=zh")


async def test_a_channel_is_chosen_like_a_region_and_kept_in_the_address(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/?lang=zh"))
    await page.locator(".card").first.wait_for()
    offered = await page.locator("#filter-channel option").all_inner_texts()
    await page.locator("#filter-channel").select_option("livestream")
    await page.locator("#filter-hides", has_text="已筛除 3 个").wait_for()

    assert offered == ["渠道：全部", "livestream"]  # noqa: RUF001
    assert await shown(page) == {"g7"}
    assert page.url.endswith("/?lang=zh&channel=livestream")


async def test_hostile_values_are_texts(
    quiet_board: Board,
    anomaly: Callable[..., Anomaly],
    transition: Callable[..., Transition],
    serve: Any,
    open_page: Any,
) -> None:
    hostile = "<img src=x onerror=alert(1)>&region=x"
    quiet_board.transition(transition(anomaly(scope={"region": hostile})))
    quiet_board.transition(transition(anomaly(fingerprint="b2", scope={"region": "zhejiang"})))
    server = await serve(quiet_board)
    page, complaints = await open_page(server.make_url("/"))
    await page.locator(".card").first.wait_for()
    await page.locator("#filter-region").select_option(hostile)
    await page.reload()
    await page.locator(".card").first.wait_for()

    assert await page.locator("#filter-region").input_value() == hostile
    assert await page.locator("img[src='x']").count() == 0
    assert complaints == []
