"""What Prometheus is told of each metric of the catalogue, for joins: its family, touchpoint, unit and severity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.telemetry.metrics import prometheus_name

if TYPE_CHECKING:
    from streams.catalogue.metric import Metric

METRIC_INFO: Final = "pharos_metric_info"
DESCRIBED: Final = "Always 1: the touchpoint, unit and family of a metric, to be joined on the label metric."


def info_series(metric: Metric) -> str:
    """Name and labels; all values are those of the catalogue, which need no escapes.

    >>> from streams.catalogue.load import load
    >>> info_series(load().by_name["nps"])
    'pharos_metric_info{metric="nps",family="pharos_nps_points",touchpoint="feedback",unit="points",severity="warning"}'
    """
    labels = {
        "metric": metric.name,
        "family": prometheus_name(metric),
        "touchpoint": metric.touchpoint,
        "unit": metric.unit,
        "severity": metric.severity.value,
    }
    return METRIC_INFO + "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"
