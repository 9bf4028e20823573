"""Variables of a board: the data source comes first; the others are queried again when the time range changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grafana_foundation_sdk.builders.dashboard import DatasourceVariable, QueryVariable
from grafana_foundation_sdk.models.dashboard import VariableOption, VariableRefresh, VariableSort

from dashboards.boards.query import DATASOURCE, datasource
from dashboards.boards.source import source_name, source_uid
from streams.telemetry.metrics import SCORE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboards.boards.installation import Installation
    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric

SPLIT = "split"
"""The variable that says by which dimensions a board looks into its metrics."""


def source(installation: Installation) -> DatasourceVariable:
    current = VariableOption(selected=True, text=source_name(installation), value=source_uid(installation))
    return DatasourceVariable(DATASOURCE).label("Data source").type("prometheus").current(current)


def values_of(dimension: str, plan: Plan, metrics: Iterable[Metric]) -> QueryVariable:
    """Values of one dimension: several or all. Where all are meant, series without the dimension are too."""
    return (
        _asked(dimension, dimension, f"label_values({_of(plan, metrics)}, {dimension})")
        .label(dimension.replace("_", " ").capitalize())
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(VariableOption(selected=True, text="All", value="$__all"))
    )


def split(plan: Plan, metrics: Iterable[Metric]) -> QueryVariable:
    """By what the parts of a metric are distinguished: one scope of the catalogue."""
    of = list(metrics)
    scopes = list(dict.fromkeys("+".join(scope) for metric in of for scope in metric.scopes if scope))
    chosen = VariableOption(selected=True, text=scopes[0], value=scopes[0])
    return (
        _asked(SPLIT, "scope", f"label_values({_of(plan, of)}, scope)").label("Split by").regex("/.+/").current(chosen)
    )


def matchers(dimensions: Iterable[str]) -> list[str]:
    """For expressions: what is chosen of each dimension."""
    return [f'{dimension}=~"${dimension}"' for dimension in dimensions]


def _of(plan: Plan, metrics: Iterable[Metric]) -> str:
    names = "|".join(metric.name for metric in metrics)
    return f'{SCORE}{{job="{plan.job}",metric=~"{names}"}}'


def _asked(name: str, label: str, query: str) -> QueryVariable:
    asked: dict[str, object] = {"query": query, "refId": f"values-of-{label}"}
    return (
        QueryVariable(name)
        .query(asked)
        .definition(query)
        .datasource(datasource())
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.NATURAL_ASC)
    )
