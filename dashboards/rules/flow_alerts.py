"""Alerts about the flow: what is read, committed, judged and saved, and how late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.rules import recordings
from dashboards.rules.checks import CLUSTER, READY, TOPICS, asked, shown
from dashboards.rules.rule import Alert, Check, Section
from streams.catalogue.metric import Severity
from streams.telemetry.metrics import (
    COMMIT_AGE,
    CONSUMER_LAG,
    EVENT_TO_PUBLISH,
    FLUSHES,
    SERIES,
    SNAPSHOT_AGE,
    WATERMARK,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.rules.thresholds import Thresholds

_OWNER = "who runs Pharos"


def flow_alerts(thresholds: Thresholds) -> Iterator[Alert]:
    """From the backlog of a source to the snapshot of its state."""
    job = thresholds.app
    of = f'{{job="{job}"}}'
    backlog = Section(
        "Events arrive faster than they are counted, or counting has stopped. Nothing is lost while Kafka keeps "
        "them, but what the page shows is old. A replay or a start after a pause shows the same and passes.",
        (
            shown("How many records wait, by partition.", CONSUMER_LAG),
            asked("At what pace they are read.", recordings.TOPIC_RECORDS),
            CLUSTER,
        ),
        _OWNER,
    )
    for severity, limit in (
        (Severity.WARNING, thresholds.backlog_warning_s),
        (Severity.CRITICAL, thresholds.backlog_critical_s),
    ):
        yield Alert(
            "PharosConsumerLag",
            f"{recordings.TOPIC_BACKLOG}{of} > {limit}",
            300,
            severity,
            "Topic {{ $labels.topic }} waits to be read for {{ $value | humanizeDuration }}",
            f"What waits is more than {limit} s of work at the present pace. Infinite means: nothing is read.",
            backlog,
        )
    yield Alert(
        "PharosInternalLag",
        f'{recordings.TOPIC_LAG}{{job="{job}",topic=~"pharos-.*"}} > {thresholds.internal_lag_records}',
        300,
        Severity.WARNING,
        "{{ $value }} records of {{ $labels.topic }} wait",
        "Evaluation falls behind counting: anomalies come late.",
        Section(
            "The merge (pharos-cells) or the incidents (pharos-verdicts) do not keep up.",
            (
                shown("How many records wait, by partition.", CONSUMER_LAG),
                shown("How many series are judged.", SERIES),
                READY,
            ),
            _OWNER,
        ),
    )
    kept = f"max_over_time({recordings.TOPIC_PARTITIONS}{of}[6h])"
    yield Alert(
        "PharosPartitionsUnowned",
        f"{kept} - ({recordings.TOPIC_PARTITIONS}{of} or {kept} * 0) > 0",
        300,
        Severity.CRITICAL,
        "{{ $value }} partitions of {{ $labels.topic }} are read by nobody",
        "Fewer partitions have a reader than at some time in the last six hours: their events are not counted.",
        Section(
            "A worker holds no partition that another let go, or a worker that holds some is not scraped. After a "
            "topic was made smaller on purpose it ends within six hours.",
            (READY, shown("Which partitions this worker reads.", CONSUMER_LAG), TOPICS),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosCommitAge",
        f"{recordings.TOPIC_COMMIT_AGE}{of} > {thresholds.commit_age_s:g}",
        60,
        Severity.CRITICAL,
        "{{ $labels.topic }} has not been committed for {{ $value | humanizeDuration }}",
        f"Idle partitions commit too, and the watchdog ends a worker whose flush stands still for "
        f"{thresholds.watchdog_s:g} s: neither happened.",
        Section(
            "Counts are not flushed. They are not lost: the next owner reads from the last commit.",
            (
                shown("Which partition is old.", COMMIT_AGE),
                shown("How flushes ended.", FLUSHES),
                CLUSTER,
            ),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosNeverCommitted",
        # The age begins with the first commit: without one there is nothing to be old.
        f'{CONSUMER_LAG}{{job="{job}",topic!~"pharos-.*"}} '
        f"unless on (job, instance, topic, partition) {COMMIT_AGE}{of}",
        300,
        Severity.CRITICAL,
        "{{ $labels.instance }} has not committed {{ $labels.topic }}-{{ $labels.partition }} since it took it over",
        "Even a partition without records commits within seconds: it counts nothing, and holds back all evaluation.",
        Section(
            "The worker reads the partition and has not flushed it once: it restores for very long, or its "
            "transactions never begin (rights, transaction coordinator).",
            (shown("Which partitions have committed.", COMMIT_AGE), READY, CLUSTER),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosFlushesFailing",
        f'sum by (job, topic) ({recordings.TOPIC_FLUSHES}{{job="{job}",outcome!="committed"}}) > 0',
        600,
        Severity.WARNING,
        "Flushes of {{ $labels.topic }} fail",
        "For ten minutes flushes have been refused: by the broker, or because another worker took over.",
        Section(
            "`fenced` means that another worker owns the partition: two workers with one name, or endless rebalances. "
            "`broker` means that the transaction failed there.",
            (shown("How flushes ended, by reason.", FLUSHES), CLUSTER, TOPICS),
            "who runs Kafka, with who runs Pharos",
        ),
    )
    yield Alert(
        "PharosSnapshotAge",
        f"{recordings.TOPIC_SNAPSHOT_AGE}{of} > {thresholds.snapshot_age_s:g}",
        300,
        Severity.WARNING,
        "The state of {{ $labels.topic }} was last saved {{ $value | humanizeDuration }} ago",
        "A restart has to read all records since then, and fails where the topic no longer keeps them.",
        Section(
            "Snapshots are due and do not come about, or there is nothing new to save because no source moves.",
            (
                shown("Which partition is old.", SNAPSHOT_AGE),
                Check("Whether the topic of snapshots is as it must be.", "pharos topics --config pharos.yaml"),
                Check("Whether the worker may write it.", "pharos check --live --config pharos.yaml"),
            ),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosWatermarkBehind",
        f"{recordings.WATERMARK_AGE}{of} > {thresholds.watermark_age_s:g}",
        300,
        Severity.CRITICAL,
        "Evaluation stands {{ $value | humanizeDuration }} behind the clock",
        "What happened since then has not been judged. All sources must have spoken, or be idle, before time goes on.",
        Section(
            "One source partition holds all back: nobody reads it, its producer's clock is behind, or it is far "
            "behind in reading. While old events are replayed this alert is true and means nothing: silence it.",
            (
                shown("Up to when each partition is judged.", WATERMARK),
                shown("Which source partition waits.", CONSUMER_LAG),
                READY,
            ),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosPublishingSlow",
        f"{recordings.PUBLISH_P95}{of} > {thresholds.publish_p95_s}",
        600,
        Severity.WARNING,
        "Anomalies are published {{ $value | humanizeDuration }} after what they tell of",
        f"At the 95th percentile of half an hour; {thresholds.publish_p95_s} s is the limit.",
        Section(
            "The way from event time to pharos-anomalies is too long. Where records arrive late, the producers are "
            "the cause; where they wait, Pharos is. A replay shows the age of its events.",
            (
                shown("How the times are spread.", EVENT_TO_PUBLISH),
                asked("Whether records wait.", recordings.TOPIC_LAG),
                asked("Whether records come late.", recordings.TOPIC_LATE),
            ),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosSeriesNearLimit",
        f'max by (job, partition) ({SERIES}{{job="{job}"}}) > {thresholds.series_ratio * thresholds.max_series:.0f}',
        600,
        Severity.WARNING,
        "Cells partition {{ $labels.partition }} holds {{ $value }} series",
        f"Beyond {thresholds.max_series} (`max_series`) what is new is counted together as __other__.",
        Section(
            "A dimension has more values than was thought, or ids have got into one.",
            (
                shown("How many series each partition has.", SERIES),
                asked("Which metric has the most.", f'topk(5, count by (metric) (pharos_score{{job="{job}"}}))'),
                Check("What the catalogue splits by.", "pharos check --markdown --config pharos.yaml"),
            ),
            _OWNER,
        ),
    )
