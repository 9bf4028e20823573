"""The processes of the command line give what a backtest gives: an afternoon of history and an incident of the sale.

Whole files take ten minutes: `python -m tests.support.whole_file` (docs/architecture.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.scenarios.named import simulate
from tests.support.pharos_processes import Way
from tests.support.whole_file import EventsFile, Outcome, cut, differences

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.kafka
PARTITIONS = 2


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> EventsFile:
    folder = tmp_path_factory.mktemp("sale")
    whole, part = folder / "whole.jsonl", folder / "part.jsonl"
    whole.write_text("\n".join(simulate("double11", 11, "demo").lines()))
    cut(
        whole,
        part,
        evaluate_from="2026-11-10T19:31:00+08:00",
        begin="2026-11-10T13:00:00+08:00",
        end="2026-11-10T19:57:00+08:00",
    )
    whole.unlink()
    return EventsFile(part, PARTITIONS)


@pytest.fixture(scope="module")
def expected(file: EventsFile) -> Outcome:
    outcome = file.backtested()
    assert any(anomaly.severity != "info" and anomaly.ended_at for anomaly in outcome.anomalies)
    assert set(outcome.records) == {"counted", "duplicate", "late", "dead_letter", "ignored"}
    return outcome


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(Way(kafka=False, workers=1, speed=0), id="embedded broker", marks=pytest.mark.long),
        pytest.param(Way(kafka=True, workers=2, speed=120), id="Apache Kafka, two workers, paced"),
    ],
)
def test_broker_workers_and_replay_give_what_a_backtest_gives(
    file: EventsFile, expected: Outcome, way: Way, tmp_path: Path
) -> None:
    found, _ = file.by_workers(way, tmp_path, limit_s=400.0)

    assert differences(expected, found) == []
