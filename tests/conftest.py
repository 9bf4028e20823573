"""Settings of all tests: how thorough hypothesis is, and where the evaluation data lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("PHAROS_HYPOTHESIS", "default"))

TESTS = Path(__file__).parent
PROJECT = TESTS.parent

_LONGEST = (
    "kafka/test_whole_file",
    "kafka/test_faults_state",
    "kafka/test_faults_brokers",
    "kafka/test_faults_refused",
    "kafka/test_faults_membership",
    "kafka/test_faults_overload",
    "offline/test_same_anomalies",
    "imports/test_marketplace",
    "offline/test_backtest",
    "docs/test_tutorial_shopify",
    "simulate/test_double11",
    "detectors/test_seasonal",
    "evaluation/test_amounts",
    "detectors/test_expectation_coverage",
    "benchmarks/zoo/test_truth",
    "benchmarks/zoo/test_judging",
    "cases/test_cases_equal_direct_computation",
    "simulate/test_owners",
    "offline/test_vectors_of_cases_in_a_backtest",
    "benchmarks/evaluate/test_kinds",
    "evaluation/test_sale_plan",
    "evaluation/test_metric_evaluator",
    "cases/test_shipped_metrics",
    "merge/test_merge_equals_direct_computation",
    "catalogue/test_what_cases_count",
    "app/test_same_anomalies_of_cases",
    "app/test_system",
    "app/test_actions",
    "app/test_silences",
    "app/test_linkage",
    "app/test_single_events",
    "app/test_notified",
    "transport/test_on_embedded_broker",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: of several processes, none is left with one of them at the end."""
    rank = {TESTS / f"{name}.py": place for place, name in enumerate(_LONGEST)}
    if gone := [str(path) for path in rank if not path.is_file()]:
        raise pytest.UsageError(f"_LONGEST in tests/conftest.py names files that are not there: {', '.join(gone)}")
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.fixture(scope="session")
def evaluation_data() -> Path:
    """The folder of real data; it is not part of the project, and a test that needs it skips without it."""
    folder = Path(os.environ.get("PHAROS_EVALUATION_DATA", PROJECT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no evaluation data: set PHAROS_EVALUATION_DATA to its folder")
    return folder
