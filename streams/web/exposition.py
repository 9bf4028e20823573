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

from streams.telemetry.metrics import (
    ANOMALY_STATE,
    EXPECTED,
    LOWER,
    SCORE,
    UPPER,
    dimensions,
    main_scope,
    prometheus_name,
)
from streams.web.data_scope import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.records.anomaly import Anomaly
    from streams.web.data_scope import DataScope

_CHUNK: Final = 5_000
_OPEN_METRICS: Final = "application/openmetrics-text"
_BANDS: Final = (
    (LOWER, "lower", "Least of what a metric is expected to be, of its whole."),
    (UPPER, "upper", "Most of what a metric is expected to be, of its whole."),
)
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_STATES: Final = {"firing": 2, "recovering": 1}
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class Reading(Protocol):
    """The newest tick of one metric: arrays over its series, NaN where there was too little to judge.

    `scopes` holds (index into the metric's scope sets, values in the set's order); sets beyond `metric.scopes` serve
    denominators only and are left out.
    """

    @property
    def metric(self) -> Metric: ...
    @property
    def scopes(self) -> Sequence[tuple[int, tuple[str, ...]]]: ...
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


class _Labels:
    """The label text of a metric's series, made once: without braces, ready for a value behind it."""

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self.scopes: list[tuple[int, tuple[str, ...]]] = []
        self.texts: list[str] = []
        self._main: list[int] = []
        self._main_scope = main_scope(metric)
        self._looked_at = 0
        self._dimensions = dimensions(metric)

    def keep_if_same(self, scopes: Sequence[tuple[int, tuple[str, ...]]]) -> None:
        """Series only ever join, unless a snapshot came in: then the texts are those of others."""
        if list(scopes[: len(self.scopes)]) != self.scopes[: len(scopes)]:
            self.scopes, self.texts = [], []
            self._main, self._looked_at = [], 0

    def cover(self, scopes: Sequence[tuple[int, tuple[str, ...]]], count: int) -> None:
        """Makes the texts of the first `count` series; "" for a series that is not shown."""
        for scope in scopes[len(self.scopes) : count]:
            self.scopes.append(scope)
            self.texts.append(self._text(*scope))

    def main(self, scopes: Sequence[tuple[int, tuple[str, ...]]], count: int) -> list[int]:
        """Which of the first `count` series are of the main scope; their texts are made."""
        if count < self._looked_at:  # a snapshot with fewer series came in
            self._main, self._looked_at = [], 0
        for series in range(self._looked_at, count):
            if scopes[series][0] == self._main_scope:
                self._main.append(series)
        self._looked_at = count
        if self._main:
            self.cover(scopes, self._main[-1] + 1)
        return self._main

    def _text(self, index: int, values: tuple[str, ...]) -> str:
        if index >= len(self.metric.scopes):
            return ""
        names = self.metric.scopes[index]
        by_name = dict(zip(names, values, strict=True))
        labels = [f'scope="{"+".join(names)}"']
        labels += [f'{name}="{by_name.get(name, "").translate(_ESCAPES)}"' for name in self._dimensions]
        return ",".join(labels) + "} "


