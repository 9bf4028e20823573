"""What agents promise, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale


def test_a_promise_is_made_before_the_contact_with_a_person_ends(small: SimulatedSale) -> None:
    closed = {event["consultation_id"]: event for event in small.of("consultation.closed")}

    for event in small.of("promise.made"):
        contact = closed[event["consultation_id"]]
        assert contact["handled_by"] == "human"
        assert contact["opened_at"] < event["time"] < contact["time"]
        for field in ("queue", "channel", "store", "customer"):
            assert event[field] == contact[field]


def test_a_promise_is_kept_or_withdrawn_or_neither_and_never_both(small: SimulatedSale) -> None:
    made = {event["promise_id"]: event for event in small.of("promise.made")}
    kept = {event["promise_id"]: event for event in small.of("promise.kept")}
    withdrawn = {event["promise_id"]: event for event in small.of("promise.withdrawn")}

    assert not kept.keys() & withdrawn.keys()
    assert kept.keys() | withdrawn.keys() < made.keys()
    assert 0 < len(withdrawn) < 0.03 * len(made)
    for name, event in {**kept, **withdrawn}.items():
        assert made[name]["time"] < event["time"]
        for field in ("kind", "queue", "channel", "store", "role", "due_at", "order_id"):
            assert event.get(field) == made[name].get(field)


def test_promises_are_usually_kept_in_time(small: SimulatedSale) -> None:
    made = Counter(event["kind"] for event in small.of("promise.made"))
    in_time = Counter(event["kind"] for event in small.of("promise.kept") if event["time"] <= event["due_at"])

    assert set(made) == {"callback", "refund", "delivery", "other"}
    assert sum(in_time.values()) > 0.9 * sum(made.values())
    assert any(event["time"] > event["due_at"] for event in small.of("promise.kept"))


def test_the_promise_of_a_delivery_is_the_date_that_was_told_and_the_parcel_keeps_it(small: SimulatedSale) -> None:
    told = {event["consultation_id"]: event["eta"] for event in small.of("consultation.closed") if "eta" in event}
    promised = {
        event["consultation_id"]: event["due_at"]
        for event in small.of("promise.made")
        if event["kind"] == "delivery" and event["eta"] == event["due_at"]
    }
    arrived = {(event["order_id"], event["time"]) for event in small.of("parcel.delivered")}

    assert promised == told
    assert all(
        (event["order_id"], event["time"]) in arrived
        for event in small.of("promise.kept")
        if event["kind"] == "delivery"
    )
    assert all("eta" not in event for event in small.of("promise.made") if event["kind"] != "delivery")
