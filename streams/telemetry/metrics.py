"""Names of what Pharos tells Prometheus, and the metrics about its own pipeline.

The catalogue's metrics are written by `streams.web.exposition`; boards and rules take their names from here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from prometheus_client import Counter, Gauge, Histogram, ProcessCollector

from streams.telemetry.blindness import Blind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from prometheus_client import CollectorRegistry

    from streams.catalogue.metric import Metric

PREFIX: Final = "pharos_"
EXPECTED: Final = "pharos_expected"
LOWER: Final = "pharos_expected_lower"
UPPER: Final = "pharos_expected_upper"
SCORE: Final = "pharos_score"
ANOMALY_STATE: Final = "pharos_anomaly_state"
RECORDS: Final = "pharos_records_total"
DEAD_LETTERS: Final = "pharos_dead_letters_total"
LONG_VALUES: Final = "pharos_long_values_total"
WATERMARK: Final = "pharos_watermark_seconds"
EVENT_TO_PUBLISH: Final = "pharos_event_to_publish_seconds"
COMMIT_AGE: Final = "pharos_commit_age_seconds"
CONSUMER_LAG: Final = "pharos_consumer_lag"
BLIND: Final = "pharos_blind"
LOOP_LAG: Final = "pharos_loop_lag_seconds"
SNAPSHOT_AGE: Final = "pharos_snapshot_age_seconds"
ACTIONS: Final = "pharos_actions_total"
LINKAGE: Final = "pharos_linkage_total"
SINGLE_EVENTS: Final = "pharos_single_events_total"
INTAKE: Final = "pharos_intake_total"
AUDIT_FAILURES: Final = "pharos_audit_failures_total"
DETECTION_TO_ACTION: Final = "pharos_detection_to_action_seconds"
NOTIFICATIONS: Final = "pharos_notifications_total"
FLUSHES: Final = "pharos_flushes_total"
FLUSH_SECONDS: Final = "pharos_flush_seconds"
TICK_SECONDS: Final = "pharos_tick_seconds"
SERIES: Final = "pharos_series"
PROCESS_START: Final = "process_start_time_seconds"
DELIVERY_SECONDS: Final = "pharos_alert_delivery_seconds"
DELIVERY_FAILURES: Final = "pharos_alert_delivery_failures_total"
FALSE_WARNINGS_ASKED: Final = "pharos_false_warnings_asked_per_day"
FALSE_WARNINGS_ALLOWED: Final = "pharos_false_warnings_allowed_per_day"
WARNINGS_LAST_DAY: Final = "pharos_warnings_last_day"

_UNSAFE = re.compile(r"[^a-zA-Z0-9_]")
_PUBLISH_BUCKETS = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 300.0, 900.0)
_DELIVERY_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
_ACTION_BUCKETS = (15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 86_400.0)
_WORK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def prometheus_name(metric: Metric) -> str:
    """`pharos_<name>_<unit>`; a name that already ends in its unit keeps one, a plain number has none.

    >>> from types import SimpleNamespace as Entry
    >>> prometheus_name(Entry(name="payment_success", unit="ratio"))
    'pharos_payment_success_ratio'
    >>> prometheus_name(Entry(name="orders_per_minute", unit="per_minute"))
    'pharos_orders_per_minute'
    """
    name = PREFIX + _UNSAFE.sub("_", metric.name)
    suffix = "" if metric.unit == "number" else f"_{metric.unit}"
    return name if name.endswith(suffix) else name + suffix


def dimensions(metric: Metric) -> tuple[str, ...]:
    """Label names of a metric beside `scope`: every dimension of its scopes, in the order of first mention."""
    return tuple(dict.fromkeys(dimension for scope in metric.scopes for dimension in scope))


def main_scope(metric: Metric) -> int:
    """Which of the metric's scopes stands for it: the whole, or the first where there is no whole (gauges)."""
    return metric.scopes.index(()) if () in metric.scopes else 0


