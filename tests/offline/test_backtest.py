"""A run without a broker."""

from __future__ import annotations

from io import StringIO
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import streams.offline.backtest
from streams.catalogue.load import load
from streams.offline.backtest import backtest
from streams.offline.events_file import Line, record
from streams.offline.scenario import for_scenario
from streams.settings.settings import Settings
from tests.offline.support.payments import MINUTES, START, days_before, lines, payment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.load import Catalogue


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(None)


def run(catalogue: Catalogue, records: Iterator[Line], **scenario: Any) -> dict[str, Any]:
    return backtest(records, scenario, Settings(), catalogue, partitions=2, progress=None)


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


def test_a_failing_payment_method_is_found_within_two_minutes_and_not_before(catalogue: Catalogue) -> None:
    report = run(catalogue, chain(days_before(), lines()), evaluate_from="2026-11-11T00:20:00Z")

    found = [anomaly for anomaly in report["anomalies"] if anomaly["metric"] == "payment_success"]
    assert found
    assert "2026-11-11T00:30:00" <= min(anomaly["detected_at"] for anomaly in found) <= "2026-11-11T00:32:00"


def test_the_report_lists_what_would_have_been_sent(catalogue: Catalogue) -> None:
    report = run(
        catalogue, chain(days_before(), lines()), evaluate_from="2026-11-11T00:20:00Z", timezone="Europe/Madrid"
    )
    cause = next(
        anomaly
        for anomaly in report["anomalies"]
        if anomaly["metric"] == "payment_success" and anomaly["caused_by"] is None
    )

    told = [entry for entry in report["notifications"] if entry["fingerprints"] == [cause["fingerprint"]]]

    assert [entry["kind"] for entry in told][:1] == ["pharos.anomaly.opened"]
    assert told[0]["time"] == cause["detected_at"]
    assert told[0]["title"].startswith(f"[{told[0]['severity'].upper()}] ")
    assert told[0]["lines"][0].startswith("Since 2026-11-11 01:")
    silent = {anomaly["fingerprint"] for anomaly in report["anomalies"] if anomaly["severity"] == "info"}
    assert silent.isdisjoint(chain.from_iterable(entry["fingerprints"] for entry in report["notifications"]))


def test_nothing_is_judged_before_evaluate_from(catalogue: Catalogue) -> None:
    assert run(catalogue, lines(), evaluate_from="2026-11-11T01:00:00Z")["anomalies"] == []


def test_delays_within_the_lateness_change_nothing(catalogue: Catalogue) -> None:
    scenario = {"evaluate_from": "2026-11-11T00:20:00Z"}
    in_order = sorted(lines(late=True), key=lambda line: line.at_ms)

    delayed = run(catalogue, chain(days_before(), in_order), **scenario)
    punctual = run(catalogue, chain(days_before(), lines()), **scenario)

    assert decided(delayed)
    assert decided(delayed) == decided(punctual)


def test_handing_on_the_history_in_larger_portions_changes_nothing(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = {"evaluate_from": "2026-11-11T00:25:00Z"}
    monkeypatch.setattr(streams.offline.backtest, "WARM_MS", 5 * 60_000)
    coarse = run(catalogue, chain(days_before(), lines()), **scenario)
    monkeypatch.setattr(streams.offline.backtest, "WARM_MS", 100 * 3_600_000)
    fine = run(catalogue, chain(days_before(), lines()), **scenario)

    assert coarse["anomalies"]
    assert coarse["anomalies"] == fine["anomalies"]


def test_handing_on_what_is_judged_in_larger_portions_changes_nothing(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = {"evaluate_from": "2026-11-11T00:25:00Z"}
    by_minutes = run(catalogue, chain(days_before(), lines(late=True)), **scenario)
    monkeypatch.setattr(streams.offline.backtest, "PORTION_MS", 10_000)
    by_slices = run(catalogue, chain(days_before(), lines(late=True)), **scenario)

    assert by_minutes["anomalies"]
    assert by_minutes["anomalies"] == by_slices["anomalies"]


def test_an_empty_file_has_a_report(catalogue: Catalogue) -> None:
    report = run(catalogue, iter(()))

    assert report["events_read"] == 0
    assert report["anomalies"] == []


def test_truth_adds_the_figures_and_progress_ends_its_line(catalogue: Catalogue) -> None:
    told = StringIO()

    report = backtest(lines(), {}, Settings(), catalogue, partitions=1, truth=[], progress=told)

    assert report["recall"] is None
    assert report["false_alarms_per_day"] >= 0
    assert told.getvalue().endswith("\n")


def test_a_scenario_sets_hours_and_zone_and_nothing_else() -> None:
    hours = [{"days": ["sun"], "opens": "07:00", "closes": "24:00"}]

    settings = for_scenario(Settings(), {"timezone": "Asia/Jerusalem", "opening_hours": hours, "name": "x", "app": "y"})

    assert settings.timezone == "Asia/Jerusalem"
    assert settings.opening_hours[0].days == ("sun",)
    assert settings.app == Settings().app


def test_a_wrong_scenario_says_what_is_wrong() -> None:
    with pytest.raises(msgspec.ValidationError, match="opening_hours"):
        for_scenario(Settings(), {"opening_hours": [{"days": 3}]})
