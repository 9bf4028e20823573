"""Alerts about the flow: what is read, committed, judged and saved, and how late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.rules import recordings
from dashboards.rules.checks import CLUSTER, READY, TOPICS, asked, shown
from dashboards.rules.rule import Alert, Check, Section
from streams.catalogue.metric import Severity
from streams.telemetry import case_metrics
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
        "Events arrive faster than they are counted, or counting has stopped. Nothing is lost while Kafka retains "
        "them, but the page is out of date. A replay, or a start after a pause, fires this too; it passes.",
        (
            shown("Consumer lag by partition.", CONSUMER_LAG),
            asked("The rate at which they are read.", recordings.TOPIC_RECORDS),
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
            "The backlog of topic {{ $labels.topic }} is {{ $value | humanizeDuration }} of work",
            f"At the present rate the backlog takes more than {limit} s. Infinite means that nothing is read.",
            backlog,
        )
    yield Alert(
        "PharosInternalLag",
        f'{recordings.TOPIC_LAG}{{job="{job}",topic=~"pharos-.*"}} > {thresholds.internal_lag_records}',
        300,
        Severity.WARNING,
        "Consumer lag of {{ $labels.topic }} is {{ $value }} records",
        "Evaluation falls behind counting: anomalies are detected late.",
        Section(
            "What follows cases (and reads pharos-cases), the merge (pharos-cells) or the incident desk "
            "(pharos-verdicts) does not keep up.",
            (
                shown("Consumer lag by partition.", CONSUMER_LAG),
                shown("The number of series that are judged.", SERIES),
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
        "No worker reads {{ $value }} partitions of {{ $labels.topic }}",
        "Fewer partitions have a reader than at some time in the last six hours. Their events are not counted.",
        Section(
            "A worker released partitions and no other took them over, or the worker that owns them is not scraped. "
            "If you recreated the topic with fewer partitions, the alert ends within six hours.",
            (READY, shown("The partitions that this worker reads.", CONSUMER_LAG), TOPICS),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosCommitAge",
        f"{recordings.TOPIC_COMMIT_AGE}{of} > {thresholds.commit_age_s:g}",
        60,
        Severity.CRITICAL,
        "No commit of {{ $labels.topic }} for {{ $value | humanizeDuration }}",
        f"Idle partitions commit too, and the watchdog ends a worker whose flush hangs for {thresholds.watchdog_s:g} "
        "s. Neither happened.",
        Section(
            "Counts are not flushed. They are not lost: the next owner starts from the last commit.",
            (
                shown("The age by partition.", COMMIT_AGE),
                shown("Flushes by outcome.", FLUSHES),
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
        "{{ $labels.instance }} has never committed {{ $labels.topic }}-{{ $labels.partition }}",
        "A partition without records commits within seconds too. This one counts nothing and holds back the watermark.",
        Section(
            "The worker owns the partition and has not flushed it once: recovery takes very long, or its transactions "
            "never begin (ACLs, transaction coordinator).",
            (shown("The partitions that have committed.", COMMIT_AGE), READY, CLUSTER),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosFlushesFailing",
        f'sum by (job, topic) ({recordings.TOPIC_FLUSHES}{{job="{job}",outcome!="committed"}}) > 0',
        600,
        Severity.WARNING,
        "Flushes of {{ $labels.topic }} fail",
        "For ten minutes flushes have failed: the broker refuses them, or another worker has taken over.",
        Section(
            "`fenced`: another worker owns the partition. Two workers use one name, or rebalances do not end. "
            "`broker`: the transaction failed at the broker.",
            (shown("Flushes by outcome.", FLUSHES), CLUSTER, TOPICS),
            "who runs Kafka, together with who runs Pharos",
        ),
    )
    yield Alert(
        "PharosSnapshotAge",
        f"{recordings.TOPIC_SNAPSHOT_AGE}{of} > {thresholds.snapshot_age_s:g}",
        300,
        Severity.WARNING,
        "The last snapshot of {{ $labels.topic }} is {{ $value | humanizeDuration }} old",
        "A restart reads all records since then, and fails if the topic no longer retains them.",
        Section(
            "Snapshots fail, or there is nothing new to save because no source topic has new events.",
            (
                shown("The age by partition.", SNAPSHOT_AGE),
                Check("Is the topic pharos-snapshots configured correctly?", "pharos topics --config pharos.yaml"),
                Check("May the worker write to it?", "pharos check --live --config pharos.yaml"),
            ),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosWatermarkBehind",
        f"{recordings.WATERMARK_AGE}{of} > {thresholds.watermark_age_s:g}",
        300,
        Severity.CRITICAL,
        "The watermark is {{ $value | humanizeDuration }} behind the clock",
        "Nothing after the watermark is judged. It advances when every source partition has newer events or is idle.",
        Section(
            "One source partition holds back the watermark: no worker reads it, its producer's clock is behind, or its "
            f"lag is large. Or cases are decided late ({case_metrics.LAG}): merges wait for them as for a source. "
            "A replay of old events fires this alert too: silence it meanwhile.",
            (
                shown("The watermark by partition.", WATERMARK),
                shown("The source partition that lags.", CONSUMER_LAG),
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
        "Anomalies are published {{ $value | humanizeDuration }} after the event",
        f"P95 of the last half hour. The limit is {thresholds.publish_p95_s} s.",
        Section(
            "The time from the event to the record on pharos-anomalies is too long. If records arrive late, the "
            "producers are the cause; if they wait, Pharos is. During a replay it shows the age of the events.",
            (
                shown("The distribution of these times.", EVENT_TO_PUBLISH),
                asked("Do records wait?", recordings.TOPIC_LAG),
                asked("Do records arrive late?", recordings.TOPIC_LATE),
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
        f"Beyond {thresholds.max_series} (`max_series`) new series are counted together as __other__.",
        Section(
            "A dimension has more values than expected, or a producer puts ids into a dimension.",
            (
                shown("Series by partition.", SERIES),
                asked("The metrics with the most series.", f'topk(5, count by (metric) (pharos_score{{job="{job}"}}))'),
                Check("The scopes of each metric.", "pharos check --markdown --config pharos.yaml"),
            ),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosCasesForgotten",
        f"sum by (job, events, field) (increase({case_metrics.MARKS_FORGOTTEN}{of}[1h])) > 0",
        600,
        Severity.WARNING,
        "{{ $value | humanize }} marks of {{ $labels.events }} by {{ $labels.field }} were forgotten in an hour",
        "Memory of cases is full: the oldest hour goes. Later events do not find what happened before it.",
        Section(
            "There are more cases than one partition remembers, or one partition has most of them. What is not found "
            "counts as if it had not happened: conversions fall, and repeat contacts too.",
            (
                shown("Marks by partition and event.", case_metrics.MARKS),
                shown("How far back memory reaches.", case_metrics.MEMORY),
                shown("Events whose case is not known, by metric: each counts once.", case_metrics.UNKNOWN),
            ),
            _OWNER,
        ),
    )
