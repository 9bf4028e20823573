"""Feedback that stands in an events file acts in a backtest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.catalogue.load import Catalogue, load
from streams.offline.backtest import backtest
from streams.offline.events_file import read
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.topics.names import ACTIONS_TOPIC

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = datetime(2026, 11, 11, tzinfo=UTC)
MINUTES = 110
SPELLS = (range(30, 40), range(80, 90))  # minutes in which one payment in six fails
DAYS = 2


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.of(tuple(metric for metric in load(None).metrics if metric.name == "payment_success"))


def payment(number: int, time: datetime, ok: bool) -> dict[str, Any]:
    kind = "order.paid" if ok else "order.payment_failed"
    data = {"order_id": f"TB{number}", "payment_method": "alipay", "channel": "app", "region": "zhejiang"}
    head = {"specversion": "1.0", "id": f"e{number}", "source": "/oms", "type": kind, "time": time.isoformat()}
    return {"topic": "orders", "event": head | {"subject": data["order_id"], "data": data}}


def feedback(verdict: str, minute: int, anomaly: dict[str, Any], name: str = "f1") -> dict[str, Any]:
    time = (START + timedelta(minutes=minute)).isoformat()
    data = {"action": "feedback", "actor": "li.wei", "verdict": verdict, "started_at": anomaly["started_at"]}
    head = {"specversion": "1.0", "id": name, "source": "/pharos/api", "type": "pharos.action.taken", "time": time}
    return {"topic": ACTIONS_TOPIC, "event": head | {"subject": anomaly["fingerprint"], "data": data}}


def events(second_share: int) -> Iterator[dict[str, Any]]:
    """Two days with a payment every half minute, then one a second; in fifty one fails, in spells more."""
    for number in range(DAYS * 24 * 120):
        yield payment(-1 - number, START - timedelta(seconds=30 * (DAYS * 24 * 120 - number)), number % 50 != 0)
    for second in range(MINUTES * 60):
        minute = second // 60
        share = 6 if minute in SPELLS[0] else second_share if minute in SPELLS[1] else 50
        yield payment(second, START + timedelta(seconds=second), second % share != 0)


def run(catalogue: Catalogue, folder: Path, *actions: dict[str, Any], second_share: int = 6) -> list[dict[str, Any]]:
    """The anomalies of a file in which the actions stand at their times."""
    lines = sorted([*events(second_share), *actions], key=lambda line: datetime.fromisoformat(line["event"]["time"]))
    path = folder / "events.jsonl"
    scenario = {"scenario": {"evaluate_from": (START + timedelta(minutes=15)).isoformat()}}
    path.write_bytes(b"\n".join(map(msgspec.json.encode, [scenario, *lines])))
    found, records = read(path, (*SOURCE_TOPICS, ACTIONS_TOPIC))
    report: dict[str, Any] = backtest(records, found, Settings(), catalogue, partitions=2, progress=None)
    assert report["events_read"] == DAYS * 24 * 120 + MINUTES * 60
    anomalies: list[dict[str, Any]] = report["anomalies"]
    return anomalies


def spells(anomalies: list[dict[str, Any]]) -> list[int]:
    """In which spells something was found."""
    minutes = [(datetime.fromisoformat(each["detected_at"]) - START).total_seconds() // 60 for each in anomalies]
    return sorted({1 if minute < SPELLS[1].start else 2 for minute in minutes})


@pytest.fixture(scope="module")
def first(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The anomaly of the first spell, when nobody says anything: the second is found too."""
    anomalies = run(catalogue, tmp_path_factory.mktemp("nobody"))
    assert spells(anomalies) == [1, 2]
    return anomalies[0]


def test_a_false_alarm_is_quiet_when_the_same_comes_again(
    catalogue: Catalogue, first: dict[str, Any], tmp_path: Path
) -> None:
    assert spells(run(catalogue, tmp_path, feedback("false_alarm", 60, first))) == [1]


def test_after_a_false_alarm_something_worse_is_found(
    catalogue: Catalogue, first: dict[str, Any], tmp_path: Path
) -> None:
    assert spells(run(catalogue, tmp_path, feedback("false_alarm", 60, first), second_share=2)) == [1, 2]


def test_what_was_confirmed_is_found_when_it_comes_again(
    catalogue: Catalogue, first: dict[str, Any], tmp_path: Path
) -> None:
    assert spells(run(catalogue, tmp_path, feedback("confirmed", 60, first))) == [1, 2]


def test_what_is_expected_ends_soon_after_that_was_said(
    catalogue: Catalogue, first: dict[str, Any], tmp_path: Path
) -> None:
    detected = (datetime.fromisoformat(first["detected_at"]) - START).total_seconds() // 60
    said = feedback("expected", int(detected) + 2, first)

    [anomaly, *_] = run(catalogue, tmp_path, said)

    assert anomaly["detected_at"] == first["detected_at"]
    assert anomaly["ended_at"] < first["ended_at"]


def test_feedback_that_is_sent_twice_acts_once(catalogue: Catalogue, first: dict[str, Any], tmp_path: Path) -> None:
    once, later = feedback("false_alarm", 60, first), feedback("false_alarm", 61, first)

    assert run(catalogue, tmp_path, once, later) == run(catalogue, tmp_path, once)


def test_feedback_of_an_anomaly_that_nobody_knows_changes_nothing(
    catalogue: Catalogue, first: dict[str, Any], tmp_path: Path
) -> None:
    unknown = feedback("new_trend", 60, first | {"fingerprint": "0" * 16})

    assert run(catalogue, tmp_path, unknown) == run(catalogue, tmp_path)
