"""The documented samples beside each shipped mapping, and the events that it makes of them.

tests/mapping/golden/NAME/SAMPLE.json is a record, SAMPLE.events.json what comes of it: a list of events, without what
is empty, and with customers as they are before they are hashed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.events.customer import Customer
from streams.events.vocabulary import SHIPPED
from streams.mapping.mapper import RecordMapper, compile_mapping
from streams.mapping.shipped import shipped

GOLDEN = Path(__file__).with_name("golden")
SAMPLES = sorted(file for file in GOLDEN.glob("*/*.json") if not file.name.endswith(".events.json"))
OF_A_PERSON = ("Example Customer", "Example City", "1 Example Street", "customer@example.com", "555-0100", "192.0.2.1")


def _unhashed(kind: type, value: Any) -> Any:
    assert kind is Customer
    return Customer(value)


def _mapper(name: str) -> RecordMapper:
    return compile_mapping(name, shipped(name), SHIPPED, _unhashed)


def _events(sample: Path) -> list[dict[str, Any]]:
    events = msgspec.to_builtins(_mapper(sample.parent.name).events(sample.read_bytes()), enc_hook=str)
    for event in events:
        event["data"] = {field: value for field, value in event["data"].items() if value not in (None, "")}
    return [{key: value for key, value in event.items() if value is not None} for event in events]


def _of(sample: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {(event["source"], event["id"]): event for event in _events(GOLDEN / f"{sample}.json")}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_sample_gives_the_events_beside_it(sample: Path) -> None:
    assert _events(sample) == json.loads(sample.with_suffix(".events.json").read_bytes())


def test_nothing_of_a_person_comes_through() -> None:
    read = "".join(sample.read_text() for sample in SAMPLES)
    assert all(text in read for text in OF_A_PERSON)
    for sample in SAMPLES:
        made = json.dumps(_events(sample))
        assert not [text for text in OF_A_PERSON if text in made], sample


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("shopify/orders-create-paid", "shopify/orders-updated-soon"),
        ("shopify/checkouts-create", "shopify/checkouts-update-completed"),
        ("woocommerce/order-created-pending", "woocommerce/order-updated-paid"),
    ],
)
def test_a_later_webhook_gives_what_it_repeats_by_the_same_id(first: str, again: str) -> None:
    assert _of(first).keys() <= _of(again).keys()


@pytest.mark.parametrize(
    ("webhooks", "types"),
    [
        (
            ["shopify/orders-create-pending", "shopify/orders-paid-next-day"],
            ["order.created", "order.paid"],
        ),
        (
            ["shopify/orders-create-paid", "shopify/orders-updated-after-a-week"],
            ["order.created", "order.paid", "checkout.completed"],
        ),
        (
            [
                "woocommerce/order-created-pending",
                "woocommerce/order-updated-paid",
                "woocommerce/order-updated-completed",
            ],
            ["order.created", "order.paid"],
        ),
        (
            ["aftership/v4-first-in-transit", "aftership/v4-in-transit-again", "aftership/v4-out-for-delivery"],
            ["parcel.collected", "parcel.scanned", "parcel.out_for_delivery"],
        ),
        (
            ["easypost/first-in-transit", "easypost/in-transit-again", "easypost/delivered"],
            ["parcel.collected", "parcel.scanned", "parcel.delivered"],
        ),
    ],
)
def test_of_all_webhooks_of_a_case_each_state_is_counted_once(webhooks: list[str], types: list[str]) -> None:
    counted: dict[tuple[str, str], str] = {}
    for webhook in webhooks:
        counted |= {pair: event["type"] for pair, event in _of(webhook).items()}
    assert list(counted.values()) == types


@pytest.mark.parametrize("tracking", ["aftership/v4-in-transit-again", "17track/updated-arrival", "easypost/delivered"])
def test_a_movement_names_the_time_of_the_one_before(tracking: str) -> None:
    (event,) = _of(tracking).values()
    assert event["data"]["previous_scan_at"] < event["time"]
