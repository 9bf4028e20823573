"""Feeds a handful of events to the ingest, and tells what a metric of the shipped catalogue counts of them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from streams.cases.partition import CasesPartition
from streams.catalogue.load import load
from streams.catalogue.metric import Component
from streams.catalogue.scopes import scope_sets
from streams.cells.case_record import CasesRecord
from streams.events.customer import CustomerKey
from streams.events.dead_letter import Reason
from streams.events.vocabulary import SHIPPED
from streams.ingest.partition import IngestPartition
from streams.records.batch import RecordBatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.cells.record import MetricCells

CATALOGUE = load()
NUMERATOR, DENOMINATOR, EXPOSURE, LATE_BY_DEADLINE, SQUARES, SQUARES_LOW, CUT = tuple(Component)[:7]
T0 = 1_794_326_400  # 2026-11-11T00:00:00+08:00, a multiple of 10 s
DAY = 86_400
WHOLE = ""


def moment(second: float) -> str:
    """A time of that many seconds after T0."""
    return datetime.fromtimestamp(T0 + second, UTC).isoformat()


class Count:
    """Cells of one metric after some events."""

    def __init__(self, metric: str) -> None:
        self.metric = CATALOGUE.by_name[metric]
        self.events: list[tuple[str, float, dict[str, Any]]] = []
        self.read_at: list[float] = []
        self.cases = _no_cases()
        self.topics: Sequence[str] = sorted(SHIPPED.topics)  # in the order in which they are read
        self.without_case: Counter[tuple[str, str]] = Counter()

    def event(self, kind: str, at: float, /, *, read_at: float | None = None, **data: Any) -> Count:
        """An event of T0 plus `at` seconds; `read_at`: when its record was made, by default the same."""
        self.events.append((kind, at, data))
        self.read_at.append(at if read_at is None else read_at)
        return self

    def cells(self) -> Counter[tuple[int, str, int]]:
        """Sums by component or bin, scope (`queue=presale`, values of several dimensions joined with +) and second."""
        found: Counter[tuple[int, str, int]] = Counter()
        self.cases, self.without_case = _no_cases(), Counter()
        brought = {SHIPPED.topic_of[kind] for kind, _, _ in self.events}
        for topic in [topic for topic in self.topics if topic in brought]:
            read = zip(self.read_at, self.events, strict=True)
            events = [(at, event) for at, event in read if SHIPPED.topic_of[event[0]] == topic]
            self._feed(topic, sorted(events, key=lambda event: event[0]), found)
        self._add(self._decided(), found)
        return Counter({cell: value for cell, value in found.items() if value})

    def total(self, component: int, scope: str = WHOLE) -> int:
        """The sum over all slots."""
        return sum(value for (of, where, _), value in self.cells().items() if (of, where) == (component, scope))

    def slots(self, component: int, scope: str = WHOLE) -> dict[int, int]:
        """Sums by slot: the second it begins at."""
        return {at: value for (of, where, at), value in self.cells().items() if (of, where) == (component, scope)}

    def _feed(
        self, topic: str, events: list[tuple[float, tuple[str, float, dict[str, Any]]]], found: Counter[Any]
    ) -> None:
        ingest = IngestPartition(
            CATALOGUE,
            topic,
            0,
            dedup_records=100,
            lateness_ms=30_000,
            late_limit_ms=7_200_000,
            future_limit_ms=300_000,
            customers=CustomerKey(b"a secret of this test"),
        )
        values = [orjson.dumps(cloud_event(number, *event)) for number, (_, event) in enumerate(events)]
        timestamps = [round((T0 + at) * 1000) for at, _ in events]
        letters = ingest.feed(RecordBatch(topic, 0, range(len(values)), timestamps, values, len(values)))
        assert {letter.reason for letter in letters} <= {Reason.FROM_THE_FUTURE}
        flush = ingest.take_flush(1)
        self.cases.apply(flush.cases[0])
        self.without_case.update(flush.without_case)
        self._add(flush.records[0].metrics, found)

    def _decided(self) -> list[MetricCells]:
        """What events say of others, once every topic has passed all of them."""
        for topic in SHIPPED.topics:
            self.cases.apply(CasesRecord(topic, 0, (T0 + 100 * DAY) * 1000, CATALOGUE.hash, []))
        return self.cases.take_cells(1, 0)[0].metrics

    def _add(self, metrics: Sequence[MetricCells], found: Counter[Any]) -> None:
        for cells in metrics:
            if cells.metric == self.metric.key():
                for row, scope in enumerate(cells.scope):
                    number, dimensions = cells.scopes[scope]
                    names = scope_sets(self.metric)[number]
                    text = "+".join(f"{name}={value}" for name, value in zip(names, dimensions, strict=True))
                    key = (cells.component[row], text, cells.slot[row] * 10 - T0)
                    found[key] += cells.value[row]


def _no_cases() -> CasesPartition:
    return CasesPartition(CATALOGUE, 0, dict.fromkeys(SHIPPED.topics, 1))


def cloud_event(number: int, kind: str, at: float, data: dict[str, Any]) -> dict[str, Any]:
    named = SHIPPED.data[kind].__struct_fields__[0]
    return {
        "specversion": "1.0",
        "id": f"{kind}-{number}-{at}",
        "source": "/test",
        "type": kind,
        "time": moment(at),
        "data": {named: "X1", **data},
    }
