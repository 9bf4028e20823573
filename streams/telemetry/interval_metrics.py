"""Names of the 95 % interval of a metric's value in Prometheus; the numbers come from `detectors.intervals`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.telemetry.metrics import prometheus_name

if TYPE_CHECKING:
    from streams.catalogue.metric import Metric

LOW: Final = "_low"
HIGH: Final = "_high"


def interval_names(metric: Metric) -> tuple[str, ...]:
    """Of its lower and its upper end; none where the signal has no interval, or the metric no whole.

    >>> from streams.catalogue.load import load
    >>> interval_names(load().by_name["nps"])
    ('pharos_nps_points_low', 'pharos_nps_points_high')
    """
    if not metric.traits.interval or () not in metric.scopes:
        return ()
    return prometheus_name(metric) + LOW, prometheus_name(metric) + HIGH
