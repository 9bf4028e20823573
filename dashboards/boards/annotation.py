"""Marks on all graphs of a board: open anomalies, asked of Prometheus, and milestones of a sale, by their tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from grafana_foundation_sdk.builders.dashboard import AnnotationQuery
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef

from dashboards.boards import colour
from dashboards.boards.query import Query, datasource
from dashboards.boards.series import NO_COPIES
from streams.catalogue.metric import Severity
from streams.telemetry.metrics import ANOMALY_STATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dashboards.boards.installation import Installation
    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric


def anomalies(plan: Plan, metrics: Iterable[Metric]) -> list[AnnotationQuery]:
    """A mark as long as an anomaly of these metrics fires, of each severity that pages, in its colour."""
    names = "|".join(metric.name for metric in metrics)
    return [
        AnnotationQuery()
        .name(f"Anomalies: {severity}")
        .datasource(datasource())
        .enable(True)
        .hide(False)
        .icon_color(colour.OF_SEVERITY[severity])
        .target(Query(firing(plan.job, names, severity)).target("A"))
        .title_format(f"{severity}: {{{{metric}}}}")
        .text_format("split by: {{scope}}")
        .tag_keys("metric,severity")
        for severity in (Severity.CRITICAL, Severity.WARNING)
    ]


class Tagged(Dataquery, Builder[Dataquery]):
    """Annotations of Grafana itself that carry all of these tags. The SDK has no such query."""

    def __init__(self, tags: Sequence[str]) -> None:
        self._tags = tags

    def to_json(self) -> dict[str, object]:
        return {"type": "tags", "tags": list(self._tags), "matchAny": False, "limit": 100}

    def build(self) -> Self:
        return self


def milestones(installation: Installation) -> AnnotationQuery:
    """What `pharos boards publish` has written of the calendar."""
    return (
        AnnotationQuery()
        .name("Milestones of the sale")
        .datasource(DataSourceRef(type_val="grafana", uid="-- Grafana --"))
        .enable(True)
        .hide(False)
        .icon_color(colour.OF_TOUCHPOINT["order"])
        .target(Tagged(installation.milestone_tags))
    )


def firing(job: str, names: str, severity: str) -> str:
    """Anomalies of these metrics (names, separated by `|`) that fire."""
    chosen = f'job="{job}",metric=~"{names}",severity="{severity}"'
    return f"{NO_COPIES} ({ANOMALY_STATE}{{{chosen}}}) == 2"
