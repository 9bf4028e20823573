"""What is no CloudEvent of ours, on Apache Kafka: shipped mappings, webhooks, binary mode, declared types."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
import urllib.error
import urllib.request
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import confluent_kafka
import pytest

from tests.kafka.crash.comparison import read_cells
from tests.kafka.support.counted_orders import until
from tests.kafka.support.kafka_reading import visible
from tests.kafka.support.mapped_shop import FOLDERS, SECRET, Expected, MappedShop, samples, topic_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.kafka.crash.crash_direct import Cell

pytestmark = pytest.mark.kafka

_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@pytest.fixture(scope="module")
def shop(faults_kafka: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MappedShop]:
    shop = MappedShop(faults_kafka.address, tmp_path_factory.mktemp("mapped"))
    yield shop
    shop.stop()


def cells(shop: MappedShop) -> Counter[Cell]:
    return read_cells(shop.bench.address, shop.bench.settings.cells_partitions)


def send(shop: MappedShop, topic: str, value: bytes, at_ms: int, headers: dict[str, bytes] | None = None) -> None:
    producer = confluent_kafka.Producer({"bootstrap.servers": shop.bench.address, "linger.ms": 0})
    producer.produce(topic, value, partition=0, timestamp=at_ms, headers=list((headers or {}).items()))
    assert producer.flush(20.0) == 0


def test_every_golden_sample_gives_its_events_and_sent_twice_counts_once(shop: MappedShop) -> None:
    expected = {name: Expected(name, shop.catalogue) for name in FOLDERS}
    before = cells(shop)
    producer = confluent_kafka.Producer({"bootstrap.servers": shop.bench.address, "linger.ms": 20})
    for name, of in expected.items():
        for sample in of.twice:
            producer.produce(topic_of(name), sample.value, partition=0, timestamp=sample.timestamp_ms)
    assert producer.flush(20.0) == 0

    wanted: Counter[Cell] = Counter()
    for name, of in expected.items():
        outcomes, counted = of.count()
        for cell, value in counted:
            wanted[cell] += value
        assert shop.until_read(topic_of(name), len(of.twice)) == outcomes, name
        assert outcomes["counted"] > 0
        assert outcomes["dead_letter"] == 0
        assert outcomes["duplicate"] >= len([sample for sample in samples(name) if sample.events])
    found = cells(shop)
    found.subtract(before)
    differing = {cell for cell in wanted.keys() | found.keys() if wanted[cell] != found[cell]}
    assert not differing, {cell: (wanted[cell], found[cell]) for cell in sorted(differing)[:5]}
    topics = {
        values[0]
        for (metric, *_, values, _), n in found.items()
        if n and metric.startswith("events_received@") and values
    }
    assert topics == set(map(topic_of, FOLDERS))


def in_base64(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def of_zendesk(body: bytes, secret: str, age_s: float = 0.0) -> dict[str, str]:
    stamp = datetime.fromtimestamp(time.time() - age_s, UTC).isoformat(timespec="seconds")
    return {
        "X-Zendesk-Webhook-Signature": in_base64(stamp.encode() + body, secret),
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
    }


SIGNED: dict[str, tuple[str, Callable[[bytes, str], dict[str, str]]]] = {
    "shopify": ("orders-create-pending", lambda body, key: {"X-Shopify-Hmac-Sha256": in_base64(body, key)}),
    "woocommerce": ("order-created-pending", lambda body, key: {"X-WC-Webhook-Signature": in_base64(body, key)}),
    "aftership": ("v4-first-in-transit", lambda body, key: {"aftership-hmac-sha256": in_base64(body, key)}),
    "zendesk": ("ticket_created", of_zendesk),
    "easypost": (
        "first-in-transit",
        lambda body, key: {"X-Hmac-Signature": f"hmac-sha256-hex={hmac.new(key.encode(), body, 'sha256').hexdigest()}"},
    ),
}


def post(shop: MappedShop, mapping: str, body: bytes, headers: dict[str, str]) -> int:
    request = urllib.request.Request(f"{shop.page}intake/{mapping}", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=15.0) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.mark.parametrize("mapping", SIGNED)
def test_a_signed_webhook_lies_on_its_topic_when_it_is_answered_and_counts_once(shop: MappedShop, mapping: str) -> None:
    sample, headers = SIGNED[mapping]
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()
    body = _TIME.sub(now, (FOLDERS[mapping] / f"{sample}.json").read_bytes())
    topic = f"pharos-raw-{mapping}"

    refused = [post(shop, mapping, body, headers(body, "of somebody else")), post(shop, mapping, body, {})]
    refused.append(post(shop, mapping, body + b" ", headers(body, SECRET)))
    if mapping == "zendesk":
        refused.append(post(shop, mapping, body, of_zendesk(body, SECRET, age_s=400.0)))
    nothing = visible(shop.bench.address, topic)
    taken = post(shop, mapping, body, headers(body, SECRET))
    (message,) = visible(shop.bench.address, topic)
    again = post(shop, mapping, body, headers(body, SECRET))

    assert refused == [403, 401, 403, 403][: len(refused)]
    assert nothing == []
    assert (taken, message.value(), message.headers()) == (200, body, None)
    assert again == 200
    assert shop.until_read(topic, 2) == {"counted": 1, "duplicate": 1}
    told = shop.metrics()
    assert f'pharos_intake_total{{mapping="{mapping}",outcome="taken"}} 2.0' in told
    assert f'pharos_intake_total{{mapping="{mapping}",outcome="unsigned"}} 1.0' in told


def test_a_mapping_without_an_intake_takes_no_webhook(shop: MappedShop) -> None:
    body = b'{"order_id": "1"}'

    assert post(shop, "rows", body, {"X-Shopify-Hmac-Sha256": in_base64(body)}) == 404


def test_events_in_binary_mode_are_counted_and_as_dead_letters_keep_what_they_were(shop: MappedShop) -> None:
    at = 1_794_000_000_000
    attributes = {
        "ce_specversion": b"1.0",
        "ce_id": b"binary-1",
        "ce_source": b"/binary",
        "ce_type": b"order.created",
        "ce_time": datetime.fromtimestamp(at / 1000, UTC).isoformat().encode(),
        "content-type": b"application/json",
    }
    wrong = b'{"order_id": "TB2", "amount": "much"}'
    plain = {"specversion": "1.0", "id": "plain-1", "source": "/binary", "type": "order.created"}
    plain |= {"time": attributes["ce_time"].decode(), "data": {"order_id": "TB3"}}

    send(shop, "orders", b'{"order_id": "TB1"}', at, attributes)
    send(shop, "orders", b'{"order_id": "TB1"}', at, attributes)
    send(shop, "orders", wrong, at, attributes | {"ce_id": b"binary-2"})
    send(shop, "orders", json.dumps(plain).encode(), at)
    send(shop, topic_of("rows"), wrong, at, attributes | {"ce_id": b"binary-3"})

    assert shop.until_read("orders", 4) == {"counted": 2, "duplicate": 1, "dead_letter": 1}
    until("both are dead letters", lambda: len(dead_letters(shop)) == 2)
    letters = dead_letters(shop)
    assert set(letters) == {"orders", topic_of("rows")}
    for number, letter in zip((b"binary-2", b"binary-3"), (letters["orders"], letters[topic_of("rows")]), strict=True):
        headers = dict(letter.headers())
        assert letter.value() == wrong
        assert {name: headers[name] for name in attributes} == attributes | {"ce_id": number}
    assert dict(letters["orders"].headers())["pharos-reason"] == b"wrong_field"
    assert dict(letters[topic_of("rows")].headers())["pharos-reason"] == b"unmapped"


def dead_letters(shop: MappedShop) -> dict[str, Any]:
    found = visible(shop.bench.address, "pharos-dead-letters")
    return {dict(letter.headers())["pharos-topic"].decode(): letter for letter in found}


def test_declared_events_are_read_from_a_topic_of_their_own(shop: MappedShop) -> None:
    at = 1_794_000_600_000
    event = {"specversion": "1.0", "source": "/lockers", "type": "locker.opened"}
    event["time"] = datetime.fromtimestamp(at / 1000, UTC).isoformat()
    for number, data in enumerate(({"region": "zhejiang", "waited": 2.5}, {"region": "hubei"}, {"waited": "long"})):
        value = json.dumps({**event, "id": f"l{number}", "data": {"locker_id": "L", **data}}).encode()
        send(shop, "lockers", value, at)

    assert shop.until_read("lockers", 3) == {"counted": 2, "dead_letter": 1}
    counted = {
        values: n for (metric, _, _, values, _), n in cells(shop).items() if metric.startswith("lockers_opened@")
    }
    assert counted == {(): 2, ("zhejiang",): 1, ("hubei",): 1}
