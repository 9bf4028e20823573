"""What `pharos backtest` writes and prints beside the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from streams.cli import main
from streams.offline.events_file import EventsWriter
from tests.offline.support.payments import days_before, lines

if TYPE_CHECKING:
    from pathlib import Path

METRIC = """
metrics:
  - id: X1
    name: paid
    title: Payment success
    touchpoint: order
    unit: ratio
    signal: ratio
    direction: down
    minimum_effect: {effect}
    minimum_exposure: 20
    windows: [60, 300]
    severity: critical
    numerator: [{{events: [order.paid]}}]
    denominator: [{{events: [order.paid, order.payment_failed]}}]
    scopes: [[], [payment_method]]
"""


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with events, a catalogue, and two that look only at larger changes: one by itself, one by settings."""
    folder = tmp_path_factory.mktemp("evening")
    with EventsWriter(folder / "events.jsonl", {"evaluate_from": "2026-11-11T00:20:00Z"}) as out:
        for line in [*days_before(), *lines()]:
            out.write(line.topic, line.event or b"")
    (folder / "mine.yaml").write_text(METRIC.format(effect=0.05), encoding="utf-8")
    (folder / "blunt.yaml").write_text(METRIC.format(effect=0.9), encoding="utf-8")
    (folder / "settings.yaml").write_text(f"catalogue: {folder}/blunt.yaml\n", encoding="utf-8")
    return folder


def backtest(evening: Path, tmp_path: Path, *flags: str) -> dict[str, object]:
    report = tmp_path / "report.json"
    arguments = ["backtest", str(evening / "events.jsonl"), "--report", str(report), "--partitions", "2"]
    assert main([*arguments, "--catalogue", str(evening / "mine.yaml"), *flags]) == 0
    found: dict[str, object] = orjson.loads(report.read_bytes())
    return found


@pytest.mark.parametrize(("file", "kind"), [("blunt.yaml", "catalogue"), ("settings.yaml", "settings")])
def test_what_another_catalogue_no_longer_finds_is_in_the_report_and_printed(
    evening: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, kind: str
) -> None:
    report = backtest(evening, tmp_path, "--against", str(evening / file))
    against = report["against"]
    printed = capsys.readouterr().out

    assert isinstance(against, dict)
    assert (against["kind"], against["both"], against["only_other"]) == (kind, [], [])
    assert [one["metric"] for one in against["only_this"]] == ["paid"] * len(report["anomalies"])  # type: ignore[arg-type]
    assert against["only_this"]
    assert printed.splitlines()[0].split() == ["mine.yaml", file]
    assert f"only in mine.yaml: {len(against['only_this'])}" in printed


def test_the_flags_change_nothing_in_the_report(evening: Path, tmp_path: Path) -> None:
    plain = backtest(evening, tmp_path)
    page, metrics = tmp_path / "out.html", tmp_path / "out.om"
    further = backtest(evening, tmp_path, "--html", str(page), "--openmetrics", str(metrics))
    taken = {"wall_seconds", "cpu_seconds"}

    assert {key: plain[key] for key in plain.keys() - taken} == {key: further[key] for key in further.keys() - taken}
    assert page.read_bytes().startswith(b"<!DOCTYPE html>")
    assert metrics.read_bytes().endswith(b"# EOF\n")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out.html", "out.om", "report.json"]
