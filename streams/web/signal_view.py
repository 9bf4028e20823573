"""What the page shows of one signal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.catalogue.metric import Metric
    from streams.web.point import Point


def signal_view(
    metric: Metric,
    score: float | None,
    points: Iterable[Point],
    so_far: dict[str, Any] | None,
    interval: tuple[float, float] | None,
    rolling: list[dict[str, Any]],
    *,
    leading: bool,
) -> dict[str, Any]:
    """Its names, its unit and its last hour. `leading` puts it on its touchpoint's tile.

    `so_far`: what is not final yet, as `streams.web.provisional_view` has it; never one of the points.
    `interval`: of the last point's value, 95 %, where the signal has one.
    `rolling`: figures of 30, 60 and 90 days, as `streams.web.rolling_view` has them.
    """
    return {
        "name": metric.name,
        "title": metric.title,
        "title_zh": metric.title_zh,
        "touchpoint": metric.touchpoint,
        "unit": metric.unit,
        "direction": metric.direction,
        "target": metric.target,
        "of_faults": metric.of_faults(),
        "leading": leading,
        "score": score,
        "points": list(points),
        "so_far": so_far,
        "interval": interval,
        "rolling": rolling,
    }


def part_view(metric: Metric) -> dict[str, Any]:
    """Of a gauge, which has no whole: its names, and the dimensions by which it is known. No figure."""
    return {
        "name": metric.name,
        "title": metric.title,
        "title_zh": metric.title_zh,
        "touchpoint": metric.touchpoint,
        "unit": metric.unit,
        "scopes": [list(scope) for scope in metric.scopes],
    }
