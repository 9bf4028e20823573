"""Single records on their way to the embedded broker, and what their sender learns."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING

import confluent_kafka
import pytest
from aiokafka.errors import KafkaError

from streams.broker.connection import Connection
from streams.broker.embedded import EmbeddedBroker
from streams.delivery.written import Delivery
from streams.transport.clients import topic_writer
from streams.transport.clients.topic_writer import TopicWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.embedded
TOPIC = "pharos-actions"


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker(0, {TOPIC: 1}) as started:
        yield started


def read(address: str, count: int) -> list[tuple[bytes | None, bytes | None]]:
    consumer = confluent_kafka.Consumer({"bootstrap.servers": address, "group.id": "reader"})
    consumer.assign([confluent_kafka.TopicPartition(TOPIC, 0, 0)])
    messages = [consumer.poll(10.0) for _ in range(count)]
    consumer.close()
    return [(message.key(), message.value()) for message in messages if message is not None]


async def test_what_is_taken_lies_on_the_topic(broker: EmbeddedBroker) -> None:
    writer = TopicWriter(Connection(broker.address), TOPIC)
    await writer.start()
    delivery = await writer.write(b"f1", b"{}")
    await writer.stop()

    assert delivery is Delivery.TAKEN
    assert await asyncio.to_thread(read, broker.address, 1) == [(b"f1", b"{}")]


async def test_before_its_start_and_after_its_end_it_takes_nothing(broker: EmbeddedBroker) -> None:
    writer = TopicWriter(Connection(broker.address), TOPIC)
    before = await writer.write(b"f1", b"{}")
    await writer.start()
    await writer.stop()
    await writer.stop()

    assert (before, await writer.write(b"f1", b"{}")) == (Delivery.CLOSED, Delivery.CLOSED)


async def test_a_broker_that_is_gone_is_waited_for_in_limited_time(broker: EmbeddedBroker) -> None:
    writer = TopicWriter(Connection(broker.address), TOPIC, limit_s=0.5)
    await writer.start()
    assert await writer.write(b"f1", b"{}") is Delivery.TAKEN
    broker.close()
    began = time.monotonic()
    delivery = await writer.write(b"f1", b"{}")
    waited = time.monotonic() - began
    await asyncio.sleep(1.0)  # its batch expires
    began = time.monotonic()
    await writer.stop()

    assert delivery is Delivery.LATE
    assert waited < 2.0
    assert time.monotonic() - began < 7.0


async def test_no_more_than_so_many_wait(broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_writer, "_MOST_WAITING", 3)
    writer = TopicWriter(Connection(broker.address), TOPIC)
    await writer.start()
    deliveries = await asyncio.gather(*(writer.write(b"f1", b"{}") for _ in range(5)))
    later = await writer.write(b"f1", b"{}")
    await writer.stop()

    assert deliveries.count(Delivery.BUSY) == 2
    assert deliveries.count(Delivery.TAKEN) == 3
    assert later is Delivery.TAKEN


async def test_what_the_broker_refuses_is_said_without_the_record(
    broker: EmbeddedBroker, caplog: pytest.LogCaptureFixture
) -> None:
    writer = TopicWriter(Connection(broker.address), TOPIC)
    await writer.start()
    delivery = await writer.write(b"f1", b"private" * 1_000_000)
    await writer.stop()

    assert delivery is Delivery.TOO_LARGE
    assert "pharos-actions was not written: MessageSizeTooLargeError" in caplog.text
    assert "private" not in caplog.text


async def test_without_a_broker_it_does_not_start() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    writer = TopicWriter(Connection(address), TOPIC)

    with pytest.raises((OSError, KafkaError)):
        await writer.start()
    assert await writer.write(b"f1", b"{}") is Delivery.CLOSED
