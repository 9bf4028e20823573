"""The queue manager's board: every metric that the catalogue splits by queue, queue by queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.boards import folder, standing
from dashboards.boards.board import Board, Row
from dashboards.boards.link import board_of
from dashboards.boards.listing import listed
from dashboards.boards.metric_panel import by_part
from dashboards.boards.series import Series
from dashboards.boards.staffing_panel import staffing_panels
from dashboards.boards.unit import unit_for
from dashboards.boards.variable import matchers, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.boards.panel import Panel
    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric

_QUEUE = "queue"
_MOST_COLUMNS = 26


def queue_boards(plan: Plan) -> Iterator[Board]:
    """The board, where the catalogue has metrics of queues."""
    metrics = [metric for metric in plan.catalogue.judged if (_QUEUE,) in metric.scopes]
    if metrics:
        yield _board(plan, metrics)


def _board(plan: Plan, metrics: list[Metric]) -> Board:
    # Rates to the left, durations to the right, as most boards of services have them.
    durations = [metric for metric in metrics if metric.unit == "seconds"]
    rates = [metric for metric in metrics if metric.unit != "seconds"]
    paired = [metric for pair in zip(rates, durations, strict=False) for metric in pair]
    desk = [panel for metric in metrics for panel in staffing_panels(plan, metric)]
    ordered = paired + [metric for metric in metrics if metric not in paired]
    return Board(
        name="queues",
        title="Queue manager",
        description="Every queue: who is picked up, who waits and how long, who gives up, where agents are missing.",
        folder=folder.ROOM,
        metrics=metrics,
        rows=[
            Row("", [standing.freshness(plan), standing.open_by_severity(plan, metrics), _queues_now(plan, metrics)]),
            *([Row("Staffing", desk)] if desk else []),
            Row(
                "Queue by queue",
                [
                    by_part(plan, metric, _QUEUE, [_QUEUE], board_of(metric.touchpoint))
                    for metric in ordered
                    if "staffing" not in metric.traits.takes  # it has a row of its own
                ],
            ),
            Row("Anomalies", [standing.open_list(plan, metrics), standing.course(plan, metrics)]),
        ],
        variables=[values_of(_QUEUE, plan, metrics)],
        since="now-1h",
        refresh="10s",
    )


def _queues_now(plan: Plan, metrics: list[Metric]) -> Panel:
    shown = metrics[:_MOST_COLUMNS]
    columns = {metric.title: Series(metric, plan.job, _QUEUE, matchers([_QUEUE])).value for metric in shown}
    units = {metric.title: unit_for(metric) for metric in shown}
    description = "All queues now, one in a line, with every metric that is split by queue."
    return listed("queues-now", "Queues now", description, columns, units=units).sized(24, 7)
