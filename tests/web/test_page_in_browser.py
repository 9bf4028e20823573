"""The wallboard in headless Chromium, against the real server."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from streams.incidents.anomaly import Anomaly, Change, Transition
from streams.web.security import Role, Security, Token

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from playwright.async_api import Browser, Page

    from streams.web.board import Board

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH (apt-get install chromium)"),
]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(browser: Browser, now: int) -> Any:
    """Opens an address in a window whose clock runs from `now`; what the console complained of is kept."""

    async def open_at(address: Any, **options: Any) -> tuple[Page, list[str]]:
        page = await browser.new_page(reduced_motion="reduce", **options)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.clock.install(time=now / 1000)
        await page.goto(str(address))
        return page, complaints

    return open_at


VIEWS = {
    "wall-dark": {"viewport": {"width": 1920, "height": 1080}, "color_scheme": "dark"},
    "wall-light": {"viewport": {"width": 1920, "height": 1080}, "color_scheme": "light"},
    "phone-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "phone-light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("state", ["troubled_board", "quiet_board"])
async def test_the_page_fits_wall_and_phone_in_light_and_dark(
    view: str, state: str, serve: Any, open_page: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = await serve(request.getfixturevalue(state))
    page, complaints = await open_page(server.make_url("/"), **VIEWS[view])
    await page.locator("#signals .signal").first.wait_for()
    await page.screenshot(path=tmp_path / f"{state}-{view}.png")

    assert complaints == []
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if view.startswith("wall"):
        assert await page.locator("#signals .signal").count() > 30
        assert await page.evaluate(
            "signals => signals.scrollHeight <= signals.clientHeight", await page.query_selector("#signals")
        )


async def test_an_anomaly_appears_and_vanishes_by_itself_when_it_resolves(
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

    opened = anomaly()
    quiet_board.transition(transition(opened))
    card = page.locator(".card[data-fingerprint='a1b2c3']")
    await card.wait_for()
    words = await card.inner_text()
    tile = await page.locator("[data-touchpoint='order']").inner_text()
    quiet_board.transition(transition(anomaly(state="resolved"), Change.RESOLVED, now + 1000))
    await card.wait_for(state="detached")

    assert [
        part for part in ("Critical", "Payments that succeed", "alipay", "70.4%", "96.2%") if part not in words
    ] == []
    assert "Critical" in tile
    assert await page.locator("#recent [data-fingerprint='a1b2c3']").count() == 1
    assert complaints == []


async def test_hostile_names_stay_text(
    quiet_board: Board,
    anomaly: Callable[..., Anomaly],
    transition: Callable[..., Transition],
    serve: Any,
    open_page: Any,
) -> None:
    hostile = "<script>window.hit=1</script><img src=x onerror='window.hit=1'>"
    opened = anomaly(
        scope={"sku": hostile}, metric=hostile, board_url="javascript:window.hit=1", runbook_url="data:text/html,x"
    )
    quiet_board.transition(transition(opened))
    server = await serve(quiet_board)
    page, complaints = await open_page(server.make_url("/"))
    card = page.locator(".card")
    await card.wait_for()

    assert hostile in await card.inner_text()
    assert await page.evaluate("window.hit") is None
    assert await card.locator("a, img, script").count() == 0
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


async def test_no_data_does_not_look_like_zero(troubled_board: Board, serve: Any, open_page: Any) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/"))
    signal = page.locator("[data-metric='collection_24h']")
    await signal.wait_for()

    assert await signal.locator(".signal-value").inner_text() == "No data"
    assert await signal.locator(".value-line").count() == 0
    assert "silent for 9 min" in await page.locator("[data-topic='feedback']").inner_text()


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
    await page.locator("#login-button").click()
    await page.get_by_text("This token is not known.").wait_for()
    await page.locator("#token").fill(secret)
    await page.locator("#login-button").click()
    await page.locator("#signals .signal").first.wait_for()

    assert await page.evaluate("document.cookie") == ""
