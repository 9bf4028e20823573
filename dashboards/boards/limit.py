"""Thresholds: from which value on a colour says that something is wrong. All come from catalogue and rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.models.dashboard import Threshold, ThresholdsMode

from dashboards.boards import colour
from streams.catalogue.metric import Direction
from streams.catalogue.signals import CellKind

if TYPE_CHECKING:
    from streams.catalogue.metric import Metric


class Limit(NamedTuple):
    """From `value` upwards things have this colour."""

    value: float
    colour: str


PLAIN: tuple[Limit, ...] = ()
SCORE = (Limit(1, colour.NOTABLE), Limit(2, colour.BAD))
"""1 is the limit of normal, 2 is twice as surprising."""
ANY_IS_BAD = (Limit(1, colour.BAD),)


def limits_of(metric: Metric) -> tuple[str, tuple[Limit, ...]]:
    """The colour below all limits, and the limits: preset, of a promise, or of a gauge that is news from a value on.

    Everything else is judged by what is expected, which is a line and no limit.
    """
    limit = metric.target if metric.threshold is None else metric.threshold
    if limit is not None:
        if metric.direction is Direction.UP:
            return colour.GOOD, (Limit(limit, colour.BAD),)
        return colour.BAD, (Limit(limit, colour.GOOD),)
    if metric.traits.cells is CellKind.LATEST and metric.direction is not Direction.DOWN:
        return colour.GOOD, (Limit(metric.minimum_exposure, colour.NOTABLE),)
    return colour.GOOD, PLAIN


def steps(limits: tuple[Limit, ...], below: str = colour.GOOD) -> ThresholdsConfig:
    """As a panel holds them."""
    first = Threshold(value=None, color=below)
    others = [Threshold(value=float(limit.value), color=limit.colour) for limit in limits]
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps([first, *others])
