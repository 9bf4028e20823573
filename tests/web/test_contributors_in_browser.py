"""Where an anomaly comes from, on its page: while it lasts, when it recovers, and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.records.anomaly import Contributor, Why
from tests.web.support.incident_story import Incident, stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly
    from streams.web.board import Board

pytestmark = pytest.mark.browser

MINUTE = 60_000
ZHEJIANG, OTHERS = Contributor({"region": "zhejiang"}, 0.62, 0.62, 0.0), Contributor({}, 0.38, 0.38, 0.0)


async def test_where_it_comes_from_is_a_table_that_tells_rate_and_mix_apart(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/anomalies/a1b2c3"))
    rows = page.locator("#contributors tbody tr")
    await rows.first.wait_for()

    assert await page.locator("#contributors thead th").all_inner_texts() == ["Segment", "Share", "by rate", "by mix"]
    assert (await rows.first.inner_text()).split() == ["region", "zhejiang", "62%", "61%", "1%"]
    assert await rows.first.locator(".bar-rate").get_attribute("width") == "61"


@pytest.mark.parametrize(
    ("language", "words", "others"),
    [
        (
            "en",
            [
                "Where it comes from",
                "Where it comes from (at its worst)",
                "Where it came from (while it lasted, at its worst)",
            ],
            "All others",
        ),
        ("zh", ["主要来源", "主要来源（最严重时）", "主要来源（异常期间最严重时）"], "其他"),  # noqa: RUF001
    ],
)
async def test_where_it_came_from_stays_when_it_recovers_and_is_over(
    language: str,
    words: list[str],
    others: str,
    quiet_board: Board,
    anomaly: Callable[..., Anomaly],
    now: int,
    serve: Any,
    open_page: Any,
) -> None:
    incident = Incident(quiet_board, anomaly(), now)
    incident.report(now + MINUTE, 1.0)
    incident.tell(Why.OPENED, contributors=[ZHEJIANG, OTHERS])
    server = await serve(quiet_board)
    page, complaints = await open_page(server.make_url(f"/anomalies/a1b2c3?lang={language}"))
    await page.locator("#contributors tbody tr").first.wait_for()
    during = await page.locator("#contributors-title").inner_text()
    incident.tell(Why.RECOVERING, state="recovering")
    await page.get_by_role("heading", name=words[1], exact=True).wait_for()
    incident.tell(Why.RECOVERED, state="resolved", reason="NORMAL", ended_at=stamp(now + 2 * MINUTE))
    await page.get_by_role("heading", name=words[2], exact=True).wait_for()

    rows = await page.locator("#contributors tbody tr").all_inner_texts()
    assert during == words[0]
    assert "zhejiang" in rows[0]
    assert rows[1].split("\t")[0] == others
    assert complaints == []


async def test_what_never_had_a_part_that_stands_out_says_so(
    quiet_board: Board, anomaly: Callable[..., Anomaly], now: int, serve: Any, open_page: Any
) -> None:
    Incident(quiet_board, anomaly(), now).tell(Why.OPENED)
    server = await serve(quiet_board)
    page, _ = await open_page(server.make_url("/anomalies/a1b2c3"))
    await page.locator("#contributors p").wait_for()

    assert await page.locator("#contributors").inner_text() == "No part stands out."