class PipelineMetrics:
    """What the worker knows about itself. Times are ms, as everywhere inside; Prometheus gets seconds.

    Args:
        registry: where the metrics are registered: one registry a worker, a fresh one a test.
        clock: the worker's clock, in seconds since the epoch; asked at scrape time for the age of commits.

    """

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float]) -> None:
        self._clock = clock
        ProcessCollector(registry=registry)  # when the process started tells restarts
        partition = ("topic", "partition")
        self._records = Counter(
            RECORDS,
            "Records read, by outcome: dead_letter, ignored, duplicate, late or counted.",
            ("topic", "outcome"),
            registry=registry,
        )
        self._long_values = Counter(
            LONG_VALUES,
            "Values of a dimension that had more than 256 characters and were cut.",
            ("topic", "dimension"),
            registry=registry,
        )
        self._dead_letters = Counter(
            DEAD_LETTERS, "Dead letters by topic and reason.", ("topic", "reason"), registry=registry
        )
        self._watermark = Gauge(
            WATERMARK,
            "Event time up to which a cells partition has been evaluated, in seconds since the epoch.",
            ("partition",),
            registry=registry,
        )
        self._event_to_publish = Histogram(
            EVENT_TO_PUBLISH,
            "From the tick's event time to the anomaly on its topic.",
            buckets=_PUBLISH_BUCKETS,
            registry=registry,
        )
        self._commit_age = Gauge(
            COMMIT_AGE, "Since the last commit of a source partition.", partition, registry=registry
        )
        self._lag = Gauge(
            CONSUMER_LAG,
            "Records between the position (not the commit) and the end of a partition.",
            partition,
            registry=registry,
        )
        self._notifications = Counter(
            NOTIFICATIONS, "Notifications by receiver and outcome.", ("receiver", "outcome"), registry=registry
        )
        self._delivery = Histogram(
            DELIVERY_SECONDS,
            "From the decision to notify until the receiver accepts it, waits for its budget included.",
            ("receiver",),
            buckets=_DELIVERY_BUCKETS,
            registry=registry,
        )
        self._failures = Counter(
            DELIVERY_FAILURES,
            "Attempts that did not deliver, by receiver and one of a few reasons.",
            ("receiver", "reason"),
            registry=registry,
        )
        self._actions = Counter(
            ACTIONS,
            "Records of pharos-actions read, by outcome: read, or why they were passed over.",
            ("outcome",),
            registry=registry,
        )
        self._linkage = Counter(
            LINKAGE,
            "What became of requests to business systems, by rule and outcome.",
            ("rule", "outcome"),
            registry=registry,
        )
        self._single_events = Counter(
            SINGLE_EVENTS,
            "Events that a rule of `on` is about, by rule and outcome.",
            ("rule", "outcome"),
            registry=registry,
        )
        self._intake = Counter(
            INTAKE, "Bodies posted to the intake, by mapping and outcome.", ("mapping", "outcome"), registry=registry
        )
        self._first_action = Histogram(
            DETECTION_TO_ACTION,
            "From the detection of an anomaly to the first action, by a person or a system; once for each anomaly.",
            buckets=_ACTION_BUCKETS,
            registry=registry,
        )
        self._audit_failures = Counter(
            AUDIT_FAILURES, "Writes that could not be noted in the audit log.", registry=registry
        )
        self._flushes = Counter(FLUSHES, "Flushes of cells by outcome.", ("topic", "outcome"), registry=registry)
        self._flush_seconds = Histogram(FLUSH_SECONDS, "Time a flush takes.", buckets=_WORK_BUCKETS, registry=registry)
        self._cells = Counter("pharos_cells_total", "Cells published.", ("topic",), registry=registry)
        self._tick_seconds = Histogram(
            TICK_SECONDS,
            "Time the evaluation of one tick takes.",
            ("partition",),
            buckets=_WORK_BUCKETS,
            registry=registry,
        )
        self._series = Gauge(SERIES, "Series of a cells partition.", ("partition",), registry=registry)
        self._blind = Gauge(
            BLIND, "1 where the worker does not see the present, by reason.", ("reason",), registry=registry
        )
        self.blind(())
        self._loop_lag = Gauge(
            LOOP_LAG, "How much later than asked the worker's loop took its last turn.", registry=registry
        )
        self._snapshot_age = Gauge(
            SNAPSHOT_AGE, "Since the state of a partition was last saved.", partition, registry=registry
        )

    def records(self, topic: str, outcome: str, count: int) -> None:
        """Adds `count` records; 0 makes the series visible before its first record."""
        self._records.labels(topic, outcome).inc(count)

    def dead_letter(self, topic: str, reason: str) -> None:
        """A record went to pharos-dead-letters."""
        self._dead_letters.labels(topic, str(reason)).inc()

    def long_values(self, topic: str, dimension: str, count: int) -> None:
        self._long_values.labels(topic, dimension).inc(count)

    def watermark(self, partition: int, event_time: int) -> None:
        self._watermark.labels(str(partition)).set(event_time / 1000)

    def published(self, event_time: int) -> None:
        """An anomaly of the tick at `event_time` is on its topic now; a clock behind the events counts as 0."""
        self._event_to_publish.observe(max(0.0, self._clock() - event_time / 1000))

    def committed(self, topic: str, partition: int) -> None:
        """A commit succeeded now; the age grows by itself until the next."""
        committed_at = self._clock()
        self._commit_age.labels(topic, str(partition)).set_function(lambda: max(0.0, self._clock() - committed_at))

    def lag(self, topic: str, partition: int, records: int) -> None:
        self._lag.labels(topic, str(partition)).set(records)

    def blind(self, reasons: Collection[Blind]) -> None:
        """Why the worker sees nothing now; empty where it sees."""
        for reason in Blind:
            self._blind.labels(reason.value).set(reason in reasons)

    def loop_lag(self, seconds: float) -> None:
        self._loop_lag.set(max(0.0, seconds))

    def snapshot_age(self, topic: str, partition: int, seconds: float) -> None:
        self._snapshot_age.labels(topic, str(partition)).set(seconds)

    def receiver(self, name: str, outcomes: Iterable[str]) -> None:
        """Shows its counters before the first notification: to Prometheus a rise from nothing is no increase."""
        for outcome in outcomes:
            self._notifications.labels(name, outcome)

    def notified(self, receiver: str, outcome: str, count: int = 1) -> None:
        self._notifications.labels(receiver, outcome).inc(count)

    def delivery_took(self, receiver: str, seconds: float) -> None:
        self._delivery.labels(receiver).observe(max(0.0, seconds))

    def delivery_failed(self, receiver: str, reason: str) -> None:
        self._failures.labels(receiver, reason).inc()

    def action(self, outcome: str) -> None:
        self._actions.labels(outcome).inc()

    def linked(self, rule: str, outcome: str, count: int = 1) -> None:
        """A request took a step; 0 makes the series visible before its first."""
        self._linkage.labels(rule, outcome).inc(count)

    def single_events(self, rule: str, outcome: str, count: int = 1) -> None:
        """Events of a rule were read, or reached somebody; 0 makes the series visible before its first."""
        self._single_events.labels(rule, outcome).inc(count)

    def posted(self, mapping: str, outcome: str, count: int = 1) -> None:
        """Bodies came to the intake; 0 makes the series visible before its first."""
        self._intake.labels(mapping, outcome).inc(count)

    def audit_failed(self) -> None:
        """A write is missing in the audit log."""
        self._audit_failures.inc()

    def first_action(self, seconds: float) -> None:
        self._first_action.observe(seconds)

    def flushed(self, topic: str, outcome: str, seconds: float) -> None:
        """One flush ended: outcome is "committed", or why not."""
        self._flushes.labels(topic, outcome).inc()
        self._flush_seconds.observe(seconds)

    def cells(self, topic: str, count: int) -> None:
        self._cells.labels(topic).inc(count)

    def judged(self, partition: int, seconds: float) -> None:
        """Detectors ran at one tick of a cells partition."""
        self._tick_seconds.labels(str(partition)).observe(seconds)

    def series(self, partition: int, count: int) -> None:
        self._series.labels(str(partition)).set(count)

    def forget_partition(self, topic: str, partition: int) -> None:
        """The partition went to another worker: its gauges would lie here from now on."""
        for gauge in (self._commit_age, self._lag, self._snapshot_age):
            gauge.remove_by_labels({"topic": topic, "partition": str(partition)})

    def forget_cells(self, partition: int) -> None:
        """The cells partition went to another worker."""
        for gauge in (self._watermark, self._series):
            gauge.remove_by_labels({"partition": str(partition)})
