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

_OUTCOMES = shown("Records by topic and outcome.", RECORDS)
_SENT = shown("Notifications by receiver and outcome.", NOTIFICATIONS)


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
        "No records on topic {{ $labels.topic }} for 15 minutes",
        f"In the hour before it had more than {thresholds.hourly_records} records. No metric that uses the topic can "
        "be judged now.",
        Section(
            "The producer has stopped, or Pharos does not read the topic. If records wait, Pharos is the cause. The "
            "alert needs a busy hour before the silence, so a quiet night does not fire it.",
            (
                _OUTCOMES,
                asked("Do records wait?", recordings.TOPIC_LAG),
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
        "{{ $value | humanizePercentage }} of the records of {{ $labels.topic }} are dead letters",
        "Pharos copies them unchanged to pharos-dead-letters and does not count them.",
        Section(
            "A producer sends records that do not match the schema, often after a release, or its clock is ahead. The "
            "page /dead-letters says which field is wrong, and of which producer.",
            (
                _OUTCOMES,
                Check(
                    "Which reason, which field, since when?",
                    "pharos dead-letters --broker $BROKER",
                ),
                Check("The schema of an event.", "pharos check --asyncapi"),
            ),
            "who runs the system that writes the topic",
        ),
    )
    yield Alert(
        "PharosLateRecords",
        f"{recordings.TOPIC_LATE}{of} > {thresholds.late_ratio:g}",
        600,
        Severity.WARNING,
        "{{ $value | humanizePercentage }} of the records of {{ $labels.topic }} are too late to count",
        "Their event times are hours behind other records of the same partition.",
        Section(
            "A producer sends a backlog together with current events, or two producers with different clocks write to "
            "one partition.",
            (
                _OUTCOMES,
                Check("The limit for late events.", "pharos check --help | grep -A 1 late-limit-s"),
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
        "{{ $value | humanize }} notifications to receiver {{ $labels.receiver }} are lost",
        "In the last 15 minutes they were rejected, or dropped after many attempts. Somebody was not notified.",
        Section(
            "The anomalies are still on the page and on pharos-anomalies. `rejected`: the receiver refuses the "
            "notification (address, secret, format). `dropped`: the receiver was not reached in time, or its "
            "queue was full.",
            (
                _SENT,
                OPEN,
                READY,
            ),
            "who runs Pharos, together with the owner of the receiver",
        ),
    )
    retried = f'{recordings.RECEIVER_NOTIFICATIONS}{{job="{job}",outcome="retried"}}'
    delivered = f'{recordings.RECEIVER_NOTIFICATIONS}{{job="{job}",outcome="delivered"}}'
    yield Alert(
        "PharosNotificationsDelayed",
        f"sum by (job, receiver) ({retried}) > sum by (job, receiver) ({delivered})",
        300,
        Severity.WARNING,
        "Receiver {{ $labels.receiver }}: more failed deliveries than successful ones",
        "Notifications are retried, and dropped after their deadline.",
        Section(
            "The receiver is down, slow, or limits the rate of messages.",
            (
                _SENT,
                READY,
                Check("Are its settings right?", "pharos check --config pharos.yaml"),
            ),
            "the owner of the receiver",
        ),
    )
