"""Graphs over time, and the looks that lines have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grafana_foundation_sdk.builders.common import (
    GraphThresholdsStyleConfig,
    VizLegendOptions,
    VizTooltipOptions,
)
from grafana_foundation_sdk.builders.timeseries import Panel as Timeseries
from grafana_foundation_sdk.models.common import (
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
    VisibilityMode,
)

from dashboards.boards.limit import PLAIN, Limit, steps
from dashboards.boards.panel import coloured, overriding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboards.boards.unit import Unit


def lines(
    unit: Unit,
    limits: tuple[Limit, ...] = PLAIN,
    below: str = "green",
    colours: Mapping[str, str] | None = None,
) -> Timeseries:
    """A graph of lines, none of them stacked; limits are dashed lines across it.

    Args:
        unit: of its axis.
        limits: see `dashboards.boards.limit`.
        below: the colour below all limits.
        colours: by the name of a series; others get the palette's.

    """
    style = GraphThresholdsStyleMode.DASHED if limits else GraphThresholdsStyleMode.OFF
    graph = (
        Timeseries()
        .unit(unit.name)
        .decimals(unit.decimals)
        .thresholds(steps(limits, below))
        .thresholds_style(GraphThresholdsStyleConfig().mode(style))
        .line_width(2)
        .fill_opacity(0)
        .show_points(VisibilityMode.NEVER)
        .legend(
            VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
            .calcs(["lastNotNull"])
        )
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
    )
    if unit.least is not None:
        graph = graph.min(unit.least)
    if unit.most is not None:
        graph = graph.max(unit.most)
    for name, fixed in (colours or {}).items():
        graph = graph.override_by_name(name, overriding(color=coloured(fixed)))
    return graph


def dashed(graph: Timeseries, name: str, fixed: str) -> Timeseries:
    """Draws one series as a thin dashed line."""
    look = overriding(color=coloured(fixed), custom_lineWidth=1, custom_lineStyle={"fill": "dash", "dash": [8, 6]})
    return graph.override_by_name(name, look)


def banded(graph: Timeseries, upper: str, lower: str, fixed: str) -> Timeseries:
    """Fills the room between two series, and hides their lines and their names in the legend."""
    hidden = {"legend": True, "tooltip": False, "viz": False}
    plain = {"color": coloured(fixed), "custom_lineWidth": 0, "custom_hideFrom": hidden}
    filled = overriding(**plain, custom_fillBelowTo=lower, custom_fillOpacity=14)
    return graph.override_by_name(upper, filled).override_by_name(lower, overriding(**plain))
