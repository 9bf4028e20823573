"""What Prometheus reads: read back with the official parsers, and with promtool where it is at hand."""

from __future__ import annotations

import math
import shutil
import subprocess
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_open
from prometheus_client.parser import text_string_to_metric_families as parse_text

from streams.catalogue.load import load
from streams.telemetry.metrics import PipelineMetrics
from streams.web.exposition import Exposition

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly

CATALOGUE = load()
PAYMENT = CATALOGUE.by_name["payment_success"]


def exposition(readings: list[Any], *anomalies: Anomaly) -> Exposition:
    registry = CollectorRegistry()
    metrics = PipelineMetrics(registry, lambda: 1_000.0)
    metrics.records("orders", "counted", 3)
    metrics.committed("orders", 0)
    metrics.published(990_000)
    return Exposition(registry, lambda: readings, lambda: anomalies, CATALOGUE.metrics)


def text_of(source: Exposition, accept: str = "") -> str:
    return b"".join(source.render(accept)[1]).decode()


def samples(text: str, name: str) -> list[tuple[dict[str, str], float]]:
    found = [sample for family in parse_text(text) for sample in family.samples if sample.name == name]
    return [({key: label for key, label in sample.labels.items() if label}, sample.value) for sample in found]


def test_a_series_carries_its_scope_and_dimensions(readings: list[Any]) -> None:
    found = samples(text_of(exposition(readings)), "pharos_payment_success_ratio")

    assert found == [({}, 0.9612), ({"scope": "payment_method", "payment_method": 'wechat"\\\n<script>'}, 0.5)]


def test_all_series_of_a_family_have_the_same_label_names(readings: list[Any]) -> None:
    text = text_of(exposition(readings))
    lines = [line for line in text.splitlines() if line.startswith("pharos_payment_success_ratio{")]
    names = [tuple(part.split("=")[0] for part in line.split("{")[1].split(",")) for line in lines[:1]]

    assert names[0][0] == "scope"
    assert set(names[0][1:]) == {dimension for scope in PAYMENT.scopes for dimension in scope}


def test_what_was_not_judged_is_left_out(readings: list[Any]) -> None:
    text = text_of(exposition(readings))

    assert "alipay" not in text
    assert " nan" not in text.lower()


def test_expectation_and_score_join_on_the_metric(readings: list[Any]) -> None:
    text = text_of(exposition(readings))

    assert samples(text, "pharos_expected")[0] == ({"metric": "payment_success"}, 0.962)
    assert samples(text, "pharos_score")[1][1] == 7.25


def test_the_band_of_what_is_expected_is_told_of_the_whole_only(readings: list[Any]) -> None:
    text = text_of(exposition(readings))

    assert samples(text, "pharos_expected_lower") == [({"metric": "payment_success"}, 0.95)]
    assert samples(text, "pharos_expected_upper") == [({"metric": "payment_success"}, 0.98)]


def test_every_metric_of_the_catalogue_is_told_with_its_touchpoint_for_joins(readings: list[Any]) -> None:
    found = {
        labels["metric"]: labels
        for labels, value in samples(text_of(exposition(readings)), "pharos_metric_info")
        if value == 1
    }

    assert found.keys() == CATALOGUE.by_name.keys()
    assert (found["nps"]["touchpoint"], found["nps"]["family"]) == ("feedback", "pharos_nps_points")


def test_the_interval_of_a_ratio_stands_beside_it_for_the_whole_only(readings: list[Any]) -> None:
    text = text_of(exposition(readings))

    assert samples(text, "pharos_payment_success_ratio_low") == [({}, 0.9401)]
    assert samples(text, "pharos_payment_success_ratio_high") == [({}, 0.975)]
    assert "# TYPE pharos_payment_success_ratio_low gauge" in text


def test_what_the_last_sale_had_is_told_of_the_whole_only(readings: list[Any]) -> None:
    text = text_of(exposition(readings))

    assert samples(text, "pharos_last_sale") == [({"metric": "payment_success"}, 0.955)]


def test_what_has_no_interval_has_no_family_of_it(readings: list[Any]) -> None:
    readings[0].metric = CATALOGUE.by_name["orders_paid"]
    text = text_of(exposition(readings))

    assert "_low" not in text.replace("expected_lower", "")


def test_a_band_without_an_end_shows_the_end_that_it_has(readings: list[Any]) -> None:
    readings[0].upper[0] = math.inf
    text = text_of(exposition(readings))

    assert samples(text, "pharos_expected_upper") == []
    assert len(samples(text, "pharos_expected_lower")) == 1


