"""Reads some topics once, from one time to another, without a group that commits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, Self

import confluent_kafka

from streams.settings.errors import OutageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from streams.broker.connection import Connection

Place = tuple[str, int]
"""A topic and the number of a partition."""

_POLL_S: Final = 0.5
_REQUEST_S: Final = 10.0
_AT_ONCE: Final = 1_000


class SpanReadError(OutageError):
    """The brokers did not let the reading begin or go on."""


class SpanReader:
    """Partitions by hand, each from one time to another, as far as they reach when it begins. Use it in `with`.

    Args:
        group: one that may be read; nothing is committed, so nobody is disturbed.
        reset: "earliest", or "error" where it matters that nothing is deleted under the reader's hands.

    Attributes:
        late: whether `messages` ended because the time was over.
        partitions: how many each topic has, of those that exist.
        begins: by partition, the first offset that the brokers have, and the one where reading began.

    """

    def __init__(self, connection: Connection, group: str, reset: str = "earliest") -> None:
        self._consumer = confluent_kafka.Consumer(
            connection.for_quiet_librdkafka(
                {
                    "group.id": group,
                    "enable.auto.commit": False,
                    "enable.auto.offset.store": False,
                    "isolation.level": "read_committed",
                    "enable.partition.eof": True,
                    "auto.offset.reset": reset,
                    "fetch.wait.max.ms": 50,
                    "queued.max.messages.kbytes": 16_384,
                }
            )
        )
        self._ends: dict[Place, int] = {}
        self.late = False
        self.partitions: dict[str, int] = {}
        self.begins: dict[Place, tuple[int, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    @property
    def unread(self) -> AbstractSet[Place]:
        """The partitions that have not been read to their ends."""
        return self._ends.keys()

    def assign(self, topics: Iterable[str], begins: int | None, ends: int | None) -> None:
        """Offsets by time (ms); a topic that is missing has no records. Raises SpanReadError."""
        try:
            wanted = [place for topic in topics for place in self._partitions_of(topic)]
            starts = self._at(wanted, begins)
            stops = self._at(wanted, ends)
            assigned = []
            for topic, partition in wanted:
                tp = confluent_kafka.TopicPartition(topic, partition)
                low, high = self._consumer.get_watermark_offsets(tp, timeout=_REQUEST_S)
                start = starts.get((topic, partition), low) if begins is not None else low
                stop = stops.get((topic, partition), high)
                start, stop = (high if start < 0 else start), (high if stop < 0 else stop)
                self.begins[topic, partition] = low, start
                if start < stop:
                    self._ends[topic, partition] = stop
                    assigned.append(confluent_kafka.TopicPartition(topic, partition, start))
            self._consumer.assign(assigned)
        except confluent_kafka.KafkaException as error:
            raise _refused(error.args[0]) from None

    def take(self, seconds: float = _POLL_S) -> Iterator[Any]:
        """What arrives within that time, at most a thousand. Raises SpanReadError."""
        for message in self._consumer.consume(_AT_ONCE, seconds):
            place = message.topic(), message.partition()
            error = message.error()
            if error is not None:
                if error.code() == confluent_kafka.KafkaError._PARTITION_EOF:  # noqa: SLF001 - its public name
                    self._ends.pop(place, None)
                    continue
                if error.code() == confluent_kafka.KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001 - see above
                    what = f"{place[0]}-{place[1]}: records were deleted before they could be read"
                    raise SpanReadError(f"{what}; begin later by --from")
                raise _refused(error)
            stop = self._ends.get(place)
            if stop is None:
                continue
            if message.offset() < stop:
                yield message
            if message.offset() + 1 >= stop:
                self._ends.pop(place, None)

    def messages(self, seconds: float) -> Iterator[Any]:
        """Until each partition has been read to its end, or the time is over. Raises SpanReadError."""
        deadline = time.monotonic() + seconds
        while self._ends:
            if time.monotonic() > deadline:
                self.late = True
                return
            yield from self.take()

    def finish(self, place: Place) -> None:
        """No more of this partition is wanted."""
        if self._ends.pop(place, None) is not None:
            self.pause([place])

    def pause(self, places: Iterable[Place]) -> None:
        """Fetch nothing of these partitions for now."""
        self._consumer.pause([confluent_kafka.TopicPartition(*place) for place in places])

    def resume(self, places: Iterable[Place]) -> None:
        """Go on with what was paused."""
        self._consumer.resume([confluent_kafka.TopicPartition(*place) for place in places])

    def _partitions_of(self, topic: str) -> list[Place]:
        known = self._consumer.list_topics(topic, timeout=_REQUEST_S).topics.get(topic)
        if known is None or known.error:
            return []
        self.partitions[topic] = len(known.partitions)
        return [(topic, number) for number in sorted(known.partitions)]

    def _at(self, places: list[Place], moment: int | None) -> Mapping[Place, int]:
        if moment is None or not places:
            return {}
        asked = [confluent_kafka.TopicPartition(topic, number, max(moment, 0)) for topic, number in places]
        found = self._consumer.offsets_for_times(asked, timeout=_REQUEST_S)
        return {(tp.topic, tp.partition): tp.offset for tp in found}


def _refused(error: Any) -> SpanReadError:
    return SpanReadError(f"Kafka: {error.str()}; see what `pharos check --live` says")
