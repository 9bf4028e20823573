"""Values that are not final, as Prometheus reads them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from streams.catalogue.load import load
from streams.merge.provisional import Shares
from streams.web.data_scope import read_data_scope
from streams.web.exposition import Exposition
from streams.web.provisional_readings import provisional

METRIC = load().by_name["self_service_resolved"]
SCOPES = [(0, ()), (METRIC.scopes.index(("queue",)), ("bot",)), (METRIC.scopes.index(("queue",)), ("night",))]
READINGS: list[Any] = [
    SimpleNamespace(
        metric=METRIC, provisional=Shares(SCOPES, np.array([0.75, 0.0, np.nan]), np.array([4.0, 1.0, np.nan]))
    ),
    SimpleNamespace(metric=load().by_name["payment_success"], provisional=None),
]


def text_of(*options: Any) -> str:
    exposition = Exposition(CollectorRegistry(), lambda: (), lambda: (), (METRIC,), lambda: provisional(READINGS))
    return b"".join(exposition.render("", *options)[1]).decode()


def test_they_have_a_gauge_of_their_own_with_the_labels_of_the_final_values() -> None:
    families = {family.name: family for family in text_string_to_metric_families(text_of())}
    found = families["pharos_provisional"]
    labels = [{name: label for name, label in sample.labels.items() if label} for sample in found.samples]

    assert found.type == "gauge"
    assert "not final" in found.documentation
    assert [sample.value for sample in found.samples] == [0.75, 0.0]
    assert labels == [{"metric": METRIC.name}, {"metric": METRIC.name, "scope": "queue", "queue": "bot"}]
    assert [sample.value for sample in families["pharos_provisional_cases"].samples] == [4, 1]
    assert "pharos_self_service_resolved_ratio" not in families


def test_without_a_case_there_is_no_line() -> None:
    assert "night" not in text_of()
    assert "NaN" not in text_of()


def test_who_sees_a_part_gets_that_part() -> None:
    lines = [line for line in text_of(read_data_scope("queue:bot")).splitlines() if "queue=" in line]

    assert len(lines) == 2
    assert all('queue="bot"' in line for line in lines)
