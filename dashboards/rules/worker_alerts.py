"""Alerts about the workers as processes. Silence is not health: what is gone tells nothing, so absence is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.rules.checks import CLUSTER, READY, asked, shown
from dashboards.rules.recordings import TICK_P99
from dashboards.rules.rule import Alert, Check, Section
from streams.catalogue.metric import Severity
from streams.telemetry.metrics import BLIND, LOOP_LAG, PROCESS_START, RECORDS, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.rules.thresholds import Thresholds

_OWNER = "who runs Pharos"
_TARGETS = Check("The targets of Prometheus, and the last error of each.", 'curl -s "$PROMETHEUS/api/v1/targets"')


def worker_alerts(thresholds: Thresholds) -> Iterator[Alert]:
    """Present, reachable, not restarting, not blocked."""
    job = thresholds.app
    yield Alert(
        "PharosDeadMansSwitch",
        "vector(1)",
        0,
        Severity.INFO,
        "Alerting works from Prometheus to the people",
        "This alert always fires. Send it to a service that raises an alarm when it stops.",
        Section(
            "It always fires; do nothing while it does. If it stops, Prometheus or Alertmanager is down, or "
            "notifications do not arrive: then no other alert arrives either.",
            (
                Check("Is Prometheus ready?", 'curl -sf "$PROMETHEUS/-/ready"'),
                asked("Does the alert fire?", 'ALERTS{alertname="PharosDeadMansSwitch"}'),
                Check("The Alertmanagers that Prometheus sends to.", 'curl -s "$PROMETHEUS/api/v1/alertmanagers"'),
            ),
            "who runs Prometheus",
        ),
    )
    yield Alert(
        "PharosAbsent",
        f'absent(up{{job="{job}"}})',
        300,
        Severity.CRITICAL,
        "Prometheus scrapes no Pharos worker",
        f"Prometheus has had no target of the job {job} for five minutes. Nobody watches the shop, and no other alert "
        "of Pharos can fire.",
        Section(
            "The job is missing from Prometheus's configuration or service discovery, or its name differs from the "
            "name in the rules (`app` in the settings). No other alert can fire meanwhile.",
            (
                _TARGETS,
                Check("Do workers run?", 'curl -s "$PHAROS/healthz"'),
                Check("The job name in the rules.", "pharos check --rules --config pharos.yaml | grep -m 1 job="),
            ),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosAllWorkersDown",
        f'max by (job) (up{{job="{job}"}}) == 0',
        60,
        Severity.CRITICAL,
        "No Pharos worker answers",
        "No worker has answered a scrape for a minute. Nothing is counted, judged or sent. Events wait in Kafka and "
        "are not lost.",
        Section(
            "Prometheus has targets, and none answers. Either all workers have stopped, or Prometheus cannot reach "
            "them (network, expired token). A worker that starts again reads from the last commit.",
            (READY, _TARGETS, CLUSTER),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosWorkerDown",
        f'up{{job="{job}"}} == 0',
        120,
        Severity.WARNING,
        "Worker {{ $labels.instance }} does not answer",
        "Every scrape has failed for two minutes. Its partitions move to other workers when its session times out.",
        Section(
            "One worker has stopped or is unreachable. Its exit code says what hung: 71 fetch, 72 flush, 73 event "
            "loop, 74 snapshot, 75 consumer group. Code 1: read the last error in its log, or the stack traces below "
            "`Timeout (0:00:55)!` if its interpreter hung.",
            (_TARGETS, READY, CLUSTER),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosMetricsMissing",
        f'up{{job="{job}"}} == 1 unless on (job, instance) {LOOP_LAG}{{job="{job}"}}',
        300,
        Severity.WARNING,
        "{{ $labels.instance }} answers without the metrics of a Pharos worker",
        "The scrape succeeds and has no metric of the pipeline. The address belongs to another process, or relabelling "
        "drops the metrics.",
        Section(
            "The target is up and has no Pharos metrics. Alerts that compare values cannot fire for it.",
            (
                shown("What the worker exports.", LOOP_LAG),
                _TARGETS,
                Check("Does relabelling drop them?", 'curl -s "$PROMETHEUS/api/v1/status/config"'),
            ),
            "who runs Prometheus",
        ),
    )
    yield Alert(
        "PharosRestarting",
        f'changes({PROCESS_START}{{job="{job}"}}[30m]) >= {thresholds.restarts}',
        0,
        Severity.WARNING,
        "Worker {{ $labels.instance }} has restarted {{ $value }} times in half an hour",
        "The watchdog ends a worker that hangs, and the orchestrator starts it again. Each start costs a rebalance.",
        Section(
            "The worker is in a restart loop. Exit codes 71 to 75: the watchdog ended it. 1: the log names the error. "
            "137: it was killed, often out of memory.",
            (
                shown("When it started.", PROCESS_START),
                CLUSTER,
                shown("Its resident memory.", "process_resident_memory_bytes"),
            ),
            _OWNER,
        ),
        keep_s=900,
    )
    yield Alert(
        "PharosBlind",
        f'{BLIND}{{job="{job}"}} == 1',
        120,
        Severity.CRITICAL,
        "{{ $labels.instance }} is blind to current events ({{ $labels.reason }})",
        "`behind`, `ahead`: the watermark is minutes behind or ahead of the clock. `not_judged`: events are counted "
        "and no tick is evaluated. `refused`: every record of a topic is a dead letter or too late.",
        Section(
            "The page is out of date or empty, and Pharos cannot detect current anomalies. /readyz names the topic and "
            "the delay. `refused`: the clock or the format of a producer is wrong; the anomaly of events_ahead or "
            "events_too_late names the source. `behind`: a backlog, or a replay (set `time: events` for one).",
            (
                READY,
                shown("Records by topic and outcome.", RECORDS),
                Check("Does the machine's clock agree with the brokers'?", "pharos check --live --config pharos.yaml"),
            ),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosLoopLag",
        f'avg_over_time({LOOP_LAG}{{job="{job}"}}[5m]) > {thresholds.loop_lag_s:g}',
        300,
        Severity.WARNING,
        "The event loop of {{ $labels.instance }} lags by {{ $value | humanizeDuration }}",
        f"The average lag over five minutes is above {thresholds.loop_lag_s:g} s. The worker is overloaded or short of "
        "CPU.",
        Section(
            "One event loop does all the work of a worker. If it lags, heartbeats and commits are late too. The "
            f"watchdog ends the worker at {thresholds.watchdog_s:g} s.",
            (
                shown("The present lag.", LOOP_LAG),
                asked("The time an evaluation tick takes.", TICK_P99),
                shown("The number of series.", SERIES),
            ),
            _OWNER,
        ),
    )
