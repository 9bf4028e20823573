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
_TARGETS = Check("Which targets Prometheus knows, and why it cannot reach one.", 'curl -s "$PROMETHEUS/api/v1/targets"')


def worker_alerts(thresholds: Thresholds) -> Iterator[Alert]:
    """Present, reachable, not restarting, not blocked."""
    job = thresholds.app
    yield Alert(
        "PharosDeadMansSwitch",
        "vector(1)",
        0,
        Severity.INFO,
        "The way from Prometheus to the people works",
        "This alert always fires. Send it to a service that raises the alarm when it stops coming.",
        Section(
            "It fires all the time and wants nothing. Its absence is the news: Prometheus or Alertmanager is down, or "
            "the way to the people is broken, and no other alert would arrive either.",
            (
                Check("Whether Prometheus is ready.", 'curl -sf "$PROMETHEUS/-/ready"'),
                asked("Whether it fires.", 'ALERTS{alertname="PharosDeadMansSwitch"}'),
                Check("Which Alertmanagers Prometheus sends to.", 'curl -s "$PROMETHEUS/api/v1/alertmanagers"'),
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
        f"No target of the job {job} has been known to Prometheus for five minutes: nobody watches the shop, and "
        "every other alert of Pharos is silent.",
        Section(
            "The job is gone from Prometheus's configuration or from service discovery, or it has another name than "
            "the rules expect (`app` in the settings). Other alerts cannot fire meanwhile.",
            (
                _TARGETS,
                Check("Whether workers run.", 'curl -s "$PHAROS/healthz"'),
                Check("Which name the rules expect.", "pharos check --rules --config pharos.yaml | grep -m 1 job="),
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
        "All workers have failed to answer a scrape for a minute: nothing is counted, judged or sent. Events wait in "
        "Kafka and are not lost.",
        Section(
            "Every target is known, and none answers. Either all have ended, or Prometheus cannot reach them "
            "(network, expired token). Events are read from the last commit when a worker starts again.",
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
        "It has failed every scrape for two minutes. Its partitions move to the others as soon as its session ends.",
        Section(
            "One worker is gone or unreachable. Exit codes of a worker tell why it ended: 71 fetch, 72 flush, "
            "73 loop, 74 snapshot, 75 group stood still; 1 is a sentence in its log, or `Timeout (0:00:55)!` above the "
            "place where its interpreter stood still.",
            (_TARGETS, READY, CLUSTER),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosMetricsMissing",
        f'up{{job="{job}"}} == 1 unless on (job, instance) {LOOP_LAG}{{job="{job}"}}',
        300,
        Severity.WARNING,
        "{{ $labels.instance }} answers, but not as a Pharos worker does",
        "The scrape succeeds and has no metric of the pipeline: the address belongs to something else, or metrics "
        "are dropped on the way.",
        Section(
            "The target is up and empty. Alerts that compare numbers cannot fire for it.",
            (
                shown("What the worker tells.", LOOP_LAG),
                _TARGETS,
                Check("Whether relabelling drops it.", 'curl -s "$PROMETHEUS/api/v1/status/config"'),
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
        "Its watchdog ends a worker that stands still, and its orchestrator starts it again. Each start costs a "
        "rebalance.",
        Section(
            "The process begins again and again: by the watchdog (exit codes 71 to 75), by an error that the log "
            "names (1), or killed from outside (137: often for want of memory).",
            (
                shown("Since when it runs.", PROCESS_START),
                CLUSTER,
                shown("How much memory it holds.", "process_resident_memory_bytes"),
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
        "{{ $labels.instance }} sees nothing of what happens now ({{ $labels.reason }})",
        "`behind`, `ahead`: what is judged lies minutes behind the clock, or ahead of it. `not_judged`: events are "
        "counted, and no tick comes. `refused`: all that a topic brings is a dead letter or too late.",
        Section(
            "The page shows the past, or nothing, and no anomaly of now can be found. The reasons of /readyz say which "
            "topic, and by how much. `refused`: the producers' clock or format is wrong; the anomaly events_ahead or "
            "events_too_late names the source. `behind`: a backlog, or a replay (set `time: events` for one).",
            (
                READY,
                shown("What becomes of the records, by topic.", RECORDS),
                Check("Whether the machine's clock is the brokers'.", "pharos check --live --config pharos.yaml"),
            ),
            _OWNER,
        ),
    )
    yield Alert(
        "PharosLoopLag",
        f'avg_over_time({LOOP_LAG}{{job="{job}"}}[5m]) > {thresholds.loop_lag_s:g}',
        300,
        Severity.WARNING,
        "The loop of {{ $labels.instance }} is late by {{ $value | humanizeDuration }}",
        f"On average of five minutes a turn came later than {thresholds.loop_lag_s:g} s: the worker has too much to "
        "do, or too little processor.",
        Section(
            "One loop does everything in a worker. Where it is late, heartbeats and commits are late too, and the "
            f"watchdog ends it at {thresholds.watchdog_s:g} s.",
            (
                shown("How late it is now.", LOOP_LAG),
                asked("What evaluation costs.", TICK_P99),
                shown("How many series there are.", SERIES),
            ),
            _OWNER,
        ),
    )
