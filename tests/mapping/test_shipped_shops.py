"""Shops and tracking services: the documented samples, and the events that come of them.

tests/mapping/golden/NAME/SAMPLE.json is a record, SAMPLE.events.json what comes of it: a list of events, without what
is empty, and with customers as they are before they are hashed.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.events.customer import Customer, CustomerKey
from streams.events.vocabulary import SHIPPED
from streams.mapping.mapper import RecordMapper, compile_mapping
from streams.mapping.merged import merged
from streams.mapping.shipped import shipped, shipped_names
from streams.settings.mapping import MappingSettings

GOLDEN = Path(__file__).with_name("golden")
NAMES = ("shopify", "woocommerce", "magento", "aftership", "17track", "easypost")
SAMPLES = [
    file for name in NAMES for file in sorted((GOLDEN / name).glob("*.json")) if not file.name.endswith(".events.json")
]
OF_A_PERSON = ("Example Customer", "Example City", "1 Example Street", "customer@example.com", "555-0100", "192.0.2.1")


class _Unhashed(CustomerKey):
    def hashed(self, text: str) -> Customer:
        return Customer(text)


@cache
def _mapper(name: str, **values: str) -> RecordMapper:
    mapping = merged(name, MappingSettings(values=values), shipped_names(), shipped)
    return compile_mapping(name, mapping.settings, SHIPPED, _Unhashed())


def _events(sample: Path, **values: str) -> list[dict[str, Any]]:
    events = msgspec.to_builtins(_mapper(sample.parent.name, **values).events(sample.read_bytes()), enc_hook=str)
    for event in events:
        event["data"] = {field: value for field, value in event["data"].items() if value not in (None, "")}
    return [{key: value for key, value in event.items() if value is not None} for event in events]


def _of(sample: str, **values: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {(event["source"], event["id"]): event for event in _events(GOLDEN / f"{sample}.json", **values)}


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
            ["order.created", "order.paid", "parcel.collected"],
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


@pytest.mark.parametrize(
    ("webhook", "value", "types"),
    [
        ("shopify/orders-fulfilled", "order", ["parcel.collected"]),
        ("shopify/fulfillments-create", "order", []),
        ("shopify/orders-fulfilled", "fulfillment", []),
        ("shopify/fulfillments-create", "fulfillment", ["parcel.collected"]),
        ("shopify/orders-fulfilled", "", []),
        ("shopify/fulfillments-create", "", []),
        ("shopify/fulfillment-events-picked-up", "order", ["parcel.scanned"]),
        ("shopify/fulfillment-events-picked-up", "carrier", ["parcel.collected"]),
        ("woocommerce/order-updated-completed", "", []),
        ("aftership/v4-first-in-transit", "", ["parcel.scanned"]),
        ("easypost/first-in-transit", "", ["parcel.scanned"]),
    ],
)
def test_one_source_says_when_a_parcel_is_collected(webhook: str, value: str, types: list[str]) -> None:
    assert [event["type"] for event in _of(webhook, collected=value).values()] == types


def test_a_checkpoint_counts_when_it_became_known_unless_the_time_of_the_carrier_is_asked_for() -> None:
    (known,) = _of("aftership/v4-delivered").values()
    (made,) = _of("aftership/v4-delivered", times="carrier").values()
    assert (known["time"], made["time"]) == ("2026-11-14T15:30:00+00:00", "2026-11-14T10:02:00-05:00")
    assert known["data"]["previous_scan_at"] == "2026-11-13T16:30:00+00:00"
    assert made["data"]["previous_scan_at"] == "2026-11-13T11:20:00-05:00"


def test_a_checkpoint_without_an_offset_has_the_time_at_which_it_became_known_unless_its_zone_is_set() -> None:
    sample = "aftership/2025-lost-local-times"
    (known,) = _of(sample, times="carrier").values()
    (local,) = _of(sample, times="carrier", local_times="yes").values()
    assert (known["time"], local["time"]) == ("2026-11-20T07:20:00+00:00", "2026-11-20T08:00:00+00:00")


@pytest.mark.parametrize("tracking", ["17track/updated-picked-up", "easypost/first-in-transit"])
def test_an_estimate_is_no_promise_where_it_is_not_to_be(tracking: str) -> None:
    (promised,) = _of(tracking).values()
    (free,) = _of(tracking, promise="").values()
    assert promised["data"]["promised_at"] == promised["data"]["eta"] == free["data"]["eta"]
    assert "promised_at" not in free["data"]
