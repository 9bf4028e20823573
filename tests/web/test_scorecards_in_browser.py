"""The page of scorecards, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from streams.catalogue.load import load
from streams.catalogue.scorecard import Indicator, Polarity, Scorecard
from streams.records.score import MissingIndicator, Score, ScoredIndicator
from streams.records.score_event import encode
from streams.web.scores import ScoreBook, add_scorecards
from streams.web.security import Security

if TYPE_CHECKING:
    from streams.web.board import Board

HOUSE = Scorecard(
    "house",
    "House rules",
    "2026-10-01",
    (Indicator("payment_success", Polarity.MORE, ((0.9, 1.0), (1.0, 5.0))),),
    title_zh="店铺考核",
    of="store",
    example=True,
)
AT_RISK = ScoredIndicator(
    "payment_success", 2_592_000, "ratio", 1.0, 9_000, 30, 0.936, 3.9, 3,
    level_yesterday=4, tonight=0.931, low=0.929, high=0.933, limit=0.935, chance=0.97,
)  # fmt: skip
SCORE = Score(
    scorecard="house",
    category="",
    valid_from="2026-10-01",
    example=True,
    scope={"store": "<b>flagship</b>"},
    time="2026-10-20T04:00:00.000Z",
    day="2026-10-20",
    score=3.9,
    level=3,
    indicators=[AT_RISK],
    missing=[MissingIndicator("csat", 2_592_000, 3, 30)],
    tonight=3.7,
)
CALM = msgspec.structs.replace(
    SCORE, scope={"store": "b"}, indicators=[msgspec.structs.replace(AT_RISK, chance=0.02)], missing=[]
)


async def opened(serve: Any, open_page: Any, board: Board, *scores: Score, path: str = "/scorecards") -> Any:
    security, book = Security("127.0.0.1", (), ()), ScoreBook()
    for score in scores:
        book.take(encode(score))
    metrics = load().metrics
    server = await serve(board, security, extend=lambda app: add_scorecards(app, book, [HOUSE], metrics, security))
    return await open_page(server.make_url(path))


async def test_what_loses_a_level_stands_first_with_its_limit(serve: Any, open_page: Any, quiet_board: Board) -> None:
    page, complaints = await opened(serve, open_page, quiet_board, CALM, SCORE)
    await page.locator(".card").nth(1).wait_for()
    cells = await page.locator(".card").first.locator("tbody td").all_inner_texts()

    assert "<b>flagship</b>" in await page.locator(".card h2").first.inner_text()
    assert cells == ["Payment success rate", "93.6%", "3.9", "100%", "93.1% (92.9% to 93.3%)", "93.5% (level 4)", "97%"]
    assert "Too few cases: csat (3 of 30)" in await page.locator(".card").first.inner_text()
    assert "example, no published rules" in await page.locator(".card").first.inner_text()
    assert await page.locator("#headline").inner_text() == "1 level is about to be lost"
    assert complaints == []


async def test_it_speaks_chinese(serve: Any, open_page: Any, quiet_board: Board) -> None:
    page, _ = await opened(serve, open_page, quiet_board, SCORE, path="/scorecards?lang=zh")
    await page.locator(".card").wait_for()

    assert "店铺考核" in await page.locator(".card h2").inner_text()
    assert await page.locator("#headline").inner_text() == "1 项即将掉级"


async def test_without_scores_it_says_so(serve: Any, open_page: Any, quiet_board: Board) -> None:
    page, _ = await opened(serve, open_page, quiet_board)
    await page.locator("#headline:has-text('No scorecard')").wait_for()

    assert await page.locator(".card").count() == 0
