"""Reads what is visible, and writes what is to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import confluent_kafka

if TYPE_CHECKING:
    from collections.abc import Iterable


def visible(address: str, topic: str, partition: int = 0) -> list[Any]:
    """All messages of a partition that a reader of committed records sees."""
    consumer = confluent_kafka.Consumer(
        {
            "bootstrap.servers": address,
            "group.id": "reader",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 50,
        }
    )
    consumer.assign([confluent_kafka.TopicPartition(topic, partition, confluent_kafka.OFFSET_BEGINNING)])
    messages = []
    while True:
        message = consumer.poll(20.0)
        assert message is not None, f"{topic} does not end"
        if message.error() is not None:
            assert message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF
            consumer.close()
            return messages
        messages.append(message)


def produce(address: str, topic: str, values: Iterable[bytes], partition: int = 0, timestamp: int = 1_000_000) -> None:
    """Plain records, acknowledged."""
    producer = confluent_kafka.Producer({"bootstrap.servers": address, "linger.ms": 5})
    for value in values:
        producer.produce(topic, value, partition=partition, timestamp=timestamp)
    assert producer.flush(20.0) == 0


def produce_in_transaction(address: str, topic: str, values: Iterable[bytes], name: str, *, commit: bool) -> None:
    """Records of one transaction, which is committed or aborted."""
    producer = confluent_kafka.Producer({"bootstrap.servers": address, "transactional.id": name})
    producer.init_transactions(20.0)
    producer.begin_transaction()
    for value in values:
        producer.produce(topic, value, partition=0, timestamp=1_000_000)
    assert producer.flush(20.0) == 0  # an abort would throw away what has not been written yet
    if commit:
        producer.commit_transaction(20.0)
    else:
        producer.abort_transaction(20.0)
