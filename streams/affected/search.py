"""Reads the source topics for the orders that an anomaly affects: bounded in time, in records and in memory."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from streams.affected.question import parts_of
from streams.affected.record_events import topics_asked
from streams.broker.span_reader import SpanReader
from streams.events.event_time import event_time_ms
from streams.events.long_text import shortened
from streams.events.vocabulary import type_of
from streams.records.anomaly_event import decode
from streams.settings.errors import InputError
from streams.topics.names import ANOMALY_STATE_TOPIC

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from streams.affected.question import Question
    from streams.broker.connection import Connection
    from streams.events.fields import Event
    from streams.events.record_mapper import RecordMapper
    from streams.records.anomaly import Anomaly

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


def find_anomaly(connection: Connection, fingerprint: str, group: str, seconds: float) -> Anomaly:
    """As pharos-anomaly-state has it last. Raises AnomalyUnknownError and SpanReadError. Blocks."""
    name = fingerprint.encode()
    found: Anomaly | None = None
    with SpanReader(connection, group) as reader:
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
        mappers: those of mapped topics, by topic.
        by_time: whether offsets are asked for by time; the embedded broker cannot tell them, so all is read.

    Attributes:
        read: records looked at.
        without_order: events that contribute, but are about no order.
        stopped: why it ended; COMPLETE until then.

    """

    def __init__(
        self,
        connection: Connection,
        group: str,
        question: Question,
        bounds: Bounds,
        *,
        by_time: bool = True,
        mappers: Mapping[str, RecordMapper] | None = None,
    ) -> None:
        self._mappers = mappers or {}
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
        """The orders, in the order of each partition; copies of an event only once. Raises SpanReadError."""
        topics = topics_asked(self._question, self._mappers)
        found = 0
        with SpanReader(self._connection, self._group) as reader:
            begins, ends = self._question.records_from, self._question.records_until
            reader.assign(topics, *((begins, ends) if self._by_time else (None, None)))
            for message in reader.messages(self._bounds.seconds):
                self.read += 1
                if self.read > self._bounds.records:
                    self.stopped = Stopped.RECORDS
                    return
                events = topics[message.topic()].of(message.value() or b"", tuple(message.headers() or ()))
                for affected in filter(None, (self._affected(message, event) for event in events)):
                    found += 1
                    if found > self._bounds.orders:
                        self.stopped = Stopped.ORDERS
                        return
                    yield affected
            if reader.late:
                self.stopped = Stopped.TIME

    def _affected(self, message: Any, event: Event) -> Affected | None:
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
