"""An anomaly to speak of, for tests that care about a few of its fields."""

from __future__ import annotations

from typing import Any

from streams.records.anomaly import Anomaly

_USUAL: dict[str, Any] = {
    "fingerprint": "f1",
    "metric": "payment_success",
    "touchpoint": "order",
    "scope": {},
    "severity": "critical",
    "state": "firing",
    "ended_at": None,
    "window_s": 60,
    "value": 0.7,
    "expected": 0.96,
    "lower": 0.95,
    "upper": 0.97,
    "unit": "ratio",
    "direction": "down",
    "score": 3.0,
    "exposure": 500.0,
    "peak": 0.66,
    "reason": "BINOMIAL",
    "summary": "",
    "contributors": [],
    "incident": "i1",
    "cause_of": [],
    "caused_by": None,
    "runbook_url": "",
    "board_url": "",
}


def sample_anomaly(started_at: str, detected_at: str, **fields: Any) -> Anomaly:
    """Payments fail; what is not given is as usual."""
    return Anomaly(**(_USUAL | {"started_at": started_at, "detected_at": detected_at} | fields))
