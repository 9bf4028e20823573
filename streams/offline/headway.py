"""How far a replay may run ahead of the workers on the embedded broker, which drops what it has no room for."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

from confluent_kafka import Consumer, KafkaException, TopicPartition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.broker.connection import Connection


# Half of what a partition keeps, in bytes before compression: a batch is fetched whole, and records differ in size.
ROOM_BYTES = 5 << 19
_LOOK_S = 0.05
_REQUEST_LIMIT_S = 10.0

logger = logging.getLogger(__name__)


class Stop(Protocol):
    """What a threading.Event offers."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float | None = None) -> bool: ...


class Sent(NamedTuple):
    """What one partition has been sent by this replay."""

    records: int
    bytes: int


class Headway:
    """Holds a replay back while the group of the workers has not committed what was sent.

    Where no worker ever commits, the replay goes on after a while, for the broker may be read by somebody else.

    Args:
        connection: the way to the broker.
        group: the consumer group of the workers (the setting `app`).
        patience_s: how long to wait for a group that does not commit.

    """

    def __init__(
        self, connection: Connection, group: str, patience_s: float = 30.0, room_bytes: int = ROOM_BYTES
    ) -> None:
        self._group = group
        self._patience_s = patience_s
        self._room = room_bytes
        self._client = Consumer(
            connection.for_quiet_librdkafka(
                {
                    "group.id": group,  # asks about it, never joins it
                    "enable.auto.commit": False,
                }
            )
        )
        self._began: dict[tuple[str, int], int] = {}  # the end of a partition before this replay
        self._committed: dict[tuple[str, int], int] = {}
        self._gave_up = False

    def begin(self, partitions: Mapping[str, int]) -> None:
        """Note where each partition ends. Raises KafkaException."""
        for topic, count in partitions.items():
            for number in range(count):
                place = TopicPartition(topic, number)
                self._began[topic, number] = self._client.get_watermark_offsets(place, _REQUEST_LIMIT_S)[1]

    def wait(self, sent: Mapping[tuple[str, int], Sent], stop: Stop) -> None:
        """Return when every partition has room again, when asked to stop, or when nobody reads."""
        moved_at = time.monotonic()
        while not self._gave_up and (full := self._full(sent)) and not stop.is_set():
            before = {place: self._committed.get(place, -1) for place in full}
            self._ask(full)
            now = time.monotonic()
            if any(self._committed.get(place, -1) > offset for place, offset in before.items()):
                moved_at = now
            elif now - moved_at > self._patience_s:
                self._gave_up = True
                logger.warning(
                    "group %s does not read %s-%d: records beyond what the embedded broker keeps are lost",
                    self._group,
                    *full[0],
                )
            else:
                stop.wait(_LOOK_S)

    def close(self) -> None:
        self._client.close()

    def _full(self, sent: Mapping[tuple[str, int], Sent]) -> list[tuple[str, int]]:
        full = []
        for place, (records, size) in sent.items():
            unread = records - max(self._committed.get(place, 0) - self._began.get(place, 0), 0)
            if unread * size > self._room * records:
                full.append(place)
        return full

    def _ask(self, places: list[tuple[str, int]]) -> None:
        try:
            answer = self._client.committed([TopicPartition(*place) for place in places], _REQUEST_LIMIT_S)
        except KafkaException:
            return  # during a rebalance; the patience covers it
        for found in answer:
            if found.error is None and found.offset >= 0:
                self._committed[found.topic, found.partition] = found.offset
