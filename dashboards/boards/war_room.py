"""The war room's wallboard: at most eight panels, read from across the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.boards import folder, standing
from dashboards.boards.board import Board, Row
from dashboards.boards.link import board_of
from dashboards.boards.metric_panel import against_band, against_last_sale
from dashboards.boards.plan import FEEDS
from dashboards.boards.series import has_whole
from streams.catalogue.metric import Severity

if TYPE_CHECKING:
    from dashboards.boards.panel import Panel
    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric

_MOST_METRICS = 4


def war_room(plan: Plan) -> Board:
    """What is open, and the few metrics that people come running for."""
    everything = plan.catalogue.judged
    return Board(
        name="war-room",
        title="War room",
        description="For the wall: what is open, where, and the critical metrics against what is expected of them.",
        folder=folder.ROOM,
        metrics=everything,
        rows=[
            Row(
                "",
                [
                    standing.freshness(plan),
                    standing.open_by_severity(plan, everything),
                    standing.by_touchpoint(plan),
                    *(_drawn(plan, metric).sized(12, 8) for metric in vital(plan)),
                    standing.course(plan, everything, 24, 8),
                ],
            )
        ],
        since="now-1h",
        refresh="10s",
    )


def _drawn(plan: Plan, metric: Metric) -> Panel:
    """How much comes is held against the last sale, all else against its band."""
    draw = against_last_sale if metric.traits.volume and has_whole(metric) else against_band
    return draw(plan, metric, board_of(metric.touchpoint))


def vital(plan: Plan) -> list[Metric]:
    """One critical metric of each touchpoint, what is promised before what is a ratio; then counts, up to four.

    A catalogue without critical metrics gets its first ones.
    """
    metrics = [metric for metric in plan.catalogue.judged if metric.touchpoint != FEEDS]
    critical = [metric for metric in metrics if metric.severity is Severity.CRITICAL] or metrics
    ranked = sorted(critical, key=lambda metric: (metric.target is None, metric.traits.volume))
    first = {metric.touchpoint: metric for metric in reversed(ranked)}
    rest = [metric for metric in critical if metric not in first.values()]
    counts = sorted(rest, key=lambda metric: not metric.traits.volume)
    chosen = [*first.values(), *counts][:_MOST_METRICS]
    return [metric for metric in metrics if metric in chosen]
