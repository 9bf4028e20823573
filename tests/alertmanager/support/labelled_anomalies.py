"""Anomalies at random, and the labels under which a real Alertmanager knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.register.matcher import labels_of
from tests.support.sample_anomaly import sample_anomaly

if TYPE_CHECKING:
    from random import Random

    from streams.records.anomaly import Anomaly

AT = "2025-11-11T00:00:00Z"
REGIONS = ("zhejiang", "jiangsu", 'a "b" \\ c', "浙江", "zhe.jiang", "")
CARRIERS = ("sf", "yto", "sf-air")


def anomalies(random: Random, count: int, *, symptoms: bool = False) -> list[Anomaly]:
    """Of few kinds, so that they meet. Some are symptoms of one before them, where that is asked for."""
    made: list[Anomaly] = []
    for number in range(count):
        scope = {"region": random.choice(REGIONS), "carrier": random.choice(CARRIERS)}
        roots = [one.fingerprint for one in made if one.caused_by is None]
        made.append(
            sample_anomaly(
                AT,
                AT,
                fingerprint=f"f{number}",
                metric=random.choice(("eta_drift", "stalled")),
                touchpoint=random.choice(("logistics", "order")),
                scope={name: value for name, value in scope.items() if random.random() < 0.5},
                severity=random.choice(("critical", "warning", "info")),
                direction=random.choice(("up", "down")),
                caused_by=random.choice(roots) if symptoms and roots and random.random() < 0.2 else None,
            )
        )
    return made


def labels(anomaly: Anomaly) -> dict[str, str]:
    """Those of our matchers, and what the rules of inhibition compare. Alertmanager drops labels that are empty."""
    return {
        **labels_of(anomaly),
        "alertname": "anomaly",
        "name": anomaly.fingerprint,
        "incident": anomaly.incident,
        "direction": anomaly.direction,
        "whole": "no" if anomaly.scope else "yes",
        "place": repr(sorted(anomaly.scope.items())),
        "symptom": "no" if anomaly.caused_by is None else "yes",
        "chain": anomaly.caused_by or anomaly.fingerprint,
    }


INHIBIT_RULES = [
    {
        "source_matchers": ["severity=critical", "symptom=no"],
        "target_matchers": ["severity=~warning|info"],
        "equal": ["touchpoint", "place"],
    },
    {
        "source_matchers": ["severity=warning", "symptom=no"],
        "target_matchers": ["severity=info"],
        "equal": ["touchpoint", "place"],
    },
    {
        "source_matchers": ["severity=critical", "symptom=no", "whole=yes"],
        "target_matchers": ["whole=no"],
        "equal": ["touchpoint", "metric", "direction"],
    },
    {
        "source_matchers": ["severity=warning", "symptom=no", "whole=yes"],
        "target_matchers": ["whole=no", "severity=~warning|info"],
        "equal": ["touchpoint", "metric", "direction"],
    },
    {
        "source_matchers": ["severity=~critical|warning", "symptom=no"],
        "target_matchers": ["symptom=yes"],
        "equal": ["chain"],
    },
]
