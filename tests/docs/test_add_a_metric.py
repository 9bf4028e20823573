"""docs/add-a-metric.md does what it says: its entry is judged, shown, alerted on, and told in the words of the page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from streams.catalogue.load import SHIPPED, load
from streams.cli import main
from streams.telemetry.metrics import prometheus_name

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs" / "add-a-metric.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
START = datetime(2026, 11, 11, 1, tzinfo=UTC)


def block(kind: str, word: str) -> str:
    """The one block of a kind that holds a word."""
    (found,) = [text for name, text in BLOCKS if name == kind and word in text]
    return found


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    file = tmp_path / "my-catalogue.yaml"
    file.write_text(SHIPPED.read_text(encoding="utf-8") + block("yaml", "name: sold_out"), encoding="utf-8")
    return file


def day() -> Iterator[dict[str, Any]]:
    """Six hours of cancellations; in the last half hour every other one of a category is sold out."""
    yield {"scenario": {"evaluate_from": (START + timedelta(hours=5)).isoformat(), "timezone": "Asia/Shanghai"}}
    for number, second in enumerate(range(0, 6 * 3600, 6)):
        category = ("home", "beauty", "food")[number % 3]
        sold_out = number % 20 == 0 or (second >= 5.5 * 3600 and category == "home" and number % 2 == 0)
        reason = "out_of_stock" if sold_out else "changed_mind"
        data = {"order_id": f"T{number}", "category": category, "warehouse": "hangzhou-1", "reason": reason}
        time = (START + timedelta(seconds=second)).isoformat()
        head = {"specversion": "1.0", "id": f"c{number}", "source": "/oms", "type": "order.cancelled", "time": time}
        yield {"topic": "orders", "event": head | {"data": data}}


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that succeeds prints."""
    assert main(arguments) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_the_entry_of_rare_events_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rare.yaml"
    file.write_text("metrics:\n" + block("yaml", "name: counterfeit_claims"), encoding="utf-8")

    assert "counterfeit_claims" in said(capsys, "check", "--catalogue", str(file))


def test_the_entry_is_right_and_has_the_name_that_the_page_gives(
    catalogue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "sold_out" in said(capsys, "check", "--catalogue", str(catalogue))
    assert f"`{prometheus_name(load(catalogue).by_name['sold_out'])}{{" in PAGE


def test_a_mistake_is_named_as_the_page_shows(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, _, after = catalogue.read_text(encoding="utf-8").rpartition("direction: up\n")
    catalogue.write_text(f"{before}direction: upp\n{after}", encoding="utf-8")

    assert main(["check", "--catalogue", str(catalogue)]) == 2
    error = capsys.readouterr().err.replace(str(catalogue), catalogue.name)
    assert error == block("text", "upp")


@pytest.mark.parametrize("made", ["rules", "runbook", "markdown"])
def test_it_appears_in_what_is_made_from_the_catalogue(
    made: str, catalogue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = {"rules": "|sold_out", "runbook": "\n## Sold out\n", "markdown": "\n## Sold out\n"}[made]

    assert f"--{made} " in block("sh", "--rules")
    assert wanted in said(capsys, "check", f"--{made}", "--catalogue", str(catalogue))
    assert wanted not in said(capsys, "check", f"--{made}")


def test_a_day_without_a_broker_finds_it_and_says_it_in_the_words_of_the_page(tmp_path: Path) -> None:
    events, report = tmp_path / "day.jsonl", tmp_path / "report.json"
    catalogue = tmp_path / "alone.yaml"  # without the shipped metrics it takes a second instead of ten
    catalogue.write_text("metrics:\n" + block("yaml", "name: sold_out"), encoding="utf-8")
    events.write_bytes(b"\n".join(map(orjson.dumps, day())))

    assert main(["backtest", str(events), "--catalogue", str(catalogue), "--report", str(report)]) == 0

    found = orjson.loads(report.read_bytes())
    assert [(anomaly["metric"], anomaly["scope"]) for anomaly in found["anomalies"]] == [
        ("sold_out", {"category": "home"})
    ]
    assert found["notifications"][0]["title"] == block("text", "Sold-out cancellation share").strip()
