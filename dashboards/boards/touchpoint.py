"""One board for each touchpoint: every metric against what is expected, then its parts and contributors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.boards import folder, standing
from dashboards.boards.board import Board, Row
from dashboards.boards.link import board_of
from dashboards.boards.metric_panel import against_band, contributors
from dashboards.boards.plan import FEEDS
from dashboards.boards.variable import split, values_of
from streams.catalogue.metric import Severity
from streams.telemetry.metrics import dimensions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric

_TITLES = {
    "page": "Pages and checkout",
    "consultation": "Consultation",
    "order": "Orders and payment",
    "logistics": "Logistics",
    "aftersale": "After-sale",
    "dispute": "Disputes",
    "feedback": "Feedback",
}
_MOST_VARIABLES = 5


def title_of(touchpoint: str) -> str:
    return _TITLES.get(touchpoint, touchpoint.capitalize())


def touchpoint_boards(plan: Plan) -> Iterator[Board]:
    """A board for each touchpoint that the catalogue has metrics of; Pharos's own feeds are on the pipeline's."""
    boards: dict[str, list[Metric]] = {}
    for touchpoint, metrics in plan.touchpoints.items():
        if touchpoint != FEEDS:
            boards.setdefault(board_of(touchpoint), []).extend(metrics)
    for name, metrics in boards.items():
        yield _board(plan, name, metrics)


def _board(plan: Plan, name: str, metrics: list[Metric]) -> Board:
    title = title_of(name) + (" and disputes" if any(metric.touchpoint != name for metric in metrics) else "")
    chosen = filters(metrics)
    # Gauges do not add up, and of rare events a part has none on most days: the anomaly names those that have. What is
    # for information has no row of its own here, and of a forecast the row of its cohort does: a board with forty
    # panels is read by nobody.
    parted = [
        metric
        for metric in metrics
        if metric.traits.additive
        and not metric.traits.by_event
        and not metric.forecasts
        and metric.severity is not Severity.INFO
    ]
    noted = [metric for metric in metrics if metric.severity is Severity.INFO and not metric.leading]
    return Board(
        name=name,
        title=title,
        description=f"Every metric of {title.lower()} against what is expected of it, and what contributes.",
        folder=folder.TOUCHPOINTS,
        metrics=metrics,
        rows=[
            Row(
                "",
                [
                    standing.freshness(plan),
                    standing.open_by_severity(plan, metrics),
                    standing.open_list(plan, metrics, height=4),
                ],
            ),
            Row("Actual and expected", [against_band(plan, metric) for metric in metrics if metric not in noted]),
            *([Row("For information", [against_band(plan, of) for of in noted], collapsed=True)] if noted else []),
            Row("Contributors", [contributors(plan, metric, chosen) for metric in parted], collapsed=True),
        ],
        variables=[split(plan, metrics), *(values_of(dimension, plan, metrics) for dimension in chosen)],
    )


def filters(metrics: list[Metric]) -> list[str]:
    """The dimensions that most metrics are split by: a board with a dozen variables is read by nobody."""
    counts: dict[str, int] = {}
    for metric in metrics:
        for dimension in dimensions(metric):
            counts[dimension] = counts.get(dimension, 0) + 1
    return sorted(counts, key=lambda dimension: -counts[dimension])[:_MOST_VARIABLES]
