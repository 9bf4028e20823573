"""In which order open anomalies are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.records.anomaly import Anomaly

_SEVERITIES: Final = {"critical": 0, "warning": 1, "info": 4}
_RECOVERING: Final = 2


def gravest_first(anomalies: Iterable[Anomaly]) -> list[Anomaly]:
    """Firing ones gravest first, then those that recover, then what is only noticed; the newest first in each."""
    newest_first = sorted(anomalies, key=lambda anomaly: anomaly.started_at, reverse=True)
    return sorted(newest_first, key=_rank)


def _rank(anomaly: Anomaly) -> int:
    severity = _SEVERITIES.get(anomaly.severity, _SEVERITIES["info"])
    return severity if anomaly.state == "firing" or severity > _RECOVERING else severity + _RECOVERING
