"""Both pages for who sees only a store, in headless Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.web.data_scope import read_data_scope
from streams.web.security import Role, Security, Token
from tests.web.support.shop_hour import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly
    from streams.web.board import Board

pytestmark = pytest.mark.browser
SELLER = Token(Role.VIEWER, "seller-secret-of-these-tests", "Seller", read_data_scope("store:own-store"))


async def test_a_store_sees_its_own_anomaly_and_nothing_of_others_or_of_the_whole(
    quiet_board: Board, anomaly: Callable[..., Anomaly], serve: Any, open_page: Any
) -> None:
    tell(quiet_board, anomaly(fingerprint="whole", scope={}, cause_of=["own"]))
    tell(quiet_board, anomaly(fingerprint="other", scope={"store": "other-store"}))
    tell(quiet_board, anomaly(fingerprint="own", scope={"store": "own-store"}, caused_by="whole", severity="warning"))
    server = await serve(quiet_board, Security(tokens=(SELLER,)))
    page, complaints = await open_page(server.make_url("/?search=orders"))
    await page.locator("#token").fill(SELLER.secret)
    await page.keyboard.press("Enter")
    await page.locator(".card").first.wait_for()
    cards = await page.locator("#open [data-fingerprint]").evaluate_all(
        "all => all.map((one) => one.dataset.fingerprint)"
    )
    headline, tiles = await page.locator("#headline").inner_text(), await page.locator(".signal").count()
    touchpoints = await page.locator(".touchpoint").all_inner_texts()
    buttons = await page.locator("#open button[data-action]").count()
    await page.locator(".card a").first.click()
    await page.locator("#title", has_text="own-store").wait_for()
    text = await page.locator("body").inner_text()
    await page.goto(str(server.make_url("/anomalies/other")))
    await page.locator("h1", has_text="No such anomaly").wait_for()

    assert cards == ["own"]
    assert headline == "1 warning"
    assert (tiles, buttons) == (0, 0)
    assert not [text for text in touchpoints if "signal" in text]
    assert [text for text in touchpoints if "own-store" in text] == [text for text in touchpoints if "Order" in text]
    assert "other-store" not in text
    assert "Whole shop" not in text
    assert [one for one in complaints if "401" not in one and "404" not in one] == []
