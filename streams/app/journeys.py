"""Reads journeys for the page of a worker, within bounds that leave the worker its time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from streams.affected.journey_search import JourneyBounds, JourneySearch, JourneySources
from streams.broker.detection import BrokerKind, identify
from streams.journey.subject import mark_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from streams.broker.connection import Connection
    from streams.events.customer import CustomerKey
    from streams.events.record_mapper import RecordMapper
    from streams.events.vocabulary import Vocabulary
    from streams.journey.reading import JourneyReading
    from streams.journey.subject import Subject

BOUNDS: Final = JourneyBounds(seconds=20.0, records=5_000_000, bytes=1 << 30, events=1_000)
"""Of one reading: what a worker can spare."""


class Journeys:
    """The topics of this worker, read in a thread of the caller; `group` as in `JourneySources`."""

    def __init__(
        self,
        connection: Connection,
        group: str,
        vocabulary: Vocabulary,
        customers: CustomerKey,
        mappers: Mapping[str, RecordMapper],
    ) -> None:
        self._sources = JourneySources(connection, group, vocabulary, customers, mappers)
        self._customers = customers
        self._ended = threading.Event()

    def read(self, subject: Subject, days: int, now: int, sees: Callable[[Mapping[str, str]], bool]) -> JourneyReading:
        """Blocks for little more than 20 s at most. Raises SpanReadError or BrokerUnreachableError."""
        by_time = identify(self._sources.connection).kind is not BrokerKind.EMBEDDED
        sources, bounds = self._sources._replace(by_time=by_time), BOUNDS._replace(days=days)
        return JourneySearch(sources, subject, bounds, now, sees=sees, ended=self._ended.is_set).run()

    def mark(self, subject: Subject) -> str:
        """What the audit log has instead of the id."""
        return mark_of(subject, self._customers)

    def end(self) -> None:
        """No reading goes on: the worker ends."""
        self._ended.set()
