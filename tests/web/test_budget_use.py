"""What Prometheus is told of false warnings: asked for, allowed, and said."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from streams.catalogue.load import load
from streams.records.action import ActionRecord, Kind, Opinion
from streams.records.anomaly import Anomaly, Change, Transition
from streams.records.instant import rfc3339
from streams.register.register import Register
from streams.web.budget_use import BudgetCollector
from tests.support.sample_anomaly import sample_anomaly

CATALOGUE = load()
HOUR = 3_600_000
NOW = 1_762_790_400_000
METRIC = CATALOGUE.metrics[0]


@pytest.fixture
def register() -> Register:
    return Register(CATALOGUE.metrics)


def found(register: Register, name: str, hours_ago: int, severity: str = "warning", *, over: bool = False) -> Anomaly:
    """An anomaly that was detected so long ago; `over`: an hour later it was resolved."""
    at = NOW - hours_ago * HOUR
    anomaly = sample_anomaly(rfc3339(at), rfc3339(at), severity=severity)
    anomaly = msgspec.structs.replace(anomaly, fingerprint=name)
    register.transition(Transition(f"{name}1", Change.OPENED, at, anomaly))
    if over:
        ended = msgspec.structs.replace(anomaly, state="resolved", ended_at=rfc3339(at + HOUR))
        register.transition(Transition(f"{name}2", Change.RESOLVED, at + HOUR, ended))
    return anomaly


def think(register: Register, anomaly: Anomaly, opinion: Opinion, minutes_ago: int) -> None:
    at = NOW - minutes_ago * 60_000
    fields: dict[str, Any] = {"source": "/pharos/api", "id": f"{opinion}{at}", "actor": "li", "verdict": opinion.value}
    register.action(ActionRecord(action=Kind.FEEDBACK, time=at, fingerprint=anomaly.fingerprint, **fields))


def told(register: Register, *allowed: float) -> CollectorRegistry:
    registry, metrics = CollectorRegistry(), CATALOGUE.metrics
    readings: Any = [
        SimpleNamespace(metric=metric, latest=SimpleNamespace(allowed=of))
        for metric, of in zip(metrics, allowed, strict=False)
    ]
    registry.register(BudgetCollector(0.5, lambda: readings, register))
    return registry


def said(register: Register) -> dict[str, float]:
    """By opinion, where there are any."""
    registry = told(register)
    counts = {
        one: registry.get_sample_value("pharos_warnings_last_day", {"opinion": one}) for one in ("none", *Opinion)
    }
    return {opinion: count for opinion, count in counts.items() if count}


def test_what_is_asked_for_and_what_the_limits_of_a_metric_allow_are_told(register: Register) -> None:
    registry = told(register, 0.02, 0.0)

    assert registry.get_sample_value("pharos_false_warnings_asked_per_day") == 0.5
    label = {"metric": METRIC.name}
    assert registry.get_sample_value("pharos_false_warnings_allowed_per_day", label) == 0.02


def test_where_nothing_was_said_the_counts_are_there_and_nought(register: Register) -> None:
    assert said(register) == {}
    assert told(register).get_sample_value("pharos_warnings_last_day", {"opinion": "false_alarm"}) == 0


def test_warnings_of_a_day_are_counted_whether_they_are_open_or_over_and_infos_are_not(register: Register) -> None:
    found(register, "long ago", 30)
    found(register, "over", 5, over=True)
    found(register, "open", 2, "critical")
    found(register, "good news", 1, "info")
    register.advance(NOW)

    assert said(register) == {"none": 2}


def test_a_warning_counts_by_what_was_said_of_it_last(register: Register) -> None:
    over, open_ = found(register, "over", 5, over=True), found(register, "open", 2)
    found(register, "nobody cared", 1)
    register.advance(NOW)
    think(register, over, Opinion.CONFIRMED, minutes_ago=290)
    think(register, over, Opinion.FALSE_ALARM, minutes_ago=280)
    think(register, open_, Opinion.EXPECTED, minutes_ago=60)

    assert said(register) == {"none": 1, "false_alarm": 1, "expected": 1}
