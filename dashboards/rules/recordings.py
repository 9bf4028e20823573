"""Recording rules: what boards and alerts ask again and again, named `level:metric:operation`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.rules.rule import Recording
from streams.telemetry.metrics import (
    ANOMALY_STATE,
    COMMIT_AGE,
    CONSUMER_LAG,
    EVENT_TO_PUBLISH,
    FLUSH_SECONDS,
    FLUSHES,
    NOTIFICATIONS,
    RECORDS,
    SNAPSHOT_AGE,
    TICK_SECONDS,
    WATERMARK,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.load import Catalogue

TOPIC_RECORDS = "topic_outcome:pharos_records:rate5m"
TOPIC_LAG = "topic:pharos_consumer_lag:sum"
TOPIC_PARTITIONS = "topic:pharos_consumer_lag:count"
TOPIC_BACKLOG = "topic:pharos_consumer_lag_seconds:ratio_rate5m"
TOPIC_COMMIT_AGE = "topic:pharos_commit_age_seconds:max"
TOPIC_SNAPSHOT_AGE = "topic:pharos_snapshot_age_seconds:max"
TOPIC_DEAD_LETTERS = "topic:pharos_dead_letters:ratio_rate15m"
TOPIC_LATE = "topic:pharos_late_records:ratio_rate15m"
TOPIC_FLUSHES = "topic_outcome:pharos_flushes:rate5m"
WATERMARK_AGE = "job:pharos_watermark_age_seconds:max"
RECEIVER_NOTIFICATIONS = "receiver_outcome:pharos_notifications:increase15m"
PUBLISH_P95 = "job:pharos_event_to_publish_seconds:p95_rate30m"
PUBLISH_P50 = "job:pharos_event_to_publish_seconds:p50_rate30m"
FLUSH_P99 = "job:pharos_flush_seconds:p99_rate5m"
TICK_P99 = "partition:pharos_tick_seconds:p99_rate5m"
OPEN_ANOMALIES = "scope:pharos_anomaly_state:max"
ANOMALIES_BY_TOUCHPOINT = "touchpoint_severity:pharos_anomalies_firing:count"


def pipeline_recordings(job: str) -> Iterator[Recording]:
    """Of the pipeline itself. `job` is the name under which the workers are scraped."""
    of = f'{{job="{job}"}}'
    yield Recording(TOPIC_RECORDS, f"sum by (job, topic, outcome) (rate({RECORDS}{of}[5m]))")
    yield Recording(TOPIC_LAG, f"sum by (job, topic) ({CONSUMER_LAG}{of})")
    # A partition that two workers show during a hand-over is one.
    yield Recording(TOPIC_PARTITIONS, f"count by (job, topic) (max by (job, topic, partition) ({CONSUMER_LAG}{of}))")
    # Where nothing is read and nothing waits, 0/0 is no number and compares with nothing.
    yield Recording(TOPIC_BACKLOG, f"{TOPIC_LAG}{of} / sum by (job, topic) ({TOPIC_RECORDS}{of})")
    yield Recording(TOPIC_COMMIT_AGE, f"max by (job, topic) ({COMMIT_AGE}{of})")
    yield Recording(TOPIC_SNAPSHOT_AGE, f"max by (job, topic) ({SNAPSHOT_AGE}{of})")
    for record, outcome in ((TOPIC_DEAD_LETTERS, "dead_letter"), (TOPIC_LATE, "late")):
        chosen = f'sum by (job, topic) (rate({RECORDS}{{job="{job}",outcome="{outcome}"}}[15m]))'
        yield Recording(record, f"{chosen} / sum by (job, topic) (rate({RECORDS}{of}[15m]))")
    yield Recording(TOPIC_FLUSHES, f"sum by (job, topic, outcome) (rate({FLUSHES}{of}[5m]))")
    newest = f"max by (job, partition) ({WATERMARK}{of})"
    yield Recording(WATERMARK_AGE, f"max by (job) (time() - {newest})")
    yield Recording(RECEIVER_NOTIFICATIONS, f"sum by (job, receiver, outcome) (increase({NOTIFICATIONS}{of}[15m]))")
    yield Recording(PUBLISH_P95, _quantile(0.95, f"sum by (job, le) (rate({EVENT_TO_PUBLISH}_bucket{of}[30m]))"))
    yield Recording(
        PUBLISH_P50,
        _quantile(0.5, f"sum by (job, le) (rate({EVENT_TO_PUBLISH}_bucket{of}[30m]))"),
    )
    yield Recording(
        FLUSH_P99,
        _quantile(0.99, f"sum by (job, le) (rate({FLUSH_SECONDS}_bucket{of}[5m]))"),
    )
    yield Recording(
        TICK_P99,
        _quantile(0.99, f"sum by (job, partition, le) (rate({TICK_SECONDS}_bucket{of}[5m]))"),
    )


def anomaly_recordings(job: str, catalogue: Catalogue) -> Iterator[Recording]:
    """Of what is open. Every worker shows all anomalies, so they are made one first."""
    yield Recording(OPEN_ANOMALIES, f'max without (instance, pod) ({ANOMALY_STATE}{{job="{job}"}})')
    for touchpoint, names in metrics_by_touchpoint(catalogue).items():
        yield Recording(
            ANOMALIES_BY_TOUCHPOINT,
            f'count by (job, severity) ({OPEN_ANOMALIES}{{job="{job}",metric=~"{"|".join(names)}"}} == 2)',
            {"touchpoint": touchpoint},
        )


def metrics_by_touchpoint(catalogue: Catalogue) -> dict[str, list[str]]:
    """Names of metrics, by touchpoint in the order of the catalogue."""
    found: dict[str, list[str]] = {}
    for metric in catalogue.spoken_of:
        found.setdefault(metric.touchpoint, []).append(metric.name)
    return found


def _quantile(quantile: float, buckets: str) -> str:
    return f"histogram_quantile({quantile}, {buckets})"
