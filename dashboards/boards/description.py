"""What a panel says of itself: what its metric means, what was promised, when it is news, and under which name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.catalogue.metric import Direction
from streams.catalogue.signals import CellKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.metric import Metric

_BAD = {Direction.UP: "it rises", Direction.DOWN: "it falls", Direction.BOTH: "it rises or falls"}
_ABSOLUTE = ("ratio", "points")


def described(metric: Metric) -> str:
    """A few sentences for the panels of a metric."""
    return " ".join(_sentences(metric))


def alert_name(metric: Metric) -> str:
    """The alert of Prometheus that fires with the anomalies of this metric (deploy/prometheus)."""
    return f"Pharos{metric.touchpoint.capitalize()}Anomaly"


def effect(metric: Metric) -> str:
    """The least change that matters, in words."""
    if metric.unit == "ratio":
        return f"{100 * metric.minimum_effect:g} percentage points"
    if metric.unit in _ABSOLUTE:
        return f"{metric.minimum_effect:g} points"
    return f"{metric.minimum_effect:.0%}"


def _sentences(metric: Metric) -> Iterator[str]:
    yield f"{metric.title} ({metric.id}, `{metric.name}`)."
    if not metric.judged:
        yield f"Bad where {_BAD[metric.direction]}; told for scorecards, and judged by no detector."
        return
    yield f"Bad where {_BAD[metric.direction]}; a change of less than {effect(metric)} is not reported."
    if metric.target is not None:
        yield f"Promised: {metric.target:g}."
    if metric.threshold is not None:
        yield f"Fixed limit, whatever is usual: {metric.threshold:g}."
    if metric.traits.cells is CellKind.LATEST:
        yield f"Reported from {metric.minimum_exposure:g} on."
    else:
        yield f"A window with less than {metric.minimum_exposure:g} cases is not judged."
    if metric.opening_hours:
        yield "Judged while the service is open."
    yield f"Anomalies are {metric.severity}; alert `{alert_name(metric)}`."
