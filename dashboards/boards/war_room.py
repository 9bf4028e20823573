"""The war room's wallboard: at most eight panels, read from across the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.boards import folder, standing
from dashboards.boards.board import Board, Row
from dashboards.boards.link import board_of
from dashboards.boards.metric_panel import against_band
from dashboards.boards.plan import FEEDS
from streams.catalogue.metric import Severity

if TYPE_CHECKING:
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
                    *(against_band(plan, metric, board_of(metric.touchpoint)).sized(12, 8) for metric in vital(plan)),
                    standing.course(plan, everything, 24, 8),
                ],
            )
        ],
        since="now-1h",
        refresh="10s",
    )


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
