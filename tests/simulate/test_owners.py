"""Whose everything is."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale


def test_all_that_is_about_an_order_is_of_one_customer(small: SimulatedSale) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, set[str]] = defaultdict(set)
    for kind, events in small.events.items():
        for event in events:
            if "order_id" in event:
                owners[event["order_id"]].add(event["customer"])
                kinds[event["order_id"]].add(kind.partition(".")[0])

    assert all(len(customers) == 1 for customers in owners.values())
    assert any(found >= {"order", "payment", "parcel", "consultation", "message", "refund"} for found in kinds.values())
    assert any(found >= {"order", "complaint", "case", "feedback"} for found in kinds.values())


def test_all_that_bears_one_name_is_of_one_customer(small: SimulatedSale) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for kind, events in small.events.items():
        for event in events if kind != "queue.snapshot" else ():
            owners[event["subject"]].add(event["customer"])

    assert len(owners) > 50_000
    assert all(len(customers) == 1 for customers in owners.values())


def test_only_the_state_of_a_queue_is_nobodys(small: SimulatedSale) -> None:
    nobodys = {kind for kind, events in small.events.items() if any("customer" not in event for event in events)}

    assert nobodys == {"queue.snapshot"}


def test_who_ends_a_checkout_with_an_order_is_whose_order_it_is(small: SimulatedSale) -> None:
    ended = Counter(event["customer"] for event in small.of("checkout.completed"))

    assert ended == Counter(event["customer"] for event in small.of("order.created"))


def test_customers_come_back_to_buy_and_some_ask_before(small: SimulatedSale) -> None:
    orders = Counter(event["customer"] for event in small.of("order.paid"))
    asked = {event["customer"] for event in small.of("consultation.opened") if event["intent"] == "presale"}

    assert sum(count > 1 for count in orders.values()) > 0.3 * len(orders)
    assert 0.3 * len(asked) < len(asked & set(orders)) < len(asked)
