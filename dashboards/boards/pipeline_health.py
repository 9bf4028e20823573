"""The board of those who run Pharos: from the backlog of a source to the message on somebody's phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dashboards.boards import colour, folder, series, standing
from dashboards.boards.board import Board, Row
from dashboards.boards.graph import lines
from dashboards.boards.limit import ANY_IS_BAD, PLAIN, Limit
from dashboards.boards.metric_panel import against_band, contributors
from dashboards.boards.panel import Panel, finished
from dashboards.boards.plan import FEEDS
from dashboards.boards.query import Query
from dashboards.boards.tile import tile
from dashboards.boards.unit import NUMBER, PER_SECOND, RATIO, SECONDS, Unit
from dashboards.boards.variable import split
from dashboards.rules import recordings
from streams.telemetry import metrics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dashboards.boards.plan import Plan

_COUNT = Unit("none", 0)
_TIME = Unit(SECONDS, 1)


class _Graph(NamedTuple):
    """One graph: its title, what it tells, unit, limits, and its queries."""

    key: str
    title: str
    description: str
    unit: Unit
    queries: Sequence[Query]
    limits: tuple[Limit, ...] = PLAIN


def pipeline_health(plan: Plan) -> Board:
    """Workers, reading, judging, telling, in the order of the road of an event."""
    feeds = plan.touchpoints.get(FEEDS, [])
    own = [*(against_band(plan, metric) for metric in feeds)]
    parts = [contributors(plan, metric, ()) for metric in feeds]
    rows = [
        Row("", [standing.freshness(plan), *_tiles(plan)]),
        Row("Reading", _built(_reading(plan))),
        Row("Judging", _built(_judging(plan))),
        Row("Telling", _built(_telling(plan))),
    ]
    if feeds:
        rows.append(Row("Source records", [*own, *parts]))
    return Board(
        name="pipeline",
        title="Pipeline health",
        description="Whether Pharos reads, evaluates and notifies. Needs the rules of deploy/prometheus in Prometheus.",
        folder=folder.OPERATIONS,
        metrics=feeds or plan.catalogue.judged,
        rows=rows,
        variables=[split(plan, feeds)] if feeds else [],
        since="now-1h",
    )


def _of(plan: Plan) -> str:
    """The labels of all that this installation tells, and that its rules record."""
    return f'{{job="{plan.job}"}}'


def _built(graphs: Iterator[_Graph]) -> list[Panel]:
    return [
        finished(
            lines(graph.unit, graph.limits, colours=colour.OF_OUTCOME),
            graph.key,
            graph.title,
            graph.description,
            graph.queries,
            (8, 8),
        )
        for graph in graphs
    ]


def _tiles(plan: Plan) -> Iterator[Panel]:
    job, of = plan.job, _of(plan)
    up = tile(_COUNT, (Limit(1, colour.GOOD),), colour.BAD)
    words = "Workers that answer a scrape. Alerts `PharosAbsent`, `PharosAllWorkersDown`, `PharosWorkerDown`."
    yield finished(up, "workers", "Workers", words, [Query(f'sum(up{{job="{job}"}})', "up")], (4, 4))
    chosen = f'job="{job}",alertname=~"Pharos.*",alertname!="PharosDeadMansSwitch",alertstate="firing"'
    firing = f"count(ALERTS{{{chosen}}})"
    alerts = Query(f'{firing} or 0 * max(up{{job="{job}"}} == 1)', "firing")
    words = "Alerts of Prometheus that fire, the dead man's switch left out. What to do: the runbook of each."
    yield finished(tile(_COUNT, ANY_IS_BAD), "alerts", "Alerts firing", words, [alerts], (4, 4))
    started = f'changes({metrics.PROCESS_START}{{job="{job}"}}[$__range])'
    restarts = tile(_COUNT, (Limit(1, colour.NOTABLE), Limit(plan.thresholds.restarts, colour.BAD)))
    words = f"Restarts within the time range. Alert `PharosRestarting`: {plan.thresholds.restarts} in half an hour."
    yield finished(restarts, "restarts", "Restarts", words, [Query(f"sum({started})", "restarts", now=True)], (4, 4))
    slow = tile(_TIME, (Limit(plan.thresholds.publish_p95_s, colour.BAD),))
    words = (
        "From the event time of a tick to the anomaly on its topic, 95th percentile of half an hour; "
        f"{plan.thresholds.publish_p95_s} s is promised. Alert `PharosPublishingSlow`."
    )
    yield finished(slow, "publish", "Event to anomaly", words, [Query(f"{recordings.PUBLISH_P95}{of}", "p95")], (4, 4))
    oldest = tile(_TIME, (Limit(plan.thresholds.commit_age_s, colour.BAD),))
    words = f"The oldest commit. Alert `PharosCommitAge` at {plan.thresholds.commit_age_s:g} s."
    query = Query(f"max({recordings.TOPIC_COMMIT_AGE}{of})", "age")
    yield finished(oldest, "commit", "Oldest commit", words, [query], (4, 4))


def _reading(plan: Plan) -> Iterator[_Graph]:
    limits, of = plan.thresholds, _of(plan)
    rate = f'sum by (outcome) (rate({metrics.RECORDS}{{job="{plan.job}"}}[$__rate_interval]))'
    yield _Graph(
        "records",
        "Records read, by outcome",
        "Every record read is one of these: counted, duplicate, ignored, late or dead letter. Alert "
        "`PharosSourceSilent` where a busy topic falls silent.",
        Unit(PER_SECOND, 1),
        [Query(rate, "{{outcome}}")],
    )
    yield _Graph(
        "backlog",
        "Backlog, by topic",
        "Waiting records in seconds of work at the present pace. Alert `PharosConsumerLag`: warning at "
        f"{limits.backlog_warning_s} s, critical at {limits.backlog_critical_s} s.",
        Unit(SECONDS, 0),
        [Query(f"{recordings.TOPIC_BACKLOG}{of} >= 0", "{{topic}}")],
        (Limit(limits.backlog_warning_s, colour.NOTABLE), Limit(limits.backlog_critical_s, colour.BAD)),
    )
    yield _Graph(
        "lag",
        "Consumer lag, by topic",
        "From the position, not from the commit. Alert `PharosInternalLag` for Pharos's own topics at "
        f"{limits.internal_lag_records} records.",
        Unit(NUMBER, 0),
        [Query(f"{recordings.TOPIC_LAG}{of}", "{{topic}}")],
        (Limit(limits.internal_lag_records, colour.NOTABLE),),
    )
    yield _Graph(
        "dead-letters",
        "Dead letters, share by topic",
        f"Records that do not match the schema. Alert `PharosDeadLetters` at {limits.dead_letter_ratio:.0%}.",
        Unit(RATIO, 2),
        [Query(f"{recordings.TOPIC_DEAD_LETTERS}{of}", "{{topic}}")],
        (Limit(limits.dead_letter_ratio, colour.BAD),),
    )
    yield _Graph(
        "late",
        "Late records, share by topic",
        f"Records that came too late to be counted. Alert `PharosLateRecords` at {limits.late_ratio:.0%}.",
        Unit(RATIO, 2),
        [Query(f"{recordings.TOPIC_LATE}{of}", "{{topic}}")],
        (Limit(limits.late_ratio, colour.BAD),),
    )
    yield _Graph(
        "commit-age",
        "Commit age, by topic",
        f"Idle partitions commit too. Alert `PharosCommitAge` at {limits.commit_age_s:g} s.",
        _TIME,
        [Query(f"{recordings.TOPIC_COMMIT_AGE}{of}", "{{topic}}")],
        (Limit(limits.commit_age_s, colour.BAD),),
    )


def _judging(plan: Plan) -> Iterator[_Graph]:
    limits = plan.thresholds
    of = _of(plan)
    yield _Graph(
        "loop",
        "Event loop lag, by worker",
        f"How much later than asked a worker took its turn. Alert `PharosLoopLag` at {limits.loop_lag_s:g} s.",
        Unit(SECONDS, 3),
        [Query(f"{metrics.LOOP_LAG}{of}", "{{instance}}")],
        (Limit(limits.loop_lag_s, colour.BAD),),
    )
    yield _Graph(
        "work",
        "Duration of flushes and ticks (P99)",
        "A flush is one transaction of counts; a tick judges all series of a partition.",
        Unit(SECONDS, 3),
        [
            Query(f"max({recordings.TICK_P99}{of})", "tick"),
            Query(f"max({recordings.FLUSH_P99}{of})", "flush"),
        ],
    )
    yield _Graph(
        "series",
        "Series, by partition",
        f"Beyond {limits.max_series} new ones are counted as `__other__`. Alert `PharosSeriesNearLimit` at "
        f"{limits.series_ratio:.0%} of that.",
        Unit(NUMBER, 0),
        [Query(f"max by (partition) ({metrics.SERIES}{of})", "partition {{partition}}")],
        (Limit(limits.series_ratio * limits.max_series, colour.BAD),),
    )
    yield _Graph(
        "snapshots",
        "Snapshot age, by topic",
        f"Alert `PharosSnapshotAge` at {limits.snapshot_age_s:g} s: a restart reads all records since then.",
        _TIME,
        [Query(f"{recordings.TOPIC_SNAPSHOT_AGE}{of}", "{{topic}}")],
        (Limit(limits.snapshot_age_s, colour.BAD),),
    )
    yield _Graph(
        "flushes",
        "Flushes, by outcome",
        "Anything but `committed` was refused, by the broker or because another worker took over. Alert "
        "`PharosFlushesFailing`.",
        Unit(PER_SECOND, 2),
        [Query(f"sum by (outcome) ({recordings.TOPIC_FLUSHES}{of})", "{{outcome}}")],
    )
    yield _Graph(
        "publishing",
        "From event to anomaly",
        f"Promised: 95 % within {limits.publish_p95_s} s. Alert `PharosPublishingSlow`.",
        _TIME,
        [Query(f"{recordings.PUBLISH_P50}{of}", "half"), Query(f"{recordings.PUBLISH_P95}{of}", "95 %")],
        (Limit(limits.publish_p95_s, colour.BAD),),
    )
    yield _Graph(
        "false-warnings",
        "False warnings: budget and use",
        "Asked for: `false_warnings_a_day`. Allowed: what the limits of the series that are there are set for. Said: "
        "warnings and critical anomalies of the last 24 h; false: those that people called a false alarm.",
        Unit(NUMBER, 2),
        [
            Query(f"max({metrics.FALSE_WARNINGS_ASKED}{of})", "asked for a day"),
            Query(f"sum({series.NO_COPIES} ({metrics.FALSE_WARNINGS_ALLOWED}{of}))", "allowed a day"),
            Query(f"sum(max by (opinion) ({metrics.WARNINGS_LAST_DAY}{of}))", "said in 24 h"),
            Query(f'max({metrics.WARNINGS_LAST_DAY}{{job="{plan.job}",opinion="false_alarm"}})', "false in 24 h"),
        ],
    )


def _telling(plan: Plan) -> Iterator[_Graph]:
    of = _of(plan)
    yield _Graph(
        "notifications",
        "Notifications per 15 min, by outcome",
        "Dropped and rejected ones reach nobody. Alerts `PharosNotificationsLost`, `PharosNotificationsDelayed`.",
        Unit(NUMBER, 0),
        [Query(f"sum by (outcome) ({recordings.RECEIVER_NOTIFICATIONS}{of})", "{{outcome}}")],
    )
    buckets = f"sum by (receiver, le) (rate({metrics.DELIVERY_SECONDS}_bucket{of}[$__rate_interval]))"
    yield _Graph(
        "delivery",
        "Delivery time (P95)",
        "From the decision to notify until the receiver accepts it, waits for its budget included.",
        _TIME,
        [Query(f"histogram_quantile(0.95, {buckets})", "{{receiver}}")],
    )
    failures = f"sum by (receiver, reason) (rate({metrics.DELIVERY_FAILURES}{of}[$__rate_interval]))"
    yield _Graph(
        "failures",
        "Failed delivery attempts, by reason",
        "They are tried again, or another receiver stands in. Empty as long as none failed.",
        Unit(PER_SECOND, 3),
        [Query(failures, "{{receiver}}: {{reason}}")],
    )
