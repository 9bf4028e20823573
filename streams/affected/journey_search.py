"""Reads the source topics for one journey: the newest days first, bounded in time, records, bytes and events."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from streams.affected.record_events import RecordEvents
from streams.broker.span_reader import SpanReader
from streams.events.customer import NOBODY
from streams.events.vocabulary import SHIPPED
from streams.journey.membership import Membership
from streams.journey.reading import JourneyReading, Stopped
from streams.journey.subject import Subject, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from streams.broker.connection import Connection
    from streams.events.customer import CustomerKey
    from streams.events.record_mapper import RecordMapper
    from streams.events.vocabulary import Vocabulary

DAY_MS: Final = 86_400_000
LONGEST_DAYS: Final = 45
_SPAN_DAYS: Final = (2, 10)  # where reading pauses to see whether the beginning has been found
_BEGINS: Final = "order.created"
_AROUND_MS: Final = 3_600_000  # what comes before an order is placed, and by how much clocks disagree
_AHEAD_MS: Final = 5 * 60_000
_LOOKS: Final = 3  # at the same records: for cases that became known, and for those that these made known


class JourneyBounds(NamedTuple):
    """Where reading stops although there may be more."""

    days: int = LONGEST_DAYS
    seconds: float = 120.0
    records: int = 50_000_000
    bytes: int = 8 << 30
    events: int = 1_000


class JourneySources(NamedTuple):
    """What is read, and how.

    Attributes:
        group: belongs to nobody: nothing is committed.
        mappers: those of mapped topics, by topic.
        by_time: whether offsets can be asked for by time; the embedded broker cannot tell them, so all is read.

    """

    connection: Connection
    group: str
    vocabulary: Vocabulary = SHIPPED
    customers: CustomerKey = NOBODY
    mappers: Mapping[str, RecordMapper] = {}
    by_time: bool = True


class JourneySearch:
    """One reading. It blocks, and may be ended from another thread by `ended`.

    Args:
        sees: whether who asks sees an event, by its dimensions and topic.
        now: ms since the epoch; `bounds.days` lie before it.
        ended: whether to stop, asked between batches of records.

    """

    def __init__(
        self,
        sources: JourneySources,
        subject: Subject,
        bounds: JourneyBounds,
        now: int,
        *,
        sees: Callable[[Mapping[str, str]], bool] = lambda _: True,
        ended: Callable[[], bool] = lambda: False,
    ) -> None:
        self._sources = sources
        self._subject = subject
        self._bounds = bounds
        self._now = now
        self._ended = ended
        self._members = Membership(subject, sources.vocabulary, sees)
        self._topics = self._asked()
        self._look_again: set[str] = set()  # topics with records that only a case can assign
        self._records = 0
        self._bytes = 0
        self._deadline = 0.0

    def run(self) -> JourneyReading:
        """All that was found. Raises SpanReadError."""
        self._deadline = time.monotonic() + self._bounds.seconds
        spans = list(self._spans())
        begins, stopped = spans[0][0], None
        for number, (begins, ends) in enumerate(spans):
            stopped = self._read(begins, ends, self._topics)
            if stopped is None and number + 1 < len(spans) and self._has_begun(begins):
                stopped = Stopped.BEGINNING
            if stopped is not None:
                break
        if stopped in (None, Stopped.BEGINNING):
            stopped = self._follow(begins) or stopped
        if stopped in (None, Stopped.BEGINNING) and (self._members.crowded or self._unfollowed()):
            stopped = Stopped.CASES
        return JourneyReading(
            self._members.events,
            stopped or Stopped.COMPLETE,
            begins,
            self._now,
            self._records,
            self._members.left_out,
        )

    def _asked(self) -> dict[str, RecordEvents]:
        sources, types = self._sources, self._members.types
        named = {topic for name, topic in sources.vocabulary.topic_of.items() if name in types}
        mapped = {topic for topic, mapper in sources.mappers.items() if not types.isdisjoint(mapper.types)}
        return {
            topic: RecordEvents(topic, sources.vocabulary, sources.mappers.get(topic), sources.customers)
            for topic in sorted(named | mapped)
        }

    def _spans(self) -> Iterator[tuple[int, int]]:
        """From the newest to the oldest."""
        edges = [days for days in _SPAN_DAYS if days < self._bounds.days and self._sources.by_time]
        ends = self._now + _AHEAD_MS
        for days in (*edges, self._bounds.days):
            begins = self._now - days * DAY_MS
            yield begins, ends
            ends = begins

    def _has_begun(self, begins: int) -> bool:
        """Whether nothing that is older belongs to it: never sure of a customer."""
        placed = (event.time for event in self._members.events if event.type == _BEGINS)
        return self._subject.kind is SubjectKind.ORDER and min(placed, default=begins) > begins + _AROUND_MS

    def _unfollowed(self) -> bool:
        return self._members.unsettled and bool(self._look_again)

    def _follow(self, begins: int) -> Stopped | None:
        """Looks again for events of cases that became known after they were passed over."""
        for _ in range(_LOOKS - 1):
            if not self._unfollowed():
                break
            self._members.settle()
            stopped = self._read(begins, self._now + _AHEAD_MS, self._look_again)
            if stopped is not None:
                return stopped
        return None

    def _read(self, begins: int, ends: int, topics: Collection[str]) -> Stopped | None:
        with SpanReader(self._sources.connection, self._sources.group) as reader:
            reader.assign(sorted(topics), *((begins, ends) if self._sources.by_time else (None, None)))
            while reader.unread:
                if self._ended():
                    return Stopped.ENDED
                if time.monotonic() > self._deadline:
                    return Stopped.TIME
                for message in reader.take():
                    stopped = self._take(message)
                    if stopped is not None:
                        return stopped
        return None

    def _take(self, message: Any) -> Stopped | None:
        value, bounds = message.value() or b"", self._bounds
        self._records += 1
        self._bytes += len(value)
        if self._records > bounds.records:
            return Stopped.RECORDS
        if self._bytes > bounds.bytes:
            return Stopped.BYTES
        topic, members = message.topic(), self._members
        source = self._topics[topic]
        if not source.mapped and members.names_nobody(value):
            self._look_again.add(topic)
        if not source.mapped and not members.may_hold(value):
            return None
        for event in source.of(value, tuple(message.headers() or ())):
            if source.mapped and members.is_nobodys(event):
                self._look_again.add(topic)
            if members.take(event, topic) and len(members.events) > bounds.events:
                members.events.pop()
                return Stopped.EVENTS
        return None
