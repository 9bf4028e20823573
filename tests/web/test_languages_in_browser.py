"""Both languages on both pages: which one is chosen, and that no word of the other is left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from streams.records.anomaly import Why
from tests.web.support.incident_story import Incident

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly
    from streams.web.board import Board

pytestmark = pytest.mark.browser

# What may stand in Latin letters on a Chinese page: names from data and of roles, and what is written so everywhere.
DATA = re.compile(
    r"Pharos|EN|Asia/Shanghai|alipay|zhejiang|jiangsu|shanghai|app|payment|yto|guangdong|gz-2|livestream|presale|HT-2203"
    r"|P\d\d|NPS|CES|a1b2c3|responder"
)
HEADING = {"en": "All is well", "zh": "一切正常"}


@pytest.mark.parametrize(
    ("locale", "query", "remembered", "language"),
    [
        ("en-GB", "", None, "en"),
        ("zh-CN", "", None, "zh"),
        ("zh-TW", "", None, "zh"),
        ("fr-FR", "", None, "en"),
        ("en-GB", "", "zh", "zh"),
        ("zh-CN", "?lang=en", "zh", "en"),
        ("en-GB", "?lang=zh-CN", "en", "zh"),
        ("en-GB", "?lang=xx", None, "en"),
    ],
)
async def test_the_address_decides_then_what_was_chosen_here_then_the_browser(
    locale: str, query: str, remembered: str | None, language: str, quiet_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(quiet_board)
    page, complaints = await open_page(server.make_url("/"), locale=locale)
    if remembered:
        await page.evaluate("language => localStorage.setItem('pharos.language', language)", remembered)
    await page.goto(f"{server.make_url('/')}{query}")
    await page.get_by_text(HEADING[language]).wait_for()

    assert await page.evaluate("document.documentElement.lang") == {"en": "en", "zh": "zh-CN"}[language]
    assert complaints == []


async def test_the_switch_is_remembered_and_wins_over_the_address(
    quiet_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(quiet_board)
    page, _ = await open_page(server.make_url("/?lang=en"))
    await page.get_by_text(HEADING["en"]).wait_for()
    await page.get_by_role("button", name="中文").click()
    await page.get_by_text(HEADING["zh"]).wait_for()
    await page.goto(str(server.make_url("/")))
    await page.get_by_text(HEADING["zh"]).wait_for()

    assert await page.locator("#languages [aria-pressed='true']").inner_text() == "中文"
    assert await page.locator("#day").inner_text() == "11月11日星期三，Asia/Shanghai"  # noqa: RUF001


async def test_a_browser_that_remembers_nothing_still_shows_the_board(
    quiet_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(quiet_board)
    page, complaints = await open_page("about:blank")
    await page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied') } })")
    await page.goto(str(server.make_url("/")))
    await page.get_by_text(HEADING["en"]).wait_for()

    assert complaints == []


@pytest.mark.parametrize(
    "path",
    ["/", "/?search=p", "/anomalies/a1b2c3", "/anomalies/none", "/touchpoints/order", "/touchpoints/consultation"],
)
async def test_on_a_chinese_page_only_data_is_in_latin_letters(
    path: str, troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url(path).update_query(lang="zh"))
    await page.locator("main h1, main h2").locator("visible=true").first.wait_for()
    await page.wait_for_timeout(300)
    words = await page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter(node => !node.closest("noscript")).flatMap(node => [
             ...[...node.childNodes].filter(child => child.nodeType === 3).map(child => child.data),
             node.getAttribute("aria-label"), node.getAttribute("title"), node.getAttribute("placeholder"),
           ]).filter(text => text && text.trim())"""
    )

    latin = [word for word in words if re.search("[A-Za-z]", DATA.sub("", word))]

    assert [word for word in latin if not word.endswith("恢复过。")] == []
    assert len(words) > 15


async def test_on_an_english_page_nothing_is_chinese_but_the_switch(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/anomalies/a1b2c3"))
    await page.locator(".chart").wait_for()

    assert set(re.findall("[\u4e00-\u9fff]+", await page.locator("body").inner_text())) == {"中文"}


async def test_numbers_and_durations_are_told_as_the_language_does(
    quiet_board: Board, anomaly: Callable[..., Anomaly], now: int, serve: Any, open_page: Any
) -> None:
    incident = Incident(quiet_board, anomaly(metric="delivery_time", unit="seconds", value=188_400.0, scope={}), now)
    incident.tell(Why.OPENED)
    server = await serve(quiet_board)
    page, _ = await open_page(server.make_url("/?lang=zh"))
    await page.locator(".card .figure").wait_for()

    assert await page.locator(".card .figure").inner_text() == "2天4小时"
    assert re.search(r"00:06 起.已 6分钟", await page.locator(".card-since").inner_text())
    assert await page.locator("[data-metric='parcel_movements'] .signal-value").inner_text() != ""
