"""The wallboard in headless Chromium, against the real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.records.anomaly import Anomaly, Change, Transition
from streams.records.verdicts import Pulse, TickVerdicts
from streams.telemetry.blindness import Blind, BlindSpot
from streams.web.security import Role, Security, Token
from tests.web.support.pictures import take_picture
from tests.web.support.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streams.web.board import Board

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("state", "language"), [("troubled_board", "en"), ("quiet_board", "zh"), ("full_board", "en"), ("full_board", "zh")]
)
async def test_the_page_fits_wall_and_phone_in_light_and_dark(
    view: str,
    state: str,
    language: str,
    serve: Any,
    open_page: Any,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    server = await serve(request.getfixturevalue(state))
    page, complaints = await open_page(server.make_url(f"/?lang={language}"), **VIEWS[view])
    await page.locator(".touchpoint .signal").first.wait_for()
    await take_picture(page, tmp_path / f"{state}-{language}-{view}.png", full_page=True)

    assert complaints == []
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert await page.locator(".touchpoint").count() == 8
    if view.startswith("wall"):
        assert await page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
        for part in ("#touchpoints", ".open", ".recent"):
            assert await page.locator(part).evaluate("part => part.scrollHeight <= part.clientHeight + 1")


async def test_an_anomaly_appears_and_vanishes_by_itself_and_both_are_told_to_who_only_hears(
    quiet_board: Board,
    anomaly: Callable[..., Anomaly],
    transition: Callable[..., Transition],
    now: int,
    serve: Any,
    open_page: Any,
) -> None:
    server = await serve(quiet_board)
    page, complaints = await open_page(server.make_url("/"))
    await page.get_by_text("All is well").wait_for()
    news = page.locator("[aria-live='polite']#news")

    quiet_board.transition(transition(anomaly()))
    card = page.locator(".card[data-fingerprint='a1b2c3']")
    await card.wait_for()
    words = await card.inner_text()
    tile = await page.locator("[data-touchpoint='order']").inner_text()
    opened = await news.inner_text()
    quiet_board.transition(transition(anomaly(state="resolved"), Change.RESOLVED, now + 1000))
    await card.wait_for(state="detached")

    wanted = ("Critical", "Payment success rate", "alipay", "70.4%", "96.2%")
    assert [part for part in wanted if part not in words or part not in opened] == []
    assert opened.startswith("New: ")
    assert (await news.inner_text()).startswith("Over: Payment success rate")
    assert "Critical" in tile
    assert await page.locator("#recent [data-fingerprint='a1b2c3']").count() == 1
    assert complaints == []


async def test_a_row_is_reached_by_keyboard_keeps_the_focus_while_ages_change_and_leads_to_its_page(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, complaints = await open_page(server.make_url("/"))
    link = page.locator(".card[data-fingerprint='a1b2c3'] h3 a")
    await link.wait_for()
    reached = []
    for _ in range(10):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.textContent"))
        if reached[-1] == "Payment success rate":
            break
    since = await page.locator(".card[data-fingerprint='a1b2c3'] .card-since").inner_text()
    await page.clock.run_for(3_000)
    kept = await page.evaluate("document.activeElement.textContent")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    await page.keyboard.press("Enter")
    await page.locator("#anomaly h1").wait_for()

    assert reached[:2] == ["EN", "中文"]
    assert (reached[-1], kept) == ("Payment success rate", "Payment success rate")
    assert since != ""
    assert outline == "3px"
    assert page.url.endswith("/anomalies/a1b2c3")
    assert complaints == []


async def test_a_link_of_a_message_that_names_the_anomaly_leads_to_its_page(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/?fingerprint=d4&lang=zh"))
    await page.locator("#anomaly h1").wait_for()

    assert await page.locator("#anomaly h1").inner_text() == "每分钟咨询量"


async def test_hostile_names_stay_text(
    quiet_board: Board,
    anomaly: Callable[..., Anomaly],
    transition: Callable[..., Transition],
    serve: Any,
    open_page: Any,
) -> None:
    hostile = "<script>window.hit=1</script><img src=x onerror='window.hit=1'>"
    opened = anomaly(
        fingerprint="../../x?" + hostile,
        scope={"sku": hostile},
        metric=hostile,
        board_url="javascript:window.hit=1",
        runbook_url="data:text/html,x",
    )
    quiet_board.transition(transition(opened))
    server = await serve(quiet_board)
    page, complaints = await open_page(server.make_url("/"))
    card = page.locator(".card")
    await card.wait_for()
    links = await card.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")

    assert hostile in await card.inner_text()
    assert hostile in await page.locator("#open").text_content()
    assert await page.evaluate("window.hit") is None
    assert await card.locator("img, script").count() == 0
    assert [link for link in links if not link.startswith(f"{server.make_url('/')}anomalies/..%2F..%2Fx%3F%3C")] == []
    assert complaints == []


async def test_times_and_numbers_that_make_no_sense_do_not_stop_the_page(
    quiet_board: Board,
    anomaly: Callable[..., Anomaly],
    transition: Callable[..., Transition],
    serve: Any,
    open_page: Any,
) -> None:
    strange = anomaly(started_at="yesterday", score=float("nan"), value=float("inf"), unit="parsec", severity="odd")
    quiet_board.transition(transition(strange))
    server = await serve(quiet_board)
    page, complaints = await open_page(server.make_url("/"))
    await page.locator(".card").wait_for()

    assert complaints == []


async def test_symptoms_stand_inside_the_card_of_their_cause(troubled_board: Board, serve: Any, open_page: Any) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/"))
    await page.locator(".card").first.wait_for()

    assert await page.locator(".card[data-fingerprint='a1b2c3'] .symptoms [data-fingerprint='d4']").count() == 1
    assert await page.locator(".card[data-fingerprint='d4']").count() == 0


async def test_a_ratio_of_nothing_is_no_data_and_not_zero(
    troubled_board: Board, now: int, serve: Any, open_page: Any
) -> None:
    nothing = Pulse("payment_success", 0.0, 0.96, 0.95, 0.97, 0.0, missing=True)
    none = Pulse("orders_paid", 0.0, 1100.0, 900.0, 1300.0, 5.0)
    troubled_board.tick(TickVerdicts(0, now + 30_000, "hash", [], [nothing, none]))
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/"))
    ratio, count = page.locator("[data-metric='payment_success']"), page.locator("[data-metric='orders_paid']")
    await ratio.wait_for()

    assert await ratio.locator(".signal-value").inner_text() == "— No data"
    assert "last value" in await ratio.locator(".signal-note").inner_text()
    assert await count.locator(".signal-value").inner_text() == "0 /min"


async def test_what_was_never_heard_is_named_without_a_figure(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/"))
    metric = page.locator("[data-touchpoint='logistics'] [data-metric='collection_24h']")
    await metric.wait_for()

    assert await metric.inner_text() == "24 h collection rate\n— No data"
    assert "20 without data" in await page.locator("[data-touchpoint='logistics'] .touchpoint-foot").inner_text()
    assert "silent for 9 min" in await page.locator("[data-topic='feedback']").inner_text()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "so far 41.2% of 16,800, final in 1 d"), ("zh", "截至目前 41.2%")],
)
async def test_what_is_not_final_stands_under_the_final_value_and_is_called_so_far(
    language: str, words: str, quiet_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(quiet_board)
    page, _ = await open_page(server.make_url(f"/?lang={language}"))
    final, only = page.locator("[data-metric='collection_24h']"), page.locator("[data-metric='refund_closed_24h']")
    await final.wait_for()

    assert words in await final.locator(".signal-so-far").inner_text()
    assert (await final.locator(".signal-value").inner_text()).startswith("98")
    assert "7.3%" in await only.locator(".signal-so-far").inner_text()
    assert "7.3%" not in await only.locator(".signal-value").inner_text()
    assert await page.locator("[data-metric='payment_success'] .signal-so-far").count() == 0


async def test_a_server_that_stops_answering_is_told_as_such(quiet_board: Board, serve: Any, open_page: Any) -> None:
    server = await serve(quiet_board)
    page, _ = await open_page(server.make_url("/"))
    await page.get_by_text("All is well").wait_for()
    await server.close()
    await page.clock.fast_forward(15_000)
    banner = page.locator("#banner")
    await banner.wait_for()

    assert "does not answer" in await banner.inner_text()


async def test_a_protected_board_opens_with_a_viewer_token(quiet_board: Board, serve: Any, open_page: Any) -> None:
    secret = "a-viewer-token-of-the-tests"
    server = await serve(quiet_board, Security(tokens=(Token(Role.VIEWER, secret),)))
    page, _ = await open_page(server.make_url("/"))
    await page.locator("#token").fill("something else entirely")
    await page.locator("#login [type='submit']").click()
    await page.get_by_text("This token is not known.").wait_for()
    await page.locator("#token").fill(secret)
    await page.locator("#login [type='submit']").click()
    await page.locator(".touchpoint .signal").first.wait_for()

    assert await page.evaluate("document.cookie") == ""


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["state of 3 h ago", "The last 7680 events of orders were rejected or too late"]),
        ("zh", ["3小时前的判断", "订单最近的 7680 个事件"]),
    ],
)
async def test_a_worker_that_sees_nothing_says_so_above_the_touchpoints(
    language: str, words: list[str], quiet_board: Board, serve: Any, open_page: Any, tmp_path: Path
) -> None:
    quiet_board.blind_to([BlindSpot(Blind.BEHIND, "", 10_800), BlindSpot(Blind.REFUSED, "orders", 7_680)])
    server = await serve(quiet_board)
    page, _ = await open_page(server.make_url(f"/?lang={language}"), **VIEWS["wall-light"])
    await page.locator("#blind p").nth(1).wait_for()
    await take_picture(page, tmp_path / f"blind-{language}.png")

    said = await page.locator("#blind").inner_text()
    assert [part for part in words if part not in said] == []

    quiet_board.blind_to([])
    await page.locator("#blind").wait_for(state="hidden")
