"""Open anomalies as Prometheus reads them: by the labels of the series that each is of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from streams.web.series_labels import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.catalogue.metric import Metric
    from streams.records.anomaly import Anomaly

_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_STATES: Final = {"firing": 2, "recovering": 1}


class AnomalyStates:
    """`metrics`: the catalogue's; they give an anomaly's scope the order of dimensions that its series have."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._orders = {metric.name: {frozenset(scope): scope for scope in metric.scopes} for metric in metrics}

    def of(self, anomalies: Iterable[Anomaly]) -> dict[str, int]:
        """2 firing, 1 recovering, by labels: of two that differ in direction only, the graver state wins."""
        states: dict[str, int] = {}
        for anomaly in anomalies:
            state = _STATES.get(anomaly.state, 0)
            if state:
                labels = self._labels(anomaly)
                states[labels] = max(state, states.get(labels, 0))
        return states

    def _labels(self, anomaly: Anomaly) -> str:
        """Empty labels equal missing ones in Prometheus, so this joins with the value's series of the same scope."""
        names = self._orders.get(anomaly.metric, {}).get(frozenset(anomaly.scope), tuple(anomaly.scope))
        scope = {name: anomaly.scope[name] for name in names if _LABEL_NAME.fullmatch(name)}
        labels = {"metric": anomaly.metric, "severity": anomaly.severity, "scope": "+".join(scope), **scope}
        return ",".join(f'{name}="{escaped(value)}"' for name, value in labels.items())