class Exposition:
    """Prometheus text 0.0.4, or OpenMetrics 1.0 for who asks for it.

    Args:
        registry: the pipeline's metrics.
        readings: the newest reading of every metric this worker merges.
        anomalies: the open anomalies.
        metrics: the catalogue's; they give an anomaly's scope the order of dimensions that its series have.

    """

    def __init__(
        self,
        registry: CollectorRegistry,
        readings: Callable[[], Iterable[Reading]],
        anomalies: Callable[[], Iterable[Anomaly]],
        metrics: Iterable[Metric],
    ) -> None:
        self._registry = registry
        self._readings = readings
        self._anomalies = anomalies
        self._orders = {metric.name: {frozenset(scope): scope for scope in metric.scopes} for metric in metrics}
        self._labels: dict[str, _Labels] = {}

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
        self._labels = {name: labels for name, labels in self._labels.items() if name in readings}
        yield head
        for reading in readings.values():
            name = prometheus_name(reading.metric)
            yield _family(name, reading.metric.title)
            yield from self._lines(reading, f"{name}{{", reading.value, "%r", data_scope)
        yield _family(EXPECTED, "What a metric was expected to be, in its unit.")
        for reading in readings.values():
            yield from self._lines(reading, _of_metric(EXPECTED, reading.metric), reading.expected, "%.6g", data_scope)
        for name, column, told in _BANDS:
            yield _family(name, told)
            for reading in readings.values():
                yield self._band(reading, _of_metric(name, reading.metric), getattr(reading, column), data_scope)
        yield _family(SCORE, "Surprise: 1 is the limit of normal, 2 twice as surprising in log-probability.")
        for reading in readings.values():
            yield from self._lines(reading, _of_metric(SCORE, reading.metric), reading.score, "%.6g", data_scope)
        yield _family(ANOMALY_STATE, "Open anomalies: 2 firing, 1 recovering; absent when there is none.")
        yield self._states(data_scope)
        yield tail

    def _lines(
        self, reading: Reading, prefix: str, numbers: NDArray[np.float64], form: str, data_scope: DataScope
    ) -> Iterator[bytes]:
        """Lines of one metric; form is the number's (estimates need no 17 digits)."""
        labels = self._labels_of(reading)
        shown = np.flatnonzero(~np.isnan(numbers[: len(reading.scopes)]))
        line = f"{prefix.replace('%', '%%')}%s{form}\n"
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

    def _band(self, reading: Reading, prefix: str, numbers: NDArray[np.float64], data_scope: DataScope) -> bytes:
        """Of the main scope only: for all series it would make the page two thirds longer."""
        labels = self._labels_of(reading)
        main = labels.main(reading.scopes, min(len(reading.scopes), len(numbers)))
        if not data_scope.whole:
            main = [at for at in main if _lies_in(data_scope, reading.metric, reading.scopes[at])]
        shown = zip(main, numbers[main].tolist(), strict=True)
        return "".join(
            [f"{prefix}{labels.texts[index]}{bound:.6g}\n" for index, bound in shown if math.isfinite(bound)]
        ).encode()

    def _labels_of(self, reading: Reading) -> _Labels:
        metric = reading.metric
        labels = self._labels.get(metric.name)
        if labels is None or labels.metric != metric:
            labels = self._labels[metric.name] = _Labels(metric)
        labels.keep_if_same(reading.scopes)
        return labels

    def _states(self, data_scope: DataScope) -> bytes:
        """One line per labels: anomalies of one series that differ in direction share it, the graver state wins."""
        states: dict[str, int] = {}
        for anomaly in self._anomalies():
            state = _STATES.get(anomaly.state, 0)
            if state and data_scope.sees(anomaly.scope):
                labels = self._anomaly_labels(anomaly)
                states[labels] = max(state, states.get(labels, 0))
        return "".join(f"{ANOMALY_STATE}{{{labels}}} {state}\n" for labels, state in states.items()).encode()

    def _anomaly_labels(self, anomaly: Anomaly) -> str:
        """Empty labels equal missing ones in Prometheus, so this joins with the value's series of the same scope."""
        names = self._orders.get(anomaly.metric, {}).get(frozenset(anomaly.scope), tuple(anomaly.scope))
        scope = {name: anomaly.scope[name] for name in names if _LABEL_NAME.fullmatch(name)}
        labels = {"metric": anomaly.metric, "severity": anomaly.severity, "scope": "+".join(scope), **scope}
        return ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())


def _lies_in(data_scope: DataScope, metric: Metric, scope: tuple[int, tuple[str, ...]]) -> bool:
    index, values = scope
    return index < len(metric.scopes) and data_scope.sees(dict(zip(metric.scopes[index], values, strict=True)))


def _of_metric(name: str, metric: Metric) -> str:
    return f'{name}{{metric="{metric.name.translate(_ESCAPES)}",'


def _family(name: str, described: str) -> bytes:
    text = described.replace('"', "'").translate(_ESCAPES)
    return f"# HELP {name} {text}\n# TYPE {name} gauge\n".encode()
