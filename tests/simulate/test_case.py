"""What becomes a case."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale


def test_each_complaint_becomes_a_case_within_minutes(small: SimulatedSale) -> None:
    complaints = small.of("complaint.opened")
    cases = [event for event in small.of("case.opened") if event["kind"] == "complaint"]
    facts = ("order_id", "customer", "store", "channel", "region", "carrier")

    assert Counter(tuple(event.get(field) for field in facts) for event in complaints) == Counter(
        tuple(event.get(field) for field in facts) for event in cases
    )
    first = {event["subject"].removeprefix("FC-"): event["time"] for event in complaints}
    for case in cases:
        since = datetime.fromisoformat(case["time"]) - datetime.fromisoformat(first[case["case_id"].removeprefix("CS")])
        assert timedelta(0) < since < timedelta(minutes=5)


def test_a_ticket_is_what_a_contact_could_not_settle(small: SimulatedSale) -> None:
    closed = {(event["customer"], event["intent"], event["queue"]) for event in small.of("consultation.closed")}
    tickets = [event for event in small.of("case.opened") if event["kind"] == "ticket"]

    assert len(tickets) > 100
    assert {(event["customer"], event["reason"], event["queue"]) for event in tickets} <= closed


def test_a_case_is_due_a_day_after_it_is_opened(small: SimulatedSale) -> None:
    for event in small.of("case.opened"):
        assert event["opened_at"] == event["time"]
        due = datetime.fromisoformat(event["due_at"]) - datetime.fromisoformat(event["opened_at"])
        assert due == timedelta(days=1)
