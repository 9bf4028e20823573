"""The overview: how surprising each touchpoint is, from where one goes down to its board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.boards import folder, standing
from dashboards.boards.board import Board, Row
from dashboards.boards.graph import lines
from dashboards.boards.limit import SCORE as SCORE_LIMITS
from dashboards.boards.link import board_of, to_board
from dashboards.boards.panel import Panel, finished
from dashboards.boards.query import Query
from dashboards.boards.series import NO_COPIES
from dashboards.boards.touchpoint import title_of
from dashboards.boards.unit import Unit
from streams.telemetry.metrics import SCORE

if TYPE_CHECKING:
    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric


def overview(plan: Plan) -> Board:
    """All touchpoints on one scale."""
    everything = plan.catalogue.judged
    scores = [surprise(plan, touchpoint, metrics) for touchpoint, metrics in plan.touchpoints.items()]
    return Board(
        name="overview",
        title="Overview",
        description="Every touchpoint on one scale of surprise; a click leads to its board.",
        folder=folder.ROOM,
        metrics=everything,
        rows=[
            Row(
                "",
                [
                    standing.freshness(plan),
                    standing.open_by_severity(plan, everything),
                    standing.by_touchpoint(plan),
                ],
            ),
            Row("Touchpoints", scores),
            Row("Anomalies", [standing.open_list(plan, everything), standing.course(plan, everything)]),
        ],
    )


def surprise(plan: Plan, touchpoint: str, metrics: list[Metric]) -> Panel:
    """The most surprising part of each metric of a touchpoint."""
    names = "|".join(metric.name for metric in metrics)
    scores = f'{NO_COPIES} ({SCORE}{{job="{plan.job}",metric=~"{names}"}})'
    graph = lines(Unit("none", 1), SCORE_LIMITS).data_links([to_board(plan, board_of(touchpoint))])
    description = (
        "How surprising the most surprising part of each metric is: 1 is the limit of normal, 2 is twice as surprising "
        f"in log-probability. Alert `Pharos{touchpoint.capitalize()}Anomaly`."
    )
    query = Query(f"max by (metric) ({scores})", "{{metric}}")
    return finished(graph, f"surprise/{touchpoint}", title_of(touchpoint), description, [query], (6, 8))
