"""How things stand: how fresh all numbers are, and which anomalies are open. Every board begins with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grafana_foundation_sdk.builders.statetimeline import Panel as StateTimeline
from grafana_foundation_sdk.models.common import VisibilityMode
from grafana_foundation_sdk.models.dashboard import ValueMap, ValueMappingResult

from dashboards.boards import colour
from dashboards.boards.annotation import firing
from dashboards.boards.limit import ANY_IS_BAD, Limit, steps
from dashboards.boards.link import board_of, to_board
from dashboards.boards.listing import listed
from dashboards.boards.panel import Panel, finished, overriding
from dashboards.boards.plan import FEEDS
from dashboards.boards.query import Query
from dashboards.boards.series import NO_COPIES
from dashboards.boards.tile import tile
from dashboards.boards.unit import SECONDS, Unit
from streams.catalogue.metric import Severity
from streams.telemetry.metrics import ANOMALY_STATE, WATERMARK, dimensions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric

_COUNT = Unit("none", 0)
_STATES = ValueMap(
    options={
        "2": ValueMappingResult(text="firing", color=colour.BAD, index=0),
        "1": ValueMappingResult(text="recovering", color=colour.NOTABLE, index=1),
    }
)
_NONE = "none is open"


def freshness(plan: Plan, width: int = 4, height: int = 4) -> Panel:
    """The age of all that is shown: without it an old number looks like a good one."""
    late, stuck = plan.thresholds.lateness_s * 2, plan.thresholds.watermark_age_s
    limits = (Limit(late, colour.NOTABLE), Limit(stuck, colour.BAD))
    description = (
        f"How long ago the newest judged minute was. Events may come {plan.thresholds.lateness_s:g} s late, so it is "
        f"never zero; from {stuck:g} s on the alert `PharosWatermarkBehind` fires. During a replay it is the age of "
        "what is replayed."
    )
    query = Query(f'time() - min(max by (partition) ({WATERMARK}{{job="{plan.job}"}}))', "age")
    builder = tile(Unit(SECONDS, 0), limits).data_links([to_board(plan, FEEDS)])
    return finished(builder, "freshness", "Data age", description, [query], (width, height))


def open_by_severity(plan: Plan, metrics: Sequence[Metric], width: int = 8, height: int = 4) -> Panel:
    """How many anomalies fire. Zero means that a worker says so; without any worker there is no number."""
    names = _names(metrics)
    builder = tile(_COUNT)
    for severity in Severity:
        limit = steps((Limit(1, colour.OF_SEVERITY[severity]),)).build()
        builder = builder.override_by_name(severity, overriding(thresholds=limit))
    queries = [Query(counted(plan.job, names, severity), severity) for severity in Severity]
    description = (
        "Anomalies that fire now, by severity; what recovers is not counted. A worker reports zero; if none "
        "answers, there is no number. Info is never paged."
    )
    return finished(builder, "open", "Open anomalies", description, queries, (width, height))


def by_touchpoint(plan: Plan, width: int = 12, height: int = 4) -> Panel:
    """How many critical anomalies and warnings fire at each touchpoint; a click leads to its board."""
    builder = tile(_COUNT, ANY_IS_BAD)
    queries = []
    for touchpoint, metrics in plan.touchpoints.items():
        queries.append(Query(counted(plan.job, _names(metrics), "critical|warning"), touchpoint))
        link = to_board(plan, board_of(touchpoint)).build()
        builder = builder.override_by_name(touchpoint, overriding(links=[{"title": link.title, "url": link.url}]))
    description = "Critical anomalies and warnings that fire at each touchpoint. A click leads to its board."
    return finished(builder, "touchpoints", "By touchpoint", description, queries, (width, height))


def open_list(plan: Plan, metrics: Sequence[Metric], width: int = 12, height: int = 8) -> Panel:
    """Which anomalies are open, and where."""
    description = (
        "What is open now: metric, severity and the part of the shop. Cause, contributors, and who has taken it on "
        "stand on Pharos's own page."
    )
    links = [to_board(plan, name) for name in _boards(metrics)]
    columns = {"state": f"{NO_COPIES} ({_state(plan.job, metrics)})"}
    panel = listed("open-list", "Open anomalies", description, columns, links)
    look = overriding(mappings=[_STATES], custom_cellOptions={"type": "color-background"})
    builder = panel.builder.override_by_name("state", look).no_value(_NONE)  # type: ignore[attr-defined]
    return Panel(panel.key, builder, width, height)


def course(plan: Plan, metrics: Sequence[Metric], width: int = 12, height: int = 8) -> Panel:
    """When which anomaly was open."""
    parts = list(dict.fromkeys(name for metric in metrics for name in dimensions(metric)))
    legend = " ".join(f"{{{{{name}}}}}" for name in ("metric", *parts))
    builder = (
        StateTimeline()
        .mappings([_STATES])
        .show_value(VisibilityMode.AUTO)
        .row_height(0.85)
        .thresholds(steps((Limit(1, colour.NOTABLE), Limit(2, colour.BAD))))
    )
    query = Query(f"{NO_COPIES} ({_state(plan.job, metrics)})", legend)
    description = "When which anomaly was open over the time range: red fires, orange recovers."
    panel = finished(builder, "course", "Anomaly timeline", description, [query], (width, height))
    builder.no_value(_NONE)
    return panel


def counted(job: str, names: str, severity: str) -> str:
    """How many fire; 0 only where a worker is there to say so."""
    fires = firing(job, names, severity).replace('severity="', 'severity=~"')
    return f'count({fires}) or 0 * max(up{{job="{job}"}} == 1)'


def _names(metrics: Sequence[Metric]) -> str:
    return "|".join(metric.name for metric in metrics)


def _boards(metrics: Sequence[Metric]) -> list[str]:
    return list(dict.fromkeys(board_of(metric.touchpoint) for metric in metrics))


def _state(job: str, metrics: Sequence[Metric]) -> str:
    return f'{ANOMALY_STATE}{{job="{job}",metric=~"{_names(metrics)}"}}'
