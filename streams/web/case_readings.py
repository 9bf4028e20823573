"""From what partitions of cases hold to what Prometheus reads."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from streams.telemetry import case_metrics as names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prometheus_client import Metric as Family

    from streams.cases.readings import CasesReading, MemoryReading

_MEMORY = ("partition", "events", "field")


class CaseCollector(Collector):
    """What is remembered, how late it is decided, and what was not known. Silent where no cases are followed.

    Args:
        readings: by partition of pharos-cases, of those of this worker.
        without_case: events that lack the field that names their case, by (event type, field).
        now_s: the worker's clock, in seconds since the epoch.

    """

    def __init__(
        self,
        readings: Callable[[], Mapping[int, CasesReading]],
        without_case: Callable[[], Mapping[tuple[str, str], int]],
        now_s: Callable[[], float],
    ) -> None:
        self._readings = readings
        self._without_case = without_case
        self._now_s = now_s

    def collect(self) -> Iterator[Family]:
        readings = self._readings()
        yield from self._memories(readings)
        yield from self._decisions(readings)
        lacking = _counter(names.WITHOUT_CASE, "Events that lack the field that names their case.", ("event", "field"))
        for (event, field), count in sorted(self._without_case().items()):
            lacking.add_metric([event, field], count)
        yield lacking

    def _memories(self, readings: Mapping[int, CasesReading]) -> Iterator[Family]:
        marks = GaugeMetricFamily(names.MARKS, "Marks of events that are remembered.", labels=_MEMORY)
        reach = GaugeMetricFamily(names.MEMORY, "How far back memory reaches, in event time.", labels=_MEMORY)
        forgotten = _counter(names.MARKS_FORGOTTEN, "Marks let go of before their time: no room.", _MEMORY)
        for number, reading in readings.items():
            alike: dict[tuple[str, str], list[MemoryReading]] = defaultdict(list)
            for memory in reading.memories:
                alike[memory.events, memory.by].append(memory)
            for (events, by), memories in alike.items():
                labels = [str(number), events, by]
                marks.add_metric(labels, sum(memory.marks for memory in memories))
                forgotten.add_metric(labels, sum(memory.forgotten for memory in memories))
                since = [memory.since_ms for memory in memories if memory.since_ms is not None]
                if since:
                    reach.add_metric(labels, max(0.0, (reading.frontier_ms - max(since)) / 1000))
        yield from (marks, reach, forgotten)

    def _decisions(self, readings: Mapping[int, CasesReading]) -> Iterator[Family]:
        waiting = GaugeMetricFamily(names.MARKS_WAITING, "Marks that are not decided yet.", labels=["partition"])
        lag = GaugeMetricFamily(
            names.LAG, "How far what is decided lies behind the worker's clock.", labels=["partition"]
        )
        skipped = _counter(names.MARKS_SKIPPED, "Marks that were never looked at, by reason.", ("partition", "reason"))
        unknown = _counter(
            names.UNKNOWN, "Events that need an earlier one of their case, and there is none.", ("metric",)
        )
        totals: dict[str, int] = defaultdict(int)
        for number, reading in readings.items():
            waiting.add_metric([str(number)], reading.waiting)
            if reading.frontier_ms >= 0:
                lag.add_metric([str(number)], max(0.0, self._now_s() - reading.frontier_ms / 1000))
            for reason, count in reading.skipped.items():
                skipped.add_metric([str(number), reason], count)
            for metric, count in reading.unknown.items():
                totals[metric] += count
        for metric, count in sorted(totals.items()):
            unknown.add_metric([metric], count)
        yield from (waiting, lag, skipped, unknown)


def _counter(name: str, what: str, labels: tuple[str, ...]) -> CounterMetricFamily:
    return CounterMetricFamily(name.removesuffix("_total"), what, labels=labels)
