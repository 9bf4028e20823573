"""Topics in memory, read as `SpanReader` reads those of a broker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

import orjson

from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Record(NamedTuple):
    """A record with the methods of a message of Kafka's client."""

    of_topic: str
    at_ms: int
    bytes: bytes
    of_headers: tuple[tuple[str, bytes], ...] = ()

    def topic(self) -> str:
        return self.of_topic

    def value(self) -> bytes:
        return self.bytes

    def headers(self) -> tuple[tuple[str, bytes], ...]:
        return self.of_headers


def record(topic: str, kind: str, at_ms: int, **data: Any) -> Record:
    """A CloudEvent in structured mode whose event time is that of the record."""
    event = {
        "type": kind,
        "id": f"{kind}-{at_ms}-{sorted(data.values(), key=str)}",
        "source": "/test",
        "specversion": "1.0",
        "time": rfc3339(at_ms),
        "data": data,
    }
    return Record(topic, at_ms, orjson.dumps(event))


class TopicsInMemory:
    """`reader` stands for the class `SpanReader`; `asked` has topics and times of each reading."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records = sorted(records, key=lambda one: one.at_ms)
        self.asked: list[tuple[tuple[str, ...], int | None, int | None]] = []

    def reader(self, _connection: Any, _group: str) -> _Reader:
        return _Reader(self)


class _Reader:
    def __init__(self, topics: TopicsInMemory) -> None:
        self._topics = topics
        self.unread: list[Record] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def assign(self, topics: Iterable[str], begins: int | None, ends: int | None) -> None:
        names = tuple(topics)
        self._topics.asked.append((names, begins, ends))
        self.unread = [
            one
            for one in self._topics.records
            if one.of_topic in names and (begins is None or begins <= one.at_ms) and (ends is None or one.at_ms < ends)
        ]

    def take(self) -> Iterator[Record]:
        batch, self.unread = self.unread[:10], self.unread[10:]
        yield from batch
