"""A run without a broker."""

from __future__ import annotations

from io import StringIO
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import streams.offline.backtest
from streams.catalogue.load import Catalogue, load
from streams.offline.backtest import backtest
from streams.offline.events_file import Line, record
from streams.offline.scenario import for_scenario
from streams.settings.settings import Settings
from tests.offline.support.payments import MINUTES, START, days_before, lines, payment

if TYPE_CHECKING:
    from collections.abc import Iterator

# A ratio, a count, one with deadlines and one of cases, all counted of the payments: what the others do costs the most.
OF_PAYMENTS = ("orders_paid", "payment_success", "collection_24h", "presale_conversion")
JUDGED = {"evaluate_from": "2026-11-11T00:20:00Z"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(None)


@pytest.fixture(scope="module")
def of_payments(catalogue: Catalogue) -> Catalogue:
    return Catalogue.of(tuple(metric for metric in catalogue.metrics if metric.name in OF_PAYMENTS))


def run(catalogue: Catalogue, records: Iterator[Line], **scenario: Any) -> dict[str, Any]:
    return backtest(records, scenario, Settings(), catalogue, partitions=2, progress=None)


@pytest.fixture(scope="module")
def told(catalogue: Catalogue) -> dict[str, Any]:
    """What the shipped catalogue says of the failing payments."""
    return run(catalogue, chain(days_before(), lines()), **JUDGED, timezone="Europe/Madrid")


@pytest.fixture(scope="module")
def delayed(of_payments: Catalogue) -> dict[str, Any]:
    """What is said where each seventh payment comes 25 seconds late."""
    in_order = sorted(lines(late=True), key=lambda line: line.at_ms)
    return run(of_payments, chain(days_before(), in_order), **JUDGED)


def decided(report: dict[str, Any]) -> list[tuple[Any, ...]]:
    names = ("fingerprint", "started_at", "detected_at", "ended_at", "severity")
    return [tuple(anomaly[name] for name in names) for anomaly in report["anomalies"]]


def test_every_record_read_has_exactly_one_outcome(catalogue: Catalogue) -> None:
    report = run(catalogue, lines(), evaluate_from="2026-11-11T01:00:00Z")

    assert report["events_read"] == MINUTES * 60 + MINUTES * 60 // 100
    assert report["duplicates"] == MINUTES * 60 // 100
    assert report["dead_letters"] == 1
    assert report["late"] == report["ignored"] == 0
    assert report["events_counted"] == MINUTES * 60 - 1
    assert report["from"] == "2026-11-11T00:00:00.000Z"
    assert report["to"] == "2026-11-11T00:39:59.000Z"


def test_the_report_says_which_names_were_too_long(catalogue: Catalogue) -> None:
    events = [payment(number, START, ok=True) for number in range(2)]
    events[0]["data"]["region"] = "x" * 300
    records = (
        record(msgspec.json.encode({"topic": "orders", "event": event}), number, "test")
        for number, event in enumerate(events)
    )

    assert run(catalogue, records)["long_values"] == {"orders": {"region": 1}}


def test_a_failing_payment_method_is_found_within_two_minutes_and_not_before(told: dict[str, Any]) -> None:
    found = [anomaly for anomaly in told["anomalies"] if anomaly["metric"] == "payment_success"]
    assert found
    assert "2026-11-11T00:30:00" <= min(anomaly["detected_at"] for anomaly in found) <= "2026-11-11T00:32:00"


def test_the_report_lists_what_would_have_been_sent(told: dict[str, Any]) -> None:
    cause = next(
        anomaly
        for anomaly in told["anomalies"]
        if anomaly["metric"] == "payment_success" and anomaly["caused_by"] is None
    )

    sent = [entry for entry in told["notifications"] if entry["fingerprints"] == [cause["fingerprint"]]]

    assert [entry["kind"] for entry in sent][:1] == ["pharos.anomaly.opened"]
    assert sent[0]["time"] == cause["detected_at"]
    assert sent[0]["title"].startswith(f"[{sent[0]['severity'].upper()}] ")
    assert sent[0]["lines"][0].startswith("Since 2026-11-11 01:")
    silent = {anomaly["fingerprint"] for anomaly in told["anomalies"] if anomaly["severity"] == "info"}
    assert silent.isdisjoint(chain.from_iterable(entry["fingerprints"] for entry in told["notifications"]))


def test_nothing_is_judged_before_evaluate_from(catalogue: Catalogue) -> None:
    assert run(catalogue, lines(), evaluate_from="2026-11-11T01:00:00Z")["anomalies"] == []


def test_delays_within_the_lateness_change_nothing(of_payments: Catalogue, delayed: dict[str, Any]) -> None:
    punctual = run(of_payments, chain(days_before(), lines()), **JUDGED)

    assert decided(delayed)
    assert decided(delayed) == decided(punctual)


def test_handing_on_the_history_in_larger_portions_changes_nothing(
    of_payments: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams.offline.backtest, "WARM_MS", 5 * 60_000)
    coarse = run(of_payments, chain(days_before(), lines()), **JUDGED)
    monkeypatch.setattr(streams.offline.backtest, "WARM_MS", 100 * 3_600_000)
    fine = run(of_payments, chain(days_before(), lines()), **JUDGED)

    assert coarse["anomalies"]
    assert coarse["anomalies"] == fine["anomalies"]


def test_handing_on_what_is_judged_in_larger_portions_changes_nothing(
    of_payments: Catalogue, delayed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams.offline.backtest, "PORTION_MS", 10_000)
    in_order = sorted(lines(late=True), key=lambda line: line.at_ms)
    by_slices = run(of_payments, chain(days_before(), in_order), **JUDGED)

    assert delayed["anomalies"]
    assert delayed["anomalies"] == by_slices["anomalies"]


def test_an_empty_file_has_a_report(catalogue: Catalogue) -> None:
    report = run(catalogue, iter(()))

    assert report["events_read"] == 0
    assert report["anomalies"] == []


def test_truth_adds_the_figures_and_progress_ends_its_line(catalogue: Catalogue) -> None:
    out = StringIO()

    report = backtest(lines(), {}, Settings(), catalogue, partitions=1, truth=[], progress=out)

    assert report["recall"] is None
    assert report["false_alarms_per_day"] >= 0
    assert out.getvalue().endswith("\n")


def test_a_scenario_sets_hours_and_zone_and_nothing_else() -> None:
    hours = [{"days": ["sun"], "opens": "07:00", "closes": "24:00"}]

    settings = for_scenario(Settings(), {"timezone": "Asia/Jerusalem", "opening_hours": hours, "name": "x", "app": "y"})

    assert settings.timezone == "Asia/Jerusalem"
    assert settings.opening_hours[0].days == ("sun",)
    assert settings.app == Settings().app


def test_a_wrong_scenario_says_what_is_wrong() -> None:
    with pytest.raises(msgspec.ValidationError, match="opening_hours"):
        for_scenario(Settings(), {"opening_hours": [{"days": 3}]})
