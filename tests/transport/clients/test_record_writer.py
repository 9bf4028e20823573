"""Records for several topics, with headers and a time of their own, on their way to the embedded broker."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import confluent_kafka
import pytest
from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError, TopicAuthorizationFailedError

from streams.broker.connection import Connection
from streams.broker.embedded import EmbeddedBroker
from streams.delivery.written import Delivery
from streams.transport.clients.record_writer import RecordWriter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

pytestmark = pytest.mark.embedded


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker(0, {"one": 1, "two": 4}) as started:
        yield started


def read(address: str, topic: str, partitions: int, count: int) -> list[confluent_kafka.Message]:
    consumer = confluent_kafka.Consumer({"bootstrap.servers": address, "group.id": "reader"})
    consumer.assign([confluent_kafka.TopicPartition(topic, partition, 0) for partition in range(partitions)])
    messages = [consumer.poll(10.0) for _ in range(count)]
    consumer.close()
    return [message for message in messages if message is not None]


async def test_a_record_lies_on_its_topic_with_its_headers_and_its_time(broker: EmbeddedBroker) -> None:
    writer = RecordWriter(Connection(broker.address), compression_type="lz4")
    await writer.start()
    found = [
        await writer.write("one", b"k", b"{}", [("ce_id", b"1")], 1_700_000_000_123),
        await writer.write("two", b"k", b"x" * 5_000),
    ]
    await writer.stop()
    (one,) = await asyncio.to_thread(read, broker.address, "one", 1, 1)
    (two,) = await asyncio.to_thread(read, broker.address, "two", 4, 1)

    assert found == [Delivery.TAKEN, Delivery.TAKEN]
    assert (one.key(), one.value(), one.headers()) == (b"k", b"{}", [("ce_id", b"1")])
    assert one.timestamp()[1] == 1_700_000_000_123
    assert two.value() == b"x" * 5_000


async def test_records_of_one_key_lie_in_one_partition(broker: EmbeddedBroker) -> None:
    writer = RecordWriter(Connection(broker.address))
    await writer.start()
    keys = [b"%d" % number for number in range(8)] * 3
    await asyncio.gather(*(writer.write("two", key, b"{}") for key in keys))
    await writer.stop()
    messages = await asyncio.to_thread(read, broker.address, "two", 4, len(keys))

    assert len(messages) == len(keys)
    assert len({(message.key(), message.partition()) for message in messages}) == 8


class Refusing:
    """A producer whose broker answers with an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def send(self, *_: object, **__: object) -> None:
        raise self._error


@pytest.fixture
async def refused(broker: EmbeddedBroker) -> AsyncIterator[RecordWriter]:
    writer = RecordWriter(Connection(broker.address))
    await writer.start()
    real = writer._producer
    yield writer
    writer._producer = real
    await writer.stop()


@pytest.mark.parametrize(
    ("error", "delivery"),
    [
        (MessageSizeTooLargeError(), Delivery.TOO_LARGE),
        (RecordListTooLargeError(), Delivery.TOO_LARGE),
        (TopicAuthorizationFailedError(), Delivery.REFUSED),
        (OSError(), Delivery.LATE),
    ],
)
async def test_why_a_broker_does_not_take_a_record_is_told_apart(
    refused: RecordWriter, error: Exception, delivery: Delivery
) -> None:
    refused._producer = Refusing(error)

    assert await refused.write("one", b"k", b"{}") is delivery


async def test_the_same_error_again_and_again_is_one_line_of_the_log(
    refused: RecordWriter, caplog: pytest.LogCaptureFixture
) -> None:
    refused._producer = Refusing(TopicAuthorizationFailedError())
    for topic in ("one", "one", "two", "one"):
        await refused.write(topic, b"k", b"private")

    assert [record.getMessage() for record in caplog.records] == [
        f"a record for {topic} was not written: TopicAuthorizationFailedError" for topic in ("one", "two")
    ]
