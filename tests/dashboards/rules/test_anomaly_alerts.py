"""Alerts from anomalies: of every touchpoint and severity, once for all workers, over when Pharos says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dashboards.rules.anomaly_alerts import FOR_S, KEEP_S
from dashboards.rules.recordings import metrics_by_touchpoint
from streams.catalogue.load import load
from streams.catalogue.metric import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

STEP_S = 15
TOUCHPOINTS = metrics_by_touchpoint(load())


def state(instance: str, metric: str, severity: str) -> str:
    labels = f'metric="{metric}",severity="{severity}",scope="region",region="zhejiang"'
    return f'pharos_anomaly_state{{job="pharos",instance="{instance}",{labels}}}'


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("touchpoint", TOUCHPOINTS)
def test_an_anomaly_is_told_once_and_ends_while_it_recovers(
    touchpoint: str, severity: Severity, assert_life: Callable[..., None]
) -> None:
    metric = TOUCHPOINTS[touchpoint][-1]
    wait = FOR_S[severity]
    recovers = 15 + wait + 60
    firing = (recovers - 15) // STEP_S - 1
    values = f"_ 2x{firing} 1x20"
    series = {state(f"w{number}:6066", metric, severity): values for number in (1, 2, 3)}

    assert_life(
        f'alertname="Pharos{touchpoint.capitalize()}Anomaly",severity="{severity}",region="zhejiang"',
        series,
        {
            0: "quiet",
            15: "pending",
            wait: "pending",
            15 + wait: "firing",
            recovers + KEEP_S - STEP_S: "firing",
            recovers + KEEP_S: "quiet",
        },
    )


def test_an_anomaly_speaks_under_its_own_touchpoint_and_severity_only(assert_life: Callable[..., None]) -> None:
    series = {state("w1:6066", "payment_success", "critical"): "2x40"}

    every = "|".join(f"Pharos{touchpoint.capitalize()}Anomaly" for touchpoint in TOUCHPOINTS)
    assert_life(f'alertname=~"{every}"', series, {300: "firing"})
    assert_life(f'alertname=~"{every}",alertname!="PharosOrderAnomaly"', series, {300: "quiet"})
    assert_life('alertname="PharosOrderAnomaly",severity!="critical"', series, {300: "quiet"})


def test_firing_anomalies_are_counted_by_touchpoint_and_severity(tested: Callable[..., str]) -> None:
    series = {
        state("w1:6066", "payment_success", "critical"): "2x4",
        state("w2:6066", "payment_success", "critical"): "2x4",
        state("w1:6066", "pay_latency", "critical"): "2x4",
        state("w1:6066", "pay_latency", "warning"): "1x4",
        state("w1:6066", "asa", "warning"): "2x4",
    }
    record = "touchpoint_severity:pharos_anomalies_firing:count"
    samples = [
        {"labels": f'{record}{{job="pharos",severity="critical",touchpoint="order"}}', "value": 2},
        {"labels": f'{record}{{job="pharos",severity="warning",touchpoint="consultation"}}', "value": 1},
    ]

    assert tested(series, promql_expr_test=[{"expr": record, "eval_time": "30s", "exp_samples": samples}]) == ""


def test_the_message_names_metric_and_scope_and_leads_to_runbook_and_board(tested: Callable[..., str]) -> None:
    alert = {
        "exp_labels": {
            "job": "pharos",
            "metric": "payment_success",
            "scope": "region",
            "region": "zhejiang",
            "severity": "critical",
        },
        "exp_annotations": {
            "summary": "payment_success deviates from what is expected, by region",
            "description": "Pharos has an open anomaly of this metric. The labels say where; the board shows since "
            "when, by how much, and the likely cause.",
            "runbook_url": "docs/runbook.md#pharosorderanomaly",
            "dashboard_url": "http://127.0.0.1:6066/",
        },
    }
    expected = [{"eval_time": "60s", "alertname": "PharosOrderAnomaly", "exp_alerts": [alert]}]

    assert tested({state("w1:6066", "payment_success", "critical"): "2x8"}, alert_rule_test=expected) == ""
