"""The page of dead letters, in headless Chromium against the real server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.web.data_scope import read_data_scope
from streams.web.dead_letters import DeadLetterBoard, add_dead_letters
from streams.web.security import Role, Security, Token
from tests.web.support.views import VIEWS

if TYPE_CHECKING:
    from streams.web.board import Board

pytestmark = pytest.mark.browser

PART = Token(Role.VIEWER, "part-secret-of-tests", data_scope=read_data_scope("store:flagship"))
WEAK = (Path(__file__).parent / "support" / "weak_texts.js").read_text(encoding="utf-8")
HOSTILE = '"><img src=x onerror=alert(1)>'


def told(
    count: int = 3, source: str = "/oms", detail: str = "$.data.amount has the wrong type or range"
) -> DeadLetterBoard:
    board = DeadLetterBoard()
    for offset in range(3):
        named = {"reason": "wrong_field", "topic": "orders", "partition": "3", "offset": str(offset), "detail": detail}
        headers = [*((f"pharos-{name}", text.encode()) for name, text in named.items()), ("ce_source", source.encode())]
        board.take(headers, b"{}", 1_762_790_400_000)
    return board


async def opened(
    serve: Any, open_page: Any, board: Board, dead: DeadLetterBoard, path: str = "/dead-letters", **options: Any
) -> tuple[Any, list[str]]:
    security = options.pop("security", Security())
    server = await serve(board, security, extend=lambda app: add_dead_letters(app, dead, security))
    page, complaints = await open_page(server.make_url(path), **options)
    return page, complaints


async def test_a_row_tells_reason_field_topic_producer_and_how_many(
    serve: Any, open_page: Any, quiet_board: Board
) -> None:
    page, complaints = await opened(serve, open_page, quiet_board, told())
    await page.get_by_role("row").nth(1).wait_for()
    cells = await page.get_by_role("row").nth(1).get_by_role("cell").all_inner_texts()

    assert cells[:5] == [
        "A field has the wrong type",
        "$.data.amount has the wrong type or range",
        "orders",
        "/oms",
        "3",
    ]
    assert cells[-1] == "partition 3, offset 2"
    assert await page.locator("#headline").inner_text() == "3 dead letters"
    assert complaints == []


async def test_chinese(serve: Any, open_page: Any, quiet_board: Board) -> None:
    page, _ = await opened(serve, open_page, quiet_board, told(), "/dead-letters?lang=zh")
    await page.get_by_text("字段类型不对").wait_for()

    assert await page.locator("#headline").inner_text() == "3 条死信"


async def test_what_a_producer_calls_itself_never_becomes_markup(
    serve: Any, open_page: Any, quiet_board: Board
) -> None:
    page, complaints = await opened(serve, open_page, quiet_board, told(source=HOSTILE, detail=HOSTILE))
    await page.get_by_text(HOSTILE).first.wait_for()

    assert await page.locator("img[src=x]").count() == 0
    assert complaints == []


async def test_without_dead_letters_it_says_so(serve: Any, open_page: Any, quiet_board: Board) -> None:
    page, _ = await opened(serve, open_page, quiet_board, DeadLetterBoard())

    await page.get_by_text("No dead letters").wait_for()
    assert not await page.locator("#table").is_visible()


async def test_a_worker_that_may_not_read_the_topic_says_what_to_grant(
    serve: Any, open_page: Any, quiet_board: Board
) -> None:
    dead = DeadLetterBoard()
    dead.refuse(refused=True)
    page, _ = await opened(serve, open_page, quiet_board, dead)

    await page.get_by_text("grant Read on that topic").wait_for()


async def test_who_sees_a_part_of_the_shop_is_told_why_there_is_nothing(
    serve: Any, open_page: Any, quiet_board: Board
) -> None:
    page, _ = await opened(serve, open_page, quiet_board, told(), security=Security(tokens=(PART,)))
    await page.locator("#token").fill(PART.secret)
    await page.keyboard.press("Enter")

    await page.locator("#notes", has_text="Your token sees only a part of the data").wait_for()
    assert not await page.locator("#table").is_visible()


async def test_the_page_of_the_pipeline_leads_there(serve: Any, open_page: Any, quiet_board: Board) -> None:
    page, _ = await opened(serve, open_page, quiet_board, told(), "/touchpoints/pipeline")
    await page.get_by_role("link", name="Dead letters").click()

    await page.get_by_role("heading", name="Dead letters").wait_for()
    assert page.url.endswith("/dead-letters")


async def test_other_touchpoints_have_no_dead_letters(serve: Any, open_page: Any, quiet_board: Board) -> None:
    page, _ = await opened(serve, open_page, quiet_board, told(), "/touchpoints/order")
    await page.get_by_role("heading", name="Order").wait_for()

    assert not await page.get_by_role("link", name="Dead letters").is_visible()


@pytest.mark.parametrize("view", VIEWS)
async def test_every_text_can_be_read_and_nothing_is_wider_than_the_window(
    serve: Any, open_page: Any, quiet_board: Board, view: str
) -> None:
    page, _ = await opened(serve, open_page, quiet_board, told(), **VIEWS[view])
    await page.get_by_text("/oms").first.wait_for()

    assert await page.evaluate(WEAK) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
