"""Alerts about what comes in and what goes out: sources, dead letters, notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.rules import recordings
from dashboards.rules.checks import OPEN, READY, TOPICS, asked, shown
from dashboards.rules.rule import Alert, Check, Section
from streams.catalogue.metric import Severity
from streams.telemetry.metrics import NOTIFICATIONS, RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.rules.thresholds import Thresholds

_OUTCOMES = shown("What became of the records of each topic.", RECORDS)
_SENT = shown("What became of notifications.", NOTIFICATIONS)


def feed_alerts(thresholds: Thresholds) -> Iterator[Alert]:
    """Fresh sources, readable records, notifications that arrive."""
    job = thresholds.app
    of = f'{{job="{job}"}}'
    read = f"{RECORDS}{of}"
    yield Alert(
        "PharosSourceSilent",
        # Not "== 0": after a restart a silent topic has no counter at all.
        f"sum by (job, topic) (increase({read}[1h] offset 15m)) > {thresholds.hourly_records} "
        f"unless sum by (job, topic) (increase({read}[15m])) > 0",
        300,
        Severity.WARNING,
        "Topic {{ $labels.topic }} has brought nothing for a quarter of an hour",
        f"In the hour before it brought more than {thresholds.hourly_records} records. Every metric that is made of "
        "it is blind now.",
        Section(
            "The producer has stopped, or Pharos does not read. Where records wait, it is Pharos. At night a small "
            "shop may be silent: the hour before must have been busy.",
            (
                _OUTCOMES,
                asked("Whether records wait.", recordings.TOPIC_LAG),
                TOPICS,
            ),
            "who runs the system that writes the topic",
        ),
    )
    yield Alert(
        "PharosDeadLetters",
        f"{recordings.TOPIC_DEAD_LETTERS}{of} > {thresholds.dead_letter_ratio:g}",
        300,
        Severity.WARNING,
        "{{ $value | humanizePercentage }} of the records of {{ $labels.topic }} cannot be read",
        "They go unchanged to pharos-dead-letters, and are not counted.",
        Section(
            "A producer sends what is no event of the contract: after a release, or with a clock that runs ahead. "
            "The header `pharos-reason` of a dead letter says what is wrong with it.",
            (
                _OUTCOMES,
                Check(
                    "Why: read the header of some.",
                    "kafka-console-consumer.sh --bootstrap-server $BROKER --topic pharos-dead-letters "
                    "--property print.headers=true --max-messages 5 --from-beginning",
                ),
                Check("What an event must look like.", "pharos check --asyncapi"),
            ),
            "who runs the system that writes the topic",
        ),
    )
    yield Alert(
        "PharosLateRecords",
        f"{recordings.TOPIC_LATE}{of} > {thresholds.late_ratio:g}",
        600,
        Severity.WARNING,
        "{{ $value | humanizePercentage }} of the records of {{ $labels.topic }} come too late to count",
        "They are hours behind what the same partition has already brought.",
        Section(
            "A producer sends a backlog beside the present, or two clocks write one partition.",
            (
                _OUTCOMES,
                Check("What is too late.", "pharos check --help | grep -A 1 late-limit-s"),
                TOPICS,
            ),
            "who runs the system that writes the topic",
        ),
    )
    lost = f'{recordings.RECEIVER_NOTIFICATIONS}{{job="{job}",outcome=~"dropped|rejected"}}'
    yield Alert(
        "PharosNotificationsLost",
        f"sum by (job, receiver) ({lost}) > 0",
        0,
        Severity.CRITICAL,
        "Receiver {{ $labels.receiver }} did not get {{ $value | humanize }} notifications",
        "In a quarter of an hour: refused for good, or given up after many attempts. Somebody was not told.",
        Section(
            "Anomalies are on the page and on pharos-anomalies all the same. `rejected`: the receiver refuses "
            "(address, secret, form). `dropped`: it was not reached in time, or the queue was full.",
            (
                _SENT,
                OPEN,
                READY,
            ),
            "who runs Pharos, with the owner of the receiver",
        ),
    )
    retried = f'{recordings.RECEIVER_NOTIFICATIONS}{{job="{job}",outcome="retried"}}'
    delivered = f'{recordings.RECEIVER_NOTIFICATIONS}{{job="{job}",outcome="delivered"}}'
    yield Alert(
        "PharosNotificationsDelayed",
        f"sum by (job, receiver) ({retried}) > sum by (job, receiver) ({delivered})",
        300,
        Severity.WARNING,
        "Receiver {{ $labels.receiver }} fails more often than it answers",
        "Notifications wait and are tried again; they are given up after their deadline.",
        Section(
            "The receiver is down, slow or limits the rate.",
            (
                _SENT,
                READY,
                Check("Whether its settings are right.", "pharos check --config pharos.yaml"),
            ),
            "the owner of the receiver",
        ),
    )