def test_the_band_follows_a_snapshot_with_fewer_series(readings: list[Any]) -> None:
    source = exposition(readings)
    reading = readings[0]
    whole, *parts = reading.scopes
    reading.scopes = [*parts, whole]
    text_of(source)
    reading.scopes = [whole]
    for name in ("value", "expected", "score", "lower", "upper"):
        setattr(reading, name, getattr(reading, name)[:1])

    assert samples(text_of(source), "pharos_expected_lower") == [({"metric": "payment_success"}, 0.95)]


def test_series_that_serve_denominators_only_are_left_out(readings: list[Any]) -> None:
    readings[0].scopes[2] = (len(PAYMENT.scopes), ("somewhere",))

    assert len(samples(text_of(exposition(readings)), "pharos_payment_success_ratio")) == 1


def test_an_infinite_score_is_written_as_prometheus_spells_it(readings: list[Any]) -> None:
    readings[0].score[0] = math.inf
    text = text_of(exposition(readings))

    assert "} +Inf\n" in text
    assert samples(text, "pharos_score")[0][1] == math.inf


def test_anomalies_show_their_state_with_the_scope_in_the_order_of_the_catalogue(
    readings: list[Any], anomaly: Callable[..., Anomaly]
) -> None:
    pair = next(scope for scope in CATALOGUE.by_name["parcel_movements"].scopes if len(scope) == 2)
    turned = dict.fromkeys(reversed(pair), "x")
    recovering = anomaly(metric="parcel_movements", scope=turned, state="recovering", severity="warning")
    text = text_of(exposition(readings, anomaly(), recovering, anomaly(state="resolved")))
    found = samples(text, "pharos_anomaly_state")

    whole = {"metric": "payment_success", "severity": "critical", "scope": "payment_method", "payment_method": "alipay"}
    assert found[0] == (whole, 2)
    assert found[1][0]["scope"] == "+".join(pair)
    assert found[1][1] == 1
    assert len(found) == 2


def test_two_directions_of_one_series_share_a_line(readings: list[Any], anomaly: Callable[..., Anomaly]) -> None:
    text = text_of(exposition(readings, anomaly(state="recovering"), anomaly(direction="up")))

    assert [value for _, value in samples(text, "pharos_anomaly_state")] == [2]


def test_open_metrics_says_the_same_and_ends_properly(readings: list[Any], anomaly: Callable[..., Anomaly]) -> None:
    text = text_of(exposition(readings, anomaly()), "application/openmetrics-text")
    families = {family.name: family for family in parse_open(text)}

    assert [sample.value for sample in families["pharos_payment_success_ratio"].samples] == [0.9612, 0.5]
    assert families["pharos_records"].samples[0].value == 3


def test_series_that_join_later_appear_and_a_restored_snapshot_replaces_them(readings: list[Any]) -> None:
    source = exposition(readings)
    text_of(source)
    reading = readings[0]
    reading.scopes.append((reading.scopes[1][0], ("unionpay",)))
    for name in ("value", "expected", "score", "lower", "upper"):
        setattr(reading, name, np.append(getattr(reading, name), 0.7))
    grown = samples(text_of(source), "pharos_payment_success_ratio")
    reading.scopes = list(reversed(reading.scopes))
    turned = samples(text_of(source), "pharos_payment_success_ratio")

    assert [value for _, value in grown] == [0.9612, 0.5, 0.7]
    assert turned[0][0]["payment_method"] == "unionpay"


@given(st.text(), st.floats(allow_nan=False))
def test_any_name_and_number_come_back_as_they_were(name: str, number: float) -> None:
    reading = SimpleNamespace(
        metric=PAYMENT,
        scopes=[(PAYMENT.scopes.index(("payment_method",)), (name,))],
        value=np.array([number]),
        expected=np.array([np.nan]),
        score=np.array([np.nan]),
        lower=np.array([np.nan]),
        upper=np.array([np.nan]),
        low=np.array([np.nan]),
        high=np.array([np.nan]),
        last_sale=np.array([np.nan]),
    )
    text = text_of(exposition([reading]))
    families = {
        family.name: family for family in parse_open(text_of(exposition([reading]), "application/openmetrics-text"))
    }
    sample = families["pharos_payment_success_ratio"].samples[0]

    assert (sample.labels["payment_method"], sample.value) == (name, number)
    assert text.count("\npharos_payment_success_ratio{") == 1


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not on PATH (apt-get install prometheus)")
def test_promtool_finds_nothing_to_complain_of(readings: list[Any], anomaly: Callable[..., Anomaly]) -> None:
    text = text_of(exposition(readings, anomaly()))
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
