"""What /metrics answers: the pipeline's own metrics, then every series of the catalogue, written as text directly.

Sample objects cost prometheus-client ten times as much (docs/decisions/0009-page.md).
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from streams.telemetry.interval_metrics import interval_names
from streams.telemetry.metric_info import DESCRIBED, METRIC_INFO, info_series
from streams.telemetry.metrics import ANOMALY_STATE
from streams.web.anomaly_states import AnomalyStates
from streams.web.data_scope import EVERYTHING
from streams.web.metric_families import INTERVAL, JUDGED, PROVISIONALS, ROLLING, STAFFING, STATES, VALUE, family_head
from streams.web.scores import score_lines
from streams.web.series_labels import LabelsByMetric

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.records.anomaly import Anomaly
    from streams.records.score import Score
    from streams.web.data_scope import DataScope
    from streams.web.metric_families import Column
    from streams.web.provisional_readings import ProvisionalReading
    from streams.web.rolling_readings import RollingReading
    from streams.web.staffing_readings import StaffingReading

_CHUNK: Final = 5_000
_OPEN_METRICS: Final = "application/openmetrics-text"


class Labelled(Protocol):
    """Arrays over the series of a metric, NaN where nothing is to be said.

    `scopes` holds (index into the metric's scope sets, values in the set's order); sets beyond `metric.scopes` serve
    denominators only and are left out.
    """

    @property
    def metric(self) -> Metric: ...
    @property
    def scopes(self) -> Sequence[tuple[int, tuple[str, ...]]]: ...


class Reading(Labelled, Protocol):
    """The newest tick of one metric, NaN where there was too little to judge."""

    @property
    def value(self) -> NDArray[np.float64]: ...
    @property
    def expected(self) -> NDArray[np.float64]: ...
    @property
    def score(self) -> NDArray[np.float64]: ...
    @property
    def lower(self) -> NDArray[np.float64]: ...
    @property
    def upper(self) -> NDArray[np.float64]: ...
    @property
    def low(self) -> NDArray[np.float64]: ...
    @property
    def high(self) -> NDArray[np.float64]: ...
    @property
    def last_sale(self) -> NDArray[np.float64]: ...


class Exposition:
    """Prometheus text 0.0.4, or OpenMetrics 1.0 for who asks for it.

    Args:
        registry: the pipeline's metrics.
        readings: the newest reading of every metric this worker merges.
        anomalies: the open anomalies.
        metrics: the catalogue's; they give an anomaly's scope the order of dimensions that its series have.
        provisional: what is not final yet.
        rolling: windows of 30, 60 and 90 days.
        scores: of scorecards.
        staffing: what queues need.

    """

    def __init__(
        self,
        registry: CollectorRegistry,
        readings: Callable[[], Iterable[Reading]],
        anomalies: Callable[[], Iterable[Anomaly]],
        metrics: Iterable[Metric],
        provisional: Callable[[], Iterable[ProvisionalReading]] = lambda: (),
        rolling: Callable[[], Iterable[RollingReading]] = lambda: (),
        scores: Callable[[], Iterable[Score]] = lambda: (),
        staffing: Callable[[], Iterable[StaffingReading]] = lambda: (),
    ) -> None:
        self._registry = registry
        self._readings = readings
        self._anomalies = anomalies
        known = list(metrics)
        self._of_anomalies = AnomalyStates(known)
        self._info = "".join(f"{info_series(metric)} 1\n" for metric in known).encode()
        self._provisional = provisional
        self._rolling = rolling
        self._scores = scores
        self._staffing = staffing
        self._labels = LabelsByMetric()
        self._provisional_labels = LabelsByMetric()  # of the series of the log, which no tick may have reached yet

    def render(self, accept: str = "", data_scope: DataScope = EVERYTHING) -> tuple[str, Iterator[bytes]]:
        """Content type, and the body in pieces of at most 5,000 lines, so that a server can breathe in between.

        Who sees only a part of the data gets the series that lie in it, and nothing of the pipeline.
        """
        asked = any(part.split(";")[0].strip() == _OPEN_METRICS for part in accept.split(","))
        encode, content_type = choose_encoder(f"{_OPEN_METRICS};version=1.0.0" if asked else "text/plain")
        head = encode(self._registry if data_scope.whole else CollectorRegistry())
        tail = b"# EOF\n" if asked else b""
        return content_type, self._pieces(head.removesuffix(tail), tail, data_scope)

    def _pieces(self, head: bytes, tail: bytes, data_scope: DataScope) -> Iterator[bytes]:
        readings = {reading.metric.name: reading for reading in self._readings()}
        self._labels.keep(readings)
        yield head
        yield family_head(METRIC_INFO, DESCRIBED) + self._info
        for reading in readings.values():
            yield VALUE.head(reading.metric)
            yield from _lines(self._labels, reading, VALUE, data_scope)
            for column in INTERVAL if interval_names(reading.metric) else ():
                yield column.head(reading.metric)
                yield self._band(reading, column, data_scope)
        for column in JUDGED:
            yield family_head(column.family, column.described)
            for reading in readings.values():
                if column.main:
                    yield self._band(reading, column, data_scope)
                else:
                    yield from _lines(self._labels, reading, column, data_scope)
        yield from self._provisional_pieces(data_scope)
        yield from self._rolling_pieces(data_scope)
        yield from self._staffing_pieces(data_scope)
        yield family_head(ANOMALY_STATE, STATES)
        yield self._states(data_scope)
        yield tail

    def _provisional_pieces(self, data_scope: DataScope) -> Iterator[bytes]:
        readings = {reading.metric.name: reading for reading in self._provisional()}
        self._provisional_labels.keep(readings)
        for column in PROVISIONALS:
            yield family_head(column.family, column.described)
            for reading in readings.values():
                yield from _lines(self._provisional_labels, reading, column, data_scope)

    def _rolling_pieces(self, data_scope: DataScope) -> Iterator[bytes]:
        readings = list(self._rolling())
        for column in ROLLING if readings else ():
            yield family_head(column.family, column.described)
            for reading in readings:
                of = column._replace(more=f'window="{reading.days}d",')
                yield from _lines(self._labels, reading, of, data_scope)
        for name, described, lines in score_lines(s for s in self._scores() if data_scope.sees(s.scope)):
            if lines:
                yield family_head(name, described)
                yield "".join(lines).encode()

    def _staffing_pieces(self, data_scope: DataScope) -> Iterator[bytes]:
        readings = list(self._staffing())
        for column in STAFFING if readings else ():
            yield family_head(column.family, column.described)
            for reading in readings:
                yield from _lines(self._labels, reading, column, data_scope)

    def _band(self, reading: Reading, column: Column, data_scope: DataScope) -> bytes:
        labels = self._labels.of(reading.metric, reading.scopes)
        numbers: NDArray[np.float64] = getattr(reading, column.name)
        prefix = column.prefix(reading.metric)
        main = labels.main(reading.scopes, min(len(reading.scopes), len(numbers)))
        if not data_scope.whole:
            main = [at for at in main if _lies_in(data_scope, reading.metric, reading.scopes[at])]
        shown = zip(main, numbers[main].tolist(), strict=True)
        return "".join(
            [f"{prefix}{labels.texts[index]}{bound:.6g}\n" for index, bound in shown if math.isfinite(bound)]
        ).encode()

    def _states(self, data_scope: DataScope) -> bytes:
        states = self._of_anomalies.of(anomaly for anomaly in self._anomalies() if data_scope.sees(anomaly.scope))
        return "".join(f"{ANOMALY_STATE}{{{labels}}} {state}\n" for labels, state in states.items()).encode()


def _lines(known: LabelsByMetric, reading: Labelled, column: Column, data_scope: DataScope) -> Iterator[bytes]:
    """Lines of one metric."""
    labels = known.of(reading.metric, reading.scopes)
    numbers: NDArray[np.float64] = getattr(reading, column.name)
    shown = np.flatnonzero(~np.isnan(numbers[: len(reading.scopes)]))
    line = f"{column.prefix(reading.metric).replace('%', '%%')}%s{column.form}\n"
    for start in range(0, len(shown), _CHUNK):
        series = shown[start : start + _CHUNK]
        labels.cover(reading.scopes, int(series[-1]) + 1)
        if not data_scope.whole:
            series = np.array(
                [at for at in series.tolist() if _lies_in(data_scope, reading.metric, reading.scopes[at])], np.intp
            )
        texts = labels.texts
        pairs = zip(series.tolist(), numbers[series].tolist(), strict=True)
        text = "".join([line % (texts[index], number) for index, number in pairs if texts[index]])
        if "inf\n" in text:
            text = re.sub(r" (-?)inf\n", lambda found: f" {found[1] or '+'}Inf\n", text)
        yield text.encode()


def _lies_in(data_scope: DataScope, metric: Metric, scope: tuple[int, tuple[str, ...]]) -> bool:
    index, values = scope
    return index < len(metric.scopes) and data_scope.sees(dict(zip(metric.scopes[index], values, strict=True)))
