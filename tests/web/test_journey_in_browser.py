"""The page of a journey, in headless Chromium against the real server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.journey.reading import Stopped
from streams.journey.subject import Subject, SubjectKind
from streams.web.data_scope import read_data_scope
from streams.web.security import Role, Security, Token
from tests.web.support.journeys import LATE_ORDER, Journeys, event, shows
from tests.web.support.pictures import take_picture
from tests.web.support.shop_hour import NOW
from tests.web.support.views import VIEWS

if TYPE_CHECKING:
    from streams.web.board import Board

pytestmark = pytest.mark.browser

ON_CALL = Token(Role.RESPONDER, "responder-secret-of-tests")
VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
PART = Token(Role.RESPONDER, "part-secret-of-tests", data_scope=read_data_scope("store:flagship"))
TOKENS = (ON_CALL, VIEWER, PART)
WEAK = (Path(__file__).parent / "support" / "weak_texts.js").read_text(encoding="utf-8")
HOSTILE = '"><img src=x onerror=alert(1)>'


async def opened(
    serve: Any, open_page: Any, board: Board, journeys: Journeys, path: str = "/journey", **options: Any
) -> tuple[Any, list[str]]:
    security = options.pop("security", Security())
    server = await serve(board, security, extend=shows(journeys, security, shown=options.pop("shown", True)))
    page, complaints = await open_page(server.make_url(path), **options)
    return page, complaints


async def look(page: Any, name: str = "TB123") -> None:
    await page.locator("#subject").fill(name)
    await page.keyboard.press("Enter")


async def enter(page: Any, token: Token) -> None:
    await page.locator("#token").fill(token.secret)
    await page.keyboard.press("Enter")


async def test_an_order_is_told_in_its_order_with_what_was_due_beside_it(
    serve: Any, open_page: Any, quiet_board: Board
) -> None:
    journeys = Journeys(*LATE_ORDER)
    page, complaints = await opened(serve, open_page, quiet_board, journeys)
    await look(page)
    await page.locator(".step").nth(11).wait_for()
    steps = await page.locator(".step-what").all_inner_texts()
    due = await page.locator(".due").all_inner_texts()

    assert [text.split("\n")[0] for text in steps][:3] == ["Order placed", "Paid 12 min later", "Parcel collected"]
    assert due[-1].startswith("Delivery date moved L1\nMoved\n")
    shown = re.sub("\n+", "\n", "\n".join(due))
    assert "Collection within 24 h TB123\nLate\n1 d 2 h late" in shown
    assert "Accountable: the shop, payment to collection" in shown
    assert "Contradicted" in shown
    assert due[0].startswith(("Promise P1\nOverdue", "Case C1\nOverdue"))
    assert await page.locator("#headline").inner_text() == "7 late or overdue"
    assert journeys.asked == [(Subject(SubjectKind.ORDER, "TB123"), 45, NOW)]
    assert complaints == []


async def test_the_id_stands_in_no_address_no_title_and_no_memory_of_the_browser(
    serve: Any, open_page: Any, quiet_board: Board
) -> None:
    page, _ = await opened(serve, open_page, quiet_board, Journeys(*LATE_ORDER))
    await look(page)
    await page.locator(".step").first.wait_for()

    assert "TB123" not in page.url + await page.title()
    assert "TB123" not in await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])")


async def test_a_link_may_bring_an_id_that_no_server_sees_and_that_leaves_the_address(
    serve: Any, open_page: Any, quiet_board: Board
) -> None:
    journeys = Journeys(*LATE_ORDER)
    page, _ = await opened(serve, open_page, quiet_board, journeys, "/journey?lang=en#order=TB123")
    await page.locator(".step").first.wait_for()

    assert journeys.asked == [(Subject(SubjectKind.ORDER, "TB123"), 45, NOW)]
    assert page.url.endswith("/journey?lang=en")


async def test_a_customer_is_asked_for_by_hash_with_fewer_days(serve: Any, open_page: Any, quiet_board: Board) -> None:
    journeys = Journeys()
    page, _ = await opened(serve, open_page, quiet_board, journeys)
    await page.locator("#kind").select_option("customer")
    await page.locator("#days").select_option("10")
    await look(page, "ana")
    await page.locator("#notes", has_text="pharos journey --customer").wait_for()
    await look(page, "0f" * 16)
    await page.locator("#notes", has_text="No event that you may see was found").wait_for()

    assert journeys.asked == [(Subject(SubjectKind.CUSTOMER, "0f" * 16), 10, NOW)]


async def test_chinese(serve: Any, open_page: Any, quiet_board: Board) -> None:
    page, complaints = await opened(serve, open_page, quiet_board, Journeys(*LATE_ORDER), "/journey?lang=zh")
    await look(page)
    await page.get_by_text("24 小时内揽收").wait_for()

    assert await page.locator("#headline").inner_text() == "7 项逾期或延误"
    assert complaints == []


async def test_what_an_event_says_never_becomes_markup(serve: Any, open_page: Any, quiet_board: Board) -> None:
    hostile = event("order.paid", 0.2, order_id="TB123", store=HOSTILE, payment_method=HOSTILE)
    case = event("case.opened", 0.3, case_id=HOSTILE, order_id="TB123", due_at=3)
    page, complaints = await opened(serve, open_page, quiet_board, Journeys(hostile, case))
    await look(page)
    await page.get_by_text(HOSTILE).first.wait_for()

    assert await page.locator("img[src=x]").count() == 0
    assert complaints == []


async def test_what_was_cut_short_and_left_out_is_said(serve: Any, open_page: Any, quiet_board: Board) -> None:
    page, _ = await opened(
        serve,
        open_page,
        quiet_board,
        Journeys(*LATE_ORDER, stopped=Stopped.RECORDS),
        security=Security(tokens=TOKENS),
    )
    await enter(page, PART)
    await look(page)
    await page.locator("#notes", has_text="too many records").wait_for()

    assert "some events are left out" in await page.locator("#notes").inner_text()
    assert await page.get_by_text("Case opened").count() == 0


async def test_a_viewer_is_told_which_token_is_needed(serve: Any, open_page: Any, quiet_board: Board) -> None:
    journeys = Journeys(*LATE_ORDER)
    page, _ = await opened(serve, open_page, quiet_board, journeys, security=Security(tokens=TOKENS))
    await enter(page, VIEWER)
    await page.locator("#notes", has_text="an on-call token is needed").wait_for()
    await page.get_by_role("button", name="Enter another token").click()
    await enter(page, ON_CALL)
    await look(page)
    await page.locator(".step").first.wait_for()

    assert len(journeys.asked) == 1


async def test_where_journeys_are_not_shown_the_page_says_how_to_change_it(
    serve: Any, open_page: Any, quiet_board: Board
) -> None:
    page, _ = await opened(serve, open_page, quiet_board, Journeys(*LATE_ORDER), shown=False)
    await look(page)

    await page.locator("#notes", has_text="journey_page: always").wait_for()
    assert not await page.locator("#found").is_visible()


async def test_the_wall_leads_there_who_is_on_call_and_nobody_else(
    serve: Any, open_page: Any, quiet_board: Board
) -> None:
    page, _ = await opened(serve, open_page, quiet_board, Journeys(), "/", security=Security(tokens=TOKENS))
    await enter(page, VIEWER)
    await page.get_by_role("link", name="Silences").wait_for()
    assert not await page.locator("#to-journey").is_visible()

    await page.context.clear_cookies()
    await page.reload()
    await enter(page, ON_CALL)
    await page.get_by_role("link", name="Journey of an order").click()
    await page.get_by_role("heading", name="Journey of an order").wait_for()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_text_can_be_read_and_nothing_is_wider_than_the_window(
    serve: Any, open_page: Any, quiet_board: Board, view: str, language: str, tmp_path: Path
) -> None:
    path = f"/journey?lang={language}"
    page, _ = await opened(serve, open_page, quiet_board, Journeys(*LATE_ORDER), path, **VIEWS[view])
    await look(page)
    await page.locator(".step").first.wait_for()
    await take_picture(page, tmp_path / f"journey-{view}-{language}.png", full_page=True)

    assert await page.evaluate(WEAK) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
