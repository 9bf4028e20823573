"""What the page shows of one signal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.catalogue.metric import Metric
    from streams.records.compared import Compared
    from streams.web.point import Point


def signal_view(
    metric: Metric,
    score: float | None,
    points: Iterable[Point],
    so_far: dict[str, Any] | None,
    interval: tuple[float, float] | None,
    rolling: list[dict[str, Any]],
    last_sale: float | None,
    changes: list[Compared],
    *,
    leading: bool,
) -> dict[str, Any]:
    """Its names, its unit and its last hour. `leading` puts it on its touchpoint's tile.

    `so_far`: what is not final yet, as `streams.web.provisional_view` has it; never one of the points.
    `interval`: of the last point's value, 95 %, where the signal has one.
    `rolling`: figures of 30, 60 and 90 days, as `streams.web.rolling_view` has them.
    `last_sale`: what it was at the same time of the last sale, while a sale runs that is like another.
    `changes`: what it was before changes of one's own, and is since.
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
        "last_sale": last_sale,
        "changes": changes,
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
