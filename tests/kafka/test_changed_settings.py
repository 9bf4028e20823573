"""Settings that change between two starts: mappings come and go, the key of customers is replaced."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.catalogue.load import SHIPPED
from streams.records.verdicts import TickVerdicts
from tests.kafka.crash.crash_load import START_MS
from tests.kafka.crash.crash_sales import MAPPINGS, SHOP_TOPIC
from tests.kafka.support.counted_orders import Running, counted, send, until, until_counted
from tests.kafka.support.faults_bench import Bench
from tests.kafka.support.kafka_reading import produce, visible

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.kafka

ASKS_FOR_CUSTOMERS = """
  - {id: X1, name: again_soon, title: Customers who come again, touchpoint: consultation, unit: ratio, signal: ratio,
     direction: up, minimum_effect: 0.1, minimum_exposure: 20, windows: [300], scopes: [[]], runbook: repeat-contacts,
     numerator: [{events: [consultation.opened], by: customer,
                  after: {events: [consultation.opened], reach_s: 3600}}],
     denominator: [{events: [consultation.opened]}]}
"""


@pytest.fixture
def bench(faults_kafka: Any, tmp_path: Path) -> Bench:
    return Bench(faults_kafka.address, tmp_path, mappings={})


def start(bench: Bench, **changed: Any) -> Running:
    """A worker of the same installation, with other settings."""
    bench.settings = msgspec.structs.replace(bench.settings, **changed)
    return Running(bench)


def send_sales(bench: Bench, begin: int, end: int) -> None:
    """Records of the mapped topic, each of which is an order."""
    values = [
        json.dumps(
            {"sale": {"no": number, "at": START_MS + number * 1000, "channel": "APP", "address": {"region": "r"}}}
        ).encode()
        for number in range(begin, end)
    ]
    produce(bench.address, SHOP_TOPIC, values, timestamp=START_MS + end * 1000)


def newest_tick(bench: Bench) -> int:
    ticks = [msgspec.json.decode(m.value(), type=TickVerdicts).time for m in visible(bench.address, "pharos-verdicts")]
    return max(ticks, default=0)


def until_judged(bench: Bench, second: int) -> None:
    until(f"ticks come to second {second}", lambda: newest_tick(bench) >= START_MS + second * 1000)


def test_a_mapping_that_is_added_or_removed_holds_no_tick_back_and_no_record_is_lost(bench: Bench) -> None:
    before = start(bench)
    send(bench, 0, 100)
    until_counted(bench, 100)

    worker = start(bench, mappings=MAPPINGS)  # beside the other one, as where workers are replaced one by one
    send(bench, 100, 300)
    until_judged(bench, 250)  # of the mapped topic nothing has come yet
    send_sales(bench, 300, 350)
    until_counted(bench, 350)
    assert before.process.poll() is None, bench.told()
    before.stop()
    until("a snapshot knows the mapped topic", lambda: knows(bench, SHOP_TOPIC))
    send_sales(bench, 350, 400)
    worker.kill()

    worker = start(bench, mappings={})
    send(bench, 400, 600)
    until_judged(bench, 550)
    assert counted(bench) in range(550, 601)
    assert worker.process.poll() is None, bench.told()
    worker.stop()

    worker = start(bench, mappings=MAPPINGS)
    send_sales(bench, 600, 650)
    until_counted(bench, 650)
    worker.kill()
    assert "Traceback" not in bench.told()


def knows(bench: Bench, topic: str) -> bool:
    """Whether a manifest names a source topic."""
    snapshots = [m for number in range(2) for m in visible(bench.address, "pharos-snapshots", number)]
    return any(topic.encode() in (message.value() or b"") for message in snapshots)


def test_a_worker_with_another_customer_key_ends_and_says_why_until_it_replaces_the_one_before(
    bench: Bench, tmp_path: Path
) -> None:
    secrets = {name: f"a secret of the shop {name}" for name in ("one", "two")}
    for name, secret in secrets.items():
        (tmp_path / name).write_text(secret)
    worker = start(bench, customer_key_file=str(tmp_path / "one"))
    send(bench, 0, 20)
    until_counted(bench, 20)

    other = start(bench, customer_key_file=str(tmp_path / "two")).said_at_its_end(1, 60.0)
    none = start(bench, customer_key_file="").said_at_its_end(1, 60.0)
    send(bench, 20, 40)
    until_counted(bench, 40)
    worker.stop()
    (counted_with,) = set(re.findall(r"customer_key_replaces: (\w+)", other + none))
    worker = start(bench, customer_key_file=str(tmp_path / "two"), customer_key_replaces=counted_with)
    send(bench, 40, 60)
    until_counted(bench, 60)
    worker.stop()

    assert f"hashed with key {counted_with} so far, and this worker has key " in other
    assert f"hashed with key {counted_with} so far, and this worker has no key: give all workers the same" in none
    assert not [secret for secret in secrets.values() if secret in bench.told()]
    assert "Traceback" not in bench.told()


def test_without_a_customer_key_a_worker_counts_and_says_which_metrics_stay_empty(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "catalogue.yaml").write_text(SHIPPED.read_text() + ASKS_FOR_CUSTOMERS)

    worker = start(bench, catalogue=str(tmp_path / "catalogue.yaml"), customer_key_file="")
    send(bench, 0, 20)
    until_counted(bench, 20)
    worker.stop()

    (said,) = re.findall(r"there is no key to hash cases with: .*", bench.told())
    assert "who may read pharos-cases can find out" in said
    assert "again_soon stay empty, as no customer is known; set customer_key_file" in said
