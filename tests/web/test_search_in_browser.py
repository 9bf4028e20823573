"""Finding a signal by what is typed, on the wall in any touchpoint and on the page of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.catalogue.load import load
from tests.web.support.many_signals import alter_board, grow
from tests.web.support.pictures import take_picture
from tests.web.support.views import VIEWS

if TYPE_CHECKING:
    from streams.web.board import Board

pytestmark = pytest.mark.browser

AFTERSALE = {metric.name for metric in load().metrics if metric.touchpoint == "aftersale"}
CROWDED = (Path(__file__).parent / "support" / "crowded_tiles.js").read_text(encoding="utf-8")


async def found(page: Any) -> list[str]:
    names = page.locator("#signals [data-metric]")
    listed: list[str] = await names.evaluate_all("all => all.map((one) => one.dataset.metric)")
    return listed


@pytest.mark.parametrize(
    ("typed", "language", "metrics"),
    [
        ("payment success", "en", ["payment_success"]),
        ("PAYMENT_succ", "en", ["payment_success"]),
        ("支付成功", "en", ["payment_success"]),
        ("payment success", "zh", ["payment_success"]),
        ("Ｐ９５", "zh", ["pay_latency", "page_load"]),  # noqa: RUF001
        ("waiting", "en", ["queue_waiting"]),
        ("zzz", "en", []),
    ],
)
async def test_a_title_of_either_language_and_a_name_are_found_in_any_touchpoint(
    typed: str, language: str, metrics: list[str], full_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(full_board)
    page, complaints = await open_page(server.make_url(f"/?lang={language}"))
    await page.locator(".touchpoint").first.wait_for()
    await page.locator("#search").press_sequentially(typed)
    told = await page.locator("#search-found").inner_text()

    assert await found(page) == metrics
    assert not await page.locator("#touchpoints").is_visible()
    if metrics:
        assert str(len(metrics)) in told
    else:
        assert told == "No signal has this in its title or name."
    assert complaints == []


async def test_the_address_keeps_what_is_looked_for_and_a_found_signal_leads_to_its_touchpoints_page(
    full_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(full_board)
    page, complaints = await open_page(server.make_url("/?lang=en"))
    await page.locator("#search").fill("Refund")
    await page.locator("#signals .signal").first.wait_for()
    everywhere = await found(page)
    await page.reload()
    await page.locator("#signals .signal").first.wait_for()
    again, address = await found(page), page.url
    await page.locator("#signals [data-metric='refund_closed_48h'] a").focus()
    await page.keyboard.press("Enter")
    await page.locator("#state h1", has_text="After-sale").wait_for()
    kept = await page.locator("#search").input_value()
    here = await found(page)
    await page.locator("#search").press("Escape")
    await page.locator("#signals [data-metric='auto_refunds']").wait_for()

    assert len(everywhere) == 15
    assert everywhere == again
    assert address.endswith("/?lang=en&search=Refund")
    assert (kept, here) == ("Refund", [name for name in everywhere if name in AFTERSALE])
    assert page.url.endswith("/touchpoints/aftersale?lang=en")
    assert complaints == []


async def test_while_nothing_is_looked_for_the_touchpoints_are_back_and_the_focus_stays(
    full_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(full_board)
    page, _ = await open_page(server.make_url("/?search=refund"))
    await page.locator("#signals .signal").first.wait_for()
    await page.locator("#search").press("Escape")
    await page.locator("[data-touchpoint='order']").wait_for()

    assert await page.evaluate("document.activeElement.id") == "search"
    assert await page.locator("#signals .signal").count() == 0
    assert "search" not in page.url


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", ["wall-light", "phone-dark"])
async def test_what_is_found_of_many_fits_the_window_and_is_legible(
    view: str, language: str, full_board: Board, serve: Any, open_page: Any, tmp_path: Path
) -> None:
    server = await serve(full_board)
    page, _ = await open_page("about:blank", **VIEWS[view])
    await alter_board(page, lambda body: grow(body, 100))
    await page.goto(str(server.make_url(f"/?lang={language}&search=e")))
    await page.locator("#signals .signal").first.wait_for()
    await take_picture(page, tmp_path / f"found-{language}-{view}.png", full_page=True)

    assert await page.locator("#signals .signal").count() > 80
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert await page.evaluate(CROWDED) == []
    if view.startswith("wall"):
        assert await page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")


async def test_a_signal_with_a_hostile_title_is_found_as_text(full_board: Board, serve: Any, open_page: Any) -> None:
    hostile = "<img src=x onerror='window.hit=1'>"

    def named(body: dict[str, Any]) -> None:
        body["metrics"][0] |= {"title": hostile, "touchpoint": hostile}

    server = await serve(full_board)
    page, complaints = await open_page("about:blank")
    await alter_board(page, named)
    await page.goto(str(server.make_url("/").with_query(search="<img src")))
    await page.locator("#signals .signal", has_text=hostile).wait_for()

    assert await page.evaluate("window.hit") is None
    assert complaints == []
