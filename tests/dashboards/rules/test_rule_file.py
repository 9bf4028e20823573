"""The shipped rules are what the code makes, and name only what is exposed or recorded."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import yaml

from dashboards.rules.rule_file import RUNBOOK, anchor
from dashboards.rules.thresholds import Thresholds, hourly_records
from streams.catalogue.load import Catalogue, load
from streams.cli import main
from tests.dashboards.rules.support.rule_expressions import label_names, metric_names
from tests.dashboards.support.questions import selectors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _pytest.fixtures import SubRequest

Rules = list[dict[str, Any]]


def alerts(rules: Rules) -> Iterator[dict[str, Any]]:
    yield from (rule for group in rules for rule in group["rules"] if "alert" in rule)


@pytest.mark.parametrize(
    ("flag", "file"),
    [
        ("--rules", "deploy/prometheus/pharos.rules.yaml"),
        ("--runbook", "docs/runbook.md"),
        ("--runbook --language zh", "docs/runbook.zh.md"),
    ],
)
def test_the_files_are_what_the_code_makes(
    flag: str, file: str, request: SubRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *flag.split()]) == 0

    written = (request.config.rootpath / file).read_text(encoding="utf-8")
    assert capsys.readouterr().out == written, f"run: pharos check {flag} > {file}"


def test_promtool_finds_no_fault(promtool: str, shipped: Path) -> None:
    done = subprocess.run(
        [promtool, "check", "rules", "--lint-fatal", str(shipped)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_name_only_what_a_worker_exposes_or_a_rule_records(rules: Rules, declared: set[str]) -> None:
    unknown = {
        rule.get("record", rule.get("alert")): strange
        for group in rules
        for rule in group["rules"]
        if (strange := metric_names(rule["expr"]) - declared)
    }

    assert unknown == {}


def test_rules_ask_only_for_labels_that_exist(rules: Rules, known_labels: set[str]) -> None:
    assert {
        name for group in rules for rule in group["rules"] for name in label_names(rule["expr"])
    } - known_labels == set()


def test_no_rule_looks_at_the_workers_of_another_installation(rules: Rules) -> None:
    of_all = {
        rule.get("record", rule.get("alert")): list(strange)
        for group in rules
        for rule in group["rules"]
        if (strange := [name for name, labels in selectors(rule["expr"]) if "job" not in labels])
    }

    assert of_all == {}


def test_a_wrong_name_or_label_would_be_noticed(declared: set[str], known_labels: set[str]) -> None:
    expr = 'sum by (job, tpoic) (rate(pharos_record_total{job="pharos"}[5m])) > 1 unless on (job) up == 0'

    assert metric_names(expr) - declared == {"pharos_record_total"}
    assert label_names(expr) - known_labels == {"tpoic"}


def test_recordings_are_named_level_metric_operation_and_are_made_before_they_are_used(rules: Rules) -> None:
    known: set[str] = set()
    for rule in (rule for group in rules for rule in group["rules"]):
        assert {name for name in metric_names(rule["expr"]) if ":" in name} <= known
        if "record" in rule:
            assert re.fullmatch(r"[a-z_]+:pharos_[a-z_]+:[a-z0-9_]+", rule["record"])
            known.add(rule["record"])


def test_every_alert_has_a_test_of_its_life(rules: Rules, request: SubRequest) -> None:
    files = request.path.parent.glob("test_*_alerts.py")
    lives = set(re.findall(r'assert_life\(\s*\'alertname="(\w+)"', "".join(file.read_text("utf-8") for file in files)))
    by_touchpoint = {f"Pharos{metric.touchpoint.capitalize()}Anomaly" for metric in load().metrics}

    assert {alert["alert"] for alert in alerts(rules)} - lives - by_touchpoint == set()


def test_every_alert_says_how_grave_it_is_what_it_is_and_where_to_read_on(rules: Rules) -> None:
    for alert in alerts(rules):
        notes = alert["annotations"]
        assert alert["labels"]["severity"] in ("critical", "warning", "info")
        assert all(notes[key] for key in ("summary", "description", "dashboard_url"))
        assert notes["runbook_url"] == RUNBOOK + anchor(alert["alert"])


def test_links_and_thresholds_follow_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--rules", "--app", "east", "--max-series", "1000", "--board-url", "https://boards/"])
    changed = capsys.readouterr().out
    main(["check", "--rules", "--runbook-base-url", "https://wiki.example/pharos"])
    linked = capsys.readouterr().out

    made = {rule["alert"]: rule for group in yaml.safe_load(changed)["groups"] for rule in alerts([group])}
    assert 'job="pharos"' not in changed
    assert all(group["name"].startswith("east-") for group in yaml.safe_load(changed)["groups"])
    assert made["PharosSeriesNearLimit"]["expr"].endswith("> 800")
    assert made["PharosLoopLag"]["annotations"]["dashboard_url"] == "https://boards/"
    assert "runbook_url: https://wiki.example/pharos/pharoslooplag\n" in linked


def test_the_silence_of_a_source_is_news_where_the_catalogue_would_judge_it() -> None:
    shipped = load()
    metric = msgspec.structs.replace(shipped.by_name["events_received"], minimum_exposure=100, windows=(60,))

    assert hourly_records(shipped) == 360
    assert hourly_records(Catalogue.of((metric,))) == 6_000
    assert hourly_records(Catalogue.of((shipped.by_name["asa"],))) == 60


def test_thresholds_wait_for_the_watchdog_first() -> None:
    thresholds = Thresholds(
        app="a", lateness_s=30, snapshot_interval_s=60, max_series=10, watchdog_s=45, hourly_records=1
    )

    assert thresholds.commit_age_s == 90
    assert thresholds.snapshot_age_s == 345
    assert thresholds.watermark_age_s == 210
