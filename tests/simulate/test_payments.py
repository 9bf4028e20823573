"""When customers begin to pay."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale


def test_each_result_of_a_payment_has_its_start_seconds_before_by_the_same_method(small: SimulatedSale) -> None:
    starts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in small.of("payment.started"):
        starts[event["order_id"]].append(event)
    results: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in small.of("order.payment_failed", "order.paid"):
        results[event["order_id"]].append(event)

    assert starts.keys() == results.keys()
    lasted = []
    for order, ended in results.items():
        begun = starts[order]
        assert len(begun) == len(ended)
        for start, result in zip(begun, sorted(ended, key=lambda event: str(event["time"])), strict=True):
            lasted.append(datetime.fromisoformat(result["time"]) - datetime.fromisoformat(start["time"]))
            for field in ("payment_method", "channel", "region", "store"):
                assert start[field] == result[field]
    assert timedelta(0) < min(lasted)
    assert max(lasted) < timedelta(seconds=8)
    assert timedelta(seconds=2) < median(lasted) < timedelta(seconds=5)


def test_nobody_pays_before_there_is_an_order(small: SimulatedSale) -> None:
    created = {event["order_id"]: event["time"] for event in small.of("order.created")}

    assert all(created[event["order_id"]] < event["time"] for event in small.of("payment.started"))


def test_a_payment_is_tried_twice_at_most(small: SimulatedSale) -> None:
    tries = Counter(event["order_id"] for event in small.of("payment.started"))

    assert set(tries.values()) == {1, 2}
