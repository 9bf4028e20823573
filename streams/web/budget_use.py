"""What Prometheus reads of the budget of false warnings: what people accept, what limits allow, and what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from streams.catalogue.metric import Severity
from streams.events.event_time import event_time_ms
from streams.records.action import Opinion
from streams.register.handling import handling_of
from streams.telemetry.metrics import FALSE_WARNINGS_ALLOWED, FALSE_WARNINGS_ASKED, WARNINGS_LAST_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from prometheus_client import Metric as Family

    from streams.merge.readings import Reading
    from streams.records.anomaly import Anomaly
    from streams.register.register import Register

NO_OPINION: Final = "none"
_DAY_MS: Final = 86_400_000


class BudgetCollector(Collector):
    """The budget and its use.

    Every worker knows all anomalies, but only the limits of the metrics that it merges.

    Args:
        asked: false warnings a day over all series that people accept.
        readings: of all merge partitions of this worker.
        register: open and recent anomalies, and what people said of them.

    """

    def __init__(self, asked: float, readings: Callable[[], Iterable[Reading]], register: Register) -> None:
        self._asked = asked
        self._readings = readings
        self._register = register

    def collect(self) -> Iterator[Family]:
        yield GaugeMetricFamily(
            FALSE_WARNINGS_ASKED, "False warnings a day that people accept over all series.", self._asked
        )
        allowed = GaugeMetricFamily(
            FALSE_WARNINGS_ALLOWED,
            "False warnings a day that the limits of a metric's series are set for; 0 where it has no series yet.",
            labels=["metric"],
        )
        for reading in self._readings():
            allowed.add_metric([reading.metric.name], reading.latest.allowed)
        yield allowed
        said = GaugeMetricFamily(
            WARNINGS_LAST_DAY,
            "Anomalies above info found within the last 24 h of event time, by what people said of them.",
            labels=["opinion"],
        )
        for opinion, count in self._said().items():
            said.add_metric([opinion], count)
        yield said

    def _said(self) -> dict[str, int]:
        """How many of the warnings of the last day have which opinion."""
        counts = dict.fromkeys((NO_OPINION, *(opinion.value for opinion in Opinion)), 0)
        for anomaly in self._of_last_day():
            actions = self._register.actions.of(anomaly.fingerprint)
            feedback = handling_of(actions, anomaly, self._register.time).feedback
            counts[NO_OPINION if feedback is None else feedback.verdict] += 1
        return counts

    def _of_last_day(self) -> Iterator[Anomaly]:
        since = self._register.time - _DAY_MS
        ended = (anomaly for _, anomaly in self._register.ended_anomalies())
        for anomaly in (*self._register.open_anomalies(), *ended):
            if anomaly.severity != Severity.INFO and (event_time_ms(anomaly.detected_at) or 0) > since:
                yield anomaly
