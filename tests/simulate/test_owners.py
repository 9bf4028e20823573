"""Whose everything is."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support.simulated_sale import events_of

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale


class Owned(NamedTuple):
    """What an event says of whose it is."""

    kind: str
    subject: str
    order_id: str | None
    customer: str | None


@pytest.fixture(scope="module")
def owned(small: SimulatedSale) -> list[Owned]:
    return [
        Owned(event["type"], event["subject"], event.get("order_id"), event.get("customer"))
        for block in small.blocks
        for event in events_of(block)
    ]


def test_all_that_is_about_an_order_is_of_one_customer(owned: list[Owned]) -> None:
    owners: dict[str, set[str | None]] = defaultdict(set)
    kinds: dict[str, set[str]] = defaultdict(set)
    for event in owned:
        if event.order_id:
            owners[event.order_id].add(event.customer)
            kinds[event.order_id].add(event.kind.partition(".")[0])

    assert all(len(customers) == 1 for customers in owners.values())
    assert any(found >= {"order", "payment", "parcel", "consultation", "message", "refund"} for found in kinds.values())
    assert any(found >= {"order", "complaint", "case", "feedback"} for found in kinds.values())


def test_all_that_bears_one_name_is_of_one_customer(owned: list[Owned]) -> None:
    owners: dict[str, set[str | None]] = defaultdict(set)
    for event in owned:
        owners[event.subject].add(event.customer)

    assert len(owners) > 50_000
    assert all(len(customers) == 1 for customers in owners.values())


def test_only_the_state_of_a_queue_is_nobodys(owned: list[Owned]) -> None:
    assert {event.kind for event in owned if event.customer is None} == {"queue.snapshot"}


def test_who_ends_a_checkout_with_an_order_is_whose_order_it_is(small: SimulatedSale) -> None:
    ended = Counter(event["customer"] for event in small.of("checkout.completed"))

    assert ended == Counter(event["customer"] for event in small.of("order.created"))


def test_customers_come_back_to_buy_and_some_ask_before(small: SimulatedSale) -> None:
    orders = Counter(event["customer"] for event in small.of("order.paid"))
    asked = {event["customer"] for event in small.of("consultation.opened") if event["intent"] == "presale"}

    assert sum(count > 1 for count in orders.values()) > 0.3 * len(orders)
    assert 0.3 * len(asked) < len(asked & set(orders)) < len(asked)
