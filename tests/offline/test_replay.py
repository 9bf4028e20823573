"""A replay places, stamps and orders records, and stops when it is asked to."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import orjson
import pytest
from confluent_kafka import Consumer, Message, TopicPartition

from streams.broker.connection import Connection
from streams.broker.embedded import EmbeddedBroker
from streams.offline import replay as replaying
from streams.offline.events_file import Line
from streams.offline.replay import Progress, ReplayError, replay
from streams.topics.placement import partition_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.embedded

TOPICS = {"orders": 3, "visits": 2}
START_MS = 929_000_000_000  # June 1999: the records live in their own time


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker(0, {}) as running:
        yield running


def line(number: int, at_ms: int, topic: str = "orders") -> Line:
    subject = f"TB{number}".encode()
    return Line(topic, orjson.dumps({"id": str(number), "subject": f"TB{number}"}), at_ms, subject, subject)


def received(broker: EmbeddedBroker, topic: str, count: int) -> list[Message]:
    reader = Consumer({"bootstrap.servers": broker.address, "group.id": "test", "fetch.wait.max.ms": 20})
    found = reader.list_topics(topic, timeout=10).topics[topic].partitions
    reader.assign([TopicPartition(topic, partition, 0) for partition in found])
    messages = []
    deadline = time.monotonic() + 10
    while len(messages) < count and time.monotonic() < deadline:
        messages += [message for message in reader.consume(count, 0.2) if not message.error()]
    reader.close()
    return messages


def test_every_record_lies_in_its_partition_with_its_time_of_ingest(broker: EmbeddedBroker) -> None:
    broker.create_topic("orders", 3)
    lines = [line(number, START_MS + number * 700) for number in range(100)]

    done = replay(lines, Connection(broker.address), TOPICS)
    messages = received(broker, "orders", 100)

    assert (done.sent, done.at_ms) == (100, START_MS + 99 * 700)
    assert len(messages) == 100
    for message in messages:
        number = int(message.key()[2:])
        assert message.timestamp()[1] == START_MS + number * 700
        assert message.partition() == partition_of(None, f"TB{number}", "", 3)
        assert message.value() == lines[number].event


def test_slices_follow_the_largest_time_of_ingest_so_far() -> None:
    times = [5, 12_000, 9_000, 21_000, 20_001, 55_000]
    lines = [line(number, START_MS + at) for number, at in enumerate(times)]

    slices = [[line.at_ms - START_MS for line in records] for _, records in replaying._slices(lines, 10_000, 0)]

    assert slices == [[5], [12_000, 9_000], [21_000, 20_001], [55_000]]


def test_what_is_paced_flows_in_short_slices_and_history_in_long_ones() -> None:
    lines = [line(at, START_MS + at) for at in range(0, 20_000, 2_500)]

    slices = [len(list(records)) for _, records in replaying._slices(lines, 5_000, START_MS + 10_000)]

    assert slices == [4, 2, 2]
    assert replaying._paced_slice_ms(60) == 10_000
    assert replaying._paced_slice_ms(1) == 250


def test_a_slice_is_acknowledged_before_the_next_is_drawn(broker: EmbeddedBroker) -> None:
    broker.create_topic("visits", 2)
    seen: list[int] = []
    drawn: list[tuple[int, int]] = []

    def lines() -> Iterator[Line]:
        for number in range(6):
            drawn.append((number, len(seen)))
            yield line(number, START_MS + number * 5_000, "visits")

    replay(lines(), Connection(broker.address), TOPICS, report=lambda progress: seen.append(progress.sent))

    assert seen == [2, 4, 6]
    assert drawn[3] == (3, 1)


def test_a_speed_paces_the_slices_and_history_goes_at_once(broker: EmbeddedBroker) -> None:
    times = [*range(0, 300_000, 10_000), *range(300_000, 330_000, 10_000)]
    lines = [line(number, START_MS + at) for number, at in enumerate(times)]
    paced: list[float] = []

    def note(progress: Progress) -> None:
        if progress.at_ms >= START_MS + 300_000:
            paced.append(time.monotonic())

    replay(lines, Connection(broker.address), TOPICS, speed=60, paced_from_ms=START_MS + 300_000, report=note)

    assert 0.25 < paced[-1] - paced[0] < 1.5


def test_of_a_month_without_records_an_hour_is_waited(broker: EmbeddedBroker) -> None:
    month = 30 * 86_400_000
    lines = [line(0, START_MS), line(1, START_MS + month), line(2, START_MS + month + 3_600_000)]
    started = time.monotonic()

    done = replay(lines, Connection(broker.address), TOPICS, speed=36_000)

    assert done.sent == 3
    assert 0.2 <= time.monotonic() - started < 3


def test_a_stop_ends_the_waiting(broker: EmbeddedBroker) -> None:
    stop = threading.Event()
    lines = [line(0, START_MS), line(1, START_MS + 3_600_000)]
    started = time.monotonic()
    threading.Timer(0.2, stop.set).start()

    done = replay(lines, Connection(broker.address), TOPICS, speed=1, stop=stop)

    assert done.sent == 1
    assert time.monotonic() - started < 3


def test_a_broker_that_is_not_there_is_said_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "PATIENCE_S", 0.6)

    with pytest.raises(ReplayError, match="pharos broker"):
        replay([line(0, START_MS)], Connection("127.0.0.1:1"), TOPICS)
