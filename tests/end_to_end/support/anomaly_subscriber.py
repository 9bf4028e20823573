"""A system that reads pharos-anomalies beside Pharos, and notes when each transition was published."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple, Self

from confluent_kafka import Consumer, TopicPartition

from streams.records.anomaly_event import decode
from streams.topics.names import ANOMALIES_TOPIC

if TYPE_CHECKING:
    from streams.records.anomaly import Transition


class Published(NamedTuple):
    """A transition; when its producer wrote it, by the record's own time stamp, and when it was read here (s)."""

    transition: Transition
    at: float
    read_at: float


class Subscriber:
    """Reads in a thread; use it in a `with` statement."""

    def __init__(self, broker: str) -> None:
        settings = {"group.id": "subscriber", "isolation.level": "read_committed", "enable.auto.commit": False}
        self._reader = Consumer({"bootstrap.servers": broker, "fetch.wait.max.ms": 20, **settings})
        self._reader.assign([TopicPartition(ANOMALIES_TOPIC, 0, 0)])
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self.published: list[Published] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(10.0)
        self._reader.close()

    def _read(self) -> None:
        while not self._ended.is_set():
            message = self._reader.poll(0.2)
            if message is not None and message.error() is None:
                transition = decode(message.value() or b"")
                self.published.append(Published(transition, message.timestamp()[1] / 1000, time.time()))
