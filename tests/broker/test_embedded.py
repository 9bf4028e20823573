"""The embedded broker serves real clients."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from streams.broker import librdkafka
from streams.broker.embedded import LIFE_TOPIC, EmbeddedBroker
from streams.broker.librdkafka import BrokerUnavailableError
from streams.settings.settings import Settings
from streams.topics.wanted import embedded_topics

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.embedded


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker(free_port(), {"orders": 3}) as running:
        yield running


def consumer(broker: EmbeddedBroker) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": broker.address,
            "group.id": f"test-{time.monotonic_ns()}",
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 50,
        }
    )


def test_it_listens_where_it_is_told_and_has_the_topics_it_is_given() -> None:
    port = free_port()
    topics = embedded_topics(Settings(cells_partitions=2), 6)
    with EmbeddedBroker(port, topics) as broker:
        assert broker.address == f"127.0.0.1:{port}"
        reader = consumer(broker)
        found = reader.list_topics(timeout=10)
        reader.close()

    partitions = {name: len(topic.partitions) for name, topic in found.topics.items()}
    lives = [name for name in partitions if name.startswith(LIFE_TOPIC)]

    assert len(lives) == 1
    assert partitions == topics | {lives[0]: 1}
    assert [node.port for node in found.brokers.values()] == [port]


def test_what_is_sent_to_a_partition_is_read_from_it(broker: EmbeddedBroker) -> None:
    producer = Producer({"bootstrap.servers": broker.address, "compression.type": "lz4", "linger.ms": 5})
    producer.produce("orders", b"value", key=b"key", partition=2, timestamp=876_000_000_000)
    assert producer.flush(10) == 0
    reader = consumer(broker)
    reader.assign([TopicPartition("orders", 2, 0)])
    message = reader.poll(10)
    reader.close()

    assert message is not None
    assert message.error() is None
    assert (message.key(), message.value(), message.timestamp()[1]) == (b"key", b"value", 876_000_000_000)


def test_a_new_group_joins_at_once(broker: EmbeddedBroker) -> None:
    producer = Producer({"bootstrap.servers": broker.address})
    producer.produce("orders", b"value")
    producer.flush(10)
    reader = consumer(broker)
    reader.subscribe(["orders"])
    message = reader.poll(5)
    reader.close()

    assert message is not None


def test_deleted_records_are_gone(broker: EmbeddedBroker) -> None:
    producer = Producer({"bootstrap.servers": broker.address})
    for number in range(3):
        producer.produce("orders", str(number), partition=0)
        producer.flush(10)
    broker.delete_records("orders", 0, 2)
    reader = consumer(broker)
    low, high = reader.get_watermark_offsets(TopicPartition("orders", 0), timeout=10)
    reader.close()

    assert (low, high) == (2, 3)


def test_any_free_port_will_do() -> None:
    with EmbeddedBroker(0, {"orders": 1}) as broker:
        assert int(broker.address.rpartition(":")[2]) > 0


def test_a_port_that_is_taken_is_named_with_a_remedy() -> None:
    with EmbeddedBroker(free_port(), {}) as broker:
        port = int(broker.address.rpartition(":")[2])
        with pytest.raises(BrokerUnavailableError, match=rf"127\.0\.0\.1:{port}.*another port"):
            EmbeddedBroker(port, {})


def test_its_port_is_free_again_after_its_end() -> None:
    port = free_port()
    for _ in range(2):
        with EmbeddedBroker(port, {}):
            pass


def test_a_topic_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="topic orders needs at least one partition"):
        EmbeddedBroker(0, {"orders": 0})
    with EmbeddedBroker(0, {"orders": 1}) as broker, pytest.raises(BrokerUnavailableError, match="exists"):
        broker.create_topic("orders", 2)


def test_a_missing_library_is_said_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(librdkafka.importlib.metadata, "files", lambda _: [])
    monkeypatch.setattr(librdkafka.ctypes.util, "find_library", lambda _: None)

    with pytest.raises(BrokerUnavailableError, match="make kafka"):
        librdkafka._path()
