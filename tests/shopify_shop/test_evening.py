"""A shop that is known by webhooks only: what the wall shows of it, and what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shopify_shop.support.judged_evening import judge, settings_of_the_page
from tests.support.shopify_shop.shop import ShopifyShop

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shopify_shop.support.judged_evening import Judged

LATEST_S = {"gateway": 1200, "carrier": 3600, "tickets": 600}
SEEDS = (101, 102, 103, 104, 105)


@pytest.mark.endtoend
def test_every_webhook_is_understood_and_in_time(evening: Judged) -> None:
    assert evening.outcomes["counted"] > 60_000
    assert (evening.outcomes["dead_letter"], evening.outcomes["late"]) == (0, 0)


@pytest.mark.endtoend
def test_orders_payment_delivery_and_service_have_values_on_the_wall(evening: Judged) -> None:
    assert {"orders_created", "orders_paid", "payment_success", "checkout_completion"} <= evening.values
    assert {"parcel_movements", "carrier_share", "collection_24h", "next_scan_24h"} <= evening.values
    assert {"pick_up", "service_level", "inquiries_per_thousand", "csat"} & evening.values


@pytest.mark.endtoend
@pytest.mark.parametrize("fault", LATEST_S)
def test_a_fault_is_found_and_soon(evening: Judged, fault: str) -> None:
    (found,) = [incident for incident in evening.report["incidents"] if incident["id"] == fault]
    assert found["hit"]
    assert found["time_to_detect_s"] <= LATEST_S[fault]


@pytest.mark.endtoend
def test_nothing_else_pages(evening: Judged) -> None:
    assert evening.report["false_alarms"] == []


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_breaks_most_of_it_is_found(seed: int, tmp_path: Path) -> None:
    report = judge(ShopifyShop(seed, 2400), settings_of_the_page(tmp_path)).report
    print(seed, report["incidents"], report["false_alarms"])
    assert report["recall"] >= 2 / 3
    assert len(report["false_alarms"]) <= 1
