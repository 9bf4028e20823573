"""Complaints about those whom a customer meets."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale


def test_people_complain_of_all_whom_they_meet_and_of_couriers_most(small: SimulatedSale) -> None:
    roles = Counter(event["role"] for event in small.of("complaint.opened"))

    assert set(roles) == {"agent", "courier", "warehouse", "store", "platform"}
    assert roles.most_common(1)[0][0] == "courier"


def test_complaints_are_few(small: SimulatedSale) -> None:
    orders = len(small.of("order.paid"))

    assert 0.005 * orders < len(small.of("complaint.opened")) < 0.03 * orders


def test_a_complaint_about_an_order_names_its_carrier_and_store(small: SimulatedSale) -> None:
    orders = {event["order_id"]: event for event in small.of("order.created")}
    about = [event for event in small.of("complaint.opened") if "order_id" in event]

    assert len(about) > 100
    for event in about:
        assert event["time"] > orders[event["order_id"]]["time"]
        for field in ("carrier", "store"):
            assert event[field] == orders[event["order_id"]][field]
    assert all("carrier" not in event for event in small.of("complaint.opened") if "order_id" not in event)


def test_who_rates_an_agent_badly_complains_of_the_agent_if_at_all(small: SimulatedSale) -> None:
    bad = {event["customer"] for event in small.of("consultation.rated") if event["rating"] <= 2}
    complained = {event["customer"] for event in small.of("complaint.opened") if event["role"] == "agent"}

    assert 0.1 * len(bad) < len(bad & complained) < 0.5 * len(bad)
