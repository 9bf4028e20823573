"""From what the merge partitions hold to what Prometheus reads: judged numbers, and counts of what was not used."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from detectors.judgement import insufficient
from streams.catalogue.metric import Component
from streams.catalogue.signals import CellKind
from streams.web.lean_lines import LeanCollector, LeanLines, lean_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from prometheus_client import Metric as Family

    from streams.catalogue.metric import Metric
    from streams.merge.readings import Reading

SKIPPED = ("malformed", "too_far", "behind", "missed", "negative")


class JudgedReading(NamedTuple):
    """See `streams.web.exposition.Reading`."""

    metric: Metric
    scopes: Sequence[tuple[int, tuple[str, ...]]]
    value: NDArray[np.float64]
    expected: NDArray[np.float64]
    score: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    last_sale: NDArray[np.float64]


def judged(readings: Iterable[Reading]) -> Iterator[JudgedReading]:
    """What could not be judged has no expectation and no score; its value is shown where one was seen.

    Judgements start as zeros, so a zero without a judgement is "no data" and becomes NaN; so does what is said of
    cases where there was none, though a stock of old ones may have been judged.
    """
    for reading in readings:
        judgement = reading.latest.judgement
        unjudged = insufficient(judgement.reason)
        # The exposure of a gauge says whether it was reported: that nobody waits is a value.
        traits = reading.metric.traits
        silent = judgement.exposure <= 0 if traits.cells is CellKind.LATEST else judgement.value == 0
        unseen = unjudged & silent
        if traits.of_cases:
            unseen |= judgement.exposure <= 0
        low, high = _interval(reading.latest.whole, reading.latest.interval, unseen)
        found = JudgedReading(
            reading.metric,
            reading.latest.scopes,
            np.where(unseen, np.nan, judgement.value),
            np.where(unjudged, np.nan, judgement.expected),
            np.where(unjudged, np.nan, judgement.score),
            np.where(unjudged, np.nan, judgement.lower),
            np.where(unjudged, np.nan, judgement.upper),
            low,
            high,
            _last_sale(reading.latest.whole, reading.latest.last_sale, len(unseen)),
        )
        yield _with_lean(found, lean_lines(reading)) if reading.lean else found


def _with_lean(found: JudgedReading, lean: LeanLines) -> JudgedReading:
    """The exported series of lean scopes behind the others; who joined since the last tick is not among these."""
    count = len(found.value)
    nan = np.full(len(lean.scopes), np.nan)
    columns = (lean.value, lean.expected, lean.score, nan, nan, nan, nan)
    joined = (np.concatenate(pair) for pair in zip(found[2:], columns, strict=True))
    return JudgedReading(found.metric, [*found.scopes[:count], *lean.scopes], *joined)


def _interval(
    whole: int, interval: tuple[float, float] | None, unseen: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Its two ends by series: those of the whole, NaN for all else and where there is no value to be sure of."""
    low, high = np.full((2, len(unseen)), np.nan)
    if interval is not None and not unseen[whole]:
        low[whole], high[whole] = interval
    return low, high


def _last_sale(whole: int, value: float | None, size: int) -> NDArray[np.float64]:
    """By series: that of the whole, NaN for all else."""
    last_sale = np.full(size, np.nan)
    if value is not None and 0 <= whole < size:
        last_sale[whole] = value
    return last_sale


class MergeCollector(Collector):
    """Cells that wait for the watermark, and those that no window shows: few series, so families are cheap enough.

    Args:
        readings: of all merge partitions of this worker.

    """

    def __init__(self, readings: Callable[[], Iterable[Reading]]) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Family]:
        waiting = GaugeMetricFamily("pharos_cells_waiting", "Cells ahead of the watermark.", labels=["metric"])
        expired = GaugeMetricFamily(
            "pharos_deadlines_expired", "Deadlines never met nor closed within 7 days of them.", labels=["metric"]
        )
        dropped = CounterMetricFamily("pharos_cells_dropped", "Cells that found no room.", labels=["metric"])
        skipped = CounterMetricFamily(
            "pharos_cells_skipped", "Cells that no window shows, by reason.", labels=["metric", "reason"]
        )
        cut = CounterMetricFamily(
            "pharos_values_cut", "Single values beyond the largest that counts in full.", labels=["metric"]
        )
        for reading in self._readings():
            name = reading.metric.name
            if reading.metric.moments:
                cut.add_metric([name], _cut(reading))
            waiting.add_metric([name], reading.waiting)
            dropped.add_metric([name], reading.dropped)
            if reading.metric.traits.cells is CellKind.DEADLINES:
                expired.add_metric([name], reading.expired)
            for reason in SKIPPED:
                skipped.add_metric([name, reason], getattr(reading.skipped, reason))
        yield from (waiting, expired, dropped, skipped, cut)
        yield from LeanCollector(self._readings).collect()


def _cut(reading: Reading) -> int:
    """How many single values of the whole were cut since counting began."""
    whole = (reading.metric.scopes.index(()), ())
    totals = [of for scope, of in zip(reading.total_scopes, reading.totals, strict=False) if scope == whole]
    return int(sum(of[Component.CUT] for of in totals))
