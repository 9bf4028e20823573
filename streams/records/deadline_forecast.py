"""What an anomaly of a cohort, or of its forecast, says of the deadlines ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.records.anomaly import Anomaly


class DeadlineForecast(NamedTuple):
    """Of the cases that are open and due within two hours.

    Attributes:
        missed: how many will not be closed in time, as it goes at present.
        open_cases: how many there are.
        usual: how many of so many usually miss.

    """

    missed: float
    open_cases: float
    usual: float


def deadline_forecast(
    anomaly: Anomaly, others: Iterable[Anomaly], cohorts: Mapping[str, str]
) -> DeadlineForecast | None:
    """Of a forecast itself, or of the open one of the same scope that forecasts the anomaly's cohort; None: of neither.

    `others` are open anomalies, `cohorts` the cohort of each metric that is a forecast. What recovers has none.
    """
    told: Anomaly | None = anomaly
    if anomaly.metric not in cohorts:
        same = (other for other in others if other.scope == anomaly.scope)
        told = next((other for other in same if cohorts.get(other.metric) == anomaly.metric), None)
    if told is None or not told.state == anomaly.state == "firing":
        return None
    return DeadlineForecast(told.value, told.exposure, told.expected)
