"""Reads the source topics for the orders that an anomaly affects: bounded in time, in records and in memory."""

from __future__ import annotations

import enum
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import confluent_kafka
import msgspec

from streams.affected.question import parts_of
from streams.events.decoder import TopicDecoder
from streams.events.event_time import event_time_ms
from streams.events.long_text import shortened
from streams.events.vocabulary import type_of
from streams.records.anomaly_event import decode
from streams.settings.errors import InputError, OutageError
from streams.topics.names import ANOMALY_STATE_TOPIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from streams.affected.question import Question
    from streams.broker.connection import Connection
    from streams.records.anomaly import Anomaly

_POLL_S: Final = 0.5
_REQUEST_S: Final = 10.0
_AT_ONCE: Final = 1_000
_MOST_REMEMBERED: Final = 200_000


class Bounds(NamedTuple):
    """Where a search stops although there may be more."""

    seconds: float = 120.0
    records: int = 5_000_000
    orders: int = 100_000


class Stopped(enum.Enum):
    """Why a search came to its end."""

    COMPLETE = "all records of that time were read"
    TIME = "the time was over: raise --timeout, or narrow the time by --from and --to"
    RECORDS = "too many records: raise --records, or narrow the time by --from and --to"
    ORDERS = "enough orders were found: raise --most, or narrow the time by --from and --to"


class Affected(NamedTuple):
    """An event that contributes to the anomaly, and the order that it is about."""

    order_id: str
    event: str
    time: str
    parts: tuple[str, ...]
    topic: str
    partition: int
    offset: int


class AnomalyUnknownError(InputError):
    """No anomaly has this fingerprint, or its record is gone."""


class AffectedSearchError(OutageError):
    """The brokers did not let the search begin or go on."""


def find_anomaly(connection: Connection, fingerprint: str, group: str, seconds: float) -> Anomaly:
    """As pharos-anomaly-state has it last. Raises AnomalyUnknownError and AffectedSearchError. Blocks."""
    name = fingerprint.encode()
    found: Anomaly | None = None
    with _Reader(connection, group) as reader:
        reader.assign([ANOMALY_STATE_TOPIC], None, None)
        for message in reader.messages(seconds):
            if message.key() == name and message.value() is not None:
                try:
                    found = decode(message.value()).anomaly
                except msgspec.DecodeError:
                    continue
    if found is None:
        raise AnomalyUnknownError(
            f"no anomaly {fingerprint} is on {ANOMALY_STATE_TOPIC}: take the fingerprint from the board or the message"
        )
    return found


class Search:
    """One search. It belongs to no group that commits, so that it disturbs nobody.

    Args:
        by_time: whether offsets are asked for by time; the embedded broker cannot tell them, so all is read.

    Attributes:
        read: records looked at.
        without_order: events that contribute, but are about no order.
        stopped: why it ended; COMPLETE until then.

    """

    def __init__(
        self, connection: Connection, group: str, question: Question, bounds: Bounds, *, by_time: bool = True
    ) -> None:
        self._connection = connection
        self._group = group
        self._question = question
        self._bounds = bounds
        self._by_time = by_time
        self._seen: dict[tuple[str, str], None] = {}
        self.read = 0
        self.without_order = 0
        self.stopped = Stopped.COMPLETE

    def run(self) -> Iterator[Affected]:
        """The orders, in the order of each partition; copies of an event only once. Raises AffectedSearchError."""
        vocabulary = self._question.vocabulary
        decoders = {topic: TopicDecoder(topic, vocabulary).decode for topic in self._question.topics}
        found = 0
        with _Reader(self._connection, self._group) as reader:
            begins, ends = self._question.records_from, self._question.records_until
            reader.assign(decoders, *((begins, ends) if self._by_time else (None, None)))
            for message in reader.messages(self._bounds.seconds):
                self.read += 1
                if self.read > self._bounds.records:
                    self.stopped = Stopped.RECORDS
                    return
                affected = self._affected(message, decoders[message.topic()])
                if affected is not None:
                    found += 1
                    if found > self._bounds.orders:
                        self.stopped = Stopped.ORDERS
                        return
                    yield affected
            if reader.late:
                self.stopped = Stopped.TIME

    def _affected(self, message: Any, decode_event: Callable[[bytes], Any]) -> Affected | None:
        try:
            event = decode_event(message.value() or b"")
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return None
        time_ms = event_time_ms(event.time)
        if time_ms is None:
            return None
        kind = type_of(type(event))
        parts = parts_of(self._question, message.topic(), kind, time_ms, event.data)
        if not parts or self._repeated(event.source, event.id):
            return None
        order_id = getattr(event.data, "order_id", None)
        if not order_id:
            self.without_order += 1
            return None
        return Affected(order_id, kind, event.time, parts, message.topic(), message.partition(), message.offset())

    def _repeated(self, source: str, name: str) -> bool:
        key = shortened(source), shortened(name)
        if key in self._seen:
            return True
        self._seen[key] = None
        if len(self._seen) > _MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return False


