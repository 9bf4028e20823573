"""What Prometheus may be asked for: what workers tell, and what rules record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from streams.cases.readings import CasesReading, MemoryReading
from streams.catalogue.load import load
from streams.register.register import Register
from streams.telemetry.interval_metrics import interval_names
from streams.telemetry.last_sale_metric import LAST_SALE
from streams.telemetry.metric_info import METRIC_INFO
from streams.telemetry.metrics import (
    ANOMALY_STATE,
    EXPECTED,
    LOWER,
    SCORE,
    UPPER,
    PipelineMetrics,
    dimensions,
    prometheus_name,
)
from streams.telemetry.provisional_metrics import PROVISIONAL, PROVISIONAL_CASES
from streams.web.budget_use import BudgetCollector
from streams.web.case_readings import CaseCollector
from streams.web.merge_readings import MergeCollector
from streams.web.metric_families import ROLLING, STAFFING
from streams.web.scores import score_lines

SHIPPED = Path(__file__).parents[2] / "deploy" / "prometheus" / "pharos.rules.yaml"
_PARTS = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",)}


@pytest.fixture(scope="session")
def rules() -> list[dict[str, Any]]:
    return yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["groups"]


@pytest.fixture(scope="session")
def exposed() -> dict[str, set[str]]:
    """Every name of a sample that a worker's page may hold, with its labels."""
    registry = CollectorRegistry()
    PipelineMetrics(registry, lambda: 0.0)
    registry.register(MergeCollector(lambda: ()))
    memory = MemoryReading("order.paid", "order_id", 1, 0, 0)
    cases = {0: CasesReading(0, 0, {"missed": 0}, [memory], {"x": 0})}
    registry.register(CaseCollector(lambda: cases, lambda: {("order.paid", "order_id"): 1}, lambda: 0.0))
    catalogue = load()
    registry.register(BudgetCollector(1.0, lambda: (), Register(catalogue.metrics)))
    names: dict[str, set[str]] = {"up": set(), "ALERTS": set()}
    names |= {
        name: set()
        for name in (ANOMALY_STATE, EXPECTED, LAST_SALE, LOWER, UPPER, SCORE, PROVISIONAL, PROVISIONAL_CASES)
    }
    for family in registry.collect():
        labels = set(getattr(registry._names_to_collectors.get(family.name), "_labelnames", ()))
        labels |= {name for sample in family.samples for name in sample.labels}
        names |= {family.name + part: labels for part in _PARTS.get(family.type, ("",))}
    names[METRIC_INFO] = {"metric", "family", "touchpoint", "unit", "severity"}
    for metric in catalogue.metrics:
        told = (prometheus_name(metric), *interval_names(metric))
        names |= {name: set(dimensions(metric)) for name in told}
    of_metrics = {name for metric in catalogue.metrics for name in dimensions(metric)}
    names |= {column.family: {"metric", "days", *of_metrics} for column in ROLLING}
    names |= {family: {"scorecard", *of_metrics} for family, _, _ in score_lines(())}
    names |= {column.family: {"metric", "queue"} for column in STAFFING}
    return names


@pytest.fixture(scope="session")
def declared(exposed: dict[str, set[str]], rules: list[dict[str, Any]]) -> set[str]:
    """What an expression may name: samples of a worker, and what rules record."""
    return exposed.keys() | {rule["record"] for group in rules for rule in group["rules"] if "record" in rule}
