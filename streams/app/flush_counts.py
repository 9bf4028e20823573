"""What flushes of source partitions mean for the pipeline's metrics, and for what the worker cannot see."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from faust.types import TP

    from streams.telemetry.blindness import Blindness
    from streams.telemetry.metrics import PipelineMetrics
    from streams.transport.source.source_partition import Flush


class FlushCounts:
    """Called by the transport.

    Args:
        wall_ms: the wall clock.

    Attributes:
        outcomes: how many records had which outcome.
        without_case: events that lack the field that names their case, by (event type, field).

    """

    def __init__(self, metrics: PipelineMetrics, blindness: Blindness, wall_ms: Callable[[], int]) -> None:
        self._metrics = metrics
        self._blindness = blindness
        self._wall_ms = wall_ms
        self.outcomes: dict[str, int] = {}
        self.without_case: Counter[tuple[str, str]] = Counter()

    def flushed(self, tp: TP, flush: Flush) -> None:
        """A flush took place."""
        metrics = self._metrics
        outcomes = {outcome.value: count for outcome, count in flush.outcomes.items()}
        for outcome, count in outcomes.items():
            metrics.records(tp.topic, outcome, count)
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + count
        for letter in flush.dead_letters:
            metrics.dead_letter(tp.topic, letter.reason)
        for dimension, count in flush.long_values.items():
            metrics.long_values(tp.topic, dimension, count)
        self.without_case.update(flush.without_case)
        self._blindness.read(tp.topic, outcomes, self._wall_ms())
        metrics.committed(tp.topic, tp.partition)
        metrics.cells(tp.topic, sum(len(c.value) for record in flush.records.values() for c in record.metrics))

    def ended(self, tp: TP, outcome: str, seconds: float) -> None:
        """A flush ended, one way or another."""
        self._metrics.flushed(tp.topic, outcome, seconds)