class _Reader:
    """Partitions by hand, each from one time to another, as far as they reach now."""

    def __init__(self, connection: Connection, group: str) -> None:
        self._consumer = confluent_kafka.Consumer(
            connection.for_quiet_librdkafka(
                {
                    "group.id": group,  # one that may be read; nothing is committed
                    "enable.auto.commit": False,
                    "enable.auto.offset.store": False,
                    "isolation.level": "read_committed",
                    "enable.partition.eof": True,
                    "auto.offset.reset": "earliest",
                    "fetch.wait.max.ms": 50,
                    "queued.max.messages.kbytes": 16_384,
                }
            )
        )
        self._ends: dict[tuple[str, int], int] = {}
        self.late = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def assign(self, topics: Iterable[str], begins: int | None, ends: int | None) -> None:
        """Offsets by time; a topic that is missing has no records."""
        try:
            wanted = [tp for topic in topics for tp in self._partitions(topic)]
            starts = self._at(wanted, begins)
            stops = self._at(wanted, ends)
            assigned = []
            for topic, partition in wanted:
                tp = confluent_kafka.TopicPartition(topic, partition)
                low, high = self._consumer.get_watermark_offsets(tp, timeout=_REQUEST_S)
                start = starts.get((topic, partition), low) if begins is not None else low
                stop = stops.get((topic, partition), high)
                start, stop = (high if start < 0 else start), (high if stop < 0 else stop)
                if start < stop:
                    self._ends[topic, partition] = stop
                    assigned.append(confluent_kafka.TopicPartition(topic, partition, start))
            self._consumer.assign(assigned)
        except confluent_kafka.KafkaException as error:
            raise AffectedSearchError(f"Kafka: {error.args[0].str()}; see what `pharos check --live` says") from None

    def messages(self, seconds: float) -> Iterator[Any]:
        """Until each partition has been read to its end, or the time is over: then `late` is true."""
        deadline = time.monotonic() + seconds
        while self._ends:
            if time.monotonic() > deadline:
                self.late = True
                return
            for message in self._consumer.consume(_AT_ONCE, _POLL_S):
                place = message.topic(), message.partition()
                error = message.error()
                if error is not None:
                    if error.code() == confluent_kafka.KafkaError._PARTITION_EOF:  # noqa: SLF001 - its public name
                        self._ends.pop(place, None)
                        continue
                    raise AffectedSearchError(f"Kafka: {error.str()}; see what `pharos check --live` says")
                stop = self._ends.get(place)
                if stop is None:
                    continue
                if message.offset() < stop:
                    yield message
                if message.offset() + 1 >= stop:
                    self._ends.pop(place, None)

    def _partitions(self, topic: str) -> list[tuple[str, int]]:
        known = self._consumer.list_topics(topic, timeout=_REQUEST_S).topics.get(topic)
        return [] if known is None or known.error else [(topic, number) for number in sorted(known.partitions)]

    def _at(self, places: list[tuple[str, int]], moment: int | None) -> dict[tuple[str, int], int]:
        if moment is None or not places:
            return {}
        asked = [confluent_kafka.TopicPartition(topic, number, max(moment, 0)) for topic, number in places]
        found = self._consumer.offsets_for_times(asked, timeout=_REQUEST_S)
        return {(tp.topic, tp.partition): tp.offset for tp in found}
