"""A replay on Apache Kafka: topics are made such that 1999 stays."""

from __future__ import annotations

import time
from typing import Any

import orjson
import pytest
from confluent_kafka import Consumer, TopicPartition

from streams.broker.connection import Connection
from streams.broker.make_topics import ensure_topics
from streams.offline.events_file import Line
from streams.offline.replay import replay

pytestmark = pytest.mark.kafka

YEAR_1999_MS = 929_000_000_000
YEAR_2099_MS = 4_080_000_000_000


def test_missing_topics_are_made_and_keep_records_of_any_year(kafka: Any) -> None:
    wanted = {"replay-orders": 3, "replay-visits": 1}

    assert ensure_topics(Connection(kafka.address), wanted) == wanted
    assert ensure_topics(Connection(kafka.address), {"replay-orders": 8}) == {"replay-orders": 3}
    lines = [
        Line("replay-orders", orjson.dumps({"id": str(number)}), at_ms, None, str(number).encode())
        for number, at_ms in enumerate((YEAR_1999_MS, YEAR_1999_MS + 60_000, YEAR_2099_MS))
    ]
    assert replay(lines, Connection(kafka.address), {"replay-orders": 3}).sent == 3

    assert sorted(timestamps(kafka.address, 3)) == [line.at_ms for line in lines]


def timestamps(address: str, count: int) -> list[int]:
    reader = Consumer({"bootstrap.servers": address, "group.id": "replay-test"})
    reader.assign([TopicPartition("replay-orders", partition, 0) for partition in range(3)])
    found: list[int] = []
    deadline = time.monotonic() + 20
    while len(found) < count and time.monotonic() < deadline:
        found += [message.timestamp()[1] for message in reader.consume(count, 0.5) if not message.error()]
    reader.close()
    return found
