"""docs/examples/subscriber.py, run as anybody would run it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import confluent_kafka
import orjson
import pytest

from streams.broker.embedded import EmbeddedBroker
from streams.records.action import Taken
from streams.records.action_event import read_action
from streams.records.anomaly import Change, Transition
from streams.records.anomaly_event import encode, key
from streams.settings.settings import Settings
from streams.topics.wanted import embedded_topics
from tests.support.sample_anomaly import sample_anomaly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "subscriber.py"
LIMIT_S = 30.0


def transition(name: str, change: Change) -> Transition:
    anomaly = sample_anomaly("2026-11-11T00:00:00Z", "2026-11-11T00:01:00Z", summary=f"summary of {name}")
    return Transition(name, change, 1_794_326_460_000, anomaly)


def produce(address: str, *transitions: Transition) -> None:
    producer = confluent_kafka.Producer({"bootstrap.servers": address})
    for one in transitions:
        producer.produce("pharos-anomalies", encode(one), key=key(one))
    assert producer.flush(10.0) == 0


@contextlib.contextmanager
def actions(address: str) -> Iterator[Callable[[], list[Any]]]:
    """What is on pharos-actions so far; gone before the broker goes, or closing would wait for it."""
    consumer = confluent_kafka.Consumer({"bootstrap.servers": address, "group.id": "watch"})
    consumer.assign([confluent_kafka.TopicPartition("pharos-actions", 0, 0)])
    found: list[Any] = []

    def so_far() -> list[Any]:
        found.extend(message for message in consumer.consume(100, 0.2) if message.error() is None)
        return found

    yield so_far
    consumer.close()


@contextlib.contextmanager
def running(address: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, str(EXAMPLE), address], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


@pytest.mark.embedded
def test_the_example_acts_once_on_each_opened_anomaly_and_says_so() -> None:
    first, second = transition("t1", Change.OPENED), transition("t3", Change.OPENED)
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1), 1)) as broker:
        produce(broker.address, first, first, transition("t2", Change.UPDATED), first, second)
        with actions(broker.address) as so_far, running(broker.address) as process:
            deadline = time.monotonic() + LIMIT_S
            while len(so_far()) < 2 and time.monotonic() < deadline:
                assert process.poll() is None, "the example ended"
            time.sleep(0.5)
            found = so_far()
            process.kill()
            said = process.communicate(timeout=10)[0]
    taken = [read_action(message.value()) for message in found]

    assert said.splitlines() == ["summary of t1", "summary of t3"]
    assert [(one.fingerprint, one.action) for one in taken if isinstance(one, Taken)] == [("f1", "customers.told")] * 2
    assert {orjson.loads(message.value())["source"] for message in found} == {"/desk"}
    assert len({orjson.loads(message.value())["id"] for message in found}) == 2


def test_the_example_stays_short() -> None:
    body = EXAMPLE.read_text(encoding="utf-8").split("async def", 1)[1].split("if __name__", 1)[0]

    assert sum(bool(line.strip()) for line in body.splitlines()) <= 20
