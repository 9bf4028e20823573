"""Lean scopes on /metrics: the series that are exported, and how many are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from detectors.judgement import insufficient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from prometheus_client import Metric as Family

    from streams.merge.readings import Reading

LEAN_SERIES = "pharos_lean_series"
LEAN_SHOWN = "pharos_lean_series_shown"


class LeanLines(NamedTuple):
    """The exported series of a metric's lean scopes, NaN where there was too little to judge."""

    scopes: Sequence[tuple[int, tuple[str, ...]]]
    value: NDArray[np.float64]
    expected: NDArray[np.float64]
    score: NDArray[np.float64]


def lean_lines(reading: Reading) -> LeanLines:
    """What a metric exports of its lean scopes: of each the last day, and the score of all windows."""
    scopes: list[tuple[int, tuple[str, ...]]] = []
    columns = [np.zeros((3, 0))]
    for lean in reading.lean:
        shown = lean.shown()
        scopes += [(lean.place, lean.series.names.values(number)) for number in shown]
        if shown:
            figures = lean.figures(shown)
            judged, unknown = figures.judged, insufficient(figures.judged.reason)
            unseen = judged.exposure <= 0 if reading.metric.traits.of_cases else np.zeros(len(shown), np.bool_)
            value = np.where(unseen, np.nan, judged.value)
            columns.append(np.array([value, np.where(unknown, np.nan, judged.expected), figures.scores]))
    value, expected, score = np.concatenate(columns, axis=1)
    return LeanLines(scopes, value, expected, score)


class LeanCollector(Collector):
    """How many series lean scopes have, and how many of them are exported.

    Args:
        readings: of all merge partitions of this worker.

    """

    def __init__(self, readings: Callable[[], Iterable[Reading]]) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Family]:
        labels = ["metric", "scope"]
        known = GaugeMetricFamily(LEAN_SERIES, "Series of a lean scope with an event in the last day.", labels=labels)
        most = GaugeMetricFamily(LEAN_SHOWN, "How many of them are exported: by score, and by volume.", labels=labels)
        for reading in self._readings():
            for lean in reading.lean:
                scope = [reading.metric.name, "+".join(lean.series.names.dimensions)]
                known.add_metric(scope, lean.known)
                most.add_metric(scope, len(lean.shown()))
        yield from (known, most)
