"""The page of a merchant in headless Chromium, with the token of that merchant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.web.data_scope import read_data_scope
from streams.web.security import Role, Security, Token
from streams.web.stores import add_stores
from tests.web.support.lean_shop import readings
from tests.web.support.shop_hour import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly
    from streams.web.board import Board

pytestmark = pytest.mark.browser
MERCHANT = Token(Role.VIEWER, "merchant-secret-of-these-tests", "Merchant", read_data_scope("store:own-store"))


async def test_a_merchant_sees_its_anomalies_and_its_thirty_days_and_nothing_of_others(
    quiet_board: Board, anomaly: Callable[..., Anomaly], serve: Any, open_page: Any
) -> None:
    tell(quiet_board, anomaly(fingerprint="whole", scope={}, cause_of=["own"]))
    tell(quiet_board, anomaly(fingerprint="other", scope={"store": "other-store"}))
    tell(quiet_board, anomaly(fingerprint="own", scope={"store": "own-store"}, caused_by="whole", severity="warning"))
    security, shop = Security(tokens=(MERCHANT,)), readings({"own-store": 4, "other-store": 40})
    server = await serve(
        quiet_board, security, extend=lambda app: add_stores(app, lambda: shop, security, ["orders", "payments"])
    )
    page, complaints = await open_page(server.make_url("/store"))
    await page.locator("#token").fill(MERCHANT.secret)
    await page.keyboard.press("Enter")
    await page.locator("#rows tr").first.wait_for()
    anomalies = await page.locator("#anomalies [data-fingerprint]").evaluate_all(
        "all => all.map((one) => one.dataset.fingerprint)"
    )
    title, rows = await page.locator("#title").inner_text(), await page.locator("#rows tr").all_inner_texts()
    text = await page.locator("body").inner_text()
    await page.goto(str(server.make_url("/store?name=other-store")))
    await page.locator("#notes", has_text="Nothing was counted").wait_for()

    assert (title, anomalies) == ("own-store", ["own"])
    assert [row.split("\t")[0] for row in rows] == ["Orders", "Payments"]
    assert "50%" in rows[1]
    assert "1,536" in rows[0]
    assert "other-store" not in text
    assert await page.locator("#rows tr").count() == 0
    assert [one for one in complaints if "401" not in one and "404" not in one] == []
