"""By which channel refunds come, and what the shop does about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale

REFUNDS = ("refund.requested", "refund.approved", "refund.completed", "refund.rejected", "refund.retained")


def test_a_refund_names_the_channel_of_the_purchase(small: SimulatedSale) -> None:
    bought = {event["order_id"]: event["channel"] for event in small.of("order.created")}

    assert all(event["channel"] == bought[event["order_id"]] for event in small.of(*REFUNDS, "dispute.opened"))


def test_goods_come_back_by_another_channel_now_and_then_some_of_them_at_a_counter(small: SimulatedSale) -> None:
    returned = [event for event in small.of("refund.requested") if event["kind"] == "return"]
    elsewhere = [event["return_channel"] for event in returned if event["return_channel"] != event["channel"]]

    assert 0.05 * len(returned) < len(elsewhere) < 0.3 * len(returned)
    assert {"counter", "app"} <= set(elsewhere)
    assert all("return_channel" not in event for event in small.of(*REFUNDS) if event["kind"] == "refund_only")


def test_the_shop_reaches_out_before_a_customer_keeps_the_goods(small: SimulatedSale) -> None:
    kept = small.of("refund.retained")

    assert len(kept) > 5
    assert all(event["requested_at"] <= event["care_at"] < event["time"] for event in kept)


def test_the_platform_steps_into_a_few_refunds_and_none_that_is_automatic(small: SimulatedSale) -> None:
    completed = small.of("refund.completed")
    stepped_in = [event for event in completed if event["intervened"]]

    assert 0 < len(stepped_in) < 0.05 * len(completed)
    assert not any(event["automatic"] for event in stepped_in)
