"""The panels of staffing: agents there are and agents needed, and the service that can be expected, queue by queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.boards.graph import lines
from dashboards.boards.metric_panel import GRAPH, links
from dashboards.boards.panel import finished
from dashboards.boards.query import Query
from dashboards.boards.unit import unit_of
from dashboards.boards.variable import matchers
from streams.telemetry.staffing_metrics import (
    AGENTS_NEEDED,
    AGENTS_NEEDED_IN_15_MIN,
    AGENTS_NEEDED_IN_30_MIN,
    AGENTS_STAFFED,
    LEVEL,
    LEVEL_IN_15_MIN,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dashboards.boards.panel import Panel
    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric

_QUEUE = "queue"


def staffing_panels(plan: Plan, metric: Metric) -> Iterator[Panel]:
    """Of a metric of staffing; nothing for all others."""
    if "staffing" not in metric.traits.takes:
        return
    agents = {
        "there": AGENTS_STAFFED,
        "needed": AGENTS_NEEDED,
        "needed in 15 min": AGENTS_NEEDED_IN_15_MIN,
        "in 30 min": AGENTS_NEEDED_IN_30_MIN,
    }
    what = "Agents that are there, that are needed for the promised service, and that will be. Choose a queue."
    yield _panel(plan, metric, "agents", "Agents", what, agents, "number")
    levels = {"now": LEVEL, "in 15 min": LEVEL_IN_15_MIN}
    what = "Share of the contacts that will be answered in time with the agents that are there."
    yield _panel(plan, metric, "level", "Service level to expect", what, levels, "ratio")


def _panel(
    plan: Plan, metric: Metric, key: str, title: str, what: str, families: Mapping[str, str], unit: str
) -> Panel:
    chosen = ",".join([f'job="{plan.job}"', f'metric="{metric.name}"', *matchers([_QUEUE])])
    queries = [
        Query(f"max by ({_QUEUE}) ({family}{{{chosen}}})", f"{{{{{_QUEUE}}}}} {name}")
        for name, family in families.items()
    ]
    graph = lines(unit_of(unit)).data_links(links(plan, metric, ""))
    return finished(graph, f"staffing/{key}", title, what, queries, GRAPH)
