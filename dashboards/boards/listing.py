"""Tables: one row for the labels of a series, one column for each query."""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING

from grafana_foundation_sdk.builders.common import TableSortByFieldState
from grafana_foundation_sdk.builders.table import Panel as Table
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from dashboards.boards.limit import SCORE, steps
from dashboards.boards.panel import Panel, finished, overriding
from dashboards.boards.query import Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grafana_foundation_sdk.builders.dashboard import DashboardLink

    from dashboards.boards.unit import Unit

_HIDDEN = ("Time", "job", "scope", "instance", "pod")
_COLOURED = {"type": "color-text"}


def compared(key: str, title: str, description: str, columns: Mapping[str, str], unit: Unit) -> Panel:
    """A table of `columns` (name, expression), sorted by the first, a score; the others are in `unit`."""
    names = list(columns)
    table = _table(names).unit(unit.name).decimals(unit.decimals)
    score = overriding(unit="none", decimals=1, custom_cellOptions=_COLOURED, thresholds=_steps_of_scores())
    table = table.override_by_name(names[0], score)
    return finished(table, key, title, description, _queries(columns), (8, 8))


def listed(
    key: str,
    title: str,
    description: str,
    columns: Mapping[str, str],
    links: Sequence[DashboardLink] = (),
    units: Mapping[str, Unit] | None = None,
) -> Panel:
    """A table of `columns`, sorted by the first; `units` by column."""
    table = _table(list(columns))
    for name, unit in (units or {}).items():
        table = table.override_by_name(name, overriding(unit=unit.name, decimals=unit.decimals))
    if links:
        table = table.data_links(list(links))
    return finished(table, key, title, description, _queries(columns), (12, 8))


def _table(names: list[str]) -> Table:
    renamed = {f"Value #{letter}": name for letter, name in zip(ascii_uppercase, names, strict=False)}
    if len(names) == 1:
        renamed = {"Value": names[0], "Value #A": names[0]}
    hidden = dict.fromkeys(_HIDDEN, True)
    return (
        Table()
        .with_transformation(DataTransformerConfig(id_val="merge", options={}))
        .with_transformation(
            DataTransformerConfig(id_val="organize", options={"excludeByName": hidden, "renameByName": renamed})
        )
        .sort_by([TableSortByFieldState().display_name(names[0]).desc(True)])
        .show_header(True)
    )


def _queries(columns: Mapping[str, str]) -> list[Query]:
    return [Query(expr, now=True, shape=PromQueryFormat.TABLE) for expr in columns.values()]


def _steps_of_scores() -> object:
    return steps(SCORE).build()
