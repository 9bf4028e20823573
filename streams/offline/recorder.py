"""Reads the source topics of a cluster for a span of time, in the order in which their records came."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE

from streams.broker.span_reader import SpanReader, SpanReadError
from streams.offline.lane import Lanes
from streams.offline.record_line import KafkaRecord
from streams.offline.recorded_feedback import timed
from streams.topics.names import ACTIONS_TOPIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from streams.broker.connection import Connection
    from streams.broker.span_reader import Place
    from streams.offline.headway import Stop
    from streams.offline.lane import Turn

PATIENCE_S: Final = 60.0
ROOM_BYTES: Final = 128 << 20  # of records that wait for those of other partitions
_PAST: Final = 1_000  # so many records behind the span: none of the span comes after them
_NEVER: Final = 1 << 62


@dataclass
class Recorded:
    """How far a recording has come.

    Attributes:
        records: how many were given out.
        at_ms: time of ingest of the last one.
        moved: those whose time stamp was far ahead, and which got the time of their neighbours.
        begun_late: by partition, the time stamp of the first record the brokers still have, where it lies in the span.

    """

    records: int = 0
    at_ms: int = 0
    moved: int = 0
    begun_late: dict[tuple[str, int], int] = field(default_factory=dict)


class Recorder:
    """One recording. It belongs to no group that commits. Use it in a `with` statement.

    Args:
        group: a group that may be read.
        topics: what is read; one that is missing has no records.
        begins, ends: ms since the epoch: what has a time stamp from here on, and before there; None: from the
            beginning, as far as the topics reach now.
        by_time: whether offsets are asked for by time; the embedded broker cannot tell them, so all is read.
        patience_s: how long nothing may come.

    Attributes:
        recorded: how far it is.

    """

    def __init__(
        self,
        connection: Connection,
        group: str,
        topics: Sequence[str],
        begins: int | None,
        ends: int | None,
        *,
        by_time: bool = True,
        patience_s: float = PATIENCE_S,
        room_bytes: int = ROOM_BYTES,
    ) -> None:
        """Raises SpanReadError where the brokers do not answer."""
        self._begins = -_NEVER if begins is None else begins
        self._ends = _NEVER if ends is None else ends
        self._patience_s = patience_s
        self._reader = SpanReader(connection, group, reset="error")
        self._behind: dict[Place, int] = {}  # how many in a row came after the span
        self._paused: set[Place] = set()
        self._seen: set[Place] = set()
        self.recorded = Recorded()
        try:
            self._reader.assign(topics, begins if by_time else None, None)
        except SpanReadError:
            self._reader.__exit__()
            raise
        self._places = tuple(self._reader.unread)
        self._room = room_bytes // max(len(self._places), 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.__exit__()

    @property
    def partitions(self) -> dict[str, int]:
        """How many each topic has, of those that exist."""
        return self._reader.partitions

    def turns(self, stop: Stop, report: Callable[[Recorded], None] = lambda _: None) -> Iterator[Turn]:
        """The records with their times of ingest, until all are read or it is asked to stop. Raises SpanReadError."""
        lanes = Lanes(self._places)
        moved_at = time.monotonic()
        while not stop.is_set():
            unread = set(self._reader.unread)
            for place in set(self._places) - unread:
                lanes.end(place)
            for turn in lanes.turns():
                self._count(turn)
                yield turn
            report(self.recorded)
            if not unread:
                return
            self._make_room(lanes)
            came = False
            for message in self._reader.take():
                came = True
                self._sort_in(lanes, message)
            now = time.monotonic()
            if came or set(self._reader.unread) != unread:
                moved_at = now
            elif now - moved_at > self._patience_s:
                topic, number = min(unread)
                raise SpanReadError(
                    f"{topic}-{number}: nothing came for {self._patience_s:g} s; see what `pharos check --live` says"
                )

    def _sort_in(self, lanes: Lanes, message: Any) -> None:
        kind, time_ms = message.timestamp()
        record = KafkaRecord(
            message.topic(),
            message.partition(),
            message.offset(),
            -1 if kind == TIMESTAMP_NOT_AVAILABLE else time_ms,
            message.key(),
            message.value(),
            tuple(message.headers() or ()),
        )
        if record.topic == ACTIONS_TOPIC:
            record = timed(record)
        place = record.topic, record.partition
        self._note_begin(place, record)
        if record.at_ms >= self._ends:
            self._behind[place] = self._behind.get(place, 0) + 1
            if self._behind[place] >= _PAST:
                self._reader.finish(place)
            return
        self._behind[place] = 0
        if record.at_ms >= self._begins or record.at_ms < 0:
            lanes.add(record)

    def _note_begin(self, place: Place, record: KafkaRecord) -> None:
        if place in self._seen:
            return
        self._seen.add(place)
        low, start = self._reader.begins[place]
        if 0 < low == start and -_NEVER < self._begins < record.at_ms < self._ends:
            self.recorded.begun_late[place] = record.at_ms

    def _count(self, turn: Turn) -> None:
        recorded = self.recorded
        recorded.records += 1
        recorded.at_ms = turn.at_ms
        recorded.moved += turn.at_ms < turn.record.at_ms

    def _make_room(self, lanes: Lanes) -> None:
        """Fetches nothing more of partitions of which much waits, and goes on when little does."""
        unread = self._reader.unread
        full = {place for place, size, hungry in lanes.sizes() if size > self._room and not hungry} - self._paused
        empty = {place for place, size, hungry in lanes.sizes() if size < self._room // 4 or hungry} & self._paused
        self._paused = (self._paused | full) - empty
        if full := full & unread:
            self._reader.pause(full)
        if empty := empty & unread:
            self._reader.resume(empty)
